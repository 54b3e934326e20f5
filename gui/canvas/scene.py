"""The scene: one item for every block and wire of the document, kept equal to it after every edit.

Not for: the mouse and the keyboard (`gui.canvas.view`, `gui.canvas.gestures`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsRectItem, QGraphicsScene

from engine.errors import Problem
from engine.graph.check import Report
from engine.graph.model import End
from engine.training.messages import BlockHealth
from gui import theme
from gui.canvas.cells import Cells
from gui.canvas.geometry import CLEARANCE, HEIGHT, STUB, WIDTH
from gui.canvas.inks import Inks
from gui.canvas.node import NodeItem
from gui.canvas.wire import WireItem, WireLabel
from gui.document import Document

ROOM = 6000.0  # canvas units around the drawing that can be scrolled to
TIGHT = 1500.0  # less than this left of them, and the scene is made larger
LONG = WIDTH + 4 * STUB  # a wire this wide may have a block in its way


class CanvasScene(QGraphicsScene):
    """Items by block id and by the input that a wire ends in.

    Attributes:
        nodes: The blocks' items.
        wires: The wires' items.
        inks: What everything is painted with.
        laid_out: Emits when something was placed, moved or taken away.
    """

    laid_out = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.inks = Inks()
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[End, WireItem] = {}
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.setSceneRect(-ROOM, -ROOM, 2 * ROOM, 2 * ROOM)
        self._cells = Cells()
        self._content: QRectF | None = None
        self._corridors: dict[End, QRectF] = {}  # of wires long enough to have a block in their way
        self.labels = _Layer()
        self.addItem(self.labels)
        self.loose = QGraphicsPathItem()  # the wire in hand
        self.loose.setZValue(3)
        self.loose.hide()
        self.addItem(self.loose)
        self.band = QGraphicsRectItem()  # the rubber band
        self.band.setZValue(4)
        self.band.hide()
        self.addItem(self.band)
        document.edited.connect(self._edited)
        document.reported.connect(self.show_report)
        document.selected.connect(self._selected)
        document.replaced.connect(self.rebuild)
        theme.notifier().changed.connect(self._retheme)
        self._retheme()
        self.sync()
        self.show_report(document.report)
        self._selected(document.selection)

    # --- following the document

    def rebuild(self) -> None:
        """Start anew: another project was loaded."""
        for item in (*self.nodes.values(), *self.wires.values()):
            self.removeItem(item)
        for wire in self.wires.values():
            self.removeItem(wire.label)
        self.nodes.clear()
        self.wires.clear()
        self._cells.clear()
        self._corridors.clear()
        self.setSceneRect(-ROOM, -ROOM, 2 * ROOM, 2 * ROOM)
        self.sync()
        self.show_report(self.document.report)

    def _edited(self, _edit: object) -> None:
        self.sync()

    def sync(self) -> None:
        """Make items equal to the document. Nodes and wires are values: one that is the same object has not changed."""
        graph = self.document.graph
        touched: set[str] = set()
        spots: list[QRectF] = []  # where blocks have come or gone
        for id_ in [id_ for id_ in self.nodes if id_ not in graph.nodes]:
            spots.append(self._place_of(self.nodes[id_]))
            self.removeItem(self.nodes.pop(id_))
            self._cells.drop(id_)
        for id_, node in graph.nodes.items():
            item = self.nodes.get(id_)
            if item is None:
                item = self.nodes[id_] = NodeItem(node, self.inks)
                self.addItem(item)
                touched.add(id_)
                spots.append(self._put(item))
            elif item.node is not node or (item.x(), item.y()) != (node.x, node.y):
                before = self._place_of(item)
                item.set_node(node)
                touched.add(id_)
                if self._place_of(item) != before:
                    spots += [before, self._put(item)]
        changed = self._sync_wires()
        if spots:
            self._grow()
        for end, wire in self.wires.items():
            ends = (wire.wire.source.block, wire.wire.target.block)
            if end in changed or ends[0] in touched or ends[1] in touched or self._passes(end, spots):
                self.lay(wire)
        if spots or changed:
            self.laid_out.emit()

    def _place_of(self, item: NodeItem) -> QRectF:
        return item.card().translated(item.pos())

    def _put(self, item: NodeItem) -> QRectF:
        """Note where a block is."""
        rect = self._place_of(item)
        self._cells.put(item.node.id, rect)
        self._content = None
        return rect

    def _passes(self, end: End, spots: list[QRectF]) -> bool:
        """Whether a long wire runs where blocks have come or gone."""
        corridor = self._corridors.get(end)
        return corridor is not None and any(corridor.intersects(spot) for spot in spots)

    def _sync_wires(self) -> set[End]:
        graph = self.document.graph
        changed: set[End] = set()
        for end in [end for end in self.wires if end not in graph.wires]:
            gone = self.wires.pop(end)
            self._corridors.pop(end, None)
            self.removeItem(gone.label)
            self.removeItem(gone)
            changed.add(end)
        for end, wire in graph.wires.items():
            item = self.wires.get(end)
            if item is None:
                label = WireLabel(self.inks)
                label.setParentItem(self.labels)
                item = self.wires[end] = WireItem(wire, self.inks, label)
                self.addItem(item)
                changed.add(end)
            elif item.wire is not wire:
                item.wire = wire
                changed.add(end)
        return changed

    def _grow(self) -> None:
        """Make the scene larger, in large steps, when the drawing comes near its edge."""
        content, rect = self.content(), self.sceneRect()
        if not rect.adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT).contains(content):
            self.setSceneRect(rect.united(content.adjusted(-ROOM, -ROOM, ROOM, ROOM)))

    def show_report(self, report: Report) -> None:
        """Put shapes on wires, counts on blocks and marks where the problems are."""
        by_block: dict[str, list[Problem]] = {}
        for problem in report.problems:
            if problem.block is not None:
                by_block.setdefault(problem.block, []).append(problem)
        for id_, item in self.nodes.items():
            item.set_report(report.blocks.get(id_), tuple(by_block.get(id_, ())))
        for end, wire in self.wires.items():
            shape = report.shape_of(wire.wire.source)
            bad = any(p.severity == "error" and p.port == end.port for p in by_block.get(end.block, ()))
            wire.say(str(shape) if shape is not None else "", bad and shape is not None)

    def _selected(self, ids: Collection[str]) -> None:
        chosen = set(ids)
        for id_, item in self.nodes.items():
            if item.chosen != (id_ in chosen):
                item.chosen = id_ in chosen
                item.setZValue(1 if item.chosen else 0)
                item.update()

    def _retheme(self) -> None:
        level, crisp = self.inks.level, self.inks.crisp
        self.inks.__init__()  # type: ignore[misc]  # items keep the object, its pens are the new theme's
        self.inks.level, self.inks.crisp = level, crisp
        self.loose.setPen(self.inks.wire_new)
        self.band.setPen(self.inks.band_pen)
        self.band.setBrush(self.inks.band)
        for item in self.nodes.values():
            item.refresh()
        for wire in self.wires.values():
            wire.restyle()
            wire.label.remake()
        self.update()

    # --- laying wires

    def lay(self, wire: WireItem) -> None:
        """Draw a wire between its ports, over blocks that stand in its way."""
        start, end = self.ends(wire)
        wire.lay(start, end, self._over(wire, start, end))

    def ends(self, wire: WireItem) -> tuple[QPointF, QPointF]:
        """Where a wire begins and ends."""
        source, target = wire.wire.source, wire.wire.target
        return (
            self.nodes[source.block].port_place(source.port, is_input=False),
            self.nodes[target.block].port_place(target.port, is_input=True),
        )

    def _over(self, wire: WireItem, start: QPointF, end: QPointF) -> float | None:
        if end.x() - start.x() < LONG or abs(end.y() - start.y()) > 1.5 * HEIGHT:
            self._corridors.pop(wire.wire.target, None)
            return None
        upper, lower = min(start.y(), end.y()), max(start.y(), end.y())
        corridor = QRectF(QPointF(start.x() + STUB, upper - 4), QPointF(end.x() - STUB, lower + 4))
        self._corridors[wire.wire.target] = corridor
        ends = (wire.wire.source.block, wire.wire.target.block)
        in_way = [n for n in self.nodes_in(corridor) if n.node.id not in ends]
        return min(n.y() for n in in_way) - CLEARANCE if in_way else None

    def shift(self, places: dict[str, QPointF]) -> None:
        """Show blocks at other places without telling the document: a drag is one edit, at its end."""
        for id_, place in places.items():
            self.nodes[id_].setPos(place)
            self._put(self.nodes[id_])
        for wire in self.wires.values():
            if wire.wire.source.block in places or wire.wire.target.block in places:
                self.lay(wire)
        self.laid_out.emit()

    # --- finding

    def content(self) -> QRectF:
        """The rectangle around all blocks."""
        if self._content is None:
            self._content = self._cells.around()
        return self._content

    def around(self, ids: Iterable[str]) -> QRectF:
        """The rectangle around some blocks."""
        rect = QRectF()
        for id_ in ids:
            if id_ in self.nodes:
                rect = rect.united(self.nodes[id_].card().translated(self.nodes[id_].pos()))
        return rect

    def nodes_in(self, rect: QRectF) -> list[NodeItem]:
        """Blocks whose card touches a rectangle, the topmost first."""
        found = [self.nodes[id_] for id_ in self._cells.touching(rect)]
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
        rect = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        near = [i for i in self.items(rect, Qt.ItemSelectionMode.IntersectsItemBoundingRect) if isinstance(i, WireItem)]
        ranked = sorted(((wire.distance(place), index) for index, wire in enumerate(near)))
        return near[ranked[0][1]] if ranked and ranked[0][0] <= reach else None

    def set_thumbnail(self, block: str, image: QImage | None) -> None:
        """Show a picture on a block's face."""
        if block in self.nodes:
            self.nodes[block].set_thumbnail(image)

    def set_health(self, block: str, health: BlockHealth | None) -> None:
        """Show how a block fares while it learns, or nothing of it."""
        if block in self.nodes:
            self.nodes[block].set_health(health)

    def show_loose(self, path: QPainterPath | None) -> None:
        """Show the wire in hand, or none."""
        if path is not None:
            self.loose.setPath(path)
        self.loose.setVisible(path is not None)


class _Layer(QGraphicsItem):
    """Carries all labels, so that one call hides them when they are too small to read."""

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self.setZValue(-0.5)

    def boundingRect(self) -> QRectF:
        return QRectF()

    def paint(self, *_: object) -> None:
        """Nothing of its own."""
