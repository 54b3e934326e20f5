"""The dialog that finds first values with a batch of the data: what each layer gives before and after, and whether to begin so.

Not for: how they are found (`engine.training.first_values`), which happens on another thread.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.data.dataset import DataSet
from engine.graph.model import Graph, SetSection
from engine.torch_import import ready
from gui.background import in_background
from gui.document import Document
from gui.session import Session
from gui.weights import weights_of
from gui.widgets import Fault, Heading, Hint, PrimaryButton

if TYPE_CHECKING:
    from engine.training.first_values import FirstValues

ABOUT = (
    "Each convolution and linear layer gets orthogonal weights and is scaled until its answers to a batch of the data have a "
    "variance of 1, from the first layer to the last. So deep networks without normalisation begin to learn. "
    "(Mishkin and Matas 2015, “All you need is a good init”.)"
)
HEADS = ("Layer", "Variance before", "Variance now")


class FirstValuesDialog(QDialog):
    """See the module.

    Attributes:
        said: Emits the sentence of what was taken over.
        found: What was found, None until then.
    """

    said = Signal(str)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.session = document, session
        self.found: FirstValues | None = None
        self.setObjectName("first-values")
        self.setWindowTitle("Initialise with data (LSUV)")
        self.resize(560, 520)
        self.sentence = Hint("Finding first values…")
        self.table = QTableWidget(0, len(HEADS))
        self.progress = QProgressBar()
        self.fault = Fault()
        self.take = PrimaryButton("Begin with these weights", "check")
        self.close_button = QPushButton("Cancel")
        self._build()
        self.take.clicked.connect(self.take_over)
        self.close_button.clicked.connect(self.reject)
        self._find()

    def _build(self) -> None:
        self.table.setAccessibleName("Variance of what each layer gives, before and now")
        self.table.setHorizontalHeaderLabels(HEADS)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setStyleSheet("QTableWidget::item { padding: 0 10px; } QHeaderView::section { padding: 6px 10px; }")
        for column in range(len(HEADS)):
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            head_item = self.table.horizontalHeaderItem(column)
            if head_item is not None:
                head_item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Finding first values")
        self.take.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.take)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 20, 20, 16)
        box.setSpacing(12)
        for widget in (
            Heading("Initialise with data"),
            Hint(ABOUT),
            self.progress,
            self.table,
            self.sentence,
            self.fault,
        ):
            box.addWidget(widget, 1 if widget is self.table else 0)
        box.addLayout(buttons)

    def _find(self) -> None:
        data, project = self.session.dataset, self.document.project
        if data is None:
            self._failed(self.session.data_error or "The data are not there yet; open this again when they are.")
            return
        work = partial(
            _find, project.graph.copy(), data, project.training.seed, project.path, weights_of(self.document)
        )
        in_background(self, work, self._came, self._failed)

    def _came(self, found: FirstValues) -> None:
        self.found = found
        self.progress.hide()
        self.sentence.setText(found.sentence)
        self.table.setRowCount(len(found.layers))
        for row, layer in enumerate(found.layers):
            for column, text in enumerate((layer.name, f"{layer.before:.3g}", f"{layer.after:.3g}")):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.take.setEnabled(True)
        self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, text: str) -> None:
        self.progress.hide()
        self.sentence.setText("Nothing was changed.")
        self.fault.say(text[:1].upper() + text[1:])

    def take_over(self) -> None:
        """Let trainings begin with the weights that were found; undo takes them back."""
        if self.found is None:
            return
        if not self.document.do(SetSection("weights", dict(self.found.section)), "Initialise with data", whole=True):
            self.fault.say("The project could not take them; see the status bar.")
            return
        if self.session.run is not None:
            self.session.show_run(None)  # these weights are looked into, not those of a run before
        self.said.emit(f"{self.found.sentence} The next training begins so; Undo takes it back.")
        self.accept()


def _find(graph: Graph, data: DataSet, seed: int, project: Path | None, weights: Path | None) -> FirstValues:
    ready()
    from engine.training.first_values import find

    return find(graph, data, seed=seed, project=project, weights=weights)
