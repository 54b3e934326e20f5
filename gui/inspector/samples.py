"""The bar that picks a sample: part of the data, class, mistakes, and the strip of pictures.

Not for: what is asked about the sample (`gui.inspector.maps`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.data.dataset import DataSet
from engine.probes.data import Confusion
from gui import theme
from gui.inspector.film import Film
from gui.inspector.subject import PARTS, label_column, picture_of
from gui.widgets import Card, IconButton, Segmented


class SampleBar(Card):
    """See the module.

    Attributes:
        picked: Emits the place in the data set of the sample looked at, whoever chose it.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=12)
        self.setObjectName("samples")
        self.dataset: DataSet | None = None
        self._found: Confusion | None = None
        self._dice = np.random.default_rng(0)
        self.part = Segmented(list(PARTS), name="Part of the data")
        self.classes = QComboBox()
        self.classes.setAccessibleName("Class of the samples")
        self.classes.setMinimumWidth(130)
        self.mistakes = QCheckBox("Mistakes first")
        self.mistakes.setToolTip(
            "Samples that the network answered wrongly come first, the surest mistakes before the others."
        )
        self.film = Film(name="Samples to look at")
        self.film.setObjectName("film")
        self.count = QLabel()
        self.count.setProperty("hint", True)
        before, after = IconButton("chevron-left", "Previous sample"), IconButton("chevron-right", "Next sample")
        dice = IconButton("dice-multiple-outline", "Random sample")
        before.clicked.connect(self.before)
        after.clicked.connect(self.after)
        dice.clicked.connect(self.random)
        line = QHBoxLayout()
        line.setSpacing(theme.SPACE)
        choices: tuple[QWidget, ...] = (self.part, self.classes, self.mistakes)
        steps: tuple[QWidget, ...] = (self.count, before, after, dice)
        for widget in choices:
            line.addWidget(widget)
        line.addStretch(1)
        for widget in steps:
            line.addWidget(widget)
        strip = QVBoxLayout()
        strip.addWidget(self.film)
        self.box.addLayout(line)
        self.box.addLayout(strip)
        self.part.changed.connect(self._reorder)
        self.classes.currentIndexChanged.connect(self._reorder)
        self.mistakes.toggled.connect(self._reorder)
        self.film.picked.connect(self._picked)
        self._allow()

    def set_dataset(self, dataset: DataSet | None) -> None:
        """Show the samples of these data."""
        self.dataset, self._found = dataset, None
        self.classes.blockSignals(True)
        self.classes.clear()
        self.classes.addItem("All classes", -1)
        if dataset is not None:
            for index, name in enumerate(dataset.classes if label_column(dataset) is not None else ()):
                self.classes.addItem(name, index)
            if not len(dataset.splits.get(self.part.value, ())):
                self.part.set_value("train")
        self.classes.blockSignals(False)
        self.film.set_wrong(frozenset())
        self.film.set_source(self._image)
        self._allow()
        self._reorder()

    def set_found(self, found: Confusion | None) -> None:
        """What the network answers to the samples: mistakes are marked."""
        self._found = found
        self.film.set_wrong(frozenset(int(row) for row in found.mistakes()) if found is not None else frozenset())
        self._allow()
        if self.mistakes.isChecked():
            marked = self.film.marked
            self.blockSignals(not marked)  # what is looked at instead stays
            self._reorder()
            self.blockSignals(False)
            if not marked:
                self.unmark()

    @property
    def sample(self) -> int | None:
        """Place in the data set of the sample looked at."""
        return self.film.sample

    def unmark(self) -> None:
        """Something is looked at that is none of these samples."""
        self.film.set_marked(False)
        self.count.setText(f"{len(self.film.order):,} samples" if len(self.film.order) else "no samples")

    def choose(self, row: int) -> None:
        """Look at a sample wherever it is in the data set."""
        if self.dataset is None:
            return
        for part, rows in self.dataset.splits.items():
            if row in rows and part != self.part.value:
                self.part.set_value(part)
        self.classes.blockSignals(True)
        self.classes.setCurrentIndex(0)
        self.classes.blockSignals(False)
        self._reorder(current=row)

    def before(self) -> None:
        """The sample before."""
        self.film.go(self.film.place - 1)

    def after(self) -> None:
        """The next sample."""
        self.film.go(self.film.place + 1)

    def random(self) -> None:
        """Any sample."""
        if len(self.film.order):
            self.film.go(int(self._dice.integers(len(self.film.order))))

    def _image(self, row: int) -> QImage | None:
        return picture_of(self.dataset, row) if self.dataset is not None else None

    def _allow(self) -> None:
        self.setEnabled(self.dataset is not None)
        self.mistakes.setEnabled(self._found is not None)
        self.classes.setVisible(self.dataset is None or self.classes.count() > 1)

    def _reorder(self, *_: object, current: int | None = None) -> None:
        dataset = self.dataset
        if dataset is None:
            self.film.set_order(np.zeros(0, np.int64))
            self.count.setText("")
            return
        rows = dataset.splits.get(self.part.value, np.zeros(0, np.int64))
        wanted = self.classes.currentData()
        column = label_column(dataset)
        if column is not None and wanted is not None and wanted >= 0:
            rows = rows[dataset.columns[column][rows] == wanted]
        if self.mistakes.isChecked() and self._found is not None:
            wrong = self._found.mistakes()
            first = wrong[np.isin(wrong, rows)]
            rows = np.concatenate([first, rows[~np.isin(rows, first)]])
            keep = current
        else:
            keep = current if current is not None else self.film.sample
        self.film.set_order(np.asarray(rows, np.int64), current=keep)
        if self.film.sample is not None:
            self._picked(self.film.sample)
        else:
            self.count.setText("no samples")

    def _picked(self, row: int) -> None:
        self.count.setText(f"{self.film.place + 1:,} of {len(self.film.order):,}")
        self.picked.emit(row)
