"""Drawn pictures: shapes with a mask, single figures with their kind, and portraits with an age.

Made from a fixed seed, in the size that the network asks for. What is drawn are signed distances in pixels (`engine.data.figures`),
so that a rim is smooth in the picture and exact in the mask.

Not for: real photographs. What is drawn here is a toy, and its declarations say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.draws import Draws
from engine.data.figures import TONES, Field, distance, kinds, tone_of
from engine.data.places import check_memory
from engine.data.registry import Request
from engine.data.table import Table
from engine.graph.facts import Column

Pixels = npt.NDArray[np.uint8]

COUNT = 1600  # pictures, where a person says nothing
CLASSES = 4  # of a mask, the ground with them, where a person says nothing
KINDS = 10  # of single figures, likewise
_SIDE = (32, 32)
_BUDGET = 24_000_000  # pixels of all pictures, where a person says nothing; large ones are made fewer
_CHUNK = 64  # pictures drawn at once; fewer where they are large
_PIXELS = 5_000_000  # of the pictures drawn at once
_MOST = 4  # shapes in a picture
_SEED = 20_012
_SKINS = np.array([[250, 220, 196], [234, 190, 158], [198, 146, 110], [146, 98, 70], [102, 66, 48]], np.float32)
_HAIRS = np.array([[40, 30, 28], [88, 56, 36], [150, 100, 56], [214, 176, 104], [164, 66, 34]], np.float32)


def shapes(request: Request) -> Table:
    """Figures on a ground: "image", "mask", "label" (the kind that covers most) and "size" (its share)."""
    (height, width), count = _extent(request, bytes_more=8)
    choice = request.settings
    many = (choice.classes if choice.classes is not None else CLASSES) - 1
    names = kinds(many) if many > 1 else ("figure",)
    noise = choice.noise if choice.noise is not None else 0.05
    pictures = np.empty((count, 3, height, width), np.uint8)
    masks = np.empty((count, height, width), np.int64)
    for start, stop in _chunks(request, count, height * width):
        pictures[start:stop], masks[start:stop] = _shapes(
            Draws(_SEED + start), stop - start, (height, width), noise=noise, many=many
        )
    covered = np.stack([(masks == kind).sum(axis=(1, 2)) for kind in range(1, many + 1)], axis=1)
    shares = covered.max(axis=1, keepdims=True) / (height * width)
    label = (
        {"label": covered.argmax(axis=1).astype(np.int64)} if many > 1 else {}
    )  # of one kind there is nothing to tell
    return Table(
        "Shapes",
        {"image": pictures, "mask": masks, **label, "size": shares.astype(np.float32)},
        described={
            "mask": Column("mask", "mask", (), ("ground", *names)),
            "label": Column("label", "label", (), names),
            "size": Column("size", "number", (1,), target=True, fields=("share of the picture",)),
        },
    )  # fmt: skip


def figures(request: Request) -> Table:
    """One figure on a ground: "image" and its kind as "label"."""
    (height, width), count = _extent(request, bytes_more=0)
    choice = request.settings
    many = choice.classes if choice.classes is not None else KINDS
    noise = choice.noise if choice.noise is not None else 0.05
    pictures = np.empty((count, 3, height, width), np.uint8)
    labels = np.arange(count, dtype=np.int64) % many
    for start, stop in _chunks(request, count, height * width):
        draws = Draws(_SEED + 3 + start)
        canvas = _ground(draws, stop - start, height, width)
        _figure(draws, canvas, labels[start:stop], many, (0.24, 0.4), (0.36, 0.64))
        canvas += np.float32(255 * noise) * draws.grain(*canvas.shape)
        pictures[start:stop] = _pixels(canvas)
    return Table("Figures", {"image": pictures, "label": labels}, kinds(many))


def _chunks(request: Request, count: int, pixels: int) -> Iterator[tuple[int, int]]:
    """First picture and the one behind the last of what is drawn at once; progress is told."""
    size = max(1, min(_CHUNK, _PIXELS // pixels))
    for start in range(0, count, size):
        request.tell("Drawing the pictures", start, count)
        yield start, min(start + size, count)


def portraits(request: Request) -> Table:
    """Simple drawn faces: "image", "gender" (a label of the drawing) and "age" (years, a number)."""
    (height, width), count = _extent(request, bytes_more=0)
    draws = Draws(_SEED + 1)
    gender = np.arange(count, dtype=np.int64) % 2
    age = np.floor(draws.uniform(count, lo=6.0, hi=90.0))
    pictures = np.empty((count, 3, height, width), np.uint8)
    for start, stop in _chunks(request, count, height * width):
        pictures[start:stop] = _faces(Draws(_SEED + 2 + start), gender[start:stop], age[start:stop], height, width)
    return Table(
        "Portraits",
        {"image": pictures, "gender": gender, "age": age[:, None].astype(np.float32)},
        described={
            "gender": Column("gender", "label", (), ("woman", "man")),
            "age": Column("age", "number", (1,), target=True, fields=("years",)),
        },
    )


def _extent(request: Request, *, bytes_more: int) -> tuple[tuple[int, int], int]:
    """(height, width) of the pictures and how many are made."""
    size = request.image[1:] if request.image is not None else _SIDE
    pixels = size[0] * size[1]
    usual = max(64, min(COUNT, _BUDGET // pixels))
    count = request.settings.count if request.settings.count is not None else usual
    check_memory(count * pixels * (3 + bytes_more), "The pictures")
    return size, count


def _shapes(
    draws: Draws, count: int, size: tuple[int, int], *, noise: float, many: int
) -> tuple[Pixels, npt.NDArray[np.int64]]:
    """Up to `_MOST` figures a picture, of `many` kinds; with a single kind, which is any figure."""
    height, width = size
    canvas = _ground(draws, count, height, width)
    masks = np.zeros((count, height, width), np.int64)
    shown = draws.whole(count, below=_MOST) + 1
    for place in range(_MOST):
        kind = draws.whole(count, below=many if many > 1 else CLASSES - 1)
        away = _figure(draws, canvas, kind, many, (0.1, 0.26), (0.12, 0.88), drawn=place < shown)
        masks = np.where(away < 0, (kind[:, None, None] if many > 1 else 0) + 1, masks)
    canvas += np.float32(255 * noise) * draws.grain(*canvas.shape)
    return _pixels(canvas), masks


def _figure(
    draws: Draws, canvas: Field, kind: npt.NDArray[np.int64], many: int, sizes: tuple[float, float],
    middles: tuple[float, float], *, drawn: npt.NDArray[np.bool_] | None = None,
) -> Field:  # fmt: skip
    """Lay a figure of its kind over every picture, where it is drawn; gives how far each pixel is from its rim."""
    count, _, height, width = canvas.shape
    side = min(height, width)
    y, x = _grid(height, width)
    radius = side * draws.uniform(count, lo=sizes[0], hi=sizes[1])
    cy, cx = (draws.uniform(count, lo=middles[0], hi=middles[1]) * extent for extent in (height, width))
    turn = draws.uniform(count, hi=2 * np.pi)
    tone = tone_of(kind, draws.whole(count, below=len(TONES)), many) * draws.uniform(count, 1, lo=0.75, hi=1.05)
    u, v = _turned(y - _wide(cy), x - _wide(cx), turn)
    away = distance(kind, u, v, _wide(radius))
    if drawn is not None:
        away[~drawn] = side
    _paint(canvas, away, tone)
    return away


def _faces(
    draws: Draws, gender: npt.NDArray[np.int64], age: npt.NDArray[np.float64], height: int, width: int
) -> Pixels:
    """Head, hair, eyes, mouth; with age the hair turns grey, the brow wrinkles and the face grows longer."""
    count, side = len(gender), float(min(height, width))
    rows, columns = _grid(height, width)
    low, aside = (_wide(draws.uniform(count, lo=-reach, hi=reach)) for reach in (0.04, 0.05))
    down, right = (rows - height / 2) / side - low, (columns - width / 2) / side - aside
    canvas = _ground(draws, count, height, width)
    man = gender == 1
    grown = np.clip((age - 4) / 16, 0, 1)
    grey = np.clip((age - 38) / 34 + 0.12 * draws.normal(count), 0, 1)
    skin = _SKINS[draws.whole(count, below=len(_SKINS))] * draws.uniform(count, 1, lo=0.93, hi=1.04)
    hair = _HAIRS[draws.whole(count, below=len(_HAIRS))]
    hair = np.asarray(hair + (np.array([206.0, 206.0, 208.0]) - hair) * grey[:, None], np.float32)
    tall, broad = 0.25 + 0.06 * grown, 0.22 + 0.012 * grown
    long = np.where(man, draws.uniform(count, lo=0.0, hi=0.1), draws.uniform(count, lo=0.06, hi=0.4))
    bald = man & (age > 35) & draws.chance(count, of=0.35)

    def oval(cy: Any, cx: Any, ry: Any, rx: Any) -> Field:
        u, v = (down - _wide(cy)) / _wide(ry), (right - _wide(cx)) / _wide(rx)
        return np.asarray((np.sqrt(u * u + v * v) - 1) * np.minimum(_wide(ry), _wide(rx)) * side, np.float32)

    none = np.zeros(count)
    shoulders = oval(0.9 + long, none, 0.5 + none, 9 + none)
    behind = np.maximum(oval(-0.06 + long / 2, none, tall * 0.98 + long / 2, broad * 1.2), -shoulders)
    _paint(canvas, behind, hair, shown=~bald & (long > 0.05))
    _paint(canvas, oval(0.5 + none, none, 0.16 + none, 0.34 + none), TONES[draws.whole(count, below=7)] * 0.8)
    _paint(canvas, oval(0.34 + none, none, 0.14 + none, 0.08 + none), skin * 0.9)
    _paint(canvas, oval(none, none, tall, broad), skin)
    fringe = np.maximum(oval(-0.02 + none, none, tall * 1.1, broad * 1.1), (_wide(tall * 0.45) + down) * side)
    _paint(canvas, fringe.astype(np.float32), hair, shown=~bald)
    for way in (-1, 1):
        _paint(canvas, oval(-0.01 + none, way * 0.09 + none, 0.026 + none, 0.038 + none), np.full((count, 3), 250.0))
        _paint(canvas, oval(-0.01 + none, way * 0.09 + none, 0.022 + none, 0.02 + none), np.full((count, 3), 46.0))
        _paint(canvas, oval(-0.07 + none, way * 0.09 + none, np.where(man, 0.014, 0.008), 0.05 + none), hair * 0.8)
    _paint(canvas, oval(0.06 + none, none, 0.035 + none, 0.018 + none), skin * 0.84)
    lips = np.where(man[:, None], skin * 0.66, np.array([196.0, 70.0, 84.0]))
    _paint(canvas, oval(0.14 + none, none, np.where(man, 0.013, 0.022), 0.065 + none), lips)
    beard = man & (age > 18) & draws.chance(count, of=0.4)
    jaw = np.maximum(oval(none, none, tall, broad), -(down - 0.165) * side)
    _paint(canvas, jaw.astype(np.float32), hair, shown=beard)
    _creases(canvas, oval, skin, age)
    canvas += np.float32(4) * draws.grain(*canvas.shape)
    return _pixels(canvas)


def _creases(canvas: Field, oval: Callable[..., Field], skin: Any, age: npt.NDArray[np.float64]) -> None:
    """Lines on brow and cheeks, one after the other with the years."""
    none = np.zeros(len(age))
    for line in range(3):
        deep = np.clip((age - 30 - 14 * line) / 30, 0, 1)
        crease = skin * (1 - 0.42 * deep[:, None])
        _paint(canvas, oval(-0.115 - 0.024 * line + none, none, 0.006 + none, 0.1 + none), crease, shown=deep > 0)
        for way in (-1, 1):
            cheek = oval(0.05 + 0.03 * line, way * (0.15 - 0.02 * line) + none, 0.006 + none, 0.03 + none)
            _paint(canvas, cheek, crease, shown=deep > 0)


def _grid(height: int, width: int) -> tuple[Field, Field]:
    """Rows and columns of the middles of the pixels, [1,H,W]."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    return y[None], x[None]


def _wide(numbers: Any) -> Field:
    """A number for each picture, to be spread over its pixels."""
    return np.asarray(numbers, np.float32).reshape(-1, 1, 1)


def _turned(y: Field, x: Field, turn: npt.NDArray[np.float64]) -> tuple[Field, Field]:
    cos, sin = _wide(np.cos(turn)), _wide(np.sin(turn))
    return cos * x - sin * y, sin * x + cos * y


def _ground(draws: Draws, count: int, height: int, width: int) -> Field:
    """A soft slope from one tone to another, [N,3,H,W]."""
    y, x = _grid(height, width)
    first, second = (draws.uniform(count, 3, lo=40.0, hi=170.0).astype(np.float32) for _ in range(2))
    turn = draws.uniform(count, hi=2 * np.pi)
    way = _wide(np.cos(turn)) * (y / height - 0.5) + _wide(np.sin(turn)) * (x / width - 0.5) + 0.5
    mixed = first[:, :, None, None] + (second - first)[:, :, None, None] * np.clip(way, 0, 1)[:, None]
    return mixed.astype(np.float32)


def _paint(canvas: Field, distance: Field, tone: Any, *, shown: Any = None) -> None:
    """Lay a tone over the inside of a figure; half a pixel of rim on both sides is blended."""
    cover = np.clip(0.5 - distance, 0.0, 1.0).astype(np.float32)
    if shown is not None:
        cover[~np.asarray(shown)] = 0.0
    met = cover.any(axis=0)
    rows, columns = np.flatnonzero(met.any(axis=1)), np.flatnonzero(met.any(axis=0))
    if len(rows):
        box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        part = canvas[:, :, box[0], box[1]]
        part += (np.asarray(tone, np.float32)[:, :, None, None] - part) * cover[:, None, box[0], box[1]]


def _pixels(canvas: Field) -> Pixels:
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8)
