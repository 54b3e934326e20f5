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
from gui.canvas.patches import Patches
from gui.canvas.wire import WireItem

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

Look = tuple[Stroke, float, str]  # outline, opacity, family
Strokes = list[tuple[QPen, QPainterPath]]


class BlockPatch:
    """The cards of some blocks by what they look like, and those that are left out."""

    def __init__(self, items: list[NodeItem], cells: Cells[str]) -> None:
        self.looks = looks(items, cells)
        self.passed = [item.place() for item in items if item.passes]


class WirePatch:
    """The lines of some wires by pen; with straight lines for curves too, once that is wanted."""

    def __init__(self, items: list[WireItem]) -> None:
        self._items = items
        self._strokes: dict[bool, Strokes] = {}

    def strokes(self, *, straight: bool) -> Strokes:
        """Lines by pen."""
        if straight not in self._strokes:
            self._strokes[straight] = _strokes(self._items, straight=straight)
        return self._strokes[straight]


class Far:
    """What the blocks and wires of a scene look like from far away, kept between paintings.

    Attributes:
        blocks, wires: Patches of them by id and by item; the scene says what has changed.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self.scene = scene
        self.blocks: Patches[str, BlockPatch] = Patches(self._block_patch)
        self.wires: Patches[WireItem, WirePatch] = Patches(WirePatch)

    def _block_patch(self, ids: list[str]) -> BlockPatch:
        return BlockPatch([self.scene.nodes[id_] for id_ in ids], self.scene.cells)

    def touch(self, item: NodeItem | WireItem) -> None:
        """A block or a wire looks different."""
        if isinstance(item, WireItem):
            self.wires.touch(item)
        else:
            self.blocks.touch(item.node.id)

    def stale(self) -> None:
        """All look different."""
        self.blocks.stale()
        self.wires.stale()

    def clear(self) -> None:
        """Forget all."""
        self.blocks.clear()
        self.wires.clear()

    def looks(self) -> list[tuple[Look, list[QRectF]]]:
        """The cards of all blocks by what they look like, those that must be seen last."""
        return sorted((look for patch in self.blocks.touching(None) for look in patch.looks), key=_importance)

    def paint(self, painter: QPainter, exposed: list[QRectF], *, thin: bool = False) -> None:
        """Paint what touches the rectangles of the scene that are exposed: frames, then wires and blocks, then the
        names of frames and the rest. `thin` draws wires a pixel wide at any zoom, which is ten times as fast from near."""
        others = sorted((item for item in self.scene.others if item.isVisible()), key=QGraphicsItem.zValue)
        seen = [item for item in others if any(map(item.sceneBoundingRect().intersects, exposed))]
        view = painter.worldTransform()
        for item in seen:
            if item.zValue() < 0:
                _paint_item(painter, item, view)
        self._paint_wires(painter, exposed, thin=thin)
        self._paint_blocks(painter, exposed)
        for item in seen:
            if isinstance(item, MarkItem):
                painter.save()
                painter.translate(item.pos())
                item.paint_name(painter)
                painter.restore()
        for item in seen:
            if item.zValue() >= 0:
                _paint_item(painter, item, view)

    def _paint_wires(self, painter: QPainter, exposed: list[QRectF], *, thin: bool) -> None:
        straight = not painter.testRenderHint(QPainter.RenderHint.Antialiasing)  # while the view moves
        patches = self.wires.touching(exposed)
        painter.setBrush(self.scene.inks.no_fill)
        strokes = [stroke for patch in patches for stroke in patch.strokes(straight=straight)]
        for pen, path in sorted(strokes, key=lambda stroke: stroke[0].widthF()):
            painter.setPen(QPen(pen.color(), 0) if thin else pen)
            painter.drawPath(path)

    def _paint_blocks(self, painter: QPainter, exposed: list[QRectF]) -> None:
        patches = self.blocks.touching(exposed)
        paint_looks(painter, self.scene.inks, [look for patch in patches for look in patch.looks])
        cards = [card for patch in patches for card in patch.passed]
        if cards:  # a line through the blocks that are left out
            level = port_y(0)
            painter.setPen(self.scene.inks.muted)
            painter.drawLines([QLineF(c.x(), c.y() + level, c.x() + WIDTH, c.y() + level) for c in cards])


def paint_looks(painter: QPainter, inks: Inks, found: list[tuple[Look, list[QRectF]]]) -> None:
    """Paint cards, those that must be seen last."""
    rough = not painter.testRenderHint(QPainter.RenderHint.Antialiasing)
    for (stroke, opacity, family), rects in sorted(found, key=_importance):
        painter.setOpacity(opacity)
        pen = _outline(inks, stroke)
        if rough and stroke == "chosen":  # a line of one pixel costs a third, and all may be chosen
            pen = QPen(pen.color(), 0)
        painter.setPen(pen)
        painter.setBrush(inks.family(family).far)
        painter.drawRects(rects)
    painter.setOpacity(1.0)


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


def _importance(found: tuple[Look, list[QRectF]]) -> int:
    return _ORDER[found[0][0]]


def looks(items: Iterable[NodeItem], cells: Cells[str]) -> list[tuple[Look, list[QRectF]]]:
    """Cards by what they look like."""
    found: dict[Look, list[QRectF]] = {}
    for item in items:
        opacity = DIM if item.dim else PASSED if item.passes else 1.0
        rect = cells.rect(item.node.id)
        if rect is not None:
            found.setdefault((item.far_stroke, opacity, item.family_name), []).append(rect)
    return list(found.items())


def _strokes(items: Iterable[WireItem], *, straight: bool) -> Strokes:
    """Lines by pen; `straight` leaves out what curves there are between their corners."""
    paths: dict[str, tuple[QPen, QPainterPath]] = {}
    for item in items:
        if not item.isVisible():
            continue
        path = paths.setdefault(item.style, (item.pen(), QPainterPath()))[1]
        if straight:
            path.addPolygon(_corners(item))
        else:
            path.addPath(item.path())
    return list(paths.values())


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
