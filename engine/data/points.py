"""Points in the plane, in classes that a line can or cannot part: the playground for small networks.

Every set is made from a fixed seed, so that the same settings give the same points. Not for: pictures or series.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.draws import Draws, Numbers, Wholes
from engine.data.registry import Request
from engine.data.table import Table
from engine.graph.facts import Column

COUNT = 600  # points, where a person says nothing
_SEED = 20_011

Made = tuple[Numbers, Wholes]
Shape = Callable[[Draws, int, float], Made]


def read(request: Request, name: str, shape: Shape, *, noise: float, classes: tuple[str, ...]) -> Table:
    """Points of a shape as "features" (2,) and "label"."""
    settings = request.settings
    count = settings.count if settings.count is not None else COUNT
    points, labels = shape(Draws(_SEED), count, settings.noise if settings.noise is not None else noise)
    return Table(
        name,
        {"features": np.round(points, 5).astype(np.float32), "label": labels},
        classes,
        described={"features": Column("features", "number", (2,), fields=("x", "y"))},
    )


def moons(draws: Draws, count: int, noise: float) -> Made:
    """Two half circles that reach into each other."""
    labels = np.arange(count, dtype=np.int64) % 2
    turn = draws.uniform(count, hi=np.pi)
    x = np.where(labels == 0, np.cos(turn), 1.0 - np.cos(turn))
    y = np.where(labels == 0, np.sin(turn), 0.5 - np.sin(turn))
    return _strewn(draws, x - 0.5, y - 0.25, noise), labels


def rings(draws: Draws, count: int, noise: float) -> Made:
    """A disc in a ring."""
    labels = np.arange(count, dtype=np.int64) % 2
    turn = draws.uniform(count, hi=2 * np.pi)
    radius = np.where(labels == 0, 0.45 * np.sqrt(draws.uniform(count)), draws.uniform(count, lo=0.75, hi=1.0))
    return _strewn(draws, radius * np.cos(turn), radius * np.sin(turn), noise), labels


def spirals(draws: Draws, count: int, noise: float) -> Made:
    """Two spirals that wind around each other one and three quarter times (Lang and Witbrock, 1988)."""
    labels = np.arange(count, dtype=np.int64) % 2
    way = np.sqrt(draws.uniform(count, lo=0.01))
    turn = way * 3.5 * np.pi + np.pi * labels
    return _strewn(draws, way * np.cos(turn), way * np.sin(turn), noise), labels


def xor(draws: Draws, count: int, noise: float) -> Made:
    """Four squares; those that lie across from each other are of one class (Minsky and Papert, 1969)."""
    x, y = draws.uniform(count, lo=0.08), draws.uniform(count, lo=0.08)
    corner = np.arange(count, dtype=np.int64) % 4
    sign_x, sign_y = np.where(corner % 2, 1.0, -1.0), np.where(corner // 2, 1.0, -1.0)
    return _strewn(draws, x * sign_x, y * sign_y, noise), (sign_x * sign_y < 0).astype(np.int64)


def blobs(draws: Draws, count: int, noise: float) -> Made:
    """Three heaps of points, normally distributed."""
    labels = np.arange(count, dtype=np.int64) % 3
    turn = 2 * np.pi * labels / 3 + np.pi / 2
    return _strewn(draws, 0.8 * np.cos(turn), 0.8 * np.sin(turn), noise), labels


def both(draws: Draws, count: int, noise: float) -> Made:
    """Points around the corners of a square; class 1 where x and y are 1."""
    x, y = _corners(count)
    return _strewn(draws, x, y, noise), ((x > 0.5) & (y > 0.5)).astype(np.int64)


def either(draws: Draws, count: int, noise: float) -> Made:
    """Points around the corners of a square; class 1 where x or y is 1."""
    x, y = _corners(count)
    return _strewn(draws, x, y, noise), ((x > 0.5) | (y > 0.5)).astype(np.int64)


def _corners(count: int) -> tuple[Numbers, Numbers]:
    corner = np.arange(count)
    return (corner % 2).astype(np.float64), (corner // 2 % 2).astype(np.float64)


def _strewn(draws: Draws, x: Numbers, y: Numbers, noise: float) -> Numbers:
    return np.stack([x, y], axis=1) + noise * draws.normal(len(x), 2)
