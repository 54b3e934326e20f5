"""Blocks and wires by where they are: what lies under a point, in a rectangle, around all; and the dots under them.

Not for: what they are and how they follow the document (`gui.canvas.scene`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QGraphicsScene

from engine.graph.edits import End
from gui.canvas.cells import Cells
from gui.canvas.inks import Inks
from gui.canvas.node import NodeItem
from gui.canvas.wire import WireItem

DOT_PITCH = 32  # canvas units between the dots of the background
FINE_FROM = 0.9  # zoom under which every other dot is left out
DOTS_FROM = 0.5  # zoom under which dots would be a grey veil


class Ground(QGraphicsScene):
    """A scene that knows what lies where.

    Attributes:
        nodes: The blocks' items by id.
        wires: The wires' items by the input they end in.
        cells, wire_cells: Where the blocks' cards and the wires' rectangles are.
        marked: The rectangle around all frames and notes.
        picture_changed: Emits the rectangle in which a block shows another picture or another health.
    """

    picture_changed = Signal(QRectF)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[End, WireItem] = {}
        self.cells: Cells[str] = Cells()
        self.wire_cells: Cells[WireItem] = Cells()  # by item: the ids of ends are slow to hash
        self.marked = QRectF()
        self._content: QRectF | None = None

    def content(self) -> QRectF:
        """The rectangle around all blocks, frames and notes."""
        if self._content is None:
            self._content = self.cells.around()
        return self._content.united(self.marked)

    def around(self, ids: Iterable[str]) -> QRectF:
        """The rectangle around some blocks."""
        rect = QRectF()
        for id_ in ids:
            if id_ in self.nodes:
                rect = rect.united(self.nodes[id_].card().translated(self.nodes[id_].pos()))
        return rect

    def nodes_in(self, rect: QRectF) -> list[NodeItem]:
        """Blocks whose card touches a rectangle, the topmost first."""
        found = [self.nodes[id_] for id_ in self.cells.touching(rect)]
        return sorted(found, key=lambda item: item.zValue(), reverse=True)

    def node_at(self, place: QPointF) -> NodeItem | None:
        """The block under a point."""
        found = self.nodes_in(QRectF(place.x() - 0.5, place.y() - 0.5, 1, 1))
        return found[0] if found else None

    def port_at(self, place: QPointF, reach: float, *, inputs: bool | None = None) -> tuple[NodeItem, str, bool] | None:
        """The port within `reach` of a point: (block, port, whether it is an input); `inputs` takes only that side."""
        rect = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        best: tuple[float, NodeItem, str, bool] | None = None
        for item in self.nodes_in(rect):
            found = item.port_at(place, reach)
            if found is None or (inputs is not None and found[1] != inputs):
                continue
            away = (item.port_place(*found) - place).manhattanLength()
            if best is None or away < best[0]:
                best = (away, item, *found)
        return best[1:] if best is not None else None

    def wire_at(self, place: QPointF, reach: float) -> WireItem | None:
        """The wire within `reach` of a point."""
        near = self.wires_near(place, reach)
        best = min(near, key=lambda wire: wire.distance(place), default=None)
        return best if best is not None and best.distance(place) <= reach else None

    def wires_near(self, place: QPointF, reach: float) -> list[WireItem]:
        """Wires whose rectangle comes within `reach` of a point."""
        rect = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        return [wire for wire in self.wire_cells.touching(rect) if wire.isVisible()]


def paint_ground(painter: QPainter, inks: Inks, rect: QRectF, zoom: float) -> None:
    """The canvas with its dots."""
    painter.fillRect(rect, inks.canvas)
    if zoom < DOTS_FROM:
        return
    pitch = DOT_PITCH if zoom >= FINE_FROM else 2 * DOT_PITCH
    left, top = rect.left() // pitch * pitch, rect.top() // pitch * pitch
    columns, rows = int((rect.right() - left) // pitch) + 1, int((rect.bottom() - top) // pitch) + 1
    painter.setPen(inks.dots)
    smooth = bool(painter.renderHints() & QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # three times as fast, and as good for a dot
    painter.translate(left, top)
    painter.drawPoints(_dots(columns, rows, pitch))
    painter.translate(-left, -top)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


@lru_cache(maxsize=16)
def _dots(columns: int, rows: int, pitch: int) -> QPolygonF:
    """A grid of points from the origin."""
    return QPolygonF([QPointF(x * pitch, y * pitch) for x in range(columns) for y in range(rows)])
