"""The sample, large, with its true class, and what the network answers.

Not for: choosing the sample (`gui.inspector.samples`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from engine.probes.data import Answer, Bars, Nothing
from gui import theme
from gui.inspector.bars import AnswerBars
from gui.inspector.subject import Sample, number_image
from gui.pictures import PictureView, sample_image
from gui.widgets import Card, Fault, Hint, Section

WIDTH, WIDE = 252, 372  # pixels, in a common and in a large window


class AnswerCard(Card):
    """See the module."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answer")
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(WIDE)
        self.picture = PictureView(name="The sample", least=148, square=True)
        self.truth_line = QLabel()
        self.truth_line.setFont(theme.font(14, 600))
        self.truth_line.setWordWrap(True)
        self.where = Hint()
        self.bars = AnswerBars()
        self.note = Hint()
        self.note.setObjectName("answer_note")
        self.fault = Fault()
        self._truth: int | None = None
        self.box.addWidget(Section("Sample"))
        self.box.addWidget(self.picture, 12)
        self.box.addWidget(self.truth_line)
        self.box.addWidget(self.where)
        self.box.addSpacing(theme.SPACE)
        self.box.addWidget(Section("The network's answer"))
        self.box.addWidget(self.bars)
        self.box.addWidget(self.note)
        self.box.addWidget(self.fault)
        self.box.addStretch(1)

    def clear(self) -> None:
        """There is no sample."""
        self.picture.set_image(None)
        self.truth_line.setText("")
        self.where.setText("No sample is chosen.")
        self.bars.set_bars(None)
        self._say("")
        self.fault.say("")

    def _say(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def show_sample(self, image: QImage | None, row: int, truth: int | None, words: str) -> None:
        """A sample of the data set; `words` say what it is to be answered with."""
        self._truth = truth
        self.picture.set_image(image)
        self.truth_line.setText(words)
        self.truth_line.setVisible(bool(words))
        self.where.setText(f"Sample {row:,} of the data set")

    def show_own(self, sample: Sample) -> None:
        """A sample that is in no data set."""
        self._truth = None
        first = sample[0]
        self.picture.set_image(sample_image(first) if first.dtype == np.uint8 else number_image(first))
        self.truth_line.setVisible(False)
        self.where.setText("Your own picture, from the pad. Pick a sample below to go back.")

    def show_answers(self, answer: Answer | None, fault: str = "") -> None:
        """What the network says."""
        bars = answer if isinstance(answer, Bars) else None
        self.bars.set_bars(bars, self._truth)
        self._say(answer.text if isinstance(answer, Nothing) else bars.note if bars is not None else "")
        self.fault.say(fault)
