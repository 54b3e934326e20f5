"""Windows over something long, a text or a series: parted by position, so that none shares a step with one of another part.

Not for: what is in the windows (`engine.data.text`, `engine.data.series`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.data.choice import DataChoice
from engine.errors import DataError

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Windows:
    """Where windows start.

    Attributes:
        starts: First step of every window, ascending.
        parts: The part of each, an index into `PARTS`.
        train: Steps before this one belong to the training part: statistics are taken of them only.
    """

    starts: Rows
    parts: npt.NDArray[np.int8]
    train: int

    def rows(self, length: int, ahead: int = 0) -> Rows:
        """The steps of every window, `ahead` steps later: [N, length]."""
        return self.starts[:, None] + np.arange(length) + ahead


def windows(steps: int, choice: DataChoice, *, length: int, ahead: int, step: int, what: str) -> Windows:
    """Windows of `length` steps whose answer lies `ahead` steps further: first the training part, then validation, then test.

    Raises:
        DataError: A part that is wanted is shorter than one window.
    """
    val, test = choice.val_fraction, choice.test_fraction
    if val + test >= 1:
        raise DataError(
            f"Validation takes {val:.0%} of the {what} and test {test:.0%}, which leaves nothing to train on. "
            "Make the two shares smaller."
        )
    edges = [0, steps - round(steps * val) - round(steps * test), steps - round(steps * test), steps]
    starts, parts = [], []
    words = ("training", "validation", "test")
    for part, (first, last) in enumerate(pairwise(edges)):
        if first == last and part:
            continue
        if last - first < length + ahead:
            raise DataError(
                f"The {words[part]} part has {last - first:,} of the {steps:,} {what}, but a window takes {length:,} and its "
                f"answer lies {ahead:,} further. Choose a shorter window, another share of the parts, or longer data."
            )
        found = np.arange(first, last - length - ahead + 1, step, dtype=np.int64)
        starts.append(found)
        parts.append(np.full(len(found), part, np.int8))
    return Windows(np.concatenate(starts), np.concatenate(parts), edges[1])
