"""Points in the plane, each class with a shape and a colour of its own."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.data import DataSet
from gui import theme
from gui.data.colours import class_colour
from gui.pictures import number

_MOST = 4000  # points drawn
_SIZE = 4.0  # half the width of a mark, pixels
_EDGE = 34  # pixels for the figures of the axes
_MARKS = ("circle", "square", "triangle", "diamond")


class PointPlot(QWidget):
    """The plot. The training part is filled, the others are outlines."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_points")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.data: DataSet | None = None
        theme.notifier().changed.connect(self.update)

    def show_data(self, data: DataSet | None) -> None:
        """Show other points."""
        self.data = data
        if data is not None:
            self.setAccessibleName(f"{data.facts.samples:,} points in the plane, in {len(data.classes)} classes")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes, points, and what the marks stand for."""
        data = self.data
        if data is None:
            return
        points = data.columns["features"]
        labels = data.columns["label"]
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width() - _EDGE - 8, self.height() - _EDGE - 34)
        box = QRectF(_EDGE, 30, side, side)
        lo, hi = float(points.min()), float(points.max())
        lo, hi = lo - 0.05 * (hi - lo), hi + 0.05 * (hi - lo)
        self._axes(painter, box, lo, hi)
        scale = side / max(hi - lo, 1e-9)
        filled = np.zeros(len(points), bool)
        filled[data.splits["train"]] = True
        step = max(1, -(-len(points) // _MOST))
        for (x, y), label, full in zip(points[::step], labels[::step], filled[::step], strict=True):
            at = QPointF(box.left() + (float(x) - lo) * scale, box.bottom() - (float(y) - lo) * scale)
            _mark(painter, at, int(label), full=bool(full), ground=tokens.raised)
        painter.setFont(theme.font(12, 500))
        left = box.left()
        for index, name in enumerate(data.classes[:8]):
            _mark(painter, QPointF(left + 6, 12), index, full=True, ground=tokens.raised)
            painter.setPen(QColor(tokens.text))
            width = painter.fontMetrics().horizontalAdvance(name)
            painter.drawText(QRectF(left + 16, 2, width + 4, 20), Qt.AlignmentFlag.AlignVCenter, name)
            left += width + 36

    @staticmethod
    def _axes(painter: QPainter, box: QRectF, lo: float, hi: float) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRect(box)
        painter.setFont(theme.font(11, 400))
        for value in np.linspace(np.ceil(lo), np.floor(hi), int(np.clip(np.floor(hi) - np.ceil(lo) + 1, 1, 9))):
            share = (float(value) - lo) / max(hi - lo, 1e-9)
            x, y = box.left() + share * box.width(), box.bottom() - share * box.height()
            painter.setPen(QPen(QColor(tokens.grid), 1))
            painter.drawLine(QPointF(x, box.top() + 1), QPointF(x, box.bottom() - 1))
            painter.drawLine(QPointF(box.left() + 1, y), QPointF(box.right() - 1, y))
            painter.setPen(QColor(tokens.muted))
            text = number(float(value))
            painter.drawText(QRectF(x - 20, box.bottom() + 4, 40, 16), Qt.AlignmentFlag.AlignHCenter, text)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, _EDGE - 6, 16), right, text)


def _mark(painter: QPainter, at: QPointF, label: int, *, full: bool, ground: str) -> None:
    colour = QColor(class_colour(label))
    painter.setPen(QPen(QColor(ground) if full else colour, 0.8 if full else 1.4))
    painter.setBrush(colour if full else Qt.BrushStyle.NoBrush)
    x, y, r = at.x(), at.y(), _SIZE
    match _MARKS[label % len(_MARKS)]:
        case "circle":
            painter.drawEllipse(at, r, r)
        case "square":
            painter.drawRect(QRectF(x - r, y - r, 2 * r, 2 * r).adjusted(0.5, 0.5, -0.5, -0.5))
        case "triangle":
            painter.drawPolygon(
                QPolygonF([QPointF(x, y - 1.2 * r), QPointF(x + 1.1 * r, y + r), QPointF(x - 1.1 * r, y + r)])
            )
        case _:
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x, y - 1.3 * r), QPointF(x + 1.3 * r, y), QPointF(x, y + 1.3 * r), QPointF(x - 1.3 * r, y)]
                )
            )
