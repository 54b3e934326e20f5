"""The palette's panel: a search field over the list of all kinds, to be dragged, double-clicked or entered.

Not for: the list itself (`gui.palette.kind_list`), nor for placing: a dragged kind is placed by the canvas, an entered one by
the document.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from engine.blocks.spec import Block
from gui import theme
from gui.document import Document
from gui.kinds import found, offered
from gui.palette.definitions import menu_for
from gui.palette.kind_list import MIME, KindList

__all__ = ["MIME", "KindList", "Palette"]


class Palette(QWidget):
    """The search field and the list."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("palette")
        self.field = QLineEdit()
        self.field.setObjectName("palette-search")
        self.field.setPlaceholderText("Search blocks")
        self.field.setAccessibleName("Search blocks")
        self.field.setClearButtonEnabled(True)
        self._glass = QAction("Search blocks", self.field)  # screen readers come by it
        self.field.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.list = KindList()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 0)
        box.setSpacing(6)
        frame = QVBoxLayout()
        frame.setContentsMargins(10, 0, 10, 0)
        frame.addWidget(self.field)
        box.addLayout(frame)
        box.addWidget(self.list)
        self._all: dict[str, type[Block]] = {}
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.itemDoubleClicked.connect(self._double_clicked)
        theme.notifier().changed.connect(self._draw)
        for signal in (document.edited, document.replaced, document.scope_changed, document.mine.changed):
            signal.connect(self.refresh)
        self.refresh()
        self._draw()

    def refresh(self, _what: object = None) -> None:
        """Show what can be placed in the drawing that is open; the row that is chosen stays."""
        fresh = offered(self.document)
        if list(fresh.items()) == list(self._all.items()):
            return
        self._all = fresh
        kind, scrolled = self.list.kind_at(self.list.currentItem()), self.list.verticalScrollBar().value()
        self._filter(self.field.text())
        self.list.choose(kind)
        self.list.verticalScrollBar().setValue(scrolled)

    def _draw(self) -> None:
        tokens = theme.current()
        self._glass.setIcon(theme.icon("magnify", color=tokens.muted))
        self.list.setStyleSheet(f"QListWidget {{ background: {tokens.panel}; border: none; padding: 0 6px 6px 6px; }}")

    def _filter(self, query: str) -> None:
        query = query.strip()
        self.list.fill({kind: self._all[kind] for kind in found(query, self._all)}, headings=not query)
        if query:
            self.list.choose_first()

    def _enter(self) -> None:
        self._add(self.list.currentItem())

    def _double_clicked(self, item: QListWidgetItem) -> None:
        if self.list.kind_at(item):  # a heading has taken both clicks
            self._add(item)

    def _add(self, item: QListWidgetItem | None) -> None:
        kind = self.list.kind_at(item)
        if kind:
            self.document.add_block(kind)
        else:
            self.list.fold(item)

    def _menu(self, at: QPoint) -> None:
        item = self.list.itemAt(at) or self.list.currentItem()
        kind = self.list.kind_at(item)
        self.menu = menu_for(self.document, kind, self) if kind else self._folding()
        self.menu.popup(self.list.viewport().mapToGlobal(at))

    def _folding(self) -> QMenu:
        """What can be done with the sections."""
        menu = QMenu(self)
        menu.setObjectName("palette-menu")
        menu.setAccessibleName("What can be done with the sections")
        sections = self.list.sections()
        for title, open_ in (("Show all blocks", True), ("Fold all sections", False)):
            action = menu.addAction(title)
            action.setEnabled(bool(sections))
            action.triggered.connect(lambda _checked=False, open_=open_: self.list.set_open(sections, open_))
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the field into the list; Enter adds; typing in the list goes on in the field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = event.key()
        if watched is self.field and key == Qt.Key.Key_Down:
            if self.list.currentRow() < 0:
                self.list.choose_first()
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if watched is self.field and key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
            return True
        if watched is self.list and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return True
        if watched is self.list and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return self.list.fold(self.list.currentItem(), key == Qt.Key.Key_Right)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if watched is self.list and plain and event.text().strip() and event.text().isprintable():
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.insert(event.text())
            return True
        return super().eventFilter(watched, event)
