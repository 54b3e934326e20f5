"""A bar over the canvas with a field, a line that says what was found, and a way out: for finding and for connecting by keyboard.

Not for: what is looked for (`gui.canvas.finding`, `gui.canvas.connecting`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from gui import theme
from gui.widgets import IconButton

FIELD = 210  # pixels
TOP, SIDE, GAP = 12, 12, 16  # pixels from the canvas' edges, and between the bar and what it must not cover


class Bar(QFrame):
    """A field and what it has found, floating at the upper edge of the canvas.

    Attributes:
        field: Where a person types.
        said: What was found, in words.
        closed: Emits when it went away.
    """

    closed = Signal()

    def __init__(self, over: QWidget, *, name: str, icon: str, width: int) -> None:
        super().__init__(over)
        self._over, self._width, self._icon_name = over, width, icon
        self.setObjectName(name)
        self.setProperty("card", True)
        self._icon = QLabel()
        self._text = ""
        self.field = QLineEdit()
        self.field.setObjectName(f"{name}-field")
        self.field.setMinimumWidth(120)
        self.field.setMaximumWidth(FIELD)
        self.field.installEventFilter(self)
        self.said = QLabel()
        self.said.setObjectName(f"{name}-said")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(10, 6, 6, 6)
        self.row.setSpacing(8)
        for widget, stretch in ((self._icon, 0), (self.field, 2), (self.said, 3)):
            self.row.addWidget(widget, stretch)
        theme.notifier().changed.connect(self._draw)
        self._draw()
        self.hide()

    def _draw(self) -> None:
        colour = theme.current().muted
        self._icon.setPixmap(theme.icon(self._icon_name, color=colour).pixmap(QSize(18, 18)))

    def add_button(self, icon: str, tip: str) -> IconButton:
        """A button at the right end."""
        button = IconButton(icon, tip)
        self.row.addWidget(button)
        return button

    def say(self, text: str, *, bad: bool = False) -> None:
        """Tell what was found; the field's description is what screen readers speak."""
        self._text = text
        self._elide()
        self.said.setToolTip(text)
        if self.said.property("fault") != bad:
            self.said.setProperty("fault", bad)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)
        self.field.setAccessibleDescription(text)

    def _elide(self) -> None:
        room = max(0, self.said.width() - 2)
        self.said.setText(self.said.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was found, in as much as there is room for."""
        super().resizeEvent(event)
        self.row.activate()
        self._elide()

    def uncover(self, rect: QRect) -> QPoint:
        """How far the canvas has to move down, in pixels, so that the bar covers nothing of a rectangle of the viewport."""
        hidden = self.isVisible() and rect.adjusted(-GAP, -GAP, GAP, GAP).intersects(self.geometry())
        return QPoint(0, self.geometry().bottom() + GAP - rect.top()) if hidden else QPoint()

    def place(self) -> None:
        """Stand in the middle of the upper edge, as wide as there is room."""
        width = min(self._width, self._over.width() - 2 * SIDE)
        self.resize(width, self.sizeHint().height())
        self.move((self._over.width() - width) // 2, TOP)

    def come(self) -> None:
        """Show it, in the place of another, and take the keyboard."""
        for other in self._over.findChildren(Bar):
            if other is not self:
                other.close_bar()
        self.place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def close_bar(self) -> None:
        """Put it away and give the keyboard back to the canvas."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def take_key(self, event: QKeyEvent) -> bool:
        """Carry out a key of the field; False for what is typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
            return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field that are no text."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.take_key(event)
        return super().eventFilter(watched, event)
