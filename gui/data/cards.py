"""The data sets to choose from, one card each, made from their declarations."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.data.registry import GROUPS, Declaration, datasets
from gui import theme

ICONS = {
    "digits": "numeric",
    "mnist": "pencil-outline",
    "fashion-mnist": "tshirt-crew-outline",
    "shapes": "shape-outline",
    "figures": "hexagon-multiple-outline",
    "portraits": "account-outline",
    "iris": "flower-outline",
    "wine": "glass-wine",
    "breast_cancer": "microscope",
    "diabetes": "chart-line",
    "sines": "sine-wave",
    "weather": "weather-partly-cloudy",
    "pydoc": "language-python",
    "echo": "repeat",
    "grammar": "tag-text-outline",
    "tagging": "tag-multiple-outline",
    "dates": "calendar-month-outline",
    "opinions": "thumbs-up-down-outline",
    "folder": "folder-image",
    "masks": "image-multiple-outline",
    "npz": "code-array",
    "csv": "table",
    "series": "chart-timeline-variant",
    "text": "text-long",
    "sentences": "comment-text-outline",
}
GROUP_ICON = {"Points": "scatter-plot"}
HEIGHT = 58  # pixels
LINES = {
    "digits": "1,797 digits of 8×8 pixels, built in",
    "mnist": "70,000 digits of 28×28 pixels",
    "fashion-mnist": "70,000 pieces of clothing, 28×28",
    "shapes": "Drawn, with the class of every pixel",
    "figures": "One a picture, up to 70 kinds",
    "portraits": "Drawn faces: age and gender",
    "iris": "150 flowers of 3 kinds, 4 numbers",
    "wine": "178 wines of 3 growers, 13 numbers",
    "breast_cancer": "569 tissues, 2 classes, 30 numbers",
    "diabetes": "442 persons, a number to predict",
    "blobs": "Three heaps that lines can part",
    "and": "1 where both numbers are 1",
    "or": "1 where one number is 1, or both",
    "xor": "Four squares that no line parts",
    "rings": "A disc inside a ring",
    "moons": "Two half moons",
    "spirals": "Two spirals around each other",
    "sines": "Waves to forecast",
    "weather": "Seven measurements by the hour",
    "pydoc": "Python's own manual, to be continued",
    "echo": "Letters to say again later",
    "grammar": "A class for every word, generated",
    "tagging": "Seventeen tags, a made-up English",
    "dates": "From words to 1987-03-05",
    "opinions": "Praise and blame, generated",
    "folder": "Pictures, one folder a class",
    "masks": "Pictures, and a mask for each",
    "npz": "Saved with numpy",
    "csv": "Numbers and kinds, a line a sample",
    "series": "Numbers over time, a line a step",
    "text": "A text file to be modelled",
    "sentences": "Texts with a label, a line each",
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
            ICONS.get(self.declaration.name, GROUP_ICON.get(self.declaration.group, "database-outline")),
            color=tokens.accent if chosen else tokens.muted,
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


class GroupHead(QToolButton):
    """The heading of a group of cards; a click folds them away or shows them."""

    def __init__(self, group: str, count: int) -> None:
        super().__init__()
        self.title, self.count, self.open = group, count, False
        self.setObjectName(f"data_group_{group.lower().replace(' ', '_')}")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setText(f"{group} ({count})")
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def set_open(self, open_: bool) -> None:
        """Point down where the cards are shown."""
        self.open = open_
        self._restyle()

    def _restyle(self, *_: object) -> None:
        self.setIcon(theme.icon("chevron-down" if self.open else "chevron-right", color=theme.current().muted))
        self.setFont(theme.font(12, 600))
        self.setAccessibleName(f"{self.title}: {self.count} data sets, {'shown' if self.open else 'folded away'}")


class SetCards(QWidget):
    """All of them, group by group; of the groups only that of the chosen one is open at first. Arrow keys move the choice.

    Attributes:
        picked: Emits the name of the data set that a person chose.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.cards = {name: SetCard(declaration) for name, declaration in datasets().items()}
        self.heads: dict[str, GroupHead] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        for group in GROUPS:
            inside = [card for card in self.cards.values() if card.declaration.group == group]
            head = self.heads[group] = GroupHead(group, len(inside))
            head.clicked.connect(self._head_clicked)
            column.addWidget(head)
            for card in inside:
                self._group.addButton(card)
                column.addWidget(card)
                card.clicked.connect(self._clicked)
        self._fold()
        theme.notifier().changed.connect(self.update)

    def set_chosen(self, name: str) -> None:
        """Show which one is chosen, and open its group."""
        if name in self.cards:
            self.cards[name].setChecked(True)
            head = self.heads[self.cards[name].declaration.group]
            if not head.open:
                for other in self.heads.values():
                    other.set_open(other is head)
                self._fold()

    def _head_clicked(self) -> None:
        head = self.sender()
        if isinstance(head, GroupHead):
            head.set_open(not head.open)
            self._fold()

    def _fold(self) -> None:
        for card in self.cards.values():
            card.setVisible(self.heads[card.declaration.group].open)

    def _clicked(self) -> None:
        card = self.sender()
        if isinstance(card, SetCard):
            self.picked.emit(card.declaration.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down choose, among the open groups."""
        names = [name for head in self.heads for name, card in self.cards.items()
                 if card.declaration.group == head and self.heads[head].open]  # fmt: skip
        here = next((place for place, name in enumerate(names) if self.cards[name].hasFocus()), None)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if here is None or step is None:
            super().keyPressEvent(event)
            return
        card = self.cards[names[max(0, min(len(names) - 1, here + step))]]
        card.setFocus()
        card.click()
