"""What a checker needs to know of a data set: its columns, their shapes and their classes. No data, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["image", "number", "label", "mask", "tokens", "tags"]
_ALWAYS_TARGETS = ("label", "mask", "tags")


@dataclass(frozen=True)
class Column:
    """One named column of a data set.

    Attributes:
        name: "image", "features", "label", "target" or what the data calls it.
        kind: "image" (uint8 pixels), "number" (float32, a vector or a series), "label" (int64, a class), "mask" (int64, a
            class for each pixel), "tokens" (int64, a sequence of words or characters by their number) or "tags" (int64, a
            class for each step of a sequence; also the next token of each).
        dims: Sizes of one sample: (C, H, W); (F,) or (T, F); () for a label; (H, W) for a mask; (T,) for tokens and tags.
        classes: Names of the classes, or the vocabulary of tokens, in the order of their index.
        target: Whether it is to be predicted. Labels, masks, tags and a column called "target" always are.
        pad: The index that fills sequences up and stands for nothing, None where there is none. Tags that carry it are
            not counted. A mask's is the class of pixels that are not judged.
        fields: Names of the numbers of a vector or of a step, where the data say them.
    """

    name: str
    kind: ColumnKind
    dims: tuple[int, ...]
    classes: tuple[str, ...] = ()
    target: bool = False
    pad: int | None = None
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Mark what is always to be predicted."""
        if self.kind in _ALWAYS_TARGETS or self.name == "target":
            object.__setattr__(self, "target", True)


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
    def inputs(self) -> tuple[Column, ...]:
        """The columns that are not to be predicted."""
        return tuple(column for column in self.columns if not column.target)

    @property
    def input(self) -> Column | None:
        """The column that a network reads unless it says otherwise."""
        return next(iter(self.inputs), None)

    @property
    def targets(self) -> tuple[Column, ...]:
        """The columns that are to be predicted."""
        return tuple(column for column in self.columns if column.target)

    @property
    def target(self) -> Column | None:
        """The column that a network is to predict unless it says otherwise."""
        return next(iter(self.targets), None)
