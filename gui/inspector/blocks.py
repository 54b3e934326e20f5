"""The list of blocks that can be looked into, with what each gives.

Not for: changing the drawing.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.inspector.subject import BlockRow

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
HEIGHT = 44  # pixels a block


class _Painter(QStyledItemDelegate):
    """Name and title on the left, shape on the right, the family's colour at the edge."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: BlockRow = index.data(ROW_ROLE)
        t = theme.current()
        rect: QRect = option.rect
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(t.accent_soft))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(t.hover))
        painter.fillRect(
            QRect(rect.left(), rect.top() + 7, 3, rect.height() - 14), QColor(t.family.get(row.family, t.muted))
        )
        inner = rect.adjusted(14, 5, -10, -5)
        font = theme.font(13, 600)
        small = theme.font(11)
        shape_width = QFontMetrics(small).horizontalAdvance(row.size) + 8
        painter.setFont(font)
        painter.setPen(QColor(t.text))
        name = QFontMetrics(font).elidedText(row.name, Qt.TextElideMode.ElideRight, inner.width() - shape_width)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(small)
        painter.setPen(QColor(t.text if state & QStyle.StateFlag.State_Selected else t.muted))
        painter.drawText(inner.adjusted(0, 1, 0, 0), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, row.size)
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.title)
        if row.parameters:
            words = f"{row.parameters:,} par."
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, words)
        painter.restore()


class BlockList(QListWidget):
    """See the module.

    Attributes:
        chosen: Emits the id of the block that is looked into now, when a person or the drawing's selection changes it.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("blocks")
        self.setAccessibleName("Blocks to look into")
        self.setItemDelegate(_Painter(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.currentItemChanged.connect(self._changed)
        theme.notifier().changed.connect(self.viewport().update)

    def set_rows(self, rows: list[BlockRow]) -> None:
        """Show these blocks; the one that was chosen stays so if it is among them, else the first with weights is."""
        before = self.block
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(ROW_ROLE, row)
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{row.name}, {row.title}, {row.size}")
            item.setToolTip(f"{row.name}: {row.title}" + (f", gives {row.shape.words}" if row.shape else ""))
            self.addItem(item)
        wanted = next((k for k, row in enumerate(rows) if before is not None and row.id == before.id), None)
        if wanted is None:
            wanted = next((k for k, row in enumerate(rows) if row.parameters), 0)
        if rows:
            self.setCurrentRow(wanted)
        self.blockSignals(False)

    @property
    def block(self) -> BlockRow | None:
        """The block that is chosen."""
        item = self.currentItem()
        row: BlockRow | None = item.data(ROW_ROLE) if item is not None else None
        return row

    def choose(self, id_: str) -> None:
        """Choose a block by its id; an id that is not there changes nothing."""
        for k in range(self.count()):
            if self.item(k).data(ROW_ROLE).id == id_:
                self.setCurrentRow(k)
                return

    def _changed(self, now: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if now is not None:
            self.chosen.emit(now.data(ROW_ROLE).id)
