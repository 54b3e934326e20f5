"""The command palette: every action of the window by name, typed instead of searched in menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.actions import Action
from gui.search import score

KEYS = Qt.ItemDataRole.UserRole + 1  # of a row: its shortcut
WIDTH, ROW_HEIGHT, ROWS, TOP, EDGE = 520, 30, 11, 96, 12  # pixels, and rows that are seen at once


class ActionRow(QStyledItemDelegate):
    """A command, and its shortcut at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row."""
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(QColor(theme.current().muted))
        painter.setFont(theme.font(12, 400))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -EDGE, 0), side, index.data(KEYS))
        painter.restore()


class Finder(QDialog):
    """Type a few letters, press Enter; a click elsewhere or Escape puts it away."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setWindowTitle("Commands")
        self._actions = [action for action in actions if action.possible and action.id != "view.commands"]
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setAccessibleName("Matching commands")
        self.list.setItemDelegate(ActionRow(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet(
            "QListWidget { border: none; background: transparent; } QListWidget::item { padding-left: 6px; }"
        )
        self.field.setMinimumHeight(34)
        card = QFrame()
        card.setProperty("card", True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
        whole.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # it is as high as what is found
        card.setFixedWidth(WIDTH)
        box = QVBoxLayout(card)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(6)
        box.addWidget(self.field)
        box.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda _item: self._run())
        self.field.installEventFilter(self)
        self._fill("")
        if parent is not None:
            over = parent.window().geometry()
            self.move(over.left() + (over.width() - WIDTH) // 2, over.top() + TOP)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self.list.clear()
        rated = [(score(text, action.title), index, action) for index, action in enumerate(self._actions)]
        for rating, _, action in sorted(rated, key=lambda entry: (-(entry[0] or 0), entry[1])):
            if rating is None and text:
                continue
            keys = action.shortcut.split(", ")[0]
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if keys else action.keys
            item = QListWidgetItem(action.title)
            item.setData(Qt.ItemDataRole.UserRole, action)
            item.setData(KEYS, native)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{action.title}, {native}" if native else action.title)
            self.list.addItem(item)
        if not self.list.count():
            empty = QListWidgetItem("No command is called that.")
            empty.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(empty)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(ROWS, self.list.count()) * ROW_HEIGHT + 4)

    def _run(self) -> None:
        item = self.list.currentItem()
        action: Action | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if action is not None:
            self.accept()
            action.run()
