"""The page of the whole network: its title, its totals, and a table of its layers.

Not for: blocks and wires (`gui.form.pages`, `gui.form.wire`), nor the analyser's table (`gui.analyser`).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engine.graph.check import Report
from gui import theme
from gui.document import Document
from gui.figures import count, memory, short
from gui.form.cells import PlainCells
from gui.form.fact_table import FactTable
from gui.form.pages import Page
from gui.widgets import Heading, Hint, Section, hline

TABLE_MS = 40  # after an edit, until the table of layers shows it
CELL_PADDING = 16  # pixels beside a cell's text
SAMPLED = 40  # rows whose texts say how wide a column is

AnyIndex = QModelIndex | QPersistentModelIndex


class LayerModel(QAbstractTableModel):
    """All blocks in the order of the network: name, kind, output, parameters, multiply-adds."""

    HEAD = ("Block", "Output", "Params", "MACs")
    TIPS = ("Name of the block", "Shape that comes out", "Learned numbers", "Multiply-adds for one sample")

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self.ids: list[str] = []
        self._report = Report()
        self._rows: dict[int, tuple[str, ...]] = {}  # those that were looked at
        self._told: dict[int, tuple[str, ...]] = {}  # what those of earlier reports said

    def refresh(self) -> bool:
        """Read the document again; False where no row has come or gone, so that `tell_changes` is to follow."""
        graph, report = self._document.graph, self._document.report
        ordered = [id_ for id_ in report.order if id_ in graph.nodes]
        if len(ordered) < len(graph):
            placed = set(ordered)
            ordered += [id_ for id_ in graph.nodes if id_ not in placed]
        self._report = report
        if ordered != self.ids:
            self.beginResetModel()
            self.ids, self._rows, self._told = ordered, {}, {}
            self.endResetModel()
            return True
        self._told, self._rows = self._rows | self._told, {}
        return False

    def tell_changes(self) -> None:
        """Have the cells painted anew that say something else than when they were last looked at."""
        told, self._told = self._told, {}
        for row, then in told.items():
            for column, text in enumerate(self.row(row)):
                if text != then[column]:
                    cell = self.index(row, column)
                    self.dataChanged.emit(cell, cell)

    def row(self, index: int) -> tuple[str, ...]:
        """The texts of a row; worked out when somebody looks, for nobody looks at a thousand."""
        found = self._rows.get(index)
        if found is None:
            said = self._report.blocks.get(self.ids[index])
            node = self._document.graph.nodes.get(self.ids[index])
            found = self._rows[index] = (
                node.name if node is not None else "",
                str(said.output) if said is not None and said.output is not None else "?",
                count(said.parameters) if said is not None and said.parameters else "–",
                short(said.macs) if said is not None and said.macs else "–",
            )
        return found

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return len(self.ids)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return len(self.HEAD)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; figures stand at the right."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.row(index.row())[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 1:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.HEAD[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section > 1 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class NetworkPage(Page):
    """The whole network: title, totals, a table of its layers."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.title = Heading("")
        self.title.setWordWrap(True)
        self.text = Hint()
        self.facts = FactTable()
        self.model = LayerModel(document)
        self.table = QTableView()
        self._make_table()
        self.box.addWidget(self.title)
        self.box.addWidget(self.text)
        self.box.addWidget(self.facts)
        self.box.addWidget(hline())
        self.layers = Section("Layers")
        self.box.addWidget(self.layers)
        self.box.addWidget(self.table, 1)
        self.box.addStretch(0)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TABLE_MS)
        self._later.timeout.connect(self._tell_changes)
        self.refresh()

    def _make_table(self) -> None:
        font = theme.font(12, 400)
        self.table.setObjectName("layers")
        self.table.setAccessibleName("Layers of the network")
        self.table.setModel(self.model)
        self.table.setItemDelegate(PlainCells(self.table, font=font, right=2))
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFont(font)
        self.table.horizontalHeader().setFont(theme.font(11, 500))
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setMinimumHeight(200)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(40)
        self.table.setStyleSheet("QHeaderView::section { padding: 5px 4px; font-size: 11px; }")
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)

    def refresh(self) -> None:
        """Everything from the document."""
        report = self.document.report
        self.title.setText(self.document.title)
        about = self.document.root.sections["about"]
        text = about.get("text", "")
        self.text.setText(text if isinstance(text, str) else "")
        self.text.setVisible(bool(self.text.text()))
        self.facts.show_facts(
            (
                ("Blocks", count(len(self.document.graph))),
                ("Parameters", count(report.parameters)),
                ("Multiply-adds", f"{count(report.macs)} / sample"),
                ("Activation memory", f"{memory(report.activation_bytes)} / sample"),
            )
        )
        if self.model.refresh():
            self._widen()
        else:
            self._later.start()
        for widget in (self.layers, self.table):
            widget.setVisible(bool(self.model.ids))

    def _tell_changes(self) -> None:
        """The table follows when an edit is painted: it is read, not watched."""
        self.model.tell_changes()
        self._widen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Multiply-adds come and go with the room."""
        super().resizeEvent(event)
        self._widen()

    def _widen(self) -> None:
        """Make columns as wide as the longest text of some rows; asking Qt for all costs a second at 1,000 layers.

        Names come first: where they would be cut, multiply-adds are left to the analyser.
        """
        metrics = QFontMetrics(self.table.font())
        step = max(1, len(self.model.ids) // SAMPLED)
        rows = [self.model.row(index) for index in range(0, len(self.model.ids), step)]
        columns = range(len(self.model.HEAD))
        longest = [max([self.model.HEAD[column], *(row[column] for row in rows)], key=len) for column in columns]
        widths = [metrics.horizontalAdvance(text) + CELL_PADDING for text in longest]
        self.table.setColumnHidden(columns[-1], sum(widths) > self.table.viewport().width())
        for column in columns[1:]:
            self.table.horizontalHeader().resizeSection(column, widths[column])

    def _go(self, index: QModelIndex) -> None:
        self.document.select([self.model.ids[index.row()]])
