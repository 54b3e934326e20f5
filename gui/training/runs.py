"""The project's runs as rows: read from their folders off the window's thread, kept by what has changed.

Not for: the table that shows them (`gui.training.table`).
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import EngineError, RunError
from engine.training.messages import Epoch
from engine.training.record import EVENTS, INFO
from engine.training.runs import Run, list_runs
from engine.training.settings import TrainingSettings
from gui.plots.readout import value_text
from gui.plots.series import RunCurves, quantity_title
from gui.training.standing import Standing


@dataclass(frozen=True)
class Row:
    """One run as the table shows it.

    Attributes:
        path: Its folder.
        name: The project's title when it began.
        created: ISO date and time.
        state: As `engine.training.runs.Run.state`.
        epochs: Epochs done.
        wanted: Epochs asked for.
        accuracy: Best validation accuracy, NaN where there is none.
        loss: Lowest validation loss, NaN where there is none.
        metrics: The other metrics of the best epoch in few words: "MAE 0.41".
        seconds: Training time, validation included.
        settings: What it was trained with, in few words.
        device: What it was trained on.
    """

    path: str
    name: str
    created: str
    state: str
    epochs: int = 0
    wanted: int = 0
    accuracy: float = math.nan
    loss: float = math.nan
    metrics: str = ""
    seconds: float = 0.0
    settings: str = ""
    device: str = ""


def settings_text(settings: TrainingSettings) -> str:
    """Settings in few words: "Adam 0.001 · batch 128 · cosine · seed 0"."""
    names = {
        "sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad", "adadelta": "Adadelta",
        "perceptron": "Perceptron rule",
    }  # fmt: skip
    parts = [
        f"{names.get(settings.optimizer, settings.optimizer)} {settings.learning_rate:g}",
        f"batch {settings.batch_size}",
    ]
    if settings.schedule != "constant":
        parts.append(settings.schedule.replace("_", " "))
    if settings.weight_decay:
        parts.append(f"decay {settings.weight_decay:g}")
    return " · ".join((*parts, f"seed {settings.seed}"))


def row_of(run: Run) -> Row:
    """Read one run.

    Raises:
        EngineError: Its description is damaged.
    """
    info = run.info
    epochs = run.epochs()
    settings = run.settings
    accuracies = [epoch["val_accuracy"] for epoch in epochs if math.isfinite(epoch["val_accuracy"])]
    losses = [epoch["val_loss"] for epoch in epochs if math.isfinite(epoch["val_loss"])]
    seconds = [epoch["seconds"] for epoch in epochs if math.isfinite(epoch["seconds"])]
    return Row(
        path=str(run.path),
        name=str(info.get("title") or run.path.name),
        created=str(info.get("created", "")),
        state=run.state,
        epochs=len(epochs),
        wanted=settings.epochs,
        accuracy=max(accuracies, default=math.nan),
        loss=min(losses, default=math.nan),
        metrics=metrics_text(epochs),
        seconds=sum(seconds),
        settings=settings_text(settings),
        device=str(info.get("device_name") or info.get("device", "")),
    )


def metrics_text(epochs: Sequence[Mapping[str, Any]]) -> str:
    """What else the best epoch came to, in few words; empty where nothing else was measured."""
    best = [epoch for epoch in epochs if epoch.get("best")]
    known = (best or list(epochs))[-1:]
    if not known:
        return ""
    values = known[0].get("val_metrics") or known[0].get("train_metrics") or {}
    return " · ".join(f"{quantity_title(name)} {value_text(value, name)}" for name, value in list(values.items())[:2])


class Shelf:
    """Rows of a folder of runs; a run is read again only when its files have changed."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, Row]] = {}

    def read(self, folder: Path) -> tuple[Row, ...]:
        """The rows of all readable runs, the newest first. Touches the disk: not on the window's thread."""
        rows = []
        for run in list_runs(folder):
            key = str(run.path)
            mark = _mark(run.path)
            known = self._known.get(key)
            if known is None or known[0] != mark or known[1].state in ("running", "paused"):
                try:
                    known = (mark, row_of(run))
                except EngineError:
                    continue
                self._known[key] = known
            rows.append(known[1])
        return tuple(reversed(rows))


def _mark(path: Path) -> object:
    marks = []
    for name in (INFO, EVENTS):
        try:
            stat = (path / name).stat()
        except OSError:
            marks.append((0, 0))
            continue
        marks.append((stat.st_mtime_ns, stat.st_size))
    return tuple(marks)


def curves_of(path: str, name: str) -> RunCurves:
    """The curves of a stored run. Touches the disk: not on the window's thread.

    Raises:
        EngineError: Its description is damaged.
    """
    run = Run(path)
    steps, loss, accuracy = run.steps()
    epochs = run.epochs()
    curves = RunCurves(path, name or run.title)
    curves.add_numbers(steps, loss, accuracy, run.metrics())
    for epoch in epochs:
        curves.add_epoch(epoch)
    if epochs and epochs[0]["epoch"]:
        curves.steps_per_epoch = round(epochs[0]["step"] / epochs[0]["epoch"])
    return curves


def standing_of(row: Row, curves: RunCurves) -> Standing:
    """Where a stored run stands."""
    standing = Standing()
    standing.run, standing.device, standing.ended = row.path, row.device, row.state
    standing.epoch, standing.epochs = row.epochs, row.wanted
    standing.step, standing.steps_per_epoch = curves.last_step, curves.steps_per_epoch
    columns = {name: history.values for name, history in curves.epochs.items()}
    best = curves.best_epoch()
    for place in () if not len(columns["epoch"]) else (len(columns["epoch"]) - 1, best):
        if place is None:
            continue
        numbers = {name: float(values[place]) for name, values in columns.items()}
        epoch = Epoch(
            int(numbers["epoch"]), int(numbers["step"]), numbers["train_loss"], numbers["train_accuracy"],
            numbers["val_loss"], numbers["val_accuracy"], numbers["seconds"], math.nan, place == best,
        )  # fmt: skip
        if place == best:
            standing.best = epoch
        if place == len(columns["epoch"]) - 1:
            standing.last = epoch
    return standing


def remove(path: str) -> str:
    """Delete a run's folder and say so. Touches the disk: not on the window's thread.

    Raises:
        RunError: The folder is no run, or it is being trained.
        OSError: The folder could not be removed.
    """
    folder = Path(path)
    if not (folder / INFO).is_file():
        raise RunError(f"{folder} holds no run; nothing was deleted.")
    run = Run(folder)
    name = run.title
    if run.state in ("running", "paused"):
        raise RunError(f"{name} is being trained; stop it before it is deleted.")
    (folder / INFO).unlink()  # first, so that half a removal is no run
    shutil.rmtree(folder)
    return f"The run {name} is deleted."
