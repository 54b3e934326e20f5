"""The confusion matrix: which class is taken for which, how well each is found, and the samples of any cell.

Not for: asking (`judge`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.probes.data import Confusion
from engine.training import messages as m
from gui import theme
from gui.inspector.film import Film
from gui.inspector.judge import Judge
from gui.inspector.matrix import MatrixView
from gui.inspector.subject import PARTS, picture_of
from gui.session import Session
from gui.widgets import Card, EmptyState, Hint, Section, Segmented

WHILE_TRAINING = (
    "The validation part's matrix appears after each epoch. Its samples can be seen when the training pauses or ends."
)


class ConfusionPanel(QWidget):
    """See the module.

    Attributes:
        picked: Emits the place in the data set of a sample that a person wants to look into.
    """

    picked = Signal(int)

    def __init__(self, session: Session, judge: Judge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.judge = session, judge
        self.part = Segmented(list(PARTS), name="Part of the data")
        self.headline = QLabel()
        self.headline.setFont(theme.font(15, 600))
        self.line = Hint()
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.matrix = MatrixView()
        self.empty = EmptyState("grid", "No answers yet", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.matrix)
        self.stack.addWidget(self.empty)
        self.cell_title = QLabel("Mistakes")
        self.cell_title.setFont(theme.font(14, 600))
        self.cell_hint = Hint()
        self.gallery = Film(rows=2, name="Samples of the cell")
        self.gallery.setObjectName("gallery")
        self._shown: Confusion | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * theme.SPACE)
        head.addWidget(self.part)
        head.addWidget(self.headline)
        head.addStretch(1)
        left = Card()
        left.box.addLayout(head)
        left.box.addWidget(self.progress)
        left.box.addWidget(self.stack, 1)
        left.box.addWidget(self.line)
        right = Card()
        right.box.addWidget(Section("Samples"))
        right.box.addWidget(self.cell_title)
        right.box.addWidget(self.cell_hint)
        right.box.addWidget(self.gallery, 1)
        right.setMinimumWidth(280)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.setStyleSheet("QSplitter::handle { background: transparent; }")
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.addWidget(split)

    def _connect(self) -> None:
        self.part.changed.connect(self.refresh)
        self.judge.found.connect(self._found)
        self.judge.progress.connect(self._progressed)
        self.judge.failed.connect(self._failed)
        self.judge.forgotten.connect(self.refresh)
        self.session.state_changed.connect(self.refresh)
        self.session.messages.connect(self._messages)
        self.matrix.chosen.connect(self._cell_chosen)
        self.gallery.picked.connect(self._sample_picked)

    def refresh(self, *_: object) -> None:
        """Show what is known of this part, and ask for what is not."""
        if not self.isVisible():
            return
        part = self.part.value
        found = self.judge.known(part)
        if found is not None:
            self._show(found, "")
            return
        if self.session.state in ("running", "starting", "stopping"):
            self.progress.hide()
            if self._shown is None or not self._live(self._shown):
                self._words("Training", WHILE_TRAINING)
            return
        self.judge.want(part)

    def _live(self, found: Confusion) -> bool:
        return self.part.value == "val" and not len(found.samples)

    def _words(self, title: str, text: str) -> None:
        self._shown = None
        self.empty.title.setText(title)
        self.empty.text.setText(text)
        self.stack.setCurrentWidget(self.empty)
        self.headline.setText("")
        self.line.setText("")
        self._clear_gallery("")

    def _clear_gallery(self, hint: str) -> None:
        self.cell_title.setText("Mistakes")
        self.cell_hint.setText(hint)
        self.gallery.set_order(np.zeros(0, np.int64))

    def _show(self, found: Confusion, line: str) -> None:
        self.progress.hide()
        same = self._shown is found
        self._shown = found
        self.stack.setCurrentWidget(self.matrix)
        self.matrix.set_confusion(found)
        total = int(found.matrix.sum())
        right = int(np.trace(found.matrix))
        self.headline.setText(f"{100 * found.accuracy:.2f} % right")
        dataset = self.session.dataset
        whole = len(dataset.splits[self.part.value]) if dataset is not None else total
        asked = f" (chosen evenly from all {whole:,})" if len(found.samples) and total < whole else ""
        self.line.setText(
            f"{right:,} of {total:,} samples{asked} right. {line}".rstrip() + " Click a cell to see its samples."
        )
        if not same:
            self.gallery.set_source(self._image)
            if not len(found.samples):
                self._clear_gallery("The samples can be looked at when the training pauses or ends.")
            elif dataset is not None:
                self._show_mistakes(found)

    def _show_mistakes(self, found: Confusion) -> None:
        wrong = found.mistakes()
        self.cell_title.setText(f"All {len(wrong):,} mistakes" if len(wrong) != 1 else "The one mistake")
        hint = (
            "The surest first. Click one to look into the network with it."
            if len(wrong)
            else "Not one sample of this part is answered wrongly."
        )
        self.cell_hint.setText(hint)
        self.gallery.set_order(wrong)

    def _cell_chosen(self, truth: int, answer: int) -> None:
        found = self._shown
        if found is None or not len(found.samples):
            return
        if truth < 0:
            self._show_mistakes(found)
            return
        rows = found.cell(truth, answer)
        classes = found.classes
        words = (
            f"{classes[truth]} answered as {classes[answer]}"
            if truth != answer
            else f"{classes[truth]} answered rightly"
        )
        self.cell_title.setText(words)
        many = f"{len(rows):,} samples, the surest first." if len(rows) != 1 else "1 sample."
        self.cell_hint.setText(f"{many} Click the cell again to see all mistakes.")
        self.gallery.set_order(rows)

    def _sample_picked(self, row: int) -> None:
        self.picked.emit(row)

    def _image(self, row: int) -> QImage | None:
        dataset = self.session.dataset
        return picture_of(dataset, row) if dataset is not None else None

    def _found(self, part: str) -> None:
        if part == self.part.value:
            self.refresh()

    def _progressed(self, part: str, share: float) -> None:
        if part == self.part.value and self.isVisible():
            self.progress.show()
            self.progress.setValue(round(1000 * share))
            if self._shown is None:
                self.empty.title.setText("Asking the network")
                self.empty.text.setText("Every sample of this part is answered once.")
                self.stack.setCurrentWidget(self.empty)

    def _failed(self, part: str, text: str) -> None:
        if part == self.part.value:
            self.progress.hide()
            self._words("No confusion matrix", text)

    def _messages(self, messages: list[m.Message]) -> None:
        latest = next((message for message in reversed(messages) if isinstance(message, m.Confusion)), None)
        dataset = self.session.dataset
        if latest is None or dataset is None or self.part.value != "val" or self.session.state == "idle":
            return
        if len(latest.matrix) != len(dataset.classes):
            return
        live = Confusion(np.asarray(latest.matrix, np.int64), dataset.classes)
        self._show(live, f"While training, after epoch {latest.epoch}.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.progress.hide()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
