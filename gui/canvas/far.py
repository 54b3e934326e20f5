"""The drawing from far away: all blocks and wires in a few calls, for zooms at which nothing on them can be read.

A thousand items that each paint themselves cost a thousand calls into Python; the same rectangles, sorted by colour, cost
about ten. Not for: zooms at which names are seen (the items paint themselves there), nor for what is neither a block nor a
wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from gui.canvas.cells import Cells
from gui.canvas.flags import PASSED
from gui.canvas.frames import MarkItem
from gui.canvas.geometry import WIDTH, port_y
from gui.canvas.inks import Inks, Stroke
from gui.canvas.node import DIM, NodeItem
from gui.canvas.wire import WireItem

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

FEW = 4  # a part smaller than a fourth of the drawing is gathered anew, a larger one painted whole and clipped

Look = tuple[Stroke, float, str]  # outline, opacity, family


class Far:
    """What the blocks and wires of a scene look like from far away, kept between paintings."""

    def __init__(self, scene: CanvasScene) -> None:
        self.scene = scene
        self._blocks: list[tuple[Look, list[QRectF]]] | None = None
        self._wires: dict[bool, list[tuple[QPen, QPainterPath]]] = {}  # by whether curves are straight

    def stale(self, *, wires: bool = True) -> None:
        """Something looks different or stands elsewhere; without `wires` it is only blocks that look different."""
        self._blocks = None
        if wires:
            self._wires.clear()

    def paint(self, painter: QPainter, exposed: list[QRectF]) -> None:
        """Paint what touches the rectangles of the scene that are exposed: frames, then wires and blocks, then the
        names of frames and the rest."""
        others = sorted((item for item in self.scene.others if item.isVisible()), key=QGraphicsItem.zValue)
        seen = [item for item in others if any(map(item.sceneBoundingRect().intersects, exposed))]
        view = painter.worldTransform()
        for item in seen:
            if item.zValue() < 0:
                _paint_item(painter, item, view)
        self._paint_drawing(painter, exposed)
        for item in seen:
            if isinstance(item, MarkItem):
                painter.save()
                painter.translate(item.pos())
                item.paint_name(painter)
                painter.restore()
        for item in seen:
            if item.zValue() >= 0:
                _paint_item(painter, item, view)

    def looks(self) -> list[tuple[Look, list[QRectF]]]:
        """The cards of all blocks by what they look like."""
        if self._blocks is None:
            self._blocks = looks(self.scene.nodes.values(), self.scene.cells)
        return self._blocks

    def _paint_drawing(self, painter: QPainter, exposed: list[QRectF]) -> None:
        scene = self.scene
        content = scene.content()
        if sum(rect.width() * rect.height() for rect in exposed) * FEW < content.width() * content.height():
            near = scene.cells.touching_any(exposed)
            self._paint_wires(painter, _strokes(scene.wire_cells.touching_any(exposed)))
            self._paint_blocks(painter, looks((scene.nodes[id_] for id_ in near), scene.cells))
            self._paint_passed(painter, near)
            return
        straight = not painter.testRenderHint(QPainter.RenderHint.Antialiasing)  # while the view moves
        if straight not in self._wires:
            self._wires[straight] = _strokes(scene.wires.values(), straight=straight)
        self._paint_wires(painter, self._wires[straight])
        self._paint_blocks(painter, self.looks())
        self._paint_passed(painter, scene.nodes)

    def _paint_wires(self, painter: QPainter, strokes: list[tuple[QPen, QPainterPath]]) -> None:
        painter.setBrush(self.scene.inks.no_fill)
        for pen, path in strokes:
            painter.setPen(pen)
            painter.drawPath(path)

    def _paint_blocks(self, painter: QPainter, looks: list[tuple[Look, list[QRectF]]]) -> None:
        inks = self.scene.inks
        for (stroke, opacity, family), rects in looks:
            painter.setOpacity(opacity)
            painter.setPen(_outline(inks, stroke))
            painter.setBrush(inks.family(family).far)
            painter.drawRects(rects)
        painter.setOpacity(1.0)

    def _paint_passed(self, painter: QPainter, ids: Iterable[str]) -> None:
        """A line through the blocks that are left out."""
        cards = [item.place() for id_ in ids if (item := self.scene.nodes[id_]).passes]
        if cards:
            level = port_y(0)
            painter.setPen(self.scene.inks.muted)
            painter.drawLines([QLineF(c.x(), c.y() + level, c.x() + WIDTH, c.y() + level) for c in cards])


def _paint_item(painter: QPainter, item: QGraphicsItem, view: QTransform) -> None:
    """Paint an item and what is on it as Qt would."""
    option = QStyleOptionGraphicsItem()
    option.exposedRect = item.boundingRect()
    painter.save()
    painter.setWorldTransform(item.sceneTransform() * view)
    painter.setOpacity(item.effectiveOpacity())
    item.paint(painter, option, None)
    painter.restore()
    for child in sorted(item.childItems(), key=QGraphicsItem.zValue):
        if child.isVisible():
            _paint_item(painter, child, view)


def _outline(inks: Inks, stroke: Stroke) -> QPen:
    match stroke:
        case "chosen":
            return inks.ring_far
        case "error":
            return inks.bad_far
        case "warning":
            return inks.warn_far
        case "some":
            return inks.border_far
        case _:
            return inks.nothing


_ORDER: dict[Stroke, int] = {"": 0, "some": 1, "warning": 2, "error": 3, "chosen": 4}


def looks(items: Iterable[NodeItem], cells: Cells[str]) -> list[tuple[Look, list[QRectF]]]:
    """Cards by what they look like, those that must be seen last."""
    found: dict[Look, list[QRectF]] = {}
    for item in items:
        opacity = DIM if item.dim else PASSED if item.passes else 1.0
        rect = cells.rect(item.node.id)
        if rect is not None:
            found.setdefault((item.far_stroke, opacity, item.family_name), []).append(rect)
    return sorted(found.items(), key=lambda entry: _ORDER[entry[0][0]])


def _strokes(items: Iterable[WireItem], *, straight: bool = False) -> list[tuple[QPen, QPainterPath]]:
    """Lines by pen, those of ordinary width first; `straight` leaves out what curves there are between their corners."""
    paths: dict[str, tuple[QPen, QPainterPath]] = {}
    for item in items:
        if not item.isVisible():
            continue
        path = paths.setdefault(item.style, (item.pen(), QPainterPath()))[1]
        if straight:
            path.addPolygon(_corners(item))
        else:
            path.addPath(item.path())
    return sorted(paths.values(), key=lambda entry: entry[0].widthF())


def _corners(item: WireItem) -> QPolygonF:
    """Where a wire begins, turns and ends."""
    if item.corners is None:
        path, index = item.course, 0
        points = []
        while index < path.elementCount():
            if path.elementAt(index).isCurveTo():
                index += 2  # two points that pull at the curve, then the one where it ends
            element = path.elementAt(index)
            points.append(QPointF(element.x, element.y))
            index += 1
        item.corners = QPolygonF(points)
    return item.corners
