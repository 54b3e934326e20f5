"""Marks that lie over the drawing for a while: guide lines of a drag, rings around what was found.

They paint only what is seen. Not for: what is marked (`gui.canvas.guides`, `gui.canvas.finding`, `gui.canvas.connecting`).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from gui import theme
from gui.canvas.guides import Line

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

TICK = 4.0  # half the height of the ends of a line that measures a gap
GROW = 7.0  # canvas units that a ring stands off a block's card


class GuideLines:
    """The guide lines of a drag, each an item of its own: around all of them together lies most of what is seen."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self.lines: tuple[Line, ...] = ()
        self._scene = scene
        self._items: list[_GuideLine] = []

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show these lines and no others."""
        lines = tuple(dict.fromkeys(lines))
        if lines == self.lines:
            return
        self.lines = lines
        while len(self._items) < len(lines):
            self._items.append(_GuideLine())
            self._scene.addItem(self._items[-1])
        for item, line in zip_longest(self._items, lines):
            item.show_line(line)


class _GuideLine(QGraphicsItem):
    """One guide line, or none."""

    def __init__(self) -> None:
        super().__init__()
        self._line: Line | None = None
        self._rect = QRectF()
        self.setZValue(-0.7)  # over wires, under their labels and the blocks, whose texts it would strike through

    def show_line(self, line: Line | None) -> None:
        """Show this line."""
        if line != self._line:
            self.prepareGeometryChange()
            self._line = line
            if line is not None:
                both = QRectF(line.x1, line.y1, line.x2 - line.x1, line.y2 - line.y1)
                self._rect = both.adjusted(-TICK - 2, -TICK - 2, TICK + 2, TICK + 2)
            self.setVisible(line is not None)
            self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A thin line; one over a gap has ends."""
        line = self._line
        if line is None:
            return
        pen = QPen(QColor(theme.current().accent), 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLine(QLineF(line.x1, line.y1, line.x2, line.y2))
        if line.gap:
            across = (0.0, TICK) if line.y1 == line.y2 else (TICK, 0.0)
            for x, y in ((line.x1, line.y1), (line.x2, line.y2)):
                painter.drawLine(QLineF(x - across[0], y - across[1], x + across[0], y + across[1]))


class Rings(QGraphicsItem):
    """Rings around blocks, a thicker one around the current one."""

    def __init__(self) -> None:
        super().__init__()
        self.rects: tuple[QRectF, ...] = ()
        self.current: QRectF | None = None
        self._rect = QRectF()
        self.setZValue(2.5)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # says what part is seen

    def show_rings(self, rects: Iterable[QRectF], current: QRectF | None = None) -> None:
        """Show these rings and no others."""
        self._repaint()
        self.prepareGeometryChange()
        self.rects = tuple(rect.adjusted(-GROW, -GROW, GROW, GROW) for rect in rects)
        self.current = current.adjusted(-GROW, -GROW, GROW, GROW) if current is not None else None
        self._rect = self.current or QRectF()
        for rect in self.rects:
            self._rect = self._rect.united(rect)
        self._rect = self._rect.adjusted(-60, -60, 60, 60)  # a pen of some pixels is wide where the drawing is small
        self._repaint()

    def _repaint(self) -> None:
        scene = self.scene()
        if scene is not None and not self._rect.isEmpty():
            cast("CanvasScene", scene).repaint(self._rect)

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The rings that are seen."""
        tokens = theme.current()
        seen = option.exposedRect
        pen = QPen(QColor(tokens.accent), 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        for rect in self.rects:
            if rect != self.current and rect.intersects(seen):
                painter.drawRoundedRect(rect, 12, 12)
        if self.current is not None:
            pen.setWidth(4)
            painter.setPen(pen)
            painter.drawRoundedRect(self.current, 12, 12)
