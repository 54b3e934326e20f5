"""The field that F2 puts over a block's name; a name that cannot be given stays in it, with the reason below.

Not for: carrying a renaming out (`gui.canvas.placing`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from gui.widgets import Card, Fault

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

WIDTH, GAP = 260, 4  # pixels: of the reason, and between it and the field


class NameField(QLineEdit):
    """The field.

    Args:
        view: What it lies over.
        refusal: Why a block (its id) cannot have a name; empty where it can.

    Attributes:
        named: Emits (block id, new name) on Enter, and when the person clicks elsewhere.
        closed: Emits when it went away.
        fault: Why the name cannot be given.
    """

    named = Signal(str, str)
    closed = Signal()

    def __init__(self, view: Canvas, refusal: Callable[[str, str], str]) -> None:
        super().__init__(view)
        self.setObjectName("name-field")
        self.setAccessibleName("Name of the block")
        self.block = ""
        self._over, self._refusal = view, refusal
        self._reason = Card(view, margin=8)
        self._reason.setFixedWidth(WIDTH)
        self.fault = Fault()
        self._reason.box.addWidget(self.fault)
        self._reason.hide()
        self.textEdited.connect(self._forgive)
        self.hide()

    def open(self, block: str, name: str, rect: QRectF) -> None:
        """Show it over a rectangle of the view."""
        self.block = block
        self._forgive()
        self.setText(name)
        self.setGeometry(rect.toRect())
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the name, Escape leaves it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        block, name = self.block, self.text().strip()
        reason = self._refusal(block, name)
        if reason:
            self._say(reason[:1].upper() + reason[1:])
            return
        self._close()
        self.named.emit(block, name)

    def _say(self, reason: str) -> None:
        self.fault.say(reason)
        self.setAccessibleDescription(reason)
        self._reason.resize(WIDTH, self._reason.heightForWidth(WIDTH))
        room = self._over.rect()
        below = self.geometry().bottom() + GAP
        top = below if below + self._reason.height() <= room.height() else self.y() - GAP - self._reason.height()
        self._reason.move(max(0, min(self.x(), room.width() - WIDTH)), top)
        self._reason.show()
        self._reason.raise_()

    def _forgive(self, _text: str = "") -> None:
        self._reason.hide()
        self.setAccessibleDescription("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clicking elsewhere takes the name, as renaming does everywhere."""
        super().focusOutEvent(event)
        if self.isVisible():
            block, name = self.block, self.text().strip()
            self._close()
            self.named.emit(block, name)

    def close_box(self) -> None:
        """Put it away; what was typed is not taken."""
        if self.isVisible():
            self._close()

    def _close(self) -> None:
        self.block = ""
        self.hide()
        self._reason.hide()
        self.closed.emit()
