"""Copy, cut, paste and duplicate: blocks as JSON text on the clipboard, which pastes into a chat and back.

The text is a project like any other. Wires that came from blocks outside of what was copied stand in its section "about", so that
a plain paste leaves them out and "paste with wires" can lay them again. Not for: the other commands (`gui.canvas.commands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from engine.errors import StoreError
from gui.canvas import edits

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


def copy(view: Canvas) -> None:
    """Blocks to the clipboard, as text."""
    if view.document.selection:
        QGuiApplication.clipboard().setText(edits.copied(view.document.graph, view.document.selection))


def cut(view: Canvas) -> None:
    """Blocks to the clipboard and away."""
    if view.document.selection:
        copy(view)
        view.document.do(edits.delete(view.document.graph, view.document.selection), "Cut")


def paste(view: Canvas) -> None:
    """Blocks from the clipboard to the mouse, or to the middle of the view."""
    _paste(view, wired=False)


def paste_wired(view: Canvas) -> None:
    """Blocks from the clipboard, wired again to the blocks that fed the originals where these are still there."""
    _paste(view, wired=True)


def _paste(view: Canvas, *, wired: bool) -> None:
    text = QGuiApplication.clipboard().text()
    if not text.lstrip().startswith("{"):
        view.document.refused.emit("the clipboard holds no blocks; copy some on a canvas first.")
        return
    place = view.under_mouse()
    at = edits.snapped(place.x()), edits.snapped(place.y())
    try:
        edit, fresh = edits.pasted(view.document.graph, text, at, wired=wired)
    except StoreError as error:
        why = str(error).removeprefix("the project is not a project that can be opened, ")
        view.document.refused.emit(f"the clipboard holds no blocks that can be pasted: {why}")
        return
    if fresh and view.document.do(edit, "Paste with wires" if wired else "Paste"):
        view.document.select(fresh)


def duplicate(view: Canvas) -> None:
    """A copy of the selected blocks beside them."""
    if view.document.selection:
        edit, fresh = edits.duplicated(view.document.graph, view.document.selection)
        if view.document.do(edit, "Duplicate"):
            view.document.select(fresh)
