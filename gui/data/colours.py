"""Colours of classes: the families' colours in their order, so that both themes have them at contrast.

Never alone: points have shapes, masks have names beside them. Not for: the parts of the data (`gui.data.counts`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gui import theme

_ORDER = (1, 4, 3, 5, 2, 8, 6, 7)  # neighbours in this order are far apart in hue


def class_colour(index: int) -> str:
    """The colour of a class."""
    family = list(theme.current().family.values())
    return family[_ORDER[index % len(_ORDER)] % len(family)]


def class_rgb(count: int) -> NDArray[np.float32]:
    """The colours of the first classes as [count, 3], 0..255."""
    colours = [QColor(class_colour(index)) for index in range(count)]
    return np.array([[c.red(), c.green(), c.blue()] for c in colours], np.float32).reshape(-1, 3)


def with_mask(
    picture: NDArray[np.uint8], mask: NDArray[np.int64], colours: NDArray[np.float32], pad: int | None
) -> NDArray[np.uint8]:  # fmt: skip
    """A picture [H,W,3] with its mask laid over: class 0 is left bare, the rim of every other drawn full.

    Args:
        picture: Pixels.
        mask: Class of each.
        colours: Of the classes, [K,3].
        pad: Pixels of this class are not judged; they are greyed.
    """
    out = picture.astype(np.float32)
    rim = np.zeros(mask.shape, bool)
    rim[:, 1:] |= mask[:, 1:] != mask[:, :-1]
    rim[1:] |= mask[1:] != mask[:-1]
    judged = mask != pad if pad is not None else np.ones(mask.shape, bool)
    some = (mask > 0) & judged
    out[some] = 0.3 * out[some] + 0.7 * colours[mask[some] % len(colours)]
    edge = some & rim
    out[edge] = colours[mask[edge] % len(colours)]
    out[~judged] = 0.5 * out[~judged] + 64
    return np.clip(out, 0, 255).astype(np.uint8)
