"""Fuzzy search over short titles, for the palette, the quick-add box and the command list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WORD_START = 8.0
IN_A_ROW = 5.0
PREFIX = 12.0


def score(query: str, text: str) -> float | None:
    """How well `query` fits `text`: its letters in order, better at word starts and in a row; None if it does not fit."""
    query, text = query.casefold().strip(), text.casefold()
    if not query:
        return 0.0
    at = text.find(query)
    if at >= 0:
        starts = at == 0 or not text[at - 1].isalnum()
        bonus = PREFIX if at == 0 else WORD_START if starts else 0.0
        return bonus + (IN_A_ROW + 1.0) * len(query) + WORD_START - 0.1 * len(text)
    compact = query.replace(" ", "")
    found = _walk(compact, text, jump=True)
    return found if found is not None else _walk(compact, text, jump=False)


def _walk(letters: str, text: str, *, jump: bool) -> float | None:
    """The score of taking the letters one after the other; `jump` prefers those at word starts."""
    total, at, previous = -0.1 * len(text), -1, -2
    for letter in letters:
        at = _next(text, letter, at + 1, jump=jump)
        if at < 0:
            return None
        starts = at == 0 or not text[at - 1].isalnum()
        total += (WORD_START if starts else 0.0) + (IN_A_ROW if at == previous + 1 else 0.0) + 1.0
        previous = at
    return total


def _next(text: str, letter: str, start: int, *, jump: bool) -> int:
    """Where the next letter is taken: right after the last one, else at a word's start, else wherever it comes."""
    found = text.find(letter, start)
    if found == start or not jump:
        return found
    at = found
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return at
        at = text.find(letter, at + 1)
    return found


def best(query: str, items: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Keys of the items that fit, best first; an item is its key and the texts it is found by, the first counting most."""
    ranked = []
    for place, (key, texts) in enumerate(items):
        found = [value - 3.0 * index for index, text in enumerate(texts) if (value := score(query, text)) is not None]
        if found:
            ranked.append((-max(found), place, key))
    return [key for _, _, key in sorted(ranked)]
