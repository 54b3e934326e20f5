"""The data sets to choose from, one card each, made from their declarations."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from engine.data.registry import Declaration, datasets
from gui import theme

ICONS = {
    "digits": "numeric",
    "mnist": "pencil-outline",
    "fashion-mnist": "tshirt-crew-outline",
    "folder": "folder-image",
    "npz": "code-array",
}
HEIGHT = 58  # pixels
LINES = {
    "digits": "1,797 digits of 8×8 pixels, built in",
    "mnist": "70,000 digits of 28×28 pixels",
    "fashion-mnist": "70,000 pieces of clothing, 28×28",
    "folder": "Your own, one folder a class",
    "npz": "Your own, saved with numpy",
}  # what a card says in one line; the whole of it stands in the declaration and below the chosen card


class SetCard(QAbstractButton):
    """One data set."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__()
        self.declaration = declaration
        self.setObjectName(f"data_{declaration.name}")
        self.setCheckable(True)
        self.setAccessibleName(declaration.title)
        self.setAccessibleDescription(declaration.help)
        self.setToolTip(f"{declaration.help}\n{declaration.source}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon, title, one line; a ring and a tick where it is chosen."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ring = (
            tokens.accent if chosen or self.hasFocus() else tokens.border_strong if self.underMouse() else tokens.border
        )
        painter.setPen(QPen(QColor(ring), 1.6 if chosen else 1))
        painter.setBrush(QColor(tokens.accent_soft if chosen else tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        icon = theme.icon(
            ICONS.get(self.declaration.name, "database-outline"), color=tokens.accent if chosen else tokens.muted
        )
        icon.paint(painter, 14, (self.height() - 22) // 2, 22, 22)
        left, width = 50, self.width() - 50 - 34
        painter.setPen(QColor(tokens.text))
        painter.setFont(theme.font(13, 600))
        painter.drawText(QRectF(left, 10, width, 19), Qt.AlignmentFlag.AlignVCenter, self.declaration.title)
        painter.setPen(QColor(tokens.muted))
        painter.setFont(theme.font(12, 400))
        line = LINES.get(self.declaration.name, self.declaration.help)
        line = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRectF(left, 29, width, 18), Qt.AlignmentFlag.AlignVCenter, line)
        if chosen:
            theme.icon("check-circle", color=tokens.accent).paint(
                painter, self.width() - 30, (self.height() - 18) // 2, 18, 18
            )


class SetCards(QWidget):
    """All of them, one under the other; arrow keys move the choice.

    Attributes:
        picked: Emits the name of the data set that a person chose.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards = {name: SetCard(declaration) for name, declaration in datasets().items()}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        for card in self.cards.values():
            self._group.addButton(card)
            column.addWidget(card)
            card.clicked.connect(self._clicked)
        theme.notifier().changed.connect(self.update)

    def set_chosen(self, name: str) -> None:
        """Show which one is chosen."""
        if name in self.cards:
            self.cards[name].setChecked(True)

    def _clicked(self) -> None:
        card = self.sender()
        if isinstance(card, SetCard):
            self.picked.emit(card.declaration.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose."""
        names = list(self.cards)
        here = next((place for place, name in enumerate(names) if self.cards[name].hasFocus()), None)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if here is None or step is None:
            super().keyPressEvent(event)
            return
        card = self.cards[names[max(0, min(len(names) - 1, here + step))]]
        card.setFocus()
        card.click()
