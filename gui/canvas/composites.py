"""Composites on the canvas: made of the selected blocks, taken apart, entered and left.

Not for: how blocks become a composite (`engine.graph.grouping`, `engine.graph.dissolving`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from engine.errors import GraphError
from engine.graph.dissolving import dissolve as taken_apart
from engine.graph.edits import Batch, Edit
from engine.graph.grouping import group as grouped
from gui.scope import Scope

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def group(view: Canvas) -> None:
    """Make a composite of the selected blocks; its instance is selected, so that its name and settings are at hand."""
    document = view.document
    try:
        edit, instance = grouped(document.graph, document.selection)
    except GraphError as error:
        document.refused.emit(str(error))
        return
    if document.do(edit, "Make a composite"):
        document.select([instance])
        view.show_blocks([instance])


def dissolve(view: Canvas) -> None:
    """Take the selected composites apart; what was inside is selected."""
    document = view.document
    instances = [id_ for id_ in document.selection if document.graph.node(id_).composite is not None]
    if len(instances) == 1:
        dissolve_one(view, instances[0])
        return
    graph, edits, placed = (
        document.root.copy(),
        list[Edit](),
        list[str](),
    )  # each is worked out where the others are gone
    try:
        for id_ in instances:
            drawing = graph if document.graph.owner is None else graph.composites[document.graph.owner].body
            edit, ids = taken_apart(drawing, id_)
            drawing.run(edit)
            edits.append(edit)
            placed += ids
    except GraphError as error:
        document.refused.emit(str(error))
        return
    if edits and document.do(Batch(tuple(edits)), "Dissolve composites"):
        document.select(placed)


def dissolve_one(view: Canvas, instance: str) -> None:
    """Take one instance apart."""
    document = view.document
    try:
        edit, placed = taken_apart(document.graph, instance)
    except GraphError as error:
        document.refused.emit(str(error))
        return
    if document.do(edit, "Dissolve composite"):
        document.select(placed)


def enter(view: Canvas) -> None:
    """Open the inside of the selected composite."""
    view.document.enter(view.document.selection[0])


def leave(view: Canvas) -> None:
    """Go to the drawing around the one that is open."""
    view.document.leave()


def one_selected(view: Canvas) -> bool:
    """Whether exactly one block is selected, and it is a composite."""
    return len(view.document.selection) == 1 and any_selected(view)


def any_selected(view: Canvas) -> bool:
    """Whether a composite is among what is selected."""
    nodes = view.document.graph.nodes
    return any(id_ in nodes and nodes[id_].composite is not None for id_ in view.document.selection)


class Places(QObject):
    """Shows each drawing where and as large as it was seen last."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view)
        self._view = view
        self._held: dict[Scope, tuple[float, QPointF, bool]] = {}
        self._shown = view.document.scope
        view.seen_changed.connect(self._note)
        view.document.scope_changed.connect(self._go)
        view.document.replaced.connect(self._forget)

    def _note(self) -> None:
        view = self._view
        self._held[self._shown] = view.zoom, view.seen().center(), view.whole

    def _forget(self) -> None:
        self._held.clear()
        self._shown = self._view.document.scope

    def _go(self) -> None:
        view = self._view
        self._shown = view.document.scope
        view.start_anew()
        zoom, centre, whole = self._held.get(self._shown, (0.0, QPointF(), True))
        if whole:
            view.fit()
            return
        view.set_zoom(zoom)
        view.centerOn(centre)
        view.seen_changed.emit()
