"""The command palette: every action of the window by name, typed instead of searched in menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.actions import Action
from gui.search import score


class Finder(QDialog):
    """Type a few letters, press Enter."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Commands")
        self.resize(520, 380)
        self._actions = [action for action in actions if action.possible and action.id != "view.commands"]
        self.field = QLineEdit()
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Command")
        self.list = QListWidget()
        self.list.setAccessibleName("Matching commands")
        box = QVBoxLayout(self)
        box.addWidget(self.field)
        box.addWidget(self.list, 1)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._run)
        self.list.itemActivated.connect(lambda _item: self._run())
        self.field.installEventFilter(self)
        self._fill("")

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
            keys = action.shortcut.split(", ")[0] or action.keys
            item = QListWidgetItem(f"{action.title}    {keys}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, action)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            action: Action = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            action.run()
