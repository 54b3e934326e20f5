"""The analyser's panel: the table of layers with a filter, a line of totals that stays, copying and export.

It costs nothing while it is hidden. Not for: working anything out (`engine.graph.analyse`).
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.files import write_atomic
from engine.graph.analyse import Row, rows, to_csv
from gui import theme
from gui.analyser.model import HEADS, NUMBERS, PLAIN_HEADS, Filtered, LayersModel, foot, plain
from gui.background import in_background
from gui.document import Document
from gui.widgets import EmptyState, Hint, IconButton

REST_MS = 80  # after an edit until the table follows; a dragged number edits many times a second
PADDING = 26  # pixels beside a cell's text
DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
WIDEST = 260  # pixels of a column at first; a person can draw it wider


class Analyser(QWidget):
    """All blocks of the document as a table.

    Attributes:
        goto: Emits the id of the block to show on the canvas.
        menu_wanted: Emits a place on the screen for the menu of what is selected.
        delete_wanted: The person wants the selected blocks away.
        said: Emits a sentence about what was copied or written.
    """

    goto = Signal(str)
    menu_wanted = Signal(QPoint)
    delete_wanted = Signal()
    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("analyser")
        self.model = LayersModel(self)
        self.proxy = Filtered(self.model)
        self.table = LayersTable(self.proxy)
        self.foot = Foot(self.table)
        self._following = False
        self._make_bar()
        self.empty = EmptyState("table-large", "Nothing to analyse yet", "Place blocks on the canvas; each gets a row.")
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(6)
        box.addLayout(self.bar)
        box.addWidget(self.table, 1)
        box.addWidget(self.foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(whole)
        self._stack.addWidget(self.empty)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self.refresh)
        document.reported.connect(self._reported)
        document.selected.connect(self._follow)
        theme.notifier().changed.connect(self._restyle)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.table.copied.connect(self.copy)
        self.table.deleted.connect(self._delete)
        self.table.asked.connect(self._menu)
        self.said.connect(self.note.setText)
        self._restyle()

    def _make_bar(self) -> None:
        self.filter = QLineEdit()
        self.filter.setObjectName("analyser-filter")
        self.filter.setAccessibleName("Filter the rows")
        self.filter.setPlaceholderText("Filter: name, kind or shape")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(280)
        self.filter.textChanged.connect(self._filtered)
        self.inside = QCheckBox("Inside composites")
        self.inside.setToolTip("Show the blocks within composites, each repetition below its instance")
        self.inside.toggled.connect(self.refresh)
        self.note = Hint()
        self.note.setWordWrap(False)
        self.copy_button = IconButton("content-copy", "Copy the chosen rows, or all, for a spreadsheet (Ctrl+C)")
        self.copy_button.clicked.connect(self.copy)
        self.save_button = IconButton("file-delimited-outline", "Save the table as CSV…")
        self.save_button.clicked.connect(self._ask)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(10)
        self.bar.addWidget(self.filter, 1)
        self.bar.addWidget(self.inside)
        self.bar.addStretch(1)
        for widget in (self.note, self.copy_button, self.save_button):
            self.bar.addWidget(widget)

    # --- following the document

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while it was hidden is made up for."""
        super().showEvent(event)
        self.refresh()

    def _reported(self, _report: object) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def refresh(self, _what: object = None) -> None:
        """Read the document again."""
        self._later.stop()
        if not self.isVisible():
            return
        graph = self.document.root
        self.inside.setVisible(bool(graph.composites))
        reset = self.model.set_rows(rows(graph, self.document.root_report, inside=self.inside.isChecked()))
        self._stack.setCurrentIndex(0 if self.model.rows else 1)
        if reset:
            self.table.widen(self.model.texts)
            self._follow()
        self._total()

    def _filtered(self, text: str) -> None:
        self.proxy.set_text(text)
        self._follow()
        self._total()

    def _total(self) -> None:
        self.foot.show_totals(foot(self.proxy.shown(), len(self.model.rows)))
        self.note.setText("" if self.proxy.rowCount() or not self.model.rows else "No row has these words.")

    def _restyle(self, _name: str = "") -> None:
        self.model.restyle()
        self.foot.update()

    # --- selection, both ways

    def _follow(self, _ids: object = None) -> None:
        """Mark the rows of the blocks that are selected on the canvas."""
        if self._following or not self.isVisible():
            return
        wanted = set(self.document.selection)
        chosen = QItemSelection()
        first = QModelIndex()
        for place, row in enumerate(self.model.rows if wanted else ()):
            if row.block in wanted and row.path == self.document.path_in:
                index = self.proxy.mapFromSource(self.model.index(place, 0))
                if index.isValid():
                    chosen.select(index, index)
                    first = first if first.isValid() else index
        self._following = True
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if first.isValid():
            self.table.scrollTo(first)
        self._following = False

    def _chosen(self, _on: object, _off: object) -> None:
        """Select on the canvas what is chosen here, as far as it stands in the drawing that is open."""
        if self._following:
            return
        here = self.document.path_in
        self._following = True
        self.document.select(row.block for row in self.table.chosen() if row.path == here)
        self._following = False

    def _go(self, index: QModelIndex) -> None:
        """Open the drawing that the row's block stands in, and show it."""
        row = self.model.rows[self.proxy.mapToSource(index).row()]
        self._following = True
        if row.path != self.document.path_in:
            self.document.go_to(row.path)
            self.document.select([row.block])
        self._following = False
        self.goto.emit(row.block)

    def _menu(self, index: QModelIndex, place: QPoint) -> None:
        """What the canvas offers for a row's block, in the drawing that the block stands in."""
        row = self.model.rows[self.proxy.mapToSource(index).row()]
        if row.path != self.document.path_in:
            self._go(index)
        if self.document.selection:
            self.menu_wanted.emit(place)

    def _delete(self) -> None:
        here = self.document.path_in
        if any(row.path == here for row in self.table.chosen()):
            self.delete_wanted.emit()

    # --- taking it away

    def copy(self) -> None:
        """Put the chosen rows (all where none is) on the clipboard, separated by tabs, with a head."""
        taken = self.table.chosen() or self.proxy.shown()
        lines = ["\t".join(PLAIN_HEADS), *("\t".join(plain(row)) for row in taken)]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        self.said.emit(f"{len(taken)} {'row' if len(taken) == 1 else 'rows'} copied.")

    def _ask(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the table of layers", "layers.csv", "CSV tables (*.csv)")
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write the rows that are shown, in their order, as CSV."""
        shown = self.proxy.shown()
        in_background(self, lambda: _written(path, to_csv(shown)), self.said.emit, self.said.emit)


def _written(path: Path, text: str) -> str:
    write_atomic(path, text)
    return f"Saved {path.name}."


class LayersTable(QTableView):
    """The table itself.

    Attributes:
        copied: The person asked for a copy.
        deleted: The person wants the blocks of the selected rows away.
        asked: Emits a row, and where on the screen the menu for it is wanted.
    """

    copied = Signal()
    deleted = Signal()
    asked = Signal(QModelIndex, QPoint)

    def __init__(self, proxy: Filtered) -> None:
        super().__init__()
        self.proxy = proxy
        self.setModel(proxy)
        self.setObjectName("analyser-table")
        self.setAccessibleName("Layers of the network with their figures")
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFont(theme.font(12, 400))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        head = self.horizontalHeader()
        head.setFont(theme.font(12, 500))
        head.setHighlightSections(False)
        head.setMinimumSectionSize(36)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        self.setStyleSheet(
            "QHeaderView::section { padding: 5px 7px; font-size: 12px; } QTableView::item { padding: 0 7px; }"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )

    def minimumSizeHint(self) -> QSize:
        """Small enough for a dock under the canvas."""
        return QSize(320, 90)

    def widen(self, texts: list[tuple[str, ...]]) -> None:
        """Make columns as wide as their longest text; asking Qt for that costs a second at 1,000 rows."""
        metrics, head = QFontMetrics(theme.font(12, 500)), self.horizontalHeader()
        for column in range(len(HEADS) - 1):
            longest = sorted({len(text[column]): text[column] for text in texts}.items())[-3:]
            width = max((metrics.horizontalAdvance(text) for _, text in longest), default=0)
            title = metrics.horizontalAdvance(HEADS[column]) + 16  # and the arrow of the order
            chip = 18 if column == 2 else 0
            head.resizeSection(column, min(WIDEST, max(width + chip, title) + PADDING))

    def chosen(self) -> list[Row]:
        """The selected rows, as on the screen."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows_ = self.proxy.source.rows
        return [rows_[self.proxy.mapToSource(self.proxy.index(place, 0)).row()] for place in places]

    def event(self, event: QEvent) -> bool:
        """Keys that mean rows here and blocks elsewhere are not left to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, delete; all else as in any table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in DELETE:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the mouse; by key, of the row that one is in."""
        index, place = self.indexAt(event.pos()), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).center())
        if index.isValid():
            self.asked.emit(index, place)


def _own(event: QKeyEvent) -> bool:
    keys = QKeySequence.StandardKey
    return event.key() in DELETE or event.matches(keys.Copy) or event.matches(keys.SelectAll)


class Foot(QWidget):
    """The sums under their columns; it stays while the rows are scrolled."""

    def __init__(self, table: QTableView) -> None:
        super().__init__()
        self.setObjectName("analyser-totals")
        self._table = table
        self.texts: dict[int, str] = {}
        self.setFixedHeight(26)
        table.horizontalHeader().sectionResized.connect(lambda *_: self.update())
        table.horizontalHeader().sectionMoved.connect(lambda *_: self.update())
        table.horizontalScrollBar().valueChanged.connect(lambda _value: self.update())

    def show_totals(self, texts: dict[int, str]) -> None:
        """Show texts by column."""
        self.texts = texts
        words = [f"{HEADS[column]}: {text}" for column, text in texts.items() if column != 1]
        self.setAccessibleName(f"Totals of {texts.get(1, '')}. {'. '.join(words)}")
        self.setToolTip("Sums of the rows shown; a composite and its inside count once")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each text under its column."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens.border_strong))
        painter.setFont(theme.font(12, 600))
        painter.setPen(QColor(tokens.text))
        head = self._table.horizontalHeader()
        for column, text in self.texts.items():
            left = head.sectionViewportPosition(column) + 1
            area = QRect(left + 7, 0, head.sectionSize(column) - 14, self.height())
            side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
            painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
