"""The rubber band: a rectangle of which only the part that changes is painted, for it may cover the whole drawing.

Not for: what it selects (`gui.canvas.gestures`).
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen, QRegion
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QStyleOptionGraphicsItem, QWidget

from gui.canvas.wire import EVERYWHERE

RIM = 3  # pixels on both sides of its edge


class Band(QGraphicsItem):
    """The rubber band of a scene; nothing is there until it is shown.

    To Qt it lies over the whole scene all the time, so that Qt has nothing to paint when it grows.

    Attributes:
        rect: What it covers, in canvas units; empty while there is none.
        pen, brush: Its edge and its ground.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rect = QRectF()
        self.pen, self.brush = QPen(), QBrush()

    def show_rect(self, rect: QRectF) -> None:
        """Cover this rectangle; an empty one takes the band away."""
        before, self.rect = self.rect, rect
        scene = self.scene()
        for view in scene.views() if scene is not None else ():
            view.viewport().update(_difference(_pixels(view, before), _pixels(view, rect)))

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def shape(self) -> QPainterPath:
        """Nothing that the mouse could meet."""
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A thin edge around a transparent colour."""
        if not self.rect.isEmpty():
            painter.setPen(self.pen)
            painter.setBrush(self.brush)
            painter.drawRect(self.rect)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _pixels(view: QGraphicsView, rect: QRectF) -> QRect:
    return QRect() if rect.isEmpty() else view.mapFromScene(rect).boundingRect()


def _difference(before: QRect, now: QRect) -> QRegion:
    """What looks different: what only one of them covers, and both edges."""
    return QRegion(before).xored(QRegion(now)) + _edge(before) + _edge(now)


def _edge(rect: QRect) -> QRegion:
    if rect.isEmpty():
        return QRegion()
    return QRegion(rect.adjusted(-RIM, -RIM, RIM, RIM)) - QRegion(rect.adjusted(RIM, RIM, -RIM, -RIM))
