"""The palette's panel: a search field over the list of all kinds, to be dragged, double-clicked or entered.

Not for: placing; a dragged kind is placed by the canvas, an entered one by the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QDrag, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.blocks.spec import Block
from gui import search, theme
from gui.document import Document
from gui.kind_row import KIND, SPEC, KindRow, help_of, tip_of
from gui.kinds import offered, section_of
from gui.palette.definitions import menu_for

MIME = "application/x-layerloom-block"  # the canvas takes this: the kind, as text
CARD = (160, 40)  # pixels of the picture that is dragged


class KindList(QListWidget):
    """All kinds under the headings of their families; drags the kind of a row."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("palette-list")
        self.setAccessibleName("Blocks")
        self.setItemDelegate(KindRow(self, family=False))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def fill(self, wanted: Mapping[str, type[Block]], *, headings: bool) -> None:
        """Show kinds in this order, under their families' headings if wanted."""
        self.clear()
        section = ""
        for kind, spec in wanted.items():
            if headings and section_of(kind, spec) != section:
                section = section_of(kind, spec)
                heading = QListWidgetItem(section)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(heading)
            item = QListWidgetItem(spec.title)
            item.setData(KIND, kind)
            item.setData(SPEC, spec)
            item.setToolTip(tip_of(spec))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{section_of(kind, spec)}. {help_of(spec)}")
            self.addItem(item)
        if not wanted:
            nothing = QListWidgetItem("No block is called that.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(nothing)

    def kind_at(self, item: QListWidgetItem | None) -> str:
        """The kind of a row, empty for a heading."""
        return str(item.data(KIND) or "") if item is not None else ""

    def kinds(self) -> list[str]:
        """The kinds that are shown."""
        return [kind for row in range(self.count()) if (kind := self.kind_at(self.item(row)))]

    def choose_first(self) -> None:
        """Select the first kind."""
        for row in range(self.count()):
            if self.kind_at(self.item(row)):
                self.setCurrentRow(row)
                return

    def choose(self, kind: str) -> None:
        """Select a kind, if it is there."""
        for row in range(self.count()):
            if kind and self.kind_at(self.item(row)) == kind:
                self.setCurrentRow(row)

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """The kind of the dragged row."""
        data = QMimeData()
        kind = self.kind_at(items[0]) if items else ""
        data.setData(MIME, QByteArray(kind.encode()))
        return data

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag a small card with the block's title."""
        item = self.currentItem()
        if not self.kind_at(item):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(_card(item.data(SPEC), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(CARD[0] // 2, CARD[1] // 2))
        drag.exec(Qt.DropAction.CopyAction)


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
        self._glass = QAction(self.field)
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
        self.list.itemDoubleClicked.connect(self._add)
        theme.notifier().changed.connect(self._draw)
        for signal in (document.edited, document.replaced, document.scope_changed, document.mine.changed):
            signal.connect(self.refresh)
        self.refresh()
        self._draw()

    def refresh(self, _what: object = None) -> None:
        """Show what can be placed in the drawing that is open; the row that is chosen stays."""
        found = offered(self.document)
        if list(found.items()) == list(self._all.items()):
            return
        self._all = found
        kind, scrolled = self.list.kind_at(self.list.currentItem()), self.list.verticalScrollBar().value()
        self._filter(self.field.text())
        self.list.choose(kind)
        self.list.verticalScrollBar().setValue(scrolled)

    def _draw(self) -> None:
        tokens = theme.current()
        self._glass.setIcon(theme.icon("magnify", color=tokens.muted))
        self.list.setStyleSheet(f"QListWidget {{ background: {tokens.panel}; border: none; padding: 0 6px 6px 6px; }}")
        for row in range(self.list.count()):
            if self.list.kind_at(self.list.item(row)):
                self.list.item(row).setToolTip(tip_of(self.list.item(row).data(SPEC)))

    def _filter(self, query: str) -> None:
        query = query.strip()
        items = [(kind, (spec.title, kind, section_of(kind, spec))) for kind, spec in self._all.items()]
        found = search.best(query, items) if query else self._all
        self.list.fill({kind: self._all[kind] for kind in found}, headings=not query)
        if query:
            self.list.choose_first()

    def _enter(self) -> None:
        self._add(self.list.currentItem())

    def _add(self, item: QListWidgetItem | None) -> None:
        kind = self.list.kind_at(item)
        if kind:
            self.document.add_block(kind)

    def _menu(self, at: QPoint) -> None:
        item = self.list.itemAt(at) or self.list.currentItem()
        self.menu = menu_for(self.document, self.list.kind_at(item), self)
        self.menu.popup(self.list.viewport().mapToGlobal(at))

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
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if watched is self.list and plain and event.text().strip() and event.text().isprintable():
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.insert(event.text())
            return True
        return super().eventFilter(watched, event)


def _card(spec: type[Block], ratio: float) -> QPixmap:
    """The picture of a block that is being dragged."""
    tokens = theme.current()
    picture = QPixmap(round(CARD[0] * ratio), round(CARD[1] * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(tokens.accent))
    painter.setBrush(QColor(tokens.raised))
    painter.drawRoundedRect(QRectF(0.5, 0.5, CARD[0] - 1, CARD[1] - 1), 8, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.family.get(spec.family, tokens.muted)))
    painter.drawRoundedRect(QRectF(10, 11, 3, CARD[1] - 22), 1.5, 1.5)
    painter.setPen(QColor(tokens.text))
    painter.setFont(theme.font(13, 600))
    painter.drawText(QRectF(22, 0, CARD[0] - 30, CARD[1]), Qt.AlignmentFlag.AlignVCenter, spec.title)
    painter.end()
    return picture
