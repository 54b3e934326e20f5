"""Reroute points: the places a wire is led through so that a drawing can be read.

Not for: the course of the line (`gui.canvas.geometry`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt

from engine.graph.model import Connect, Wire
from gui.canvas import edits, geometry

if TYPE_CHECKING:
    from gui.canvas.view import Canvas
    from gui.canvas.wire import WireItem

REACH = 8.0  # pixels around a point that still hit it
SLOP = 3  # pixels


def point_at(view: Canvas, place: QPointF) -> tuple[WireItem, int] | None:
    """The reroute point near a point of the scene: its wire and its number."""
    reach = REACH / view.zoom
    for item in view.canvas.wires_near(place, reach):
        for index, (x, y) in enumerate(item.wire.via):
            if abs(x - place.x()) <= reach and abs(y - place.y()) <= reach:
                return item, index
    return None


def added(wire: Wire, place: QPointF, ends: tuple[QPointF, QPointF]) -> Wire:
    """The wire led through another point, put between those it lies between."""
    points = [ends[0], *(QPointF(*point) for point in wire.via), ends[1]]
    gaps = [geometry.distance(place, points[index : index + 2]) for index in range(len(points) - 1)]
    at = gaps.index(min(gaps))
    fresh = (edits.snapped(place.x()), edits.snapped(place.y()))
    return replace(wire, via=(*wire.via[:at], fresh, *wire.via[at:]))


def add(view: Canvas, item: WireItem, place: QPointF) -> None:
    """Lead a wire through a point."""
    wire = added(item.wire, place, view.canvas.ends(item))
    if view.document.do(Connect(wire), "Add reroute point"):
        view.choose_wire(wire.target)


def remove(view: Canvas, wire: Wire, index: int) -> None:
    """Take one point away."""
    via = tuple(point for number, point in enumerate(wire.via) if number != index)
    view.document.do(Connect(replace(wire, via=via)), "Remove reroute point")


def straighten(view: Canvas) -> None:
    """Take all points of the selected wire away."""
    wire = view.document.graph.wires.get(view.chosen_wire) if view.chosen_wire is not None else None
    if wire is not None and wire.via:
        view.document.do(Connect(replace(wire, via=())), "Straighten wire")


def bend(view: Canvas) -> None:
    """Add a point in the middle of the selected wire, for the keyboard."""
    item = view.canvas.wires.get(view.chosen_wire) if view.chosen_wire is not None else None
    if item is not None:
        add(view, item, item.course.pointAtPercent(0.5))


class DragPoint:
    """A reroute point follows the mouse."""

    def __init__(self, view: Canvas, at: QPoint, item: WireItem, index: int) -> None:
        self.view, self.origin, self.item, self.index = view, at, item, index
        self.wire = item.wire
        self.moved = False

    def _wire(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> Wire:
        place = self.view.mapToScene(at)
        x, y = place.x(), place.y()
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            x, y = edits.snapped(x), edits.snapped(y)
        via = (*self.wire.via[: self.index], (x, y), *self.wire.via[self.index + 1 :])
        return replace(self.wire, via=via)

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved and (at - self.origin).manhattanLength() < SLOP:
            return
        self.moved = True
        self.item.wire = self._wire(at, modifiers)
        self.view.canvas.lay(self.item)

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if self.moved and not self.view.document.do(Connect(self._wire(at, modifiers)), "Move reroute point"):
            self.cancel()

    def cancel(self) -> None:
        self.item.wire = self.wire
        self.view.canvas.lay(self.item)
