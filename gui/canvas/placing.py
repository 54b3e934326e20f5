"""Blocks that come, go, and get another name: what commands, quick-add and drops from the palette have in common.

Not for: the edits themselves (`gui.canvas.edits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from engine.graph.model import Disconnect, End, Wire
from gui import composing
from gui.canvas import edits, frame_commands
from gui.canvas.geometry import HEIGHT, WIDTH
from gui.mine import bringing

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def delete(view: Canvas) -> None:
    """Take the selected frame, note, wire or blocks away; chains heal."""
    document = view.document
    if view.marks.chosen is not None:
        frame_commands.remove(view, view.marks.chosen)
    elif view.chosen_wire is not None:
        target = view.chosen_wire
        view.choose_wire(None)
        if target in document.graph.wires:
            document.do(Disconnect(target), "Disconnect")
    elif document.selection:
        count = len(document.selection)
        document.do(
            edits.delete(document.graph, document.selection), "Delete block" if count == 1 else f"Delete {count} blocks"
        )


def rename(view: Canvas) -> None:
    """Put a field over the selected block's name, or over a frame's title or a note."""
    if view.marks.chosen is not None:
        frame_commands.write(view)
    elif len(view.document.selection) == 1:
        view.open_name(view.document.selection[0])


def refusal(view: Canvas, block: str, name: str) -> str:
    """Why a block cannot be called that; empty where it can, or is, or nothing was typed."""
    graph = view.document.graph
    same = block not in graph.nodes or not name or name == graph.node(block).name
    return "" if same else composing.rename_refusal(view.document, block, name)


def named(view: Canvas, block: str, name: str) -> None:
    """Carry a renaming out."""
    graph = view.document.graph
    if block in graph.nodes and name and name != graph.node(block).name:
        composing.rename(view.document, block, name)


def place(view: Canvas, kind: str, at: QPointF, *, source: End | None = None, target: End | None = None) -> str | None:
    """Place a block at a point of the scene: its input there where a wire was drawn to it, else its middle."""
    with bringing(view.document, kind, "Add a composite") as kind_here:
        return _place(view, kind_here, at, source, target)


def _place(view: Canvas, kind: str, at: QPointF, source: End | None, target: End | None) -> str | None:
    graph = view.document.graph
    shift = QPointF(0.0 if source is not None else -WIDTH if target is not None else -WIDTH / 2, -HEIGHT / 2)
    corner = at + shift
    node = graph.new_node(kind, x=edits.snapped(corner.x()), y=edits.snapped(corner.y()))
    if not view.document.do(edits.add_wired(node, source=source, target=target), f"Add {node.name}"):
        return None
    view.document.select([node.id])
    return node.id


def insert(view: Canvas, kind: str, wire: Wire) -> str | None:
    """Place a block in the middle of a wire."""
    with bringing(view.document, kind, "Insert a composite") as kind_here:
        return _insert(view, kind_here, wire)


def _insert(view: Canvas, kind: str, wire: Wire) -> str | None:
    item = view.canvas.wires[wire.target]
    middle = item.label.pos()
    graph = view.document.graph
    node = graph.new_node(kind, x=edits.snapped(middle.x() - WIDTH / 2), y=edits.snapped(middle.y() - HEIGHT / 2))
    edit = edits.insert_on(graph, wire, node)
    if edit is None or not view.document.do(edit, f"Insert {node.name}"):
        return None
    view.document.select([node.id])
    return node.id
