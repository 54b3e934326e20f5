"""`Table`: what a reader gives, before it is resized, split and normalised.

Not for: users of data; they get a `DataSet` from `engine.data.load`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.graph.facts import Column

Array = npt.NDArray[Any]
Part = Literal["train", "val", "test"]
PARTS: tuple[Part, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class Table:
    """Samples as named columns, in the order of the files.

    Attributes:
        name: The name a person reads.
        columns: Pictures uint8 [N,C,H,W], numbers float32 [N,F] or [N,T,F], labels int64 [N], masks int64 [N,H,W], tokens and
            tags int64 [N,T], by name; inputs first.
        classes: The names of the labels; empty where there are none, or where `described` says them.
        parts: For every sample the index of its part in `PARTS`, where the data come in parts; None where they do not.
        parted: Whether `parts` are all there is to say: nothing is drawn from the training part for a part that is empty,
            as for windows of one series, where a drawn one would overlap what is trained on.
        described: What the arrays do not say of columns: kind, classes, pad. Dims are taken from the arrays.
        notes: Sentences that a person should read.
        unreadable: Files that could not be read, each with the reason.
    """

    name: str
    columns: dict[str, Array]
    classes: tuple[str, ...] = ()
    parts: npt.NDArray[np.int8] | None = None
    notes: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    parted: bool = False
    described: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def column(self, name: str) -> Column:
        """What a checker is told of a column: as described, or read off its array."""
        values = self.columns[name]
        dims = tuple(int(size) for size in values.shape[1:])
        if name in self.described:
            return replace(self.described[name], dims=dims)
        if values.ndim == 4:
            return Column(name, "image", dims)
        if values.ndim == 1 and values.dtype.kind == "i":
            return Column(name, "label", (), self.classes)
        return Column(name, "number", dims)

    @property
    def labels(self) -> npt.NDArray[np.int64] | None:
        """The class of every sample by the first label column, None where there is none."""
        name = next((name for name in self.columns if self.column(name).kind == "label"), None)
        return None if name is None else self.columns[name]
