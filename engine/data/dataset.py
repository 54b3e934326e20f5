"""`DataSet`: data ready to train on.

Not for: reading (`engine.data.loading`) nor for batches and devices (`engine.training`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.normalisation import Normalisation
from engine.data.table import Array
from engine.graph.facts import DataFacts

_CHUNK = 1 << 24  # bytes hashed at once
_ROWS = 4096  # samples counted at once


@dataclass(frozen=True, eq=False)
class DataSet:
    """Samples as named columns, their parts and how their numbers are scaled.

    Attributes:
        facts: Columns, shapes and classes, as the checker reads them.
        columns: Pictures uint8 [N,C,H,W]; numbers float32 [N,F] or, for series, [N,T,F]; labels int64 [N]; masks int64
            [N,H,W]; tokens and tags int64 [N,T].
        splits: Row numbers (int64, ascending) of "train", "val" and "test"; a part may be empty, "train" is not.
        normalisation: How the input column is scaled, measured on the training part.
        notes: Sentences that a person should read: what was resized, converted, left out.
        digest: SHA-256 of the columns and class names, to notice at resume that data have changed.
        unreadable: Files that could not be read, each with the reason.
    """

    facts: DataFacts
    columns: dict[str, Array]
    splits: dict[str, npt.NDArray[np.int64]]
    normalisation: Normalisation
    notes: tuple[str, ...]
    digest: str
    unreadable: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of what is to be predicted; empty where that is numbers, or nothing."""
        target = self.facts.target
        return target.classes if target is not None else ()

    def class_counts(self, name: str | None = None) -> dict[str, npt.NDArray[np.int64]]:
        """For each part, how often each class comes up, in the order of the classes; empty where there are none.

        Args:
            name: The column; None for the one to be predicted. Of a label samples are counted, of a mask pixels, of tags
                and tokens steps, those that are filled up left out.
        """
        column = self.facts.target if name is None else self.facts.column(name)
        if column is None or not column.classes:
            return {}
        out = {}
        for part, rows in self.splits.items():
            counts = np.zeros(len(column.classes), np.int64)
            for start in range(0, len(rows), _ROWS):
                values = self.columns[column.name][rows[start : start + _ROWS]].reshape(-1)
                counts += np.bincount(values, minlength=len(counts))[: len(counts)]
            if column.pad is not None and 0 <= column.pad < len(counts):
                counts[column.pad] = 0
            out[part] = counts
        return out


def digest(columns: dict[str, Array], classes: tuple[str, ...]) -> str:
    """SHA-256 over names, types, shapes and bytes of the columns and over the class names."""
    total = hashlib.sha256()
    for name, column in sorted(columns.items()):
        total.update(f"{name}\0{column.dtype.str}\0{column.shape}\0".encode())
        flat = np.ascontiguousarray(column).reshape(-1).view(np.uint8)
        for start in range(0, len(flat), _CHUNK):
            total.update(flat[start : start + _CHUNK].data)
    total.update("\0".join(classes).encode("utf-8", "surrogateescape"))
    return total.hexdigest()
