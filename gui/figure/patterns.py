"""A pattern for every block family, as lines in a small square, so that figures without colour tell families apart.

Drawn as strokes, not as a brush: every format keeps them as vectors. Not for: the words beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

Draw = Callable[[QPainterPath, float], None]  # into a path, in a square of this side


def _line(path: QPainterPath, x1: float, y1: float, x2: float, y2: float) -> None:
    path.moveTo(x1, y1)
    path.lineTo(x2, y2)


def _level(path: QPainterPath, side: float) -> None:
    for step in (1, 2, 3):
        _line(path, 0, side * step / 4, side, side * step / 4)


def _upright(path: QPainterPath, side: float) -> None:
    for step in (1, 2, 3):
        _line(path, side * step / 4, 0, side * step / 4, side)


def _rising(path: QPainterPath, side: float) -> None:
    half = side / 2
    for x1, y1, x2, y2 in ((0, half, half, 0), (0, side, side, 0), (half, side, side, half)):
        _line(path, x1, y1, x2, y2)


def _falling(path: QPainterPath, side: float) -> None:
    half = side / 2
    for x1, y1, x2, y2 in ((half, 0, side, half), (0, 0, side, side), (0, half, half, side)):
        _line(path, x1, y1, x2, y2)


def _grid(path: QPainterPath, side: float) -> None:
    for step in (1, 2):
        _line(path, 0, side * step / 3, side, side * step / 3)
        _line(path, side * step / 3, 0, side * step / 3, side)


def _net(path: QPainterPath, side: float) -> None:
    _rising(path, side)
    _falling(path, side)


def _dots(path: QPainterPath, side: float) -> None:
    for x in (0.25, 0.75):
        for y in (0.25, 0.75):
            path.addEllipse(QPointF(side * x, side * y), side / 14, side / 14)


def _plus(path: QPainterPath, side: float) -> None:
    _line(path, side / 2, 0, side / 2, side)
    _line(path, 0, side / 2, side, side / 2)


def _ring(path: QPainterPath, side: float) -> None:
    path.addEllipse(QPointF(side / 2, side / 2), side / 4, side / 4)


def _step(path: QPainterPath, side: float) -> None:
    """The course of a rectifier."""
    path.moveTo(0, side * 0.75)
    path.lineTo(side * 0.45, side * 0.75)
    path.lineTo(side, side * 0.15)


def _chain(path: QPainterPath, side: float) -> None:
    """Steps one after the other."""
    for step in (0, 1, 2):
        path.addRect(QRectF(side * (step * 2 + 0.5) / 6, side * 0.35, side / 6, side * 0.3))


def _fan(path: QPainterPath, side: float) -> None:
    """One that looks at many."""
    for step in range(4):
        _line(path, 0, side / 2, side, side * (step + 0.5) / 4)


def _grain(path: QPainterPath, side: float) -> None:
    """Noise."""
    for x, y in ((0.2, 0.3), (0.5, 0.15), (0.8, 0.4), (0.35, 0.6), (0.65, 0.75), (0.15, 0.85)):
        path.addEllipse(QPointF(side * x, side * y), side / 24, side / 24)


def _nested(path: QPainterPath, side: float) -> None:
    path.addRect(QRectF(side / 4, side / 4, side / 2, side / 2))


def _empty(_path: QPainterPath, _side: float) -> None:
    """Nothing but the frame."""


PATTERNS: Mapping[str, Draw] = {
    "Input and output": _empty,
    "Convolution": _grid,
    "Pooling": _ring,
    "Linear": _net,
    "Activation": _step,
    "Normalisation": _level,
    "Regularisation": _dots,
    "Shape": _upright,
    "Merge": _plus,
    "Sequence": _chain,
    "Attention": _fan,
    "Generative": _grain,
    "Loss and metric": _rising,
    "Composites": _nested,
}


def pattern(family: str, square: QRectF) -> QPainterPath:
    """The strokes of a family's pattern in a square; those of an unknown family are falling lines."""
    path = QPainterPath()
    PATTERNS.get(family, _falling)(path, square.width())
    return path.translated(square.topLeft())
