"""The figures that are drawn on generated pictures: ten shapes as signed distances, seven tones, and the kinds made of both.

Not for: whole pictures (`engine.data.scenes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Kinds = npt.NDArray[np.int64]

# Red, orange, yellow, green, cyan, blue, violet: told apart on light and on dark ground.
TONES = np.array(
    [[228, 68, 60], [240, 146, 50], [236, 206, 66], [84, 180, 90], [70, 190, 200], [74, 120, 220], [160, 96, 200]], np.float32
)  # fmt: skip
# In the order in which kinds take them, those that differ most first.
_ORDER: Mapping[str, int] = {"red": 0, "blue": 5, "green": 3, "yellow": 2, "violet": 6, "cyan": 4, "orange": 1}


def _circle(u: Field, v: Field, r: Field) -> Any:
    return np.sqrt(u * u + v * v) - r


def _square(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.abs(u), np.abs(v)) - r * 0.88


def _triangle(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.abs(u) * 0.8660254 + v * 0.5, -v) - r * 0.6


def _ring(u: Field, v: Field, r: Field) -> Any:
    return np.abs(np.sqrt(u * u + v * v) - r * 0.74) - r * 0.24


def _cross(u: Field, v: Field, r: Field) -> Any:
    a, b = np.abs(u), np.abs(v)
    return np.minimum(np.maximum(a - r, b - r * 0.3), np.maximum(b - r, a - r * 0.3))


def _star(u: Field, v: Field, r: Field) -> Any:
    return (np.sqrt(np.abs(u)) + np.sqrt(np.abs(v))) ** 2 - r * 1.25


def _hexagon(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.abs(u) * 0.8660254 + np.abs(v) * 0.5, np.abs(v)) - r * 0.86


def _half(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.sqrt(u * u + (v + r * 0.42) ** 2) - r, -v - r * 0.42)


def _crescent(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.sqrt(u * u + v * v) - r, r * 0.82 - np.sqrt((u - r * 0.46) ** 2 + v * v))


def _bar(u: Field, v: Field, r: Field) -> Any:
    return np.maximum(np.abs(u) - r, np.abs(v) - r * 0.3)


SHAPES: Mapping[str, Callable[[Field, Field, Field], Any]] = {
    "circle": _circle, "square": _square, "triangle": _triangle, "ring": _ring, "cross": _cross, "star": _star,
    "hexagon": _hexagon, "half disc": _half, "crescent": _crescent, "bar": _bar,
}  # fmt: skip
MOST = len(SHAPES) * len(_ORDER)  # kinds that are told apart


def kinds(count: int) -> tuple[str, ...]:
    """Names of so many kinds: shapes of any tone, or each shape in red, then in blue, and so on."""
    if count <= len(SHAPES):
        return tuple(SHAPES)[:count]
    return tuple(f"{tone} {shape}" for tone in _ORDER for shape in SHAPES)[:count]


def tone_of(kind: Kinds, drawn: Kinds, count: int) -> Field:
    """[N,3]: the tone of each kind where that is part of it, else the drawn one."""
    taken = np.array(list(_ORDER.values()))[kind // len(SHAPES)] if count > len(SHAPES) else drawn
    return np.asarray(TONES[taken], np.float32)


def distance(kind: Kinds, u: Field, v: Field, r: Field) -> Field:
    """Signed distance of every pixel from the rim, [N,H,W]; negative inside."""
    shape = kind % len(SHAPES)
    out = np.empty(np.broadcast_shapes(u.shape, r.shape), np.float32)
    for number, figure in enumerate(SHAPES.values()):
        rows = np.flatnonzero(shape == number)
        if len(rows):
            out[rows] = figure(u[rows], v[rows], r[rows])
    return out
