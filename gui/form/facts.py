"""What the checker found out, as widgets: a table of facts of a block, its problems with their mends, a table of all layers.

Not for: editing settings (`gui.form.panel`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.errors import Problem
from engine.graph.check import Report
from engine.graph.receptive import Field, all_fields
from gui import theme
from gui.document import Document
from gui.figures import count, short

AnyIndex = QModelIndex | QPersistentModelIndex


class FactTable(QWidget):
    """Names at the left, figures at the right, a line each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show (name, figure) pairs, using the labels that are there."""
        facts = list(facts)
        while len(self._rows) < len(facts):
            row = len(self._rows)
            name, figure = QLabel(), QLabel()
            name.setProperty("hint", True)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            figure.setWordWrap(True)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(figure, row, 1)
            self._rows.append((name, figure))
        for index, (name, figure) in enumerate(self._rows):
            shown = index < len(facts)
            name.setVisible(shown)
            figure.setVisible(shown)
            if shown:
                name.setText(facts[index][0])
                figure.setText(facts[index][1])
                figure.setAccessibleName(f"{facts[index][0]}: {facts[index][1]}")

    def facts(self) -> dict[str, str]:
        """What is shown."""
        return {name.text(): figure.text() for name, figure in self._rows if not name.isHidden()}


def field_of(document: Document, block: str) -> Field | None:
    """The receptive field of a block in the open drawing; inside a composite, of its first repetition there."""
    way = (*document.path_in, block)
    seen = all_fields(document.root, document.root_report, until=way[0])
    for instance in document.path_in:
        repetitions = seen.inner.get(instance, ())
        if not repetitions:
            return None
        seen = repetitions[0]
    return seen.field(block)


class ProblemCard(QFrame):
    """One problem: its sentence and a button for every mend."""

    def __init__(self, document: Document, problem: Problem) -> None:
        super().__init__()
        self.setObjectName("problem-card")
        self._document, self._problem = document, problem
        t = theme.current()
        colour = t.bad if problem.severity == "error" else t.warn
        self.setStyleSheet(
            f"QFrame#problem-card {{ border: 1px solid {colour}; border-radius: 6px; background: {t.raised}; }}"
        )
        here = problem.block is not None and not problem.path  # else the text tells the way inside a composite
        name = document.graph.node(problem.block).name if problem.block is not None and here else ""
        text = problem.text.removeprefix(f"{name}: ")
        icon, sentence = QLabel(), QLabel(text[:1].upper() + text[1:] if text != problem.text else text)
        picture = "alert-circle" if problem.severity == "error" else "alert"
        icon.setPixmap(theme.icon(picture, color=colour).pixmap(16, 16))
        icon.setAccessibleName("Error" if problem.severity == "error" else "Warning")
        icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        sentence.setWordWrap(True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(icon)
        row.addWidget(sentence, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addLayout(row)
        for index, fix in enumerate(problem.fixes):
            button = QPushButton(fix.title)
            button.setObjectName(f"fix-{index}")
            button.setProperty("fix", index)
            button.clicked.connect(self._mend)
            box.addWidget(button)

    def _mend(self) -> None:
        button = self.sender()
        if button is not None:
            self._document.apply_fix(self._problem.fixes[int(button.property("fix"))])


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

    def refresh(self) -> bool:
        """Read the document again; False where no row has come or gone."""
        graph, report = self._document.graph, self._document.report
        ordered = [id_ for id_ in report.order if id_ in graph.nodes]
        if len(ordered) < len(graph):
            placed = set(ordered)
            ordered += [id_ for id_ in graph.nodes if id_ not in placed]
        self._report = report
        if ordered != self.ids:
            self.beginResetModel()
            self.ids, self._rows = ordered, {}
            self.endResetModel()
            return True
        before, self._rows = self._rows, {}  # what nobody looked at need not be painted
        both = [(self.row(index), row) for index, row in before.items()]
        for column in range(len(self.HEAD)):
            if any(now[column] != then[column] for now, then in both):
                self.dataChanged.emit(self.index(0, column), self.index(len(self.ids) - 1, column))
        return False

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
