"""Composites on the canvas: made of the selected blocks, taken apart, entered and left.

Not for: making and taking apart (`gui.composing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from gui import composing
from gui.scope import Scope

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def group(view: Canvas) -> None:
    """Make a composite of the selected blocks; its instance is selected, so that its name and settings are at hand."""
    instance = composing.group(view.document)
    if instance is not None:
        view.show_blocks([instance])


def dissolve(view: Canvas) -> None:
    """Take the selected composites apart; what was inside is selected."""
    composing.dissolve(view.document, view.document.selection)


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
