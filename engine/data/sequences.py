"""Generated series, sequences and sentences: sines to forecast, echoes, word classes to tag, opinions to judge.

Made from fixed seeds. Not for: files of a person's own, nor real language; the declarations say that these are toys.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.data.draws import Draws
from engine.data.registry import Request
from engine.data.sentences import labelled
from engine.data.table import Array, Table
from engine.data.tokens import PAD, SPECIAL, encode, filled, places
from engine.graph.facts import Column

_SEED = 20_013
_STEPS = 32  # of a series
_ECHO_STEPS = 16
_GRAMMAR_STEPS = 9  # words of the longest sentence of the grammar, with its full stop
_OPINION_STEPS = 16
_DELAY = 3  # steps from a letter to its echo
_LETTERS = tuple("abcdefgh")
_COUNT = 2000

# Words of more than one class stand in several rows: only their neighbours tell which is meant.
_DETERMINERS = ("the", "a", "this", "every", "her")
_ADJECTIVES = ("small", "old", "light", "warm", "green", "quick", "dry", "open")
_NOUNS = ("light", "watch", "book", "fish", "plant", "cook", "house", "garden", "river", "child", "guard", "play")
_VERBS = ("watch", "book", "fish", "plant", "cook", "guard", "play", "open", "dry", "see", "find", "like")
_ADVERBS = ("slowly", "often", "today", "never", "well")
_PRONOUNS = ("we", "they", "you", "I")
TAGS = ("pad", "determiner", "adjective", "noun", "verb", "adverb", "pronoun", "mark")

_GOOD = ("good", "great", "lovely", "clever", "moving", "funny", "brilliant", "warm", "gripping", "beautiful")
_BAD = ("bad", "dull", "boring", "weak", "silly", "slow", "clumsy", "empty", "tiring", "awful")
_THINGS = ("film", "story", "acting", "music", "ending", "script", "picture", "book", "cast", "plot")
_STRENGTHS = ("", "very ", "really ", "quite ", "so ", "rather ")
_TURNED = ("not {}", "far from {}", "hardly {}", "anything but {}", "never {}")


def sines(request: Request) -> Table:
    """Sums of two sines as "features" (T,1), and what comes `horizon` steps later as "target"."""
    choice = request.settings
    count = choice.count if choice.count is not None else _COUNT
    length = choice.length if choice.length is not None else _STEPS
    noise = choice.noise if choice.noise is not None else 0.02
    draws = Draws(_SEED)
    steps = np.arange(length + choice.horizon)
    values = np.zeros((count, len(steps)))
    for share in (0.7, 0.3):
        period = draws.uniform(count, 1, lo=8.0, hi=32.0)
        values += share * np.sin(2 * np.pi * (steps / period + draws.uniform(count, 1)))
    values = np.round(values + noise * draws.normal(*values.shape), 5).astype(np.float32)
    every = choice.answer == "every"
    target = values[:, choice.horizon :, None] if every else values[:, -1:]
    out: dict[str, Array] = {
        "features": np.ascontiguousarray(values[:, :length, None]),
        "target": np.ascontiguousarray(target),
    }
    return Table(
        "Sines",
        out,
        described={name: Column(name, "number", (), fields=("value",)) for name in out},
    )


def echo(request: Request) -> Table:
    """Random letters as "tokens", and as "tags" the letter of three steps before; the first three are not counted."""
    choice = request.settings
    count = choice.count if choice.count is not None else _COUNT
    length = choice.length if choice.length is not None else _ECHO_STEPS
    known = (*SPECIAL, *_LETTERS)
    tokens = Draws(_SEED + 1).whole(count, length, below=len(_LETTERS)) + len(SPECIAL)
    tags = np.full_like(tokens, PAD)
    tags[:, _DELAY:] = tokens[:, :-_DELAY]
    return Table(
        "Echo",
        {"tokens": tokens, "tags": tags},
        described={
            "tokens": Column("tokens", "tokens", (), known, pad=PAD),
            "tags": Column("tags", "tags", (), known, pad=PAD),
        },
    )


def grammar(request: Request) -> Table:
    """Sentences of a small grammar as "tokens", and the class of every word as "tags"."""
    choice = request.settings
    count = choice.count if choice.count is not None else _COUNT
    dice = _dice(_SEED + 2)
    made = [_sentence(dice) for _ in range(count)]
    words = sorted({*_DETERMINERS, *_ADJECTIVES, *_NOUNS, *_VERBS, *_ADVERBS, *_PRONOUNS, "."})
    known = (*SPECIAL, *words)
    length = choice.length if choice.length is not None else _GRAMMAR_STEPS
    where, tags = places(known), places(TAGS)
    return Table(
        "Word classes",
        {
            "tokens": filled([encode([word for word, _ in sentence], where) for sentence in made], length),
            "tags": filled([encode([tag for _, tag in sentence], tags) for sentence in made], length),
        },
        described={
            "tokens": Column("tokens", "tokens", (), known, pad=PAD),
            "tags": Column("tags", "tags", (), TAGS, pad=PAD),
        },
    )


def _sentence(dice: Iterator[float]) -> list[tuple[str, str]]:
    """Subject, verb, object, perhaps an adverb, and the full stop."""
    out: list[tuple[str, str]] = []
    if next(dice) < 0.5:
        out.append((_one(dice, _PRONOUNS), "pronoun"))
    else:
        out += _thing(dice)
    out.append((_one(dice, _VERBS), "verb"))
    out += _thing(dice)
    if next(dice) < 0.4:
        out.append((_one(dice, _ADVERBS), "adverb"))
    return [*out, (".", "mark")]


def _thing(dice: Iterator[float]) -> list[tuple[str, str]]:
    out = [(_one(dice, _DETERMINERS), "determiner")] if next(dice) < 0.75 else []
    if next(dice) < 0.5:
        out.append((_one(dice, _ADJECTIVES), "adjective"))
    return [*out, (_one(dice, _NOUNS), "noun")]


def _one(dice: Iterator[float], words: tuple[str, ...]) -> str:
    return words[int(next(dice) * len(words))]


def _dice(seed: int) -> Iterator[float]:
    """Numbers from 0 to below 1, one by one; drawn by the thousand, as one at a time is slow."""
    draws = Draws(seed)
    while True:
        yield from draws.uniform(8192).tolist()


def opinions(request: Request) -> Table:
    """Sentences of praise and blame as "tokens", with their "label"; a third say it by denying the opposite."""
    count = request.settings.count if request.settings.count is not None else _COUNT
    dice = _dice(_SEED + 3)
    labels = np.arange(count, dtype=np.int64) % 2
    texts = [_opinion(dice, praise=bool(label)) for label in labels]
    known = {
        word for phrase in (*_GOOD, *_BAD, *_THINGS, *_STRENGTHS, *_TURNED) for word in phrase.split() if word != "{}"
    }
    fixed = (*SPECIAL, *sorted(known | {"the", "is", "and", "but", ",", "."}))
    return labelled(
        "Opinions", texts, labels, ("negative", "positive"), request, known=fixed, usual=_OPINION_STEPS
    )  # fmt: skip


def _opinion(dice: Iterator[float], *, praise: bool) -> str:
    """One or two clauses of the same mind; with "but", the second counts and the first is of the other."""
    last = _clause(dice, praise=praise)
    if next(dice) < 0.35:
        return f"{last}."
    if next(dice) < 0.4:
        return f"{_clause(dice, praise=not praise)}, but {last}."
    return f"{_clause(dice, praise=praise)} and {last}."


def _clause(dice: Iterator[float], *, praise: bool) -> str:
    turned = next(dice) < 0.33
    word = _one(dice, _GOOD if praise != turned else _BAD)
    said = _one(dice, _TURNED).format(word) if turned else _one(dice, _STRENGTHS) + word
    return f"the {_one(dice, _THINGS)} is {said}"
