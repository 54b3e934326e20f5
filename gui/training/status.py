"""The strip over the plots: state, progress, and the few numbers a person looks for while it trains; and one line of it
for the status bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.training.standing import STATE_WORDS, Standing, best_text, count_text, duration_text, standing_text
from gui.widgets import Card

THOUSAND = 1000  # steps of the progress bar
MARKS = {"running": "●", "paused": "❚❚", "starting": "◌", "stopping": "◌", "done": "✓", "failed": "✕", "stopped": "■"}


class Figure(QWidget):
    """One number with its name above and, smaller, what belongs to it."""

    def __init__(self, name: str, key: str) -> None:
        super().__init__()
        self.name = QLabel(name)
        self.value = QLabel("–")
        self.value.setObjectName(f"figure_{key}")
        self.value.setAccessibleName(name)
        self.note = QLabel()
        self.note.setObjectName(f"note_{key}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for label in (self.name, self.value, self.note):
            column.addWidget(label)
        column.addStretch(1)
        self.restyle()

    def tell(self, value: str, note: str = "") -> None:
        """Show a number; nothing is laid out anew while its text is the same."""
        if self.value.text() != value:
            self.value.setText(value)
        if self.note.text() != note:
            self.note.setText(note)

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        self.name.setFont(theme.font(12, 400))
        self.value.setFont(theme.font(18, 600))
        self.note.setFont(theme.font(11, 400))
        for label in (self.name, self.note):
            label.setProperty("hint", True)


class StatusStrip(Card):
    """State, progress and figures."""

    def __init__(self) -> None:
        super().__init__(margin=0)
        self.setObjectName("status_strip")
        self.state = QLabel()
        self.state.setObjectName("state_text")
        self.device = QLabel()
        self.device.setObjectName("device_text")
        self.device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.progress = QProgressBar()
        self.progress.setRange(0, THOUSAND)
        self.progress.setTextVisible(False)
        self.progress.setObjectName("progress")
        self.progress.setAccessibleName("Progress of the training")
        self.figures = {
            key: Figure(name, key)
            for key, name in (
                ("epoch", "Epoch"),
                ("step", "Step"),
                ("left", "Time left"),
                ("speed", "Samples per second"),
                ("best", "Best so far"),
            )
        }
        head = QHBoxLayout()
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.device)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE * 2)
        for figure in self.figures.values():
            row.addWidget(figure, 1)
        self.box.setContentsMargins(16, 12, 16, 10)
        self.box.setSpacing(10)
        self.box.addLayout(head)
        self.box.addWidget(self.progress)
        self.box.addLayout(row)
        theme.notifier().changed.connect(self.restyle)
        self.restyle()

    def restyle(self, *_: object) -> None:
        """Take colours and fonts from the theme."""
        self.state.setFont(theme.font(14, 600))
        self.device.setFont(theme.font(12, 400))
        self.device.setProperty("hint", True)
        for figure in self.figures.values():
            figure.restyle()

    def tell(self, state: str, standing: Standing, settings: str = "") -> None:
        """Show where a training stands.

        Args:
            state: The session's state.
            standing: The numbers.
            settings: What is shown at the right before a run has told its device.
        """
        ended = state == "idle" and bool(standing.ended)
        key = standing.ended if ended else state
        tokens = theme.current()
        colours = {"running": tokens.accent, "failed": tokens.bad, "done": tokens.good, "paused": tokens.warn}
        mark = MARKS.get(key, "○")
        colour = colours.get(key, tokens.muted)
        text = f'<span style="color:{colour}">{mark}</span>&nbsp; {STATE_WORDS.get(key, key)}'
        if self.state.text() != text:
            self.state.setText(text)
        device = standing.device or settings
        if self.device.text() != device:
            self.device.setText(device)
        self.progress.setValue(round(standing.share * THOUSAND))
        figures = self.figures
        known = standing.epochs > 0
        figures["epoch"].tell(f"{standing.epoch} of {standing.epochs}" if known else "–", _epoch_note(standing))
        rate = f"learning rate {standing.learning_rate:.3g}" if standing.learning_rate is not None else ""
        of = f" of {standing.steps:,}" if standing.steps else ""
        figures["step"].tell(f"{standing.step:,}{of}" if known else "–", rate)
        left = standing.seconds_left if state in ("running", "paused", "stopping") else None
        figures["left"].tell(duration_text(left), _left_note(standing))
        figures["speed"].tell(
            count_text(standing.speed), f"{standing.samples:,} to learn from" if standing.samples else ""
        )
        figures["best"].tell(*best_text(standing))


def _epoch_note(standing: Standing) -> str:
    return f"{standing.steps_per_epoch:,} steps each" if standing.steps_per_epoch else ""


def _left_note(standing: Standing) -> str:
    return f"{duration_text(standing.last.seconds)} an epoch" if standing.last is not None else ""


class RunStatus(QLabel):
    """The status bar's word on the training."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_status")
        self.setAccessibleName("State of the training")
        self.session = session
        self.standing = Standing()
        session.messages.connect(self._take)
        session.state_changed.connect(self._tell)
        session.document.replaced.connect(self._replaced)
        self._tell()

    def _replaced(self) -> None:
        self.standing.forget()
        self._tell()

    def _take(self, messages: list[object]) -> None:
        for message in messages:
            self.standing.take(message)  # type: ignore[arg-type]
        self._tell()

    def _tell(self, *_: object) -> None:
        self.setText(standing_text(self.session.state, self.standing))
