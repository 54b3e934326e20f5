"""What can be done with frames and notes: place, move, resize, write, colour, remove.

Not for: what they look like (`gui.canvas.frames`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from engine.blocks.spec import FAMILIES
from engine.graph.model import Batch, Edit, Mark, Move, RemoveMark, SetMark
from gui import theme
from gui.canvas import edits
from gui.canvas.frames import HEADER, LEAST, MarkItem

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

SLOP = 4  # pixels that the mouse may move before a click is a drag
AROUND = 24.0  # canvas units between a frame's rim and what it is put around
NOTE_SIZE = (260.0, 120.0)
FRAME_SIZE = (420.0, 240.0)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DragMark:
    """A frame or note follows the mouse; a frame takes along the blocks and marks that stand on it."""

    def __init__(self, view: Canvas, at: QPoint, item: MarkItem) -> None:
        self.view, self.origin, self.item = view, at, item
        self.start = view.mapToScene(at)
        self.moved = False
        self.marks = {item.mark.id: item.mark}
        self.blocks: dict[str, QPointF] = {}
        if item.mark.kind == "frame":
            ground = item.place()
            scene = view.canvas
            self.blocks = {
                node.node.id: QPointF(node.pos())
                for node in scene.nodes_in(ground)
                if ground.contains(node.place().center())
            }
            self.marks |= {id_: other.mark for id_, other in view.marks.items.items() if ground.contains(other.place())}

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved and (at - self.origin).manhattanLength() < SLOP:
            return
        self.moved = True
        self.view.hasten()
        delta = self._delta(at, modifiers)
        for id_, mark in self.marks.items():
            self.view.marks.items[id_].move_to(mark.x + delta.x(), mark.y + delta.y())
        if self.blocks:
            self.view.canvas.shift(self.blocks, delta)

    def _delta(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> QPointF:
        delta = self.view.mapToScene(at) - self.start
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return delta
        goal = QPointF(self.item.mark.x, self.item.mark.y) + delta
        return delta + QPointF(edits.snapped(goal.x()) - goal.x(), edits.snapped(goal.y()) - goal.y())

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        if not self.moved:
            return
        delta = self._delta(at, modifiers)
        self.view.canvas.settle()
        if delta.isNull():
            self.cancel()
            return
        done: list[Edit] = [SetMark(replace(m, x=m.x + delta.x(), y=m.y + delta.y())) for m in self.marks.values()]
        if self.blocks:
            done.append(Move({id_: (p.x() + delta.x(), p.y() + delta.y()) for id_, p in self.blocks.items()}))
        if not self.view.document.do(Batch(tuple(done)), f"Move {self.item.mark.kind}"):
            self.cancel()

    def cancel(self) -> None:
        for id_, mark in self.marks.items():
            if id_ in self.view.marks.items:
                self.view.marks.items[id_].move_to(mark.x, mark.y)
        self.view.canvas.settle()
        if self.blocks:
            self.view.canvas.shift(self.blocks, QPointF())


class ResizeMark:
    """The lower right corner of a frame or note follows the mouse."""

    def __init__(self, view: Canvas, at: QPoint, item: MarkItem) -> None:
        self.view, self.item, self.mark = view, item, item.mark
        self.start = view.mapToScene(at)

    def _size(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> tuple[float, float]:
        delta = self.view.mapToScene(at) - self.start
        width, height = self.mark.width + delta.x(), self.mark.height + delta.y()
        if not modifiers & Qt.KeyboardModifier.ControlModifier:
            width, height = edits.snapped(width), edits.snapped(height)
        return max(LEAST[0], width), max(LEAST[1], height)

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        self.item.stretch(*self._size(at, modifiers))

    def finish(self, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        width, height = self._size(at, modifiers)
        if (width, height) == (self.mark.width, self.mark.height):
            self.cancel()
        else:
            sized = replace(self.mark, width=width, height=height)
            self.view.document.do(SetMark(sized), f"Resize {self.mark.kind}")

    def cancel(self) -> None:
        self.item.set_mark(self.mark)


class TextField(QPlainTextEdit):
    """The field that a frame's title or a note's Markdown is typed into.

    Attributes:
        written: Emits (mark id, text) when it is done: Ctrl+Enter, Enter in a title, or a click elsewhere.
        closed: Emits when it went away.
    """

    written = Signal(str, str)
    closed = Signal()

    def __init__(self, view: Canvas) -> None:
        super().__init__(view)
        self.setObjectName("mark-field")
        self.mark = ""
        self._title = False
        self.setTabChangesFocus(True)
        self.hide()

    def open(self, item: MarkItem, rect: QRectF) -> None:
        """Show it over a rectangle of the view."""
        self.mark, self._title = item.mark.id, item.mark.kind == "frame"
        self.setAccessibleName("Title of the frame" if self._title else "Text of the note, in Markdown")
        self.setPlaceholderText("Title" if self._title else "Markdown: # heading, **bold**, - list. Ctrl+Enter ends.")
        self.setPlainText(item.mark.text)
        bars = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if self._title else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(bars)
        self.setFont(theme.font(13, 600 if self._title else 400))
        height = 34 if self._title else max(rect.height(), 96)
        self.setGeometry(QRectF(rect.left(), rect.top(), max(rect.width(), 200), height).toRect())
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter ends the text here; it trains nowhere but outside."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends a title, Ctrl+Enter a note; Escape leaves it as it was."""
        entered = event.key() in _ENTER
        if entered and (self._title or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self._take()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clicking elsewhere takes the text."""
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._take()

    def _take(self) -> None:
        mark, text = self.mark, self.toPlainText()
        self._close()
        self.written.emit(mark, text.replace("\n", " ").strip() if self._title else text.rstrip())

    def close_box(self) -> None:
        """Put it away; what was typed is not taken."""
        if self.isVisible():
            self._close()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


def fresh_id(view: Canvas) -> str:
    """An id that no mark of the drawing has."""
    taken = view.document.graph.marks
    number = len(taken) + 1
    while f"m{number}" in taken:
        number += 1
    return f"m{number}"


def add(kind: Literal["frame", "note"]) -> Callable[[Canvas], None]:
    """Place a frame around the selected blocks (or where the mouse is), or a note, and let it be written at once."""

    def run(view: Canvas) -> None:
        chosen = view.canvas.around(view.document.selection) if kind == "frame" else QRectF()
        if chosen.isEmpty():
            place = view.under_mouse()
            size = FRAME_SIZE if kind == "frame" else NOTE_SIZE
            rect = QRectF(place.x() - size[0] / 2, place.y() - size[1] / 2, *size)
        else:
            rect = chosen.adjusted(-AROUND, -AROUND - HEADER, AROUND, AROUND)
        mark = Mark(
            fresh_id(view), kind, "", edits.snapped(rect.x()), edits.snapped(rect.y()), rect.width(), rect.height()
        )
        if view.document.do(SetMark(mark), f"Add {kind}"):
            view.marks.choose(mark.id)
            write(view)

    return run


def write(view: Canvas) -> None:
    """Open the field for the selected mark's text."""
    item = view.marks.items.get(view.marks.chosen or "")
    if item is not None:
        view.text_field.open(item, QRectF(view.mapFromScene(item.place()).boundingRect()))


def written(view: Canvas, id_: str, text: str) -> None:
    """Carry a change of text out."""
    mark = view.document.graph.marks.get(id_)
    if mark is not None and text != mark.text:
        view.document.do(SetMark(replace(mark, text=text)), f"Write {mark.kind}")


def remove(view: Canvas, id_: str) -> None:
    """Take a frame or note away; what stands on it stays."""
    mark = view.document.graph.marks.get(id_)
    if mark is not None:
        view.document.do(RemoveMark(id_), f"Remove {mark.kind}")


def nudge(view: Canvas, dx: int, dy: int) -> bool:
    """Move the selected mark by grid units, with what stands on it; False where none is selected."""
    item = view.marks.items.get(view.marks.chosen or "")
    if item is None:
        return False
    step = DragMark(view, QPoint(), item)
    x, y = dx * edits.GRID, dy * edits.GRID
    done: list[Edit] = [SetMark(replace(mark, x=mark.x + x, y=mark.y + y)) for mark in step.marks.values()]
    if step.blocks:
        done.append(Move({id_: (place.x() + x, place.y() + y) for id_, place in step.blocks.items()}))
    view.document.do(Batch(tuple(done)), f"Move {item.mark.kind}", merge=f"nudge mark {item.mark.id}")
    return True


def next_mark(view: Canvas) -> None:
    """Select a frame or note, the next one each time."""
    ids = list(view.marks.items)
    if not ids:
        view.document.refused.emit(
            "there is no frame or note in this drawing yet; C frames the selected blocks, N writes a note."
        )
        return
    at = ids.index(view.marks.chosen) + 1 if view.marks.chosen in ids else 0
    view.marks.choose(ids[at % len(ids)])
    view.ensureVisible(view.marks.items[ids[at % len(ids)]].place(), 40, 40)


def menu(view: Canvas, made: QMenu) -> None:
    """What a frame or note can be asked for."""
    mark = view.document.graph.marks[view.marks.chosen or ""]
    made.addAction("Title…\tReturn" if mark.kind == "frame" else "Text…\tReturn").triggered.connect(
        lambda _checked=False: write(view)
    )
    colours = made.addMenu("Colour")
    for name in ("", *FAMILIES):
        action = colours.addAction(name or "Grey")
        action.setCheckable(True)
        action.setChecked(mark.colour == name)
        action.triggered.connect(
            lambda _checked=False, name=name: view.document.do(
                SetMark(replace(mark, colour=name)), f"Colour {mark.kind}"
            )
        )
    made.addSeparator()
    made.addAction("Delete\tDel").triggered.connect(lambda _checked=False: remove(view, mark.id))
