"""Made-up English with a part of speech for every word: all seventeen tags of Universal Dependencies come up.

The sentences are made by rules. Small letters alone, so that "may", "will" and "rose" are told apart by their neighbours.

Not for: real language; the declaration says that this is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.data.draws import Draws
from engine.data.registry import Request
from engine.data.table import Table
from engine.data.tokens import PAD, SPECIAL, encode, filled, places
from engine.graph.facts import Column

TAGS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
)  # fmt: skip
_SEED = 20_017
_COUNT = 2000
_STEPS = 20
# Many words stand in several rows: only what is around them tells which is meant.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "ADJ": ("small", "old", "light", "warm", "green", "dry", "open", "past", "round", "well"),
    "ADP": ("in", "behind", "near", "before", "after", "round", "past", "like"),
    "ADV": ("slowly", "often", "today", "never", "well", "round", "there"),
    "AUX": ("will", "may", "can", "must", "should"),
    "CCONJ": ("and", "but", "or", "yet"),
    "DET": ("the", "a", "this", "every", "that", "no"),
    "INTJ": ("well", "oh", "yes", "no", "like"),
    "NOUN": (
        "light",
        "watch",
        "book",
        "fish",
        "plant",
        "cook",
        "house",
        "garden",
        "will",
        "can",
        "rose",
        "mark",
        "past",
    ),
    "NUM": ("two", "three", "five", "40", "100", "12"),
    "PRON": ("we", "they", "you", "that", "this", "everyone"),
    "PROPN": ("may", "will", "rose", "mark", "anna", "london", "march"),
    "SCONJ": ("before", "after", "because", "while", "if"),
    "VERB": (
        "watch",
        "book",
        "fish",
        "plant",
        "cook",
        "open",
        "dry",
        "see",
        "find",
        "like",
        "mark",
        "march",
        "have",
        "do",
    ),
}
# What a line may stand for. In small letters: a rule; in capitals: any word of that tag; word/TAG: that word.
_RULES: Mapping[str, tuple[str, ...]] = {
    "sentence": (
        "clause ./PUNCT", "clause ./PUNCT", "clause CCONJ clause ./PUNCT", "SCONJ clause ,/PUNCT clause ./PUNCT",
        "INTJ ,/PUNCT clause !/PUNCT", "AUX who VERB thing ?/PUNCT", "do/AUX who VERB thing ?/PUNCT",
    ),
    "clause": (
        "who act", "who act", "who act", "who act ADP thing", "who act to/ADP PROPN", "who is/AUX ADJ",
        "thing costs/VERB price", "who see/VERB that/SCONJ who act",
    ),
    "who": ("PRON", "PRON", "PROPN", "PROPN and/CCONJ PROPN", "thing"),
    "thing": ("DET NOUN", "DET NOUN", "DET ADJ NOUN", "NUM hours/NOUN", "PROPN 's/PART NOUN", "DET NOUN et/X al/X"),
    "act": (
        "VERB thing", "VERB thing", "AUX VERB thing", "AUX not/PART VERB thing", "ADV VERB thing", "VERB thing ADV",
        "like/VERB to/PART VERB thing", "have/AUX seen/VERB thing", "do/AUX not/PART VERB thing", "VERB thing ad/X hoc/X",
    ),
    "price": ("$/SYM NUM", "NUM %/SYM", "$/SYM NUM +/SYM NUM"),
}  # fmt: skip


def tagging(request: Request) -> Table:
    """Sentences as "tokens", one behind the other until a row is full, and the part of speech of every word as "tags"."""
    choice = request.settings
    count = choice.count if choice.count is not None else _COUNT
    length = choice.length if choice.length is not None else _STEPS
    dice = _dice()
    rows = [_row(dice, length) for _ in range(count)]
    known = (*SPECIAL, *sorted(_vocabulary()))
    where, tags = places(known), places(TAGS)
    return Table(
        "Parts of speech",
        {
            "tokens": filled([encode([word for word, _ in row], where) for row in rows], length),
            "tags": filled([encode([tag for _, tag in row], tags) for row in rows], length),
        },
        described={
            "tokens": Column("tokens", "tokens", (), known, pad=PAD),
            "tags": Column("tags", "tags", (), TAGS),
        },
    )


def _row(dice: Iterator[float], length: int) -> list[tuple[str, str]]:
    row: list[tuple[str, str]] = []
    while len(row) < length:
        row += _made("sentence", dice)
    return row[:length]


def _made(part: str, dice: Iterator[float]) -> list[tuple[str, str]]:
    """What a part of a rule becomes: (word, tag) after (word, tag)."""
    word, fixed, tag = part.rpartition("/")
    if fixed:
        return [(word, tag)]
    if part in _WORDS:
        return [(_one(dice, _WORDS[part]), part)]
    return [pair for inner in _one(dice, _RULES[part]).split() for pair in _made(inner, dice)]


def _one(dice: Iterator[float], choices: tuple[str, ...]) -> str:
    return choices[int(next(dice) * len(choices))]


def _vocabulary() -> set[str]:
    fixed = {
        part.rpartition("/")[0] for rules in _RULES.values() for rule in rules for part in rule.split() if "/" in part
    }
    return fixed.union(*_WORDS.values())


def _dice() -> Iterator[float]:
    draws = Draws(_SEED)
    while True:
        yield from draws.uniform(8192).tolist()
