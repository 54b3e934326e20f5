"""`Table`: what a reader gives, before it is resized, split and normalised.

Not for: users of data; they get a `DataSet` from `engine.data.load`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Part = Literal["train", "val", "test"]
PARTS: tuple[Part, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class Table:
    """Samples as named columns, in the order of the files.

    Attributes:
        name: The name a person reads.
        columns: "image" uint8 [N,C,H,W] or "features" float32 [N,F], with "label" int64 [N] or "target" float32 [N,F].
        classes: The names of the labels; empty where there are none.
        parts: For every sample the index of its part in `PARTS`, where the data come in parts; None where they do not.
        notes: Sentences that a person should read.
        unreadable: Files that could not be read, each with the reason.
    """

    name: str
    columns: dict[str, Array]
    classes: tuple[str, ...] = ()
    parts: npt.NDArray[np.int8] | None = None
    notes: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))
