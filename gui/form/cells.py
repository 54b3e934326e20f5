"""A table's cells as plain text that is laid out once, for tables that follow every edit: Qt's styled ones take ten times as long.

Not for: tables with check boxes, icons or editors.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme

SIDE = 4  # pixels between a cell's edge and its text
MOST = 4000  # texts that are kept


class PlainCells(QStyledItemDelegate):
    """Paints the text of each cell, and the ground of those that are selected or under the mouse; long ones lose their middle,
    for names of layers differ in their ends.

    Args:
        font: Of all cells.
        right: The first of the columns whose texts stand at the right.
    """

    def __init__(self, parent: QWidget, *, font: QFont, right: int) -> None:
        super().__init__(parent)
        self._font, self._right = font, right
        self._laid: dict[tuple[str, int], QStaticText] = {}
        self._inks = QColor(), QColor(), QColor()
        theme.notifier().changed.connect(self._dip)
        self._dip()

    def _dip(self, _theme: object = None) -> None:
        t = theme.current()
        self._inks = QColor(t.text), QColor(t.accent_soft), QColor(t.hover)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        rect, state = option.rect, option.state
        ink, chosen, under = self._inks
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, chosen)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, under)
        laid = self._laid_out(str(index.data(Qt.ItemDataRole.DisplayRole) or ""), rect.width() - 2 * SIDE)
        size = laid.size()
        left = rect.right() + 1 - SIDE - size.width() if index.column() >= self._right else rect.left() + SIDE
        painter.setFont(self._font)
        painter.setPen(ink)
        painter.drawStaticText(QPointF(left, rect.top() + (rect.height() - size.height()) / 2), laid)

    def _laid_out(self, text: str, room: int) -> QStaticText:
        found = self._laid.get((text, room))
        if found is None:
            if len(self._laid) >= MOST:
                self._laid.clear()
            metrics = QFontMetricsF(self._font)
            fits = metrics.horizontalAdvance(text) <= room
            found = QStaticText(text if fits else metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.prepare(font=self._font)
            self._laid[text, room] = found
        return found
