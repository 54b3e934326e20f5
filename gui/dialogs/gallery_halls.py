"""The directory at the entrance: the halls with how much hangs in each.

Not for: the wall itself (`gui.dialogs.gallery_wall`).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gui import theme
from gui.dialogs.gallery_order import Section

COUNT = Qt.ItemDataRole.UserRole
SIDE, BESIDE, ABOVE = 196, 12, 7  # pixels: width of the list, room beside and above the words
NUMBER = 34  # pixels for the count

Index = QModelIndex | QPersistentModelIndex


class _Row(QStyledItemDelegate):
    """A hall's name in as many lines as it takes, its count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(SIDE - 8, _height(str(index.data())) + 2 * ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent_soft if chosen else t.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), 5, 5)
        if chosen:
            painter.fillRect(QRect(rect.left(), rect.top() + 8, 3, rect.height() - 16), QColor(t.accent))
        painter.setFont(theme.font(13, 600 if chosen else 400))
        painter.setPen(QColor(t.text))
        place = rect.adjusted(BESIDE, ABOVE, -NUMBER, -ABOVE)
        painter.drawText(place, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        painter.setFont(theme.font(12))
        painter.setPen(QColor(t.text if chosen else t.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -10, 0), right, str(index.data(COUNT)))
        painter.restore()


def _height(text: str) -> int:
    room = QRect(0, 0, SIDE - 8 - BESIDE - NUMBER, 1000)
    return QFontMetrics(theme.font(13, 600)).boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()


class Halls(QListWidget):
    """See the module.

    Attributes:
        wanted: Emits the title of the hall that a person wants to go to.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("halls")
        self.setAccessibleName("Halls")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.setFixedWidth(SIDE)
        self.setItemDelegate(_Row(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._clicked)
        self.currentItemChanged.connect(self._moved)
        theme.notifier().changed.connect(self.viewport().update)
        self._by_hand = True

    def fill(self, found: Sequence[Section]) -> None:
        """List these."""
        here = self.currentItem().text() if self.currentItem() is not None else ""
        self._by_hand = False
        self.clear()
        for section in found:
            item = QListWidgetItem(section.title)
            item.setData(COUNT, len(section.names))
            count = "1 network" if len(section.names) == 1 else f"{len(section.names)} networks"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{section.title}, {count}")
            item.setToolTip(section.sentence)
            self.addItem(item)
        self._by_hand = True
        self.stand_in(here or (found[0].title if found else ""))

    def stand_in(self, title: str) -> None:
        """Mark the hall that is on view."""
        found = next((row for row in range(self.count()) if self.item(row).text() == title), -1)
        if found != self.currentRow():
            self._by_hand = False
            self.setCurrentRow(found)
            self._by_hand = True

    def _clicked(self, item: QListWidgetItem) -> None:
        self.wanted.emit(item.text())

    def _moved(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None and self._by_hand:
            self.wanted.emit(item.text())
