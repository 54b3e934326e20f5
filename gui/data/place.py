"""`DataPlace`: the choice of data at the left; at the right what is in them, or why they cannot be read.

Not for: reading data (`gui.feed`), nor for the model's side of them.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.data import DataSet
from engine.data.download import SOURCES
from engine.data.kinds import kind_of
from engine.data.registry import Declaration, dataset_of
from gui import theme
from gui.data.choosing import Choosing
from gui.data.counts import BINS, OF, CountBars, PartsLegend, countable, counted, scrolled
from gui.data.fetching import download_text
from gui.data.samples import SampleDialog
from gui.data.summary import FactsStrip, Notes, holder
from gui.data.views import SampleViews
from gui.document import Document
from gui.session import Session
from gui.standin import TIP, TITLE, has_stand_in, use_stand_in
from gui.widgets import Card, EmptyState, Heading, Hint, IconButton, PrimaryButton

TEXT_WIDTH = 520  # pixels of the sentence about data that cannot be read


class DataPlace(QWidget):
    """The place."""

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_place")
        self.setAcceptDrops(True)
        self.document, self.session = document, session
        self._data: DataSet | None = None
        self.choosing = Choosing(document)
        self.facts = FactsStrip()
        self.notes = Notes()
        self.views = SampleViews()
        self.grid, self.values = self.views.grid, self.views.values
        self.counted = QComboBox()
        self.counted.setObjectName("counted_column")
        self.counted.setAccessibleName("What is counted")
        self.bars = CountBars()
        self.legend = PartsLegend()
        self.shuffle = IconButton("shuffle-variant", "Show other samples")
        self.shuffle.setObjectName("shuffle_samples")
        self.masks = IconButton("layers-outline", "Lay the masks over the pictures", checkable=True)
        self.masks.setObjectName("show_masks")
        self.masks.setChecked(True)
        self.sample_hint = Hint()
        self.loading_text = QLabel("Reading")
        self.loading_bar = QProgressBar()
        self.fault = _FaultState()
        self._lay_out()
        self._connect()
        self._restyle()
        if session.dataset is not None:
            self.show_data(session.dataset)
        elif session.data_error:
            self.show_fault(session.data_error)
        else:
            self.show_loading("Reading", 0, 0)

    def _connect(self) -> None:
        session = self.session
        session.dataset_ready.connect(self.show_data)
        session.data_failed.connect(self.show_fault)
        session.loading.connect(self.show_loading)
        self.choosing.reload_wanted.connect(session.reload_data)
        self.shuffle.clicked.connect(self.views.shuffle)
        self.masks.toggled.connect(self.views.set_masks)
        self.views.failed.connect(self.sample_hint.setText)
        self.counted.currentIndexChanged.connect(self._count)
        self.grid.opened.connect(self.open_sample)
        self.fault.browse.clicked.connect(self.choosing.ask_path)
        self.fault.again.clicked.connect(session.reload_data)
        self.fault.fetch.clicked.connect(self.choosing.fetching.start)
        self.fault.digits.clicked.connect(self._choose_digits)
        self.fault.drawn.clicked.connect(self._use_drawn)
        theme.notifier().changed.connect(self._restyle)

    # --- building

    def _lay_out(self) -> None:
        self._rule = QWidget()
        self._rule.setFixedWidth(1)
        self.stack = QStackedWidget()
        for page in (self._content(), self._loading(), self.fault):
            self.stack.addWidget(page)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.choosing)
        row.addWidget(self._rule)
        row.addWidget(self.stack, 1)

    def _content(self) -> QWidget:
        samples = Card(margin=0)
        samples.box.setContentsMargins(16, 10, 8, 12)
        head = QHBoxLayout()
        head.addWidget(Heading("Samples"))
        head.addSpacing(theme.SPACE)
        head.addWidget(self.sample_hint, 1)
        head.addWidget(self.masks)
        head.addWidget(self.shuffle)
        samples.box.addLayout(head)
        samples.box.addWidget(self.views, 1)
        counts = Card(margin=0)
        counts.box.setContentsMargins(16, 12, 8, 12)
        title = QHBoxLayout()
        self.counts_title = Heading("Classes")
        title.addWidget(self.counts_title, 1)
        title.addWidget(self.counted)
        title.addSpacing(theme.SPACE)
        counts.box.addLayout(title)
        counts.box.addWidget(self.legend)
        counts.box.addWidget(scrolled(holder(self.bars, spacing=0)), 1)
        counts.setMinimumWidth(372)
        self._counts = counts
        middle = QHBoxLayout()
        middle.setSpacing(theme.SPACE * 2)
        middle.addWidget(samples, 5)
        middle.addWidget(counts, 3)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.SPACE * 2)
        column.addWidget(self.facts)
        column.addLayout(middle, 1)
        column.addWidget(self.notes)
        return page

    def _loading(self) -> QWidget:
        page = QWidget()
        self.loading_text.setObjectName("loading_text")
        self.loading_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.loading_bar.setTextVisible(False)
        self.loading_bar.setFixedWidth(280)
        self.loading_bar.setAccessibleName("Progress of reading the data")
        column = QVBoxLayout(page)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.loading_text)
        column.addWidget(self.loading_bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _restyle(self, *_: object) -> None:
        tokens = theme.current()
        edge = tokens.accent if self._rule.property("dropping") else tokens.border
        self._rule.setStyleSheet(f"background: {edge}")
        self.loading_text.setProperty("hint", True)
        self.sample_hint.setFont(theme.font(12, 400))

    # --- following the session

    def show_loading(self, what: str, done: int, total: int) -> None:
        """Tell that data are being read, and how far."""
        title = dataset_of(self.document.project.data.name).title
        self.loading_text.setText(f"{what} {title}…" if total <= 0 else f"{what}: {done:,} of {total:,}")
        self.loading_bar.setRange(0, max(0, total))
        self.loading_bar.setValue(done)
        self.stack.setCurrentIndex(1)

    def show_fault(self, text: str) -> None:
        """Say why the data cannot be read and what to do."""
        choice = self.document.project.data
        self.fault.tell(text, choice.name, named=bool(choice.path.strip()))
        drawn = has_stand_in(self.document)
        self.fault.drawn.setVisible(drawn)
        self.fault.digits.setVisible(not drawn and choice.name != "digits")
        self.stack.setCurrentIndex(2)

    def show_data(self, data: DataSet) -> None:
        """Show what is in the data."""
        self.facts.tell(data, self.document.project.data.normalise)
        self.notes.tell(data.notes, data.unreadable)
        self._data = data
        columns = countable(data)
        self.counted.blockSignals(True)
        self.counted.clear()
        for column in columns:
            self.counted.addItem(column.name, column.name)
        self.counted.blockSignals(False)
        self.counted.setVisible(len(columns) > 1)
        self._counts.setVisible(bool(columns))
        self._count()
        self.legend.show_sizes({part: len(rows) for part, rows in data.splits.items()})
        self.sample_hint.setText(self.views.show_data(data))
        self.shuffle.setVisible(self.views.shuffles)
        self.masks.setVisible(self.views.has_masks)
        self.stack.setCurrentIndex(0)

    def _count(self) -> None:
        """Show how often each class of the chosen column comes up, or how its numbers are spread."""
        column = self._data.facts.column(str(self.counted.currentData())) if self._data is not None else None
        if column is None or self._data is None:
            return
        title = (
            "Classes"
            if column.kind == "label"
            else "Values"
            if column.kind == "number"
            else f"Classes, in {OF[column.kind]}"
        )
        self.counts_title.setText(title)
        self.bars.show_counts(
            *counted(self._data, column), coloured=column.kind == "mask" and len(column.classes) <= BINS
        )

    def open_sample(self, row: int) -> None:
        """Show one sample large."""
        if self.session.dataset is not None:
            SampleDialog(self.session.dataset, row, self).open()

    def _use_drawn(self) -> None:
        use_stand_in(self.document)

    def _choose_digits(self) -> None:
        self.choosing.choose("digits")

    # --- drops

    def take(self, path: Path) -> bool:
        """Take a folder or a file of data; False where it is neither."""
        return self.choosing.take(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what is a folder or a file of data."""
        if _dropped(event) is not None:
            event.acceptProposedAction()
            self._rule.setProperty("dropping", True)
            self._restyle()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag has gone elsewhere."""
        self._rule.setProperty("dropping", False)
        self._restyle()

    def dropEvent(self, event: QDropEvent) -> None:
        """Use what was dropped."""
        self._rule.setProperty("dropping", False)
        self._restyle()
        path = _dropped(event)
        if path is not None and self.take(path):
            event.acceptProposedAction()


def _dropped(event: QDropEvent) -> Path | None:
    for url in event.mimeData().urls():
        if url.isLocalFile():
            path = Path(url.toLocalFile())
            if kind_of(path) is not None:
                return path
    return None


def _fault_title(declaration: Declaration, *, named: bool) -> str:
    if declaration.needs == "nothing" or (named and declaration.name not in SOURCES):
        return "These data cannot be read"
    if named:
        return f"{declaration.title} cannot be read"
    if declaration.name in SOURCES:
        return f"{declaration.title} is not here yet"
    return f"No {declaration.needs} is chosen yet"


class _FaultState(QWidget):
    """Why there are no data, and the ways out."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("data_fault")
        self.state = EmptyState("database-alert-outline", "These data cannot be read", "")
        self.state.text.setObjectName("data_fault_text")
        self.browse = QPushButton("Choose…")
        self.fetch = PrimaryButton("Download", "download")
        self.fetch.setObjectName("download")
        self.again = QPushButton("Try again")
        self.digits = QPushButton("Use the built-in digits")
        self.drawn = QPushButton(TITLE)
        self.drawn.setObjectName("use_drawn")
        self.drawn.setToolTip(TIP)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addStretch(1)
        for button in (self.fetch, self.browse, self.again, self.drawn, self.digits):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.state)
        column.addLayout(row)
        column.addStretch(3)

    def tell(self, text: str, name: str, *, named: bool) -> None:
        """Show a sentence and the ways out that this data set has; `named`: a person has said where it lies."""
        declaration = dataset_of(name)
        self.state.title.setText(_fault_title(declaration, named=named))
        self.state.text.setText(text[:1].upper() + text[1:])
        self.browse.setVisible(declaration.needs != "nothing")
        self.browse.setText("Choose a file…" if declaration.needs == "file" else "Choose a folder…")
        self.again.setVisible(named or name in SOURCES)
        self.fetch.setVisible(name in SOURCES)
        self.fetch.setText(download_text(name))
        self.state.text.setFixedSize(TEXT_WIDTH, self.state.text.heightForWidth(TEXT_WIDTH) + 4)
