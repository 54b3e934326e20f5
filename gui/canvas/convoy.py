"""Many blocks on the move: their cards follow the mouse over a still picture of the rest, and are put down once, at the end.

Moving hundreds of items and laying their wires anew takes longer than a frame; so does painting everything that is under them.
Not for: a few blocks, which move as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from gui.canvas.cells import Cells
from gui.canvas.far import Far, Look, looks
from gui.canvas.node import NodeItem

SEVERAL = 100  # blocks from which they travel as a convoy
MOST_VIEWS = 2.0  # times the area of the view, up to which their cards are painted once
FAINT = 0.75  # opacity of the cards that travel


class Convoy:
    """Blocks that are shown elsewhere than their items are.

    Attributes:
        offset: How far they have come, canvas units.
        still: The picture of the view without them, and what it shows; the view keeps it here.
    """

    def __init__(self, items: Iterable[NodeItem], cells: Cells[str], far: Far) -> None:
        self.items = list(items)
        self.far, self.inks = far, far.scene.inks
        self.offset = QPointF()
        self.still: tuple[QRectF, QPixmap] | None = None
        self._cards: tuple[tuple[float, float], QPixmap] | None = None  # for a zoom and a ratio
        self._around = QRectF()
        for item in self.items:
            self._around = self._around.united(item.place())
            item.dim = True
            far.touch(item)
        self._looks: list[tuple[Look, list[QRectF]]] = looks(self.items, cells)

    def around(self) -> QRectF:
        """The part of the scene that the cards cover."""
        return self._around.translated(self.offset).adjusted(-4, -4, 4, 4)

    def paint(self, painter: QPainter) -> None:
        """The cards where they are now, in scene coordinates; as one picture, where that is not too large."""
        zoom, device = painter.worldTransform().m11(), painter.device()
        ratio, around = device.devicePixelRatioF(), self._around.adjusted(-4, -4, 4, 4)
        painter.save()
        painter.translate(self.offset)
        if around.width() * around.height() * zoom**2 > MOST_VIEWS * device.width() * device.height():
            self._paint_cards(painter)
        else:
            if self._cards is None or self._cards[0] != (zoom, ratio):
                self._cards = (zoom, ratio), self._picture(around, zoom, ratio)
            corner = painter.worldTransform().map(around.topLeft()).toPoint()
            painter.resetTransform()
            painter.drawPixmap(corner, self._cards[1])
        painter.restore()

    def _picture(self, around: QRectF, zoom: float, ratio: float) -> QPixmap:
        size = around.size() * zoom * ratio
        made = QPixmap(math.ceil(size.width()), math.ceil(size.height()))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.scale(zoom, zoom)
        painter.translate(-around.topLeft())
        self._paint_cards(painter)
        painter.end()
        return made

    def _paint_cards(self, painter: QPainter) -> None:
        painter.setOpacity(FAINT)
        rim = QPen(self.inks.ring.color(), 1)
        rim.setCosmetic(True)
        painter.setPen(rim)
        for (_, _, family), rects in self._looks:
            painter.setBrush(self.inks.family(family).far)
            painter.drawRects(rects)

    def disband(self) -> None:
        """The items are themselves again."""
        for item in self.items:
            item.dim = False
            self.far.touch(item)
            item.update()
