"""What a checker needs to know of a data set: its columns, their shapes and their classes. No data, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One named column of a data set.

    Attributes:
        name: "image", "features", "label", "target" or what the data calls it.
        kind: "image" (uint8), "number" (float32) or "label" (class index).
        dims: Sizes of one sample: (C, H, W), (F,), or () for a label.
        classes: Names of a label's classes in the order of their index.
    """

    name: str
    kind: Literal["image", "number", "label"]
    dims: tuple[int, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataFacts:
    """A data set in figures.

    Attributes:
        name: What the person reads.
        samples: How many samples all parts have together.
        columns: Inputs first, targets after them.
    """

    name: str
    samples: int
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def input(self) -> Column | None:
        """The column that a network reads unless it says otherwise."""
        return next((c for c in self.columns if c.kind != "label" and c.name != "target"), None)

    @property
    def target(self) -> Column | None:
        """The column that a network is to predict unless it says otherwise."""
        labels = [c for c in self.columns if c.kind == "label"]
        return labels[0] if labels else self.column("target")
