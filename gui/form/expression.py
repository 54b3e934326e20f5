"""A field for an expression: "=width * 4", with the names that can stand in it offered while one types.

Not for: working it out (`engine.graph.expression`), nor for the field's place in a form (`gui.form.panel`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QWidget

from gui import theme
from gui.form.field import Field

_WORD = re.compile(r"[^\W\d]\w*$")  # the name that the cursor stands behind


class ExpressionField(Field):
    """A line that starts with "=".

    Attributes:
        entered: Emits the text when the person leaves the field or presses Enter, if it is another one.
        left: Emits when there is nothing left of the expression: a plain value is wanted again.
    """

    entered = Signal(str)
    left = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("expression")
        self.setAccessibleName(f"{label}, expression")
        self.setPlaceholderText("=")
        self.setFont(theme.font(13, 500))
        self._model = QStringListModel(self)
        self._names = QCompleter(self._model, self)
        self._names.setWidget(self)
        self._names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._names.activated.connect(self._take)
        self._held = ""
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._finished)

    def set_names(self, names: Iterable[str]) -> None:
        """Say which names can be read."""
        listed = list(names)
        if listed != self._model.stringList():
            self._model.setStringList(listed)
        self.setAccessibleDescription("reads " + ", ".join(listed))

    def show_text(self, text: str) -> None:
        """Show an expression as it is held; what is being typed stays."""
        if not self.typing:
            self._held = text
            if self.text() != text:
                self.setText(text)

    def begin(self, text: str) -> None:
        """Let a person go on with a text that is not held yet."""
        self._held = ""
        self.setText(text)
        self.setModified(True)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCursorPosition(len(text))

    @property
    def typing(self) -> bool:
        """Whether a person is in the middle of a text that is not held yet."""
        return self.isModified() and self.hasFocus()

    @property
    def offered(self) -> list[str]:
        """The names that are offered for what stands before the cursor."""
        model = self._names.completionModel()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())] if self._word() else []

    @property
    def _popup(self) -> QAbstractItemView:
        popup = self._names.popup()
        assert popup is not None  # it has the completion mode that comes with one
        return popup

    def _word(self) -> str:
        found = _WORD.search(self.text()[: self.cursorPosition()])
        return found[0] if found else ""

    def _typed(self, _text: str) -> None:
        word = self._word()
        self._names.setCompletionPrefix(word)
        if word and self._names.completionCount() and self._names.currentCompletion() != word:
            self._names.complete()
        else:
            self._popup.hide()

    def _take(self, name: str) -> None:
        place, word = self.cursorPosition(), self._word()
        text = self.text()
        self.setText(text[: place - len(word)] + name + text[place:])
        self.setCursorPosition(place - len(word) + len(name))
        self.setModified(True)
        self.textEdited.emit(self.text())

    def drop(self) -> None:
        """Hold nothing of what is being typed."""
        self.setText(self._held)
        self._popup.hide()

    def refuse(self, held: str) -> None:
        """What was entered last is none; an earlier expression is still held, or a plain value where it is empty."""
        self._held = held
        self.settle_on(held)

    def _finished(self) -> None:
        text = self.text().strip()
        if text == self._held and not self.isModified():
            return
        self.setModified(False)
        if text in ("", "="):
            self.left.emit()
            return
        text = text if text.startswith("=") else f"={text}"
        if text != self._held:
            self._held = text
            self.entered.emit(text)

    def take_back(self) -> bool:
        """Show the expression that is held; where none is yet, a plain value is wanted again."""
        if not self._held:
            self.left.emit()
            return True
        back = super().take_back()
        self._popup.hide()
        return back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the name that is offered, as Tab does; Escape puts the list away."""
        popup = self._popup
        if popup.isVisible() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_offered()
        elif popup.isVisible() and event.key() == Qt.Key.Key_Escape:
            popup.hide()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes the name that is offered before it leads on."""
        if forward and self._popup.isVisible():
            self._take_offered()
            return True
        return super().focusNextPrevChild(forward)

    def _take_offered(self) -> None:
        index = self._popup.currentIndex()
        self._take(str(index.data()) if index.isValid() else self._names.currentCompletion())
        self._popup.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A list of names belongs to the typing that it came from."""
        super().focusInEvent(event)
        self._names.setWidget(self)
