"""Wires by keyboard: an end in hand goes from port to port, the nearest that fits first, until Enter lays the wire.

Not for: drawing wires with the mouse (`gui.canvas.gestures`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from engine.errors import BlockError, SettingError
from engine.graph.check import Report
from engine.graph.model import Connect, End, Graph, Node, Wire
from gui import search
from gui.canvas import access, edits, geometry
from gui.canvas.bars import Bar
from gui.canvas.finding import lead
from gui.canvas.gestures import PORT_REACH

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

WIDTH = 720  # pixels


@dataclass(frozen=True)
class Choice:
    """A wire that can be laid.

    Attributes:
        wire: The wire.
        other: The end that is not in hand.
        shape: What it would carry, as on a wire; empty where that is not known.
        fault: Why that does not fit, as a sentence; empty where it does.
        replaces: The block whose wire would go, empty where the input is free.
    """

    wire: Wire
    other: End
    shape: str
    fault: str = ""
    replaces: str = ""


def hands(graph: Graph, block: str) -> list[tuple[End, bool]]:
    """Ends of a block that can be taken in hand, each with whether it is an output: outputs, free inputs, taken inputs."""
    made = graph.node(block).block()
    inputs = [End(block, port.name) for port in made.inputs()]
    out = [(End(block, port.name), True) for port in made.outputs()]
    return out + [(end, False) for end in sorted(inputs, key=lambda end: end in graph.wires)]


def choices(graph: Graph, report: Report, hand: End, *, forward: bool) -> list[Choice]:
    """Wires that can be laid from an end: those that fit first, of these free inputs first, of these the nearest."""
    closing = edits.closing(graph, hand.block, forward=forward)
    here = graph.node(hand.block)
    ranked: list[tuple[tuple[bool, bool, float], Choice]] = []
    for node in graph:
        if node.id in closing:
            continue
        try:
            ports = node.block().inputs() if forward else node.block().outputs()
        except SettingError:  # its settings cannot be worked out, so nobody knows its ports
            continue
        for index, port in enumerate(ports):
            other = End(node.id, port.name)
            wire = Wire(hand, other) if forward else Wire(other, hand)
            before = graph.wires.get(wire.target)
            if before is not None and before.source == wire.source:
                continue
            choice = _choice(graph, report, wire, other, before)
            away = math.hypot(node.x - here.x, node.y - here.y) + index
            ranked.append(((bool(choice.fault), bool(choice.replaces) and forward, away), choice))
    return [choice for _, choice in sorted(ranked, key=lambda pair: pair[0])]


def _choice(graph: Graph, report: Report, wire: Wire, other: End, before: Wire | None) -> Choice:
    shape = report.shape_of(wire.source)
    taker = graph.node(wire.target.block)
    fault = ""
    if shape is not None and taker.spec.role == "layer" and len(taker.block().inputs()) == 1:
        try:
            taker.block().shapes(shape)
        except BlockError as error:
            fault = str(error)
    replaced = graph.node(before.source.block).name if before is not None else ""
    return Choice(wire, other, str(shape) if shape is not None else "", fault, replaced)


class ConnectBar(Bar):
    """Leads a wire in hand to a port. Up, Down and Tab go through the ports, typing keeps those whose block's name fits, Left and
    Right take another end of the block in hand, Enter lays the wire, Esc gives up."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view, name="connect-bar", icon="vector-polyline", width=WIDTH)
        self.view = view
        self.hands: list[tuple[End, bool]] = []
        self.hand = 0
        self.offered: list[Choice] = []
        self.at = 0
        self._all: list[Choice] = []
        self.field.setAccessibleName("Connect: type the name of a block")
        self.field.textChanged.connect(self._filter)
        self.add_button("close", "Give up (Esc)").clicked.connect(self.close_bar)
        self.closed.connect(self._gone)
        view.document.replaced.connect(self.close_bar)
        view.document.scope_changed.connect(self.close_bar)
        view.document.edited.connect(self._edited)

    @property
    def choice(self) -> Choice | None:
        """The wire that Enter would lay."""
        return self.offered[self.at] if self.offered else None

    def open(self, block: str) -> None:
        """Take the first output of a block in hand, or an input where it has none."""
        graph = self.view.document.graph
        self.hands = hands(graph, block)
        if not self.hands:
            self.view.document.refused.emit(f"{graph.node(block).name} has no port to draw a wire from.")
            return
        self.hand = 0
        self.field.clear()
        self.come()
        self._take_hand()

    def _take_hand(self) -> None:
        document = self.view.document
        end, forward = self.hands[self.hand]
        self._all = choices(document.graph, document.report, end, forward=forward)
        node = document.graph.node(end.block)
        port = f" · {end.port}" if _several(node, forward=forward) else ""
        self.field.setPlaceholderText(f"{node.name}{port} {'to' if forward else 'from'}…")
        self._light()
        self._filter(self.field.text())

    def _filter(self, query: str) -> None:
        graph = self.view.document.graph
        if query.strip():
            by_block = {choice.other.block: graph.node(choice.other.block) for choice in self._all}
            fits = search.best(query, [(id_, (node.name, node.spec.title)) for id_, node in by_block.items()])
            place = {id_: index for index, id_ in enumerate(fits)}
            kept = [choice for choice in self._all if choice.other.block in place]
            self.offered = sorted(kept, key=lambda choice: place[choice.other.block])
        else:
            self.offered = list(self._all)
        self.at = 0
        self._show()

    def step(self, by: int) -> None:
        """Go on to the next port, or back."""
        if self.offered:
            self.at = (self.at + by) % len(self.offered)
            self._show()

    def switch(self, by: int) -> None:
        """Take another end of the block in hand."""
        if len(self.hands) > 1:
            self.hand = (self.hand + by) % len(self.hands)
            self._take_hand()

    def take(self) -> None:
        """Lay the wire and go on at its other end."""
        choice = self.choice
        if choice is None:
            return
        self.close_bar()
        if self.view.document.do(Connect(choice.wire), "Connect"):
            self.view.document.select([choice.other.block])

    def press(self, place: QPointF) -> bool:
        """A press of the mouse at a point of the scene: on a block that is offered it lays the wire; elsewhere it gives up, and is
        False."""
        port = self.view.canvas.port_at(place, PORT_REACH / self.view.zoom) if self.view.canvas.inks.level else None
        item = self.view.canvas.node_at(place)
        hit = port[0].end(port[1]) if port is not None else None
        block = hit.block if hit is not None else item.node.id if item is not None else ""
        here = [choice for choice in self._all if choice.other.block == block]
        if not here:
            self.close_bar()
            return False
        lit = self.choice
        self.offered, self.at = sorted(here, key=lambda choice: (choice.other != hit, choice is not lit)), 0
        self.take()
        return True

    # --- what is seen and heard

    def _light(self) -> None:
        """Light the ports that fit, fade blocks that have none."""
        end, forward = self.hands[self.hand]
        fitting = [choice.other for choice in self._all if not choice.fault]
        for id_, item in self.view.canvas.nodes.items():
            item.fits = frozenset((other.port, forward) for other in fitting if other.block == id_)
            item.dim = id_ != end.block and not any(choice.other.block == id_ for choice in self._all)
            item.update()

    def _show(self) -> None:
        view, (end, forward) = self.view, self.hands[self.hand]
        for item in view.canvas.nodes.values():
            if item.hot is not None:
                item.hot = None
                item.update()
        choice = self.choice
        if choice is None:
            view.canvas.show_loose(None)
            self.say("No port is left for it" if not self._all else "No block of that name", bad=True)
            return
        item = view.canvas.nodes[choice.other.block]
        item.hot = (choice.other.port, forward)
        item.update()
        here = view.canvas.nodes[end.block].port_place(end.port, is_input=not forward)
        there = item.port_place(choice.other.port, is_input=forward)
        view.canvas.show_loose(geometry.course(*((here, there) if forward else (there, here)))[0])
        lead(view, self, [choice.other.block])
        text = self.words(choice)
        self.say(text, bad=bool(choice.fault))
        access.announce(self.field, text)

    def words(self, choice: Choice) -> str:
        """A choice in words: "2 of 5 · fc1 · N×400"."""
        node = self.view.document.graph.node(choice.other.block)
        _end, forward = self.hands[self.hand]
        port = f", {choice.other.port}" if _several(node, forward=not forward) else ""
        parts = [f"{self.at + 1} of {len(self.offered)}", f"{node.name}{port}", choice.fault or choice.shape]
        parts += [f"instead of {choice.replaces}"] if choice.replaces and not choice.fault else []
        return "  ·  ".join(part for part in parts if part)

    def _edited(self, _edit: object) -> None:
        if self.isVisible():
            self.close_bar()  # what it offers may be gone

    def _gone(self) -> None:
        self.view.canvas.show_loose(None)
        for item in self.view.canvas.nodes.values():
            item.hot, item.fits, item.dim = None, frozenset(), False
            item.update()
        self.view.setFocus()

    def take_key(self, event: QKeyEvent) -> bool:
        """Keys that are no text."""
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self.step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self.step(-1)
            case Qt.Key.Key_Right if not self.field.text():
                self.switch(1)
            case Qt.Key.Key_Left if not self.field.text():
                self.switch(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.take()
            case _:
                return super().take_key(event)
        return True


def _several(node: Node, *, forward: bool) -> bool:
    block = node.block()
    return len(block.outputs() if forward else block.inputs()) > 1


def connect(view: Canvas) -> None:
    """Take an output of the selected block in hand."""
    view.connecting.open(view.document.selection[-1])
