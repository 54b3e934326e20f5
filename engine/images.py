"""Pictures as uint8 arrays [H,W,C]: decoded, resized, fitted to an input, encoded, and colour maps.

The only file that imports OpenCV. Pictures are decoded from bytes after their header's size was checked: OpenCV 5.0
crashes on paths that are not UTF-8 and takes gigabytes for a 44-byte file that claims to be large.

Not for: Qt pictures (`gui.pictures`) nor for laying out maps and filters (`engine.probes`).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import DataError

Picture = npt.NDArray[np.uint8]  # [H,W,C], C = 1 (grey) or 3 (red, green, blue)

_GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601 luma, as OpenCV and Pillow weigh it


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture at (height, width): area averages where it shrinks, bilinear where it grows."""
    height, width = picture.shape[:2]
    if (height, width) == tuple(size):
        return picture
    shrinks = size[0] * size[1] < height * width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    out: Any = cv2.resize(np.ascontiguousarray(picture), (size[1], size[0]), interpolation=how)
    return np.asarray(out, np.uint8).reshape(*size, picture.shape[2])


def to_input(picture: Picture, shape: tuple[int, int, int]) -> Picture:
    """The picture as [C,H,W] of `shape`: channels converted, then resized.

    Raises:
        DataError: No conversion leads from the picture's channels to C.
    """
    channels, height, width = shape
    have = picture.shape[2]
    match have, channels:
        case a, b if a == b:
            converted = picture
        case 3, 1:
            converted = np.rint(picture @ _GREY).astype(np.uint8)[:, :, None]
        case 1, _:
            converted = np.repeat(picture, channels, axis=2)
        case _:
            raise DataError(
                f"The picture has {have} channels, but the network's input takes {channels}. Change the input block's channels to {have}."
            )
    return np.ascontiguousarray(resize(converted, (height, width)).transpose(2, 0, 1))
