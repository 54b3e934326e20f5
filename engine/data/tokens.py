"""From text to numbers: what a text is cut into, the vocabulary, sequences filled up and cut to one length.

Index 0 fills up (`PAD`), index 1 stands for what is not in the vocabulary (`UNKNOWN`); the rest are tokens by how often they
come up. Not for: files (`engine.data.text`, `engine.data.sentences`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

PAD, UNKNOWN = 0, 1
SPECIAL = ("·pad·", "·unknown·")  # names that no cutting gives
PRINTABLE = ("\n", *(chr(code) for code in range(32, 127)))
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")

Indices = npt.NDArray[np.int64]


def words(text: str) -> list[str]:
    """Words and marks: "Don't go!" gives Don't, go, !"""
    return _WORD.findall(text)


def cut(text: str, how: str) -> Sequence[str]:
    """The tokens of a text: its "characters" or its "words"."""
    return text if how == "characters" else words(text)


def vocabulary(texts: Iterable[Sequence[str]], most: int) -> tuple[str, ...]:
    """Padding, unknown, and the most frequent tokens; equally frequent ones in the order of their code points."""
    counts: Counter[str] = Counter()
    for tokens in texts:
        counts.update(tokens)
    kept = sorted(counts, key=lambda token: (-counts[token], token))[: max(0, most - len(SPECIAL))]
    return (*SPECIAL, *kept)


def padded(known: tuple[str, ...], size: int | None) -> tuple[str, ...]:
    """A vocabulary of a wanted size: places that no token has are named by their number; None: as it is."""
    return (*known, *(f"·unused {place}·" for place in range(len(known), size or 0)))


def places(known: tuple[str, ...]) -> dict[str, int]:
    """The index of each token of a vocabulary."""
    return {token: index for index, token in enumerate(known)}


def encode(tokens: Sequence[str], where: Mapping[str, int]) -> Indices:
    """The index of every token, as `places` has them."""
    return np.fromiter((where.get(token, UNKNOWN) for token in tokens), np.int64, len(tokens))


def filled(sequences: Sequence[Indices], length: int) -> Indices:
    """Sequences as [N,T], cut at `length` and filled up behind with `PAD`."""
    out = np.full((len(sequences), length), PAD, np.int64)
    for row, indices in enumerate(sequences):
        part = indices[:length]
        out[row, : len(part)] = part
    return out


def joined(indices: Sequence[int] | Indices, known: tuple[str, ...]) -> str:
    """Tokens as a text again, padding left out; words stand apart, characters do not."""
    tokens = [known[int(index)] for index in indices if int(index) != PAD]
    apart = any(len(token) > 1 for token in known[len(SPECIAL) :])
    shown = ["▯" if token == SPECIAL[UNKNOWN] else token for token in tokens]
    return re.sub(r" ([.,;:!?)])", r"\1", " ".join(shown)) if apart else "".join(shown)
