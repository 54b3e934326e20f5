"""What a press of the left button starts: a wire, a drag, a selection, a rubber band.

Not for: what follows (`gui.canvas.gestures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from gui.canvas import edits
from gui.canvas.gestures import PORT_REACH, WIRE_REACH, DragBlocks, DragWire, Gesture, RubberBand
from gui.canvas.node import NodeItem

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def begin(view: Canvas, at: QPoint, modifiers: Qt.KeyboardModifier) -> Gesture | None:
    """The gesture for a press at a point of the viewport, None for a plain click; selects what was pressed."""
    place = view.mapToScene(at)
    adding = bool(modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
    port = view.canvas.port_at(place, PORT_REACH / view.zoom) if view.canvas.inks.level else None
    if port is not None and not adding:
        return _wire_gesture(view, at, *port)
    item = view.canvas.node_at(place)
    if item is not None:
        id_ = item.node.id
        view.choose_wire(None)
        if adding and id_ in view.document.selection:
            view.document.select(one for one in view.document.selection if one != id_)
            return None
        if adding:
            view.document.select((*view.document.selection, id_))
        elif id_ not in view.document.selection:
            view.document.select([id_])
        if modifiers & Qt.KeyboardModifier.AltModifier:
            return _copy_gesture(view, at, id_)
        return DragBlocks(view, at, item)
    wire = view.canvas.wire_at(place, WIRE_REACH / view.zoom)
    if wire is not None:
        view.document.select(())
        view.choose_wire(wire.wire.target)
        return None
    view.choose_wire(None)
    return RubberBand(view, at, adding=adding)


def _wire_gesture(view: Canvas, at: QPoint, item: NodeItem, port: str, is_input: bool) -> Gesture:
    end = item.end(port)
    wire = view.document.graph.wires.get(end) if is_input else None
    if wire is not None:
        return DragWire(view, at, wire.source, forward=True, taken=end)
    return DragWire(view, at, end, forward=not is_input)


def _copy_gesture(view: Canvas, at: QPoint, lead: str) -> Gesture:
    """Alt: a copy of the selected blocks is dragged."""
    chosen = view.document.selection
    edit, fresh = edits.duplicated(view.document.graph, chosen, by=(0.0, 0.0))
    if view.document.do(edit, "Duplicate"):
        view.document.select(fresh)
        order = [id_ for id_ in view.document.graph.nodes if id_ in set(chosen)]
        lead = fresh[order.index(lead)]
    return DragBlocks(view, at, view.canvas.nodes[lead])
