"""The scene: one item for every block and wire of the document, kept equal to it after every edit.

Not for: the mouse and the keyboard (`gui.canvas.view`, `gui.canvas.gestures`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsScene

from engine.errors import Problem
from engine.graph.check import BlockReport, Report
from engine.graph.edits import End, Node, Wire
from engine.training.messages import BlockHealth
from gui import theme
from gui.canvas.band import Band
from gui.canvas.changes import Seen, Unknown, gathered
from gui.canvas.convoy import SEVERAL, Convoy
from gui.canvas.due import Due
from gui.canvas.far import Far
from gui.canvas.geometry import CLEARANCE, HEIGHT, STUB, WIDTH
from gui.canvas.ground import Ground
from gui.canvas.inks import Inks
from gui.canvas.late import Late
from gui.canvas.node import NodeItem
from gui.canvas.wire import EVERYWHERE, Labels, WireItem, WireLabel
from gui.document import Document

ROOM = 6000.0  # canvas units around the drawing that can be scrolled to
TIGHT = 1500.0  # less than this left of them, and the scene is made larger
AT_ONCE = 100  # blocks that come, go or change in one edit, from which all is painted anew
LARGE = 500  # blocks from which even one that is dragged far away travels alone: its wires may cross the whole picture
LONG = WIDTH + 4 * STUB  # a wire this wide may have a block in its way


class CanvasScene(Ground):
    """Items by block id and by the input that a wire ends in.

    Attributes:
        inks: What everything is painted with.
        convoy: Many blocks on the move, while they are.
        far: Paints blocks and wires from far away.
        late: Tells items what a report says, those that are seen first.
        others: Items that are neither blocks nor wires, in the order in which they came.
        laid_out: Emits when something was placed, moved or taken away.
    """

    laid_out = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.inks = Inks()
        self.due = Due()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.setSceneRect(-ROOM, -ROOM, 2 * ROOM, 2 * ROOM)
        self.far = Far(self)
        self.late = Late(self)
        self.others: list[QGraphicsItem] = []
        self._ends: dict[str, set[End]] = {}  # wires by the blocks they touch
        self._nodes_seen: Seen[str, Node] = Seen()
        self._wires_seen: Seen[End, Wire] = Seen()
        self.convoy: Convoy | None = None
        self._astray: set[str] = set()  # blocks that a drag shows elsewhere than the document has them
        self._chosen: set[str] = set()
        self._reported: Seen[str, BlockReport] = Seen()
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._unknown = Unknown()
        self._unsaid: set[End] = set()  # wires that no report was shown on
        self._corridors: dict[End, QRectF] = {}  # of wires long enough to have a block in their way
        self.labels = Labels(self.inks, self.repaint_soon)
        self.addItem(self.labels)
        self.loose, self.band = QGraphicsPathItem(), Band()  # the wire in hand, the rubber band
        for z, item in ((3, self.loose), (4, self.band)):
            item.setZValue(z)
            self.addItem(item)
        self.loose.hide()
        document.edited.connect(self._edited)
        document.reported.connect(self.show_report)
        document.selected.connect(self.show_selected)
        document.replaced.connect(self.rebuild)
        document.scope_changed.connect(self.rebuild)
        theme.notifier().changed.connect(self._retheme)
        self._retheme()
        self.sync()
        self.show_report(document.report)
        self.show_selected(document.selection)

    # --- following the document

    def rebuild(self) -> None:
        """Start anew: another project was loaded, or another of its drawings is open."""
        for item in (*self.nodes.values(), *self.wires.values()):
            super().removeItem(item)
        for held in (self.labels, self.nodes, self.wires, self.cells, self.wire_cells, self._corridors, self._ends,
                     self._nodes_seen, self._wires_seen, self._astray, self._chosen, self._reported, self._problems,
                     self._unknown, self._unsaid):  # fmt: skip
            held.clear()
        self._content = self.convoy = None
        self.late.clear()
        self.far.clear()
        self.setSceneRect(-ROOM, -ROOM, 2 * ROOM, 2 * ROOM)
        self.repaint_soon(EVERYWHERE)  # no part needs to be added to that
        self.sync()
        self.laid_out.emit()
        self.show_report(self.document.report)

    def addItem(self, item: QGraphicsItem) -> None:
        """Add something that is neither a block nor a wire; from far away it is painted as it is from near."""
        super().addItem(item)
        self.others.append(item)

    def removeItem(self, item: QGraphicsItem) -> None:
        """Take it away again."""
        self.repaint(item.sceneBoundingRect())
        super().removeItem(item)
        self.others = [other for other in self.others if other is not item]

    def update_far(self, rect: QRectF, item: NodeItem | WireItem) -> None:
        """A block or a wire looks different from far away; a wire may lie elsewhere, which Qt does not hear of every time."""
        self.inks.changed()
        self.far.touch(item)
        if self.inks.level == 0 or isinstance(item, WireItem):
            self.repaint_soon(rect)

    def repaint_soon(self, rect: QRectF) -> None:
        """Have a rectangle painted anew, once in this turn of the event loop."""
        if not self.due:
            QTimer.singleShot(0, self, self.due.clear)
        part = self.due.add(rect)
        if part is not None:
            self.repaint(part)

    def show_band(self, rect: QRectF) -> None:
        """Show the rubber band; pictures that were made with another one hold no more."""
        self.inks.changed()
        self.band.show_rect(rect)

    def repaint(self, rect: QRectF | None = None) -> None:
        """Have a rectangle, or all, painted anew. `update` is lost where nobody has asked the items since all was updated."""
        self.inks.changed()
        for view in self.views():
            if rect is None:
                view.viewport().update()
            else:
                view.viewport().update(view.mapFromScene(rect).boundingRect().adjusted(-2, -2, 2, 2))

    def _edited(self, _edit: object) -> None:
        self.inks.changed()
        self.sync()

    def sync(self) -> None:
        """Make items equal to the document. Nodes and wires are values: one that is the same object has not changed."""
        graph = self.document.graph
        nodes = graph.nodes
        self.settle()
        touched: set[str] = set()
        spots: list[QRectF] = []  # where blocks have come or gone
        gone, fresh = self._nodes_seen.look(nodes)
        if len(gone) + len(fresh) > AT_ONCE:
            self.repaint_soon(EVERYWHERE)
        spots += [self._drop(id_) for id_ in gone]
        for id_ in dict.fromkeys((*fresh, *self._astray)):
            item = self.nodes.get(id_)
            if item is None:
                item = self.nodes[id_] = NodeItem(nodes[id_], self.inks)
                super().addItem(item)
                touched.add(id_)
                spots.append(self._put(item))
            elif id_ in nodes:
                before, ports = item.place(), (item.inputs, item.outputs)
                item.set_node(nodes[id_])
                if item.place() != before:
                    spots += [before, self._put(item)]
                if item.place() != before or (item.inputs, item.outputs) != ports:
                    touched.add(id_)
        self._astray.clear()
        changed = self._sync_wires()
        if spots:
            self._grow()
        lay = changed.union(*(self._ends.get(id_, ()) for id_ in touched))
        if spots:
            lay.update(end for end in self._corridors if self._passes(end, spots))
        for end in lay:
            if end in self.wires:
                self.lay(self.wires[end])
        if spots or changed:
            self.laid_out.emit()

    def _drop(self, id_: str) -> QRectF:
        """Take a block's item away; where it was."""
        item = self.nodes.pop(id_)
        rect = item.place()
        super().removeItem(item)
        self.cells.drop(id_)
        self.far.blocks.drop(id_)
        self._content = None
        self._astray.discard(id_)
        self._problems.pop(id_, None)
        self.repaint_soon(item.boundingRect().translated(item.pos()))
        return rect

    def _put(self, item: NodeItem) -> QRectF:
        """Note where a block is."""
        rect = item.place()
        room, before = item.boundingRect(), self.cells.rect(item.node.id)
        if before is not None:  # Qt knows only the places of what it has painted itself
            self.repaint_soon(room.translated(before.topLeft()))
        self.repaint_soon(room.translated(rect.topLeft()))
        self.inks.changed()
        self.cells.put(item.node.id, rect)
        self.far.blocks.put(item.node.id, rect)
        self._content = None
        return rect

    def _passes(self, end: End, spots: list[QRectF]) -> bool:
        """Whether a long wire runs where blocks have come or gone."""
        corridor = self._corridors.get(end)
        return corridor is not None and any(corridor.intersects(spot) for spot in spots)

    def _sync_wires(self) -> set[End]:
        wires = self.document.graph.wires
        changed: set[End] = set()
        lost, fresh = self._wires_seen.look(wires)
        for end in lost:
            gone = self.wires.pop(end)
            self._corridors.pop(end, None)
            self._forget_ends(gone)
            self.wire_cells.drop(gone)
            self.far.wires.drop(gone)
            self._unsaid.discard(end)
            gone.label.set_shown(False)
            self.repaint_soon(gone.boundingRect())
            super().removeItem(gone)
            changed.add(end)
        for end in fresh:
            wire, item = wires[end], self.wires.get(end)
            if item is None:
                item = self.wires[end] = WireItem(wire, self.inks, WireLabel(self.inks, self.labels))
                super().addItem(item)
            else:
                self._forget_ends(item)
                item.wire = wire
            for block in (wire.source.block, wire.target.block):
                self._ends.setdefault(block, set()).add(end)
            changed.add(end)
        self._unsaid.update(fresh)
        return changed

    def _forget_ends(self, item: WireItem) -> None:
        for block in (item.wire.source.block, item.wire.target.block):
            self._ends[block].discard(item.wire.target)

    def _grow(self) -> None:
        """Make the scene larger, in large steps, when the drawing comes near its edge."""
        content, rect = self.content(), self.sceneRect()
        if not rect.adjusted(TIGHT, TIGHT, -TIGHT, -TIGHT).contains(content):
            self.setSceneRect(rect.united(content.adjusted(-ROOM, -ROOM, ROOM, ROOM)))

    def show_report(self, report: Report) -> None:
        """Put shapes on wires, counts on blocks and marks where the problems are; only what differs is looked at."""
        listed: dict[str, list[Problem]] = {}
        for problem in report.problems:
            if problem.path:  # inside a composite: its instance carries it
                problem = replace(problem, block=problem.path[0], port=None)
            if problem.block is not None:
                listed.setdefault(problem.block, []).append(problem)
        problems = {id_: tuple(found) for id_, found in listed.items()}
        turned = {id_ for id_ in (*self._problems, *problems) if self._problems.get(id_) != problems.get(id_)}
        gone, fresh = self._reported.look(report.blocks)
        self._problems = problems
        turned |= self._unknown.look(report.blocks, gone, fresh)
        changed = turned.union(fresh)
        ends, far = (self._unsaid | gathered(ids, self._ends, self.wires) for ids in (changed, turned))
        self._unsaid = set()
        self.late.tell(report, problems, (changed & self.nodes.keys(), ends), (turned, far))
        if self.document.graph.owner is not None:  # expressions come to what they are in the repetition that is open
            for id_ in report.made.keys() & self.nodes.keys():
                self.nodes[id_].show_here(report.made[id_].face(), id_ in report.bypassed)

    def show_selected(self, ids: Collection[str]) -> None:
        """Show blocks as selected, and no others."""
        chosen = self.nodes.keys() & set(ids)
        turned = [self.nodes[id_] for id_ in (chosen ^ self._chosen) & self.nodes.keys()]
        for item in sorted(turned, key=NodeItem.reading_order):  # so that those side by side are painted anew as one
            item.chosen = item.node.id in chosen
            item.setZValue(1 if item.chosen else 0)
            item.update()
        self._chosen = chosen

    def _retheme(self) -> None:
        self.inks.renew()  # items keep the object, its pens are the new theme's
        self.inks.far_changed, self.inks.picture_changed = self.update_far, self.picture_changed.emit
        self.loose.setPen(self.inks.wire_new)
        self.band.pen, self.band.brush = self.inks.band_pen, self.inks.band
        self.far.stale()
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
        via = self._via(wire.wire)
        if via:
            self._corridors.pop(wire.wire.target, None)
        wire.lay(start, end, None if via else self._over(wire, start, end), via)
        self.wire_cells.put(wire, wire.room)
        self.far.wires.put(wire, wire.room)

    def ends(self, wire: WireItem) -> tuple[QPointF, QPointF]:
        """Where a wire begins and ends."""
        source, target = wire.wire.source, wire.wire.target
        return (
            self.nodes[source.block].port_place(source.port, is_input=False),
            self.nodes[target.block].port_place(target.port, is_input=True),
        )

    def _via(self, wire: Wire) -> list[QPointF]:
        """The points that a wire is led through; they go along with a drag of both its ends."""
        shift = QPointF()
        if wire.via and self._astray:
            ways = [item.pos() - QPointF(item.node.x, item.node.y)
                    for item in (self.nodes[wire.source.block], self.nodes[wire.target.block])]  # fmt: skip
            shift = ways[0] if ways[0] == ways[1] else shift
        return [QPointF(x, y) + shift for x, y in wire.via]

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

    def shift(self, places: dict[str, QPointF], by: QPointF) -> None:
        """Show blocks so far from their places without telling the document: a drag is one edit, at its end."""
        large = len(places) >= SEVERAL or (self.inks.level == 0 and len(self.nodes) >= LARGE)
        if large or self.convoy is not None:  # also where the zoom has become another one meanwhile
            self._lead(places, by)
            return
        for id_, place in places.items():
            self.nodes[id_].setPos(place + by)
            self._put(self.nodes[id_])
        self._astray.update(places)
        for end in set().union(*(self._ends.get(id_, ()) for id_ in places)):
            self.lay(self.wires[end])
        self.laid_out.emit()

    def _lead(self, places: dict[str, QPointF], by: QPointF) -> None:
        """Show many blocks so far from their places."""
        if self._astray:  # they travelled by themselves as long as the view was near
            self.sync()
        if by.isNull():
            self.settle()
            return
        if self.convoy is None:
            self.convoy = Convoy((self.nodes[id_] for id_ in places), self.cells, self.far)
            self.repaint()
        before = self.convoy.around()
        self.convoy.offset = by
        self.repaint(before.united(self.convoy.around()))

    def settle(self) -> None:
        """Nothing is on the move any more."""
        if self.convoy is not None:
            convoy, self.convoy = self.convoy, None
            convoy.disband()
            self.repaint()

    # --- what blocks show besides

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
