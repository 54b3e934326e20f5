"""What a press of the left button starts: a wire, a drag, a selection, a rubber band.

Not for: what follows (`gui.canvas.gestures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from gui.canvas import frame_commands, reroute
from gui.canvas.frame_commands import DragMark, ResizeMark
from gui.canvas.gestures import PORT_REACH, WIRE_REACH, CopyBlocks, DragBlocks, DragWire, Gesture, RubberBand
from gui.canvas.node import NodeItem

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def begin(view: Canvas, at: QPoint, modifiers: Qt.KeyboardModifier) -> Gesture | None:
    """The gesture for a press at a point of the viewport, None for a plain click; selects what was pressed."""
    place = view.mapToScene(at)
    if view.connecting.isVisible() and view.connecting.press(place):
        return None
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
            return CopyBlocks(view, at, item)
        return DragBlocks(view, at, item)
    point = reroute.point_at(view, place)
    if point is not None:
        view.document.select(())
        view.choose_wire(point[0].wire.target)
        return reroute.DragPoint(view, at, *point)
    note = _mark_gesture(view, at, "note")
    if note is not None:
        return note
    wire = view.canvas.wire_at(place, WIRE_REACH / view.zoom)
    if wire is not None:
        view.document.select(())
        view.choose_wire(wire.wire.target)
        return None
    view.choose_wire(None)
    frame = _mark_gesture(view, at, "frame")
    if frame is not None:
        return frame
    view.marks.choose(None)
    return RubberBand(view, at, adding=adding)


def _mark_gesture(view: Canvas, at: QPoint, kind: str) -> Gesture | None:
    """Take hold of a frame or note, if one lies there."""
    found = view.marks.at(view.mapToScene(at), WIRE_REACH / view.zoom, kind=kind)
    if found is None:
        return None
    item, part = found
    view.marks.choose(item.mark.id)
    return ResizeMark(view, at, item) if part == "corner" else DragMark(view, at, item)


def point(view: Canvas, at: QPoint) -> None:
    """Select what is under a point of the viewport, for a menu; what is selected with others stays so."""
    place = view.mapToScene(at)
    reach = WIRE_REACH / view.zoom
    item = view.canvas.node_at(place)
    note = view.marks.at(place, reach, kind="note") if item is None else None
    wire = view.canvas.wire_at(place, reach) if item is None and note is None else None
    mark = note or (view.marks.at(place, reach, kind="frame") if item is None and wire is None else None)
    view.choose_wire(None)
    view.marks.choose(None)
    if item is not None:
        if item.node.id not in view.document.selection:
            view.document.select([item.node.id])
        return
    view.document.select(())
    if wire is not None:
        view.choose_wire(wire.wire.target)
    elif mark is not None:
        view.marks.choose(mark[0].mark.id)


def double(view: Canvas, at: QPoint) -> None:
    """A double click: opens a block, writes on a frame or note, leads a wire through a point (or takes the point away); on empty
    canvas it adds a block."""
    place = view.mapToScene(at)
    reach = WIRE_REACH / view.zoom
    item = view.canvas.node_at(place)
    point = reroute.point_at(view, place)
    mark = view.marks.at(place, reach, kind="note")
    wire = view.canvas.wire_at(place, reach)
    if item is not None:
        view.open_block(item.node.id)
    elif point is not None:
        reroute.remove(view, point[0].wire, point[1])
    elif mark is None and wire is not None:
        reroute.add(view, wire, place)
    elif (mark := mark or view.marks.at(place, reach, kind="frame")) is not None:
        view.marks.choose(mark[0].mark.id)
        frame_commands.write(view)
    else:
        view.quick_add(at)


def _wire_gesture(view: Canvas, at: QPoint, item: NodeItem, port: str, is_input: bool) -> Gesture:
    end = item.end(port)
    wire = view.document.graph.wires.get(end) if is_input else None
    if wire is not None:
        return DragWire(view, at, wire.source, forward=True, taken=end)
    return DragWire(view, at, end, forward=not is_input)
