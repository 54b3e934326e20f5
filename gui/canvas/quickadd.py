"""The quick-add box: type a few letters, Enter places the block.

Not for: placing; the box tells which kind was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.blocks.spec import Block
from gui.kind_row import KIND, ROW_HEIGHT, SPEC, KindRow
from gui.kinds import found

WIDTH, ROWS = 320, 9  # pixels, rows that are seen at once


class QuickAdd(QFrame):
    """A search field over a list of kinds, floating over the canvas.

    Attributes:
        chosen: Emits the kind that the person picked.
        closed: Emits when the box went away, with or without a choice.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("quick-add")
        self.setProperty("card", True)
        self.field = QLineEdit()
        self.field.setObjectName("quick-add-field")
        self.field.setPlaceholderText("Add a block…")
        self.field.setAccessibleName("Search blocks to add")
        self.field.setMinimumHeight(32)
        self.list = QListWidget()
        self.list.setObjectName("quick-add-list")
        self.list.setAccessibleName("Blocks that fit")
        self.list.setItemDelegate(KindRow(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(6)
        box.addWidget(self.field)
        box.addWidget(self.list)
        self.setFixedWidth(WIDTH)
        self._kinds: Mapping[str, type[Block]] = {}
        self.field.textChanged.connect(self._filter)
        self.list.itemClicked.connect(self._clicked)
        self.field.installEventFilter(self)
        self.list.setStyleSheet("QListWidget { border: none; background: transparent; }")
        self.hide()

    def open(self, at: QPoint, kinds: Mapping[str, type[Block]], hint: str = "Add a block…") -> None:
        """Show the box near a point of the parent, offering these kinds in this order."""
        self.field.setPlaceholderText(hint)
        self._kinds = kinds
        self.field.clear()
        self._filter("")
        room = self._over.rect().adjusted(8, 8, -8, -8)
        self.move(
            max(room.left(), min(at.x(), room.right() - self.width())),
            max(room.top(), min(at.y(), room.bottom() - self.height())),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_box(self) -> None:
        """Put it away."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _filter(self, query: str) -> None:
        self.list.clear()
        for kind in found(query, self._kinds):
            item = QListWidgetItem(self._kinds[kind].title)
            item.setData(KIND, kind)
            item.setData(SPEC, self._kinds[kind])
            self.list.addItem(item)
        if not self.list.count():
            empty = QListWidgetItem("No block is called that.")
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(empty)
        self.list.setCurrentRow(0)
        height = min(ROWS, max(1, self.list.count())) * ROW_HEIGHT + 4
        self.list.setFixedHeight(height)
        self.adjustSize()

    def _clicked(self, item: QListWidgetItem) -> None:
        self._choose(item)

    def _choose(self, item: QListWidgetItem | None) -> None:
        kind = item.data(KIND) if item is not None else ""
        if kind:
            self.close_box()
            self.chosen.emit(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field that belong to the list; leaving the field puts the box away."""
        if watched is self.field and event.type() == QEvent.Type.FocusOut:
            self.close_box()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            count = self.list.count()
            match event.key():
                case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                    self.list.setCurrentRow((self.list.currentRow() + 1) % count)
                case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                    self.list.setCurrentRow((self.list.currentRow() - 1) % count)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._choose(self.list.currentItem())
                case Qt.Key.Key_Escape:
                    self.close_box()
                case _:
                    return super().eventFilter(watched, event)
            return True
        return super().eventFilter(watched, event)
