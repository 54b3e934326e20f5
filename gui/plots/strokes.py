"""How a run's lines look: the colour says training or validation, dash and mark say which run.

One place for plots, legends and tables, so that they agree.
"""

from __future__ import annotations

from typing import Any, Literal

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui import theme

Part = Literal["train", "val"]

DASHES: tuple[list[float], ...] = ([], [5, 3], [1.5, 2.5], [7, 2.5, 1.5, 2.5], [10, 4])  # in pen widths; by run
SYMBOLS = ("o", "s", "t1", "d", "star")  # pyqtgraph's names; by run
SHIFTS = (0.0, 0.34, -0.30, 0.52, -0.45)  # share of text colour (above 0) or of background (below 0) mixed in; by run


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with that share of `other`, as "#rrggbb"."""
    a, b = QColor(colour), QColor(other)
    parts = [round(x * (1 - share) + y * share) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)]  # type: ignore[index]
    return "#{:02x}{:02x}{:02x}".format(*parts)


def tone(tokens: theme.Tokens, part: Part, index: int) -> str:
    """The colour of a part in the run of that place: always the part's own hue."""
    colour = tokens.train if part == "train" else tokens.val
    shift = SHIFTS[index % len(SHIFTS)]
    return mixed(colour, tokens.text if shift > 0 else tokens.raised, abs(shift))


def run_pen(colour: str, index: int) -> QPen:
    """The line of a run: 2 pixels, dashed by run."""
    pen: QPen = pg.mkPen(colour, width=2)
    dash = DASHES[index % len(DASHES)]
    if dash:
        pen.setDashPattern(dash)
    return pen


def step_pen(colour: str, index: int) -> QPen:
    """The line of a run's steps: as `run_pen` for the main run, 1 pixel for those laid over it.

    A wide dashed line must be stroked as one path, which costs 40 times a solid one drawn piece by piece (190 ms against 5
    for 2,400 noisy points); dashes 1 pixel wide have a quick way of their own.
    """
    pen = run_pen(colour, index)
    if index:
        pen.setWidthF(1.0)
        pen.setDashPattern([2 * length for length in DASHES[index % len(DASHES)]] or [2, 2])
    return pen


def faint_pen(colour: str, ground: str) -> QPen:
    """The line of raw steps behind the smoothed one: mixed, not transparent, which costs five times as much to draw."""
    pen: QPen = pg.mkPen(mixed(colour, ground, 0.68), width=1)
    return pen


def run_symbol(item: Any, colour: str, ground: str, *, index: int, filled: bool, size: int = 7) -> None:
    """Give a plot item its marks: filled for validation, hollow for training."""
    item.setSymbol(SYMBOLS[index % len(SYMBOLS)])
    item.setSymbolSize(size)
    item.setSymbolPen(pg.mkPen(colour, width=1.5))
    hollow = QColor(ground)
    if size > 10:
        hollow.setAlpha(0)  # the ring of the best epoch must not hide the mark inside it
    item.setSymbolBrush(QColor(colour) if filled else hollow)


def paint_stroke(painter: QPainter, area: QRectF, colour: str, *, index: int, mark: str = "") -> None:
    """A sample of a run's line for a legend; `mark` is "filled", "hollow" or empty."""
    painter.setPen(run_pen(colour, index))
    middle = area.center().y()
    painter.drawLine(QPointF(area.left() + 1, middle), QPointF(area.right() - 1, middle))
    if not mark:
        return
    painter.setPen(QPen(QColor(colour), 1.5))
    painter.setBrush(QColor(colour) if mark == "filled" else Qt.BrushStyle.NoBrush)
    centre = area.center()
    match SYMBOLS[index % len(SYMBOLS)]:
        case "s":
            painter.drawRect(QRectF(centre.x() - 3, centre.y() - 3, 6, 6))
        case "t1" | "star":
            x, y = centre.x(), centre.y()
            painter.drawPolygon(QPolygonF([QPointF(x, y - 4), QPointF(x + 4, y + 3), QPointF(x - 4, y + 3)]))
        case "d":
            x, y = centre.x(), centre.y()
            painter.drawPolygon(QPolygonF([QPointF(x, y - 4), QPointF(x + 4, y), QPointF(x, y + 4), QPointF(x - 4, y)]))
        case _:
            painter.drawEllipse(centre, 3.2, 3.2)
