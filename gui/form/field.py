"""A line of text that is part of a program with an undo of its own.

Qt's line keeps Ctrl+Z to itself even where it has nothing to undo, and does not know Escape.
Not for: what the text means (`gui.form.number`, `gui.form.expression`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget


class Field(QLineEdit):
    """A line whose Ctrl+Z goes on to the program once its typing is done with, and whose Escape takes back what was typed.

    Attributes:
        wrong: Whether what was typed is nothing that its owner takes; then it is not held when the person leaves the field.
        differed: Emits when Escape wants back what several had, which is no one text: their owner knows it.
    """

    differed = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.wrong = False
        self._settled: str | None = text  # what Escape leads back to; None where there is no one text
        self.editingFinished.connect(self._settle)

    def setText(self, text: str | None) -> None:
        """Show a text that is held elsewhere."""
        super().setText(text or "")
        self._settled = text or ""
        self.wrong = False

    def clear(self) -> None:
        """Show nothing, for there is no one text."""
        super().clear()
        self._settled = None
        self.wrong = False

    def step_to(self, text: str) -> None:
        """Show a text that a person chose without typing it; Escape takes it back."""
        super().setText(text)
        self.setModified(True)
        self.textEdited.emit(text)

    def take_back(self) -> bool:
        """Show again what was there before the typing; False where nothing was typed, or nobody brings back what several had."""
        if self._settled is None and self.text():
            self.differed.emit()
            return not self.text()
        if self._settled is None or self.text() == self._settled:
            return False
        self.step_to(self._settled)
        self.setModified(False)
        self.selectAll()
        return True

    def settle_on(self, text: str) -> None:
        """Say what Escape leads back to: what is held, where what was typed is not."""
        self._settled = text

    def _settle(self) -> None:
        """What was typed is held now, and undoing it is the program's."""
        if self.wrong:
            return
        self._settled = self.text()
        if self.isUndoAvailable() or self.isRedoAvailable():
            self.forget()

    def forget(self) -> None:
        """Leave nothing to the field's own undo."""
        place, start, length = self.cursorPosition(), self.selectionStart(), self.selectionLength()
        modified, before = self.isModified(), self.blockSignals(True)
        super().setText(self.text())
        self.setCursorPosition(place)
        if start >= 0:
            self.setSelection(start, length)
        self.setModified(modified)
        self.blockSignals(before)

    def event(self, event: QEvent) -> bool:
        """Leave Undo and Redo to the program where there is nothing of its own to do."""
        if event.type() != QEvent.Type.ShortcutOverride:
            return super().event(event)
        if passes(event, undo=self.isUndoAvailable(), redo=self.isRedoAvailable()):
            if self.isRedoAvailable():
                self.forget()  # what it could do again is older than what the program undoes now
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.take_back():
            event.accept()
        else:
            super().keyPressEvent(event)


def passes(event: QEvent, *, undo: bool, redo: bool) -> bool:
    """Whether it is the key of Undo or Redo and a field has nothing to undo or to do again."""
    if not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo):
        return not undo
    return event.matches(QKeySequence.StandardKey.Redo) and not redo
