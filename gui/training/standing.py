"""Where a training stands, worked out from its messages, and the words for it.

Pure: no Qt. Not for: keeping curves (`gui.plots.series`).
"""

from __future__ import annotations

import math
from datetime import datetime

from engine.training.messages import Epoch, Failed, Finished, Message, Started, State, Steps

CALM = 0.7  # share of the earlier speed kept when a new one is told, so that "time left" does not flicker

STATE_WORDS = {
    "idle": "Ready",
    "starting": "Starting",
    "running": "Training",
    "paused": "Paused",
    "stopping": "Stopping",
    "done": "Done",
    "stopped": "Stopped",
    "failed": "Failed",
    "discarded": "Discarded",
    "interrupted": "Interrupted",
}


class Standing:
    """What a status line needs.

    Attributes:
        run: Path of the run, empty before the first.
        epoch: The epoch under way, counted from 1; 0 before the first.
        epochs: Epochs of the whole run.
        step: Steps done.
        steps_per_epoch: Batches in one epoch.
        samples: Samples in the training part.
        speed: Samples per second, calmed.
        learning_rate: Of the last step told, None before it.
        device: The device in words.
        best: The epoch that was the best so far, None before the first.
        last: The last finished epoch.
        failure: Why the run failed, None where it did not.
        ended: How the last training ended, empty while there is none or one under way.
    """

    def __init__(self) -> None:
        self._over = False  # what still comes is of a training that nobody looks at any more
        self._clear()

    def forget(self) -> None:
        """Another project is shown: what it says is about none until the next training begins."""
        self._clear()
        self._over = True

    def _clear(self) -> None:
        self.run = ""
        self.epoch = self.epochs = self.step = self.steps_per_epoch = self.samples = 0
        self.speed = 0.0
        self.learning_rate: float | None = None
        self.device = ""
        self.best: Epoch | None = None
        self.last: Epoch | None = None
        self.failure: Failed | None = None
        self.ended = ""
        self._epoch_seconds = 0.0

    def take(self, message: Message) -> None:
        """Follow one message."""
        if isinstance(message, Started):
            self._over = False
        if self._over:
            return
        match message:
            case Started():
                self._clear()
                self.run, self.device = message.run, message.device_name or message.device
                self.epochs, self.epoch = message.epochs, message.first_epoch
                self.step, self.steps_per_epoch = message.step, message.steps_per_epoch
                self.samples = message.samples
            case Steps():
                self.step = max(self.step, message.first + len(message.loss) - 1)
                self.epoch, self.learning_rate = message.epoch, message.lr
                self._speed(message.samples_per_second)
            case Epoch():
                self.epoch, self.step, self.last = message.epoch, message.step, message
                known = self._epoch_seconds
                self._epoch_seconds = message.seconds if not known else 0.5 * known + 0.5 * message.seconds
                if message.best:
                    self.best = message
            case Failed():
                self.failure = message
            case Finished():
                self.ended = message.reason
            case State():
                self.ended = ""
            case _:
                pass

    def _speed(self, told: float) -> None:
        if math.isfinite(told) and told > 0:
            self.speed = told if self.speed == 0 else CALM * self.speed + (1 - CALM) * told

    @property
    def steps(self) -> int:
        """Steps of the whole run, 0 while unknown."""
        return self.epochs * self.steps_per_epoch

    @property
    def share(self) -> float:
        """How much of the run is done, 0 to 1."""
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimated from the duration of epochs (validation counts), before the first from the speed; None while unknown."""
        if not self.steps:
            return None
        left = max(0, self.steps - self.step)
        if self._epoch_seconds > 0:
            return left / self.steps_per_epoch * self._epoch_seconds
        if self.speed > 0 and self.samples:
            return left * (self.samples / self.steps_per_epoch) / self.speed
        return None


def duration_text(seconds: float | None) -> str:
    """A duration: "40 ms", "8.0 s", "3 min 20 s", "2 h 05 min"; a dash where it is unknown."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    whole = max(0, round(seconds))
    if 0.0005 <= seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def share_text(value: float) -> str:
    """A share as per cent with two decimals; a dash where there is none."""
    return f"{value * 100:.2f} %" if math.isfinite(value) else "–"


def loss_text(value: float) -> str:
    """A loss with four decimals, or in powers of ten where that would hide it; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.4f}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.3e}"


def count_text(value: float) -> str:
    """A count with thousands set apart; a dash where there is none."""
    return f"{value:,.0f}" if math.isfinite(value) and value > 0 else "–"


def best_text(standing: Standing) -> tuple[str, str]:
    """The best epoch so far: its accuracy (its loss where there is none), and which epoch it was."""
    best = standing.best
    if best is None:
        return "–", ""
    if math.isfinite(best.val_accuracy):
        return share_text(best.val_accuracy), f"validation, epoch {best.epoch}"
    if math.isfinite(best.val_loss):
        return loss_text(best.val_loss), f"validation loss, epoch {best.epoch}"
    return loss_text(best.train_loss), f"training loss, epoch {best.epoch}"


def date_text(created: str, now: datetime) -> str:
    """When a run was begun: "today 14:02", "yesterday 09:15" or the date; as told where it is no date."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    if when.tzinfo is not None:
        when = when.astimezone(now.tzinfo)
    days = (now.date() - when.date()).days
    if days == 0:
        return f"today {when:%H:%M}"
    return f"yesterday {when:%H:%M}" if days == 1 else f"{when:%Y-%m-%d %H:%M}"


def standing_text(state: str, standing: Standing) -> str:
    """One line for a bar: the state, the epoch, the time left."""
    if state == "idle":
        word = STATE_WORDS.get(standing.ended or "idle", "Ready")
        if standing.ended in ("done", "stopped", "failed") and standing.epoch:
            return f"{word} · epoch {standing.epoch} of {standing.epochs}"
        return word
    word = STATE_WORDS.get(state, state)
    if state == "starting" or not standing.epochs:
        return f"{word}…"
    text = f"{word} · epoch {standing.epoch} of {standing.epochs}"
    return f"{text} · {duration_text(standing.seconds_left)} left" if state == "running" else text
