"""What the mouse is in the middle of: panning, dragging blocks, drawing a rubber band, drawing a wire.

Each gesture shows what it does while it lasts and changes the document once, at its end.
Not for: what starts a gesture (`gui.canvas.view`).
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from engine.errors import BlockError
from engine.graph.model import Batch, Disconnect, Edit, End, Move, Wire
from gui.canvas import edits, geometry
from gui.canvas.arrange import Box
from gui.canvas.convoy import SEVERAL
from gui.canvas.guides import Guides, Line, Thing
from gui.canvas.node import NodeItem

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

SLOP = 4  # pixels that the mouse may move before a click is a drag
PORT_REACH = 14.0  # pixels around a port that still hit it
GUIDE_REACH, GUIDE_MOST = 6.0, 10.0  # pixels, and at most canvas units, within which a block goes to a guide
WIRE_REACH = 7.0  # pixels around a wire that still hit it
EXACT = 6  # decimals of a canvas unit that a place has
_COPIES = count(1)


class Gesture(Protocol):
    """What the view forwards the mouse to while a button is down."""

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse has moved to a place of the viewport."""

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """Escape: leave everything as it was."""


class Pan:
    """The canvas follows the mouse."""

    def __init__(self, view: Canvas, at: QPoint) -> None:
        self.view, self.last = view, at
        self.moved = False
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        self.moved = True
        self.view.scroll_by(at - self.last)
        self.last = at

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        self.cancel()

    def cancel(self) -> None:
        self.view.viewport().unsetCursor()


class RubberBand:
    """Select the blocks that a rectangle touches; with Shift or Ctrl in addition to those that are selected."""

    def __init__(self, view: Canvas, at: QPoint, *, adding: bool) -> None:
        self.view, self.start = view, view.mapToScene(at)
        self.before = view.document.selection if adding else ()
        self.moved = False
        self.origin = at
        self.inside: set[str] = set()

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved and (at - self.origin).manhattanLength() < SLOP:
            return
        self.moved = True
        scene = self.view.canvas
        rect = QRectF(self.start, self.view.mapToScene(at)).normalized()
        if scene.inks.level == 0:  # its edge crosses many wires
            self.view.hasten()
        scene.show_band(rect)
        self.inside = set(scene.cells.touching(rect))
        scene.show_selected({*self.before, *self.inside})  # the panels follow when the button is let go

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        self.view.canvas.show_band(QRectF())
        order = [id_ for id_ in self.view.document.graph.nodes if id_ in self.inside]
        self.view.document.select((*self.before, *order))

    def cancel(self) -> None:
        self.view.canvas.show_band(QRectF())
        self.view.document.select(self.before)
        self.view.canvas.show_selected(self.before)


class DragBlocks:
    """Selected blocks follow the mouse, in line with their neighbours or on the grid; with Ctrl freely.

    A lone block let go over a wire is put into it.
    """

    word = ""  # what its steps for undo have in common, where it makes several

    def __init__(self, view: Canvas, at: QPoint, lead: NodeItem) -> None:
        self.view, self.origin, self.lead = view, at, lead
        self.start = view.mapToScene(at)
        self.places = self._selected()
        self.moved = False
        self._by = QPointF()  # how far they have come
        self._guides: Guides | None = None  # made at the first movement
        self._home = Thing(Box(0, 0, 0, 0))

    def _selected(self) -> dict[str, QPointF]:
        """The blocks that it moves, where they stand."""
        nodes = self.view.canvas.nodes
        return {id_: QPointF(nodes[id_].pos()) for id_ in self.view.document.selection if id_ in nodes}

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved and (at - self.origin).manhattanLength() < SLOP:
            return
        if not self.moved:
            self.moved = True
            self.view.canvas.nodes[self.lead.node.id].setZValue(2)
            self._sight()
        if self.view.canvas.inks.level == 0:  # a far block's wires may cross the whole view
            self.view.hasten()
        before, self._by = self._by, self._way(at, modifiers)
        if self._by != before:  # a guide or the grid may hold it
            self.view.canvas.shift(self.places, self._by)
        self.view.mark_wire(self._wire_under())

    def _sight(self) -> None:
        """Note what is seen, to line up with."""
        scene = self.view.canvas
        near = (item for item in scene.nodes_in(self.view.seen()) if item.node.id not in self.places)
        self._guides = Guides((_thing(item) for item in near), gaps=len(self.places) < SEVERAL)
        around = scene.around(self.places)
        ports = _thing(self.lead).ports
        self._home = Thing(Box(around.x(), around.y(), around.width(), around.height()), ports)

    def _way(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> QPointF:
        delta = self.view.mapToScene(at) - self.start
        lines: tuple[Line, ...] = ()
        if not modifiers & Qt.KeyboardModifier.ControlModifier and self._guides is not None:
            box = self._home.box
            there = Thing(
                Box(box.x + delta.x(), box.y + delta.y(), box.width, box.height),
                tuple(port + delta.y() for port in self._home.ports),
            )
            snap = self._guides.snap(there, min(GUIDE_REACH / self.view.zoom, GUIDE_MOST))
            lines = snap.lines
            goal = self.places[self.lead.node.id] + delta
            delta += QPointF(
                snap.dx if snap.dx is not None else edits.snapped(goal.x()) - goal.x(),
                snap.dy if snap.dy is not None else edits.snapped(goal.y()) - goal.y(),
            )
        self.view.guide_lines.show_lines(lines)
        # Places that differ by less are equal to Qt, which would leave an item where a rounding has put it.
        return QPointF(round(delta.x(), EXACT), round(delta.y(), EXACT))

    def _wire_under(self) -> Wire | None:
        """The wire that the block would be put into."""
        if len(self.places) != 1:
            return None
        graph, id_ = self.view.document.graph, self.lead.node.id
        if graph.wires_into(id_) or graph.wires_from(id_):
            return None
        centre = self.lead.card().translated(self.lead.pos()).center()
        found = self.view.canvas.wire_at(centre, geometry.HEIGHT / 2)
        return found.wire if found is not None and edits.splice(graph, found.wire, id_) is not None else None

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        document, scene = self.view.document, self.view.canvas
        self.view.mark_wire(None)
        self.view.guide_lines.show_lines(())
        if not self.moved:
            if not modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier):
                document.select([self.lead.node.id])
            return
        wire = self._wire_under()
        scene.settle()
        places = {id_: (place.x() + self._by.x(), place.y() + self._by.y()) for id_, place in self.places.items()}
        edit: Edit = Move(places)
        if wire is not None and (splice := edits.splice(document.graph, wire, self.lead.node.id)) is not None:
            edit = Batch((edit, splice))
        if all(self.places[id_] == QPointF(*place) for id_, place in places.items()):
            return
        text = "Insert block" if wire is not None else "Move blocks" if len(places) > 1 else "Move block"
        if not document.do(edit, text, merge=self.word):
            scene.sync()

    def cancel(self) -> None:
        self.view.mark_wire(None)
        self.view.guide_lines.show_lines(())
        if self.moved:
            self.view.canvas.shift(self.places, QPointF())
        self.view.canvas.settle()


class CopyBlocks(DragBlocks):
    """Alt: copies of the selected blocks follow the mouse. They are made with the first movement and are one step with it."""

    def __init__(self, view: Canvas, at: QPoint, lead: NodeItem) -> None:
        super().__init__(view, at, lead)
        self.editing = False
        self._originals = view.document.selection

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.word and (at - self.origin).manhattanLength() >= SLOP:
            self._copy()
        if self.word:
            super().move(at, modifiers)

    def _copy(self) -> None:
        document = self.view.document
        edit, fresh = edits.duplicated(document.graph, self._originals, by=(0.0, 0.0))
        word = f"copy {next(_COPIES)}"
        self.editing = True
        done = document.do(edit, "Duplicate", merge=word)
        self.editing = False
        if not done:
            self.view.let_go()
            return
        self.word = word
        chosen = set(self._originals)
        order = [id_ for id_ in document.graph.nodes if id_ in chosen]
        document.select(fresh)
        self.lead = self.view.canvas.nodes[fresh[order.index(self.lead.node.id)]]
        self.places = self._selected()

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        super().finish(at, modifiers)
        if self.word and all(self.view.canvas.nodes[id_].pos() == place for id_, place in self.places.items()):
            self._take_back()  # let go where they came from: nobody wants two on one spot

    def cancel(self) -> None:
        super().cancel()
        if self.word:
            self._take_back()

    def _take_back(self) -> None:
        self.view.document.take_back(self.word)
        self.view.document.select(self._originals)


def _thing(item: NodeItem) -> Thing:
    """A block as guides see it."""
    ports = [item.port_place(port.name, is_input=True).y() for port in item.inputs]
    ports += [item.port_place(port.name, is_input=False).y() for port in item.outputs]
    card = item.card()
    return Thing(Box(item.x(), item.y(), card.width(), card.height()), tuple(dict.fromkeys(ports)))


class DragWire:
    """A wire in hand: from an output looking for an input, or the other way round.

    Attributes:
        fixed: The end that stays, as (block, port).
        forward: Whether the fixed end is an output.
        taken: The input that the wire was pulled off, if it was.
    """

    def __init__(self, view: Canvas, at: QPoint, fixed: End, *, forward: bool, taken: End | None = None) -> None:
        self.view, self.origin = view, at
        self.fixed, self.forward, self.taken = fixed, forward, taken
        self.moved = False
        self.goal: End | None = None
        self.lit: NodeItem | None = None

    def _begin(self) -> None:
        self.moved = True
        if self.taken is not None:
            self.view.canvas.wires[self.taken].setVisible(False)
        closing = edits.closing(self.view.document.graph, self.fixed.block, forward=self.forward)
        for id_, item in self.view.canvas.nodes.items():
            fits = self._fits(item) if id_ not in closing else frozenset()
            item.fits = fits
            item.dim = not fits and id_ != self.fixed.block
            item.update()

    def _fits(self, item: NodeItem) -> frozenset[tuple[str, bool]]:
        """Ports of a block that take what the wire brings."""
        graph, block = self.view.document.graph, item.node.id
        ports = item.inputs if self.forward else item.outputs
        if not ports:
            return frozenset()
        report = self.view.document.report
        shape = report.shape_of(self.fixed) if self.forward else report.shape_of(End(block, ports[0].name))
        taker = graph.node(block if self.forward else self.fixed.block).block()
        if shape is not None and len(taker.inputs()) == 1:
            try:
                taker.shapes(shape)
            except BlockError:
                return frozenset()
        return frozenset((port.name, self.forward) for port in ports)

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved:
            if (at - self.origin).manhattanLength() < SLOP:
                return
            self._begin()
        view = self.view
        place = view.mapToScene(at)
        self._light(place)
        here = view.canvas.nodes[self.fixed.block].port_place(self.fixed.port, is_input=not self.forward)
        there = place
        if self.goal is not None:
            there = view.canvas.nodes[self.goal.block].port_place(self.goal.port, is_input=self.forward)
        start, end = (here, there) if self.forward else (there, here)
        view.canvas.show_loose(geometry.course(start, end)[0])

    def _light(self, place: QPointF) -> None:
        """Find the port the wire would end at: one under the mouse, else a free one of the block under it."""
        scene = self.view.canvas
        if self.lit is not None:
            self.lit.hot = None
            self.lit.update()
        self.goal, self.lit = None, None
        found = scene.port_at(place, PORT_REACH / self.view.zoom, inputs=self.forward)
        if found is not None and found[0].node.id != self.fixed.block:
            self.lit, self.goal = found[0], found[0].end(found[1])
        elif (item := scene.node_at(place)) is not None and item.node.id != self.fixed.block:
            graph = self.view.document.graph
            if self.forward:
                self.goal = edits.free_input(graph, item.node.id)
            else:
                self.goal = edits.first_output(graph, item.node.id)
            self.lit = item if self.goal is not None else None
        if self.lit is not None and self.goal is not None:
            self.lit.hot = (self.goal.port, self.forward)
            self.lit.update()

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        moved, goal = self.moved, self.goal
        self.cancel()
        if not moved:
            return
        document = self.view.document
        if goal is not None:
            wire = Wire(self.fixed, goal) if self.forward else Wire(goal, self.fixed)
            if document.graph.wires.get(wire.target) != wire:
                document.do(edits.rewire(self.taken, wire), "Connect")
        elif self.taken is not None:
            document.do(Disconnect(self.taken), "Disconnect")
        elif self.view.canvas.node_at(self.view.mapToScene(at)) is None:
            ends = {"source": self.fixed} if self.forward else {"target": self.fixed}
            self.view.quick_add(at, **ends)

    def cancel(self) -> None:
        scene = self.view.canvas
        scene.show_loose(None)
        if self.taken is not None and self.taken in scene.wires:
            scene.wires[self.taken].setVisible(True)
        for item in scene.nodes.values():
            item.hot, item.fits, item.dim = None, frozenset(), False
            item.update()
