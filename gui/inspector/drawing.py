"""From a drawing or a picture to what the network expects: as large, as centred and as bright as its own data are.

Not for: drawing (`pad`) nor for the fixed conversions of size and channels (`engine.images.to_input`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import DataSet
from engine.images import resize, to_input

Pixels = NDArray[np.uint8]
LOOKED_AT = 256  # samples that tell how a data set's drawings are laid out
INK = 0.25  # of the range: what differs so much from the ground is drawn
FILL = 20 / 28  # MNIST's own: a digit's longer side is 20 of 28 pixels


@dataclass(frozen=True)
class Habit:
    """How a data set shows its things.

    Attributes:
        drawings: Whether the samples are drawings on an even ground; only then is centring of use.
        bright_ink: Whether the ink is brighter than the ground.
        fill: Longer side of what is drawn, as a share of the picture's side.
    """

    drawings: bool = True
    bright_ink: bool = True
    fill: float = FILL


def habit(dataset: DataSet | None) -> Habit:
    """How the samples of a data set are laid out; MNIST's way where that cannot be told."""
    column = dataset.facts.input if dataset is not None else None
    if dataset is None or column is None or column.kind != "image":
        return Habit()
    rows = dataset.splits["train"][:LOOKED_AT]
    pictures = dataset.columns[column.name][rows].mean(axis=1) / 255.0
    rim = np.concatenate([pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]], axis=1)
    ground = np.median(rim, axis=1)
    # A ground is even when most of the rim is alike, in most samples and between them.
    even = float(np.mean(np.abs(rim - ground[:, None]) < 0.15)) > 0.75 and float(np.std(ground)) < 0.1
    if not even or column.dims[0] != 1:
        return Habit(drawings=False, bright_ink=bool(np.median(ground) < 0.5))
    sides = [_longer(np.abs(picture - level) > INK) for picture, level in zip(pictures, ground, strict=True)]
    known = [side / max(pictures.shape[1:]) for side in sides if side]
    fill = float(np.median(known)) if known else FILL
    return Habit(True, bool(np.median(ground) < 0.5), min(1.0, max(0.3, fill)))


def as_seen(picture: Pixels, shape: tuple[int, int, int], *, centre: bool, invert: bool, fill: float = FILL) -> Pixels:
    """What reaches the network, before normalisation: uint8 [C,H,W].

    Args:
        picture: uint8 [H,W,C], C 1 or 3.
        shape: (C, H, W) of the network's input.
        centre: Whether what is drawn is scaled to `fill` of the picture and centred by its mass, as MNIST was made.
        invert: Whether light and dark are exchanged first.
        fill: Share of the picture's side for the longer side of what is drawn.
    """
    if invert:
        picture = np.asarray(255 - picture, np.uint8)
    seen = to_input(centred(picture, shape[1:], fill) if centre else squared(picture, shape[1:]), shape)
    return np.ascontiguousarray(seen)


def squared(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture on a ground of its own rim's colour, in the proportions of `size`, so that nothing is squeezed."""
    height, width = picture.shape[:2]
    wanted = size[1] / size[0]
    new_h, new_w = max(height, round(width / wanted)), max(width, round(height * wanted))
    if (new_h, new_w) == (height, width):
        return picture
    out = np.empty((new_h, new_w, picture.shape[2]), np.uint8)
    out[:] = ground_of(picture)
    top, left = (new_h - height) // 2, (new_w - width) // 2
    out[top : top + height, left : left + width] = picture
    return out


def ground_of(picture: Pixels) -> NDArray[np.uint8]:
    """The usual colour of a picture's rim."""
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return np.asarray(np.median(rim, axis=0), np.uint8)


def centred(picture: Pixels, size: tuple[int, int], fill: float) -> Pixels:
    """What is drawn, cut out, scaled to `fill` of `size` and put so that its centre of mass is in the middle."""
    ground = ground_of(picture).astype(np.float32)
    ink = np.abs(picture.astype(np.float32) - ground).mean(axis=2) / 255
    drawn = ink > INK / 2
    height, width = size
    out = np.empty((height, width, picture.shape[2]), np.uint8)
    out[:] = ground.astype(np.uint8)
    if not drawn.any():
        return out
    ys, xs = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    part = picture[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    factor = fill * min(height, width) / max(part.shape[:2])
    small = resize(part, (max(1, round(part.shape[0] * factor)), max(1, round(part.shape[1] * factor))))
    small = small[:height, :width]
    mass = np.abs(small.astype(np.float32) - ground).mean(axis=2)
    total = float(mass.sum()) or 1.0
    y = float((mass.sum(axis=1) * np.arange(small.shape[0])).sum()) / total
    x = float((mass.sum(axis=0) * np.arange(small.shape[1])).sum()) / total
    top = min(max(0, round((height - 1) / 2 - y)), height - small.shape[0])
    left = min(max(0, round((width - 1) / 2 - x)), width - small.shape[1])
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return out


def _longer(drawn: NDArray[np.bool_]) -> int:
    ys, xs = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    return int(max(ys[-1] - ys[0], xs[-1] - xs[0])) + 1 if len(ys) else 0
