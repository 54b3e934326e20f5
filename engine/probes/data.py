"""What a probe answers with: plain numbers that cross threads and need no torch to be shown.

Not for: how they are drawn (`render`) nor how they are found (`look`, `answers`, `confusion`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.normalisation import Normalisation

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tiles:
    """Many small pictures of one size: filters, activation maps, or a vector as one-pixel tiles.

    Attributes:
        values: float32 [n, h, w], or [n, h, w, 3] for filters that look at colours.
        signed: Whether zero is the middle of the scale (weights) or its end (what a ReLU lets through).
        titles: One line a tile.
        note: One sentence about all of them: what they are and what is left out.
        columns: Tiles a row that the order asks for, None where any number does.
    """

    values: Floats
    signed: bool
    titles: tuple[str, ...]
    note: str = ""
    columns: int | None = None

    def __len__(self) -> int:
        return int(self.values.shape[0])


@dataclass(frozen=True)
class Bars:
    """Labelled numbers, the largest first unless the note says otherwise.

    Attributes:
        labels: One a bar.
        values: One a bar.
        indices: The class or unit that each bar stands for.
        probabilities: Whether the values are shares that add up to 1 over all classes.
        note: One sentence.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    indices: tuple[int, ...] = ()
    probabilities: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Matrix:
    """A table of numbers with named rows and columns.

    Attributes:
        values: float32 [rows, columns].
        rows: Names of the rows.
        columns: Names of the columns.
        signed: Whether zero is the middle of the scale.
        note: One sentence.
    """

    values: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    signed: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Confusion:
    """How a classifier does on many samples.

    Attributes:
        matrix: int64 [K, K]: rows are the true classes, columns the answers.
        classes: Names of the classes.
        samples: int64 [N]: places of the samples in the data set.
        truth: int64 [N].
        answer: int64 [N].
        confidence: float32 [N]: probability of the answer given; its output where the network gives no probabilities.
        note: One sentence.
    """

    matrix: NDArray[np.int64]
    classes: tuple[str, ...]
    samples: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    truth: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    answer: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    confidence: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    note: str = ""

    @property
    def accuracy(self) -> float:
        """Share of right answers; nan without samples."""
        total = int(self.matrix.sum())
        return float(np.trace(self.matrix)) / total if total else float("nan")

    @property
    def recall(self) -> Floats:
        """Of each true class, the share that was found; nan for a class without samples."""
        return _shares(np.diag(self.matrix), self.matrix.sum(axis=1))

    @property
    def precision(self) -> Floats:
        """Of each answer, the share that was right; nan for an answer never given."""
        return _shares(np.diag(self.matrix), self.matrix.sum(axis=0))

    def cell(self, truth: int, answer: int) -> NDArray[np.int64]:
        """Samples of one cell, the most confident answers first."""
        here = np.flatnonzero((self.truth == truth) & (self.answer == answer))
        order = np.argsort(-self.confidence[here], kind="stable")
        return np.asarray(self.samples[here[order]], np.int64)

    def mistakes(self) -> NDArray[np.int64]:
        """Samples answered wrongly, the most confident first."""
        here = np.flatnonzero(self.truth != self.answer)
        order = np.argsort(-self.confidence[here], kind="stable")
        return np.asarray(self.samples[here[order]], np.int64)


@dataclass(frozen=True, eq=False)
class Questions:
    """Samples whose true class is known.

    Attributes:
        inputs: The data set's columns that the network reads, whole: [N, ...] each.
        labels: int64 [N]: the data set's label column, whole.
        rows: Which samples are asked.
        classes: Names of the classes.
        normalisation: As the network was trained with.
        single: How a single number says which of two classes: "logit", "share" of the second one, or "".
    """

    inputs: tuple[NDArray[Any], ...]
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]
    classes: tuple[str, ...]
    normalisation: Normalisation | None = None
    single: str = ""


@dataclass(frozen=True)
class Nothing:
    """A probe that has nothing to show here, and why, in one sentence."""

    text: str


Answer = Tiles | Bars | Matrix | Confusion | Nothing


def _shares(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    out = np.full(part.shape, np.nan, np.float32)
    np.divide(part, whole, out=out, where=whole > 0, casting="unsafe")
    return out
