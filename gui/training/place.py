"""`TrainPlace`: settings and transport at the left, live plots in the middle, the project's runs below.

Not for: training (`gui.session`), nor for reading runs (`gui.training.runs`).
"""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.training.messages import Epoch, Failed, Finished, Message, Note, Pictures, Started, Steps
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.plots.board import PlotBoard
from gui.plots.series import RunCurves
from gui.scope import find
from gui.session import Session
from gui.training.log import FailureCard
from gui.training.panel import RunsPanel, question
from gui.training.runs import Row, curves_of, settings_text, standing_of
from gui.training.settings import TrainingForm
from gui.training.sheet import PictureSheet
from gui.training.standing import Standing, date_text
from gui.training.status import StatusStrip
from gui.training.transport import Transport
from gui.widgets import Heading, Hint, hline

LEFT = 324  # pixels of the settings' column
RUNS_HEIGHT = 220  # pixels of the table at first

ENDS = {
    "done": "The training is done.",
    "stopped": "The training was stopped; its weights are kept.",
    "discarded": "The training was discarded.",
    "failed": "The training failed; the last good state is kept.",
}


class TrainPlace(QWidget):
    """The place.

    Attributes:
        goto: Emits the id of a block that a person wants to see.
        problems_wanted: A person wants to see the list of problems.
        data_wanted: A person wants to see the data, which cannot be read.
        comparing: Emits the paths of one or two runs whose drawings a person wants to compare.
        said: Emits a sentence for the status bar.
    """

    goto = Signal(str)
    comparing = Signal(object)
    problems_wanted = Signal()
    data_wanted = Signal()
    said = Signal(str)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_place")
        self.document, self.session = document, session
        self.standing = Standing()
        self.curves: dict[str, RunCurves] = {}
        self.live: RunCurves | None = None
        self.transport = Transport(session)
        self.form = TrainingForm(document)
        self.strip = StatusStrip()
        self.failure = FailureCard()
        self.board = PlotBoard()
        self.sheet = PictureSheet()
        self.runs = RunsPanel(document, session)
        self.table, self.log = self.runs.table, self.runs.log
        self._lay_out()
        self._wire()
        self._show_standing()
        self.runs.read_runs()

    # --- building

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left())
        rule = QWidget()
        rule.setObjectName("rule")
        rule.setFixedWidth(1)
        self._rule = rule
        row.addWidget(rule)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self._centre())
        self.split.addWidget(self.runs)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([1000, RUNS_HEIGHT])
        row.addWidget(self.split, 1)

    def _left(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(LEFT)
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 16, 0, 0)
        column.setSpacing(12)
        top = QVBoxLayout()
        top.setContentsMargins(0, 0, 16, 0)
        top.setSpacing(12)
        top.addWidget(self.transport)
        top.addWidget(hline())
        top.addWidget(Heading("Settings"))
        self.later_hint = Hint("The run under way keeps what it started with. Changes are for the next one.")
        self.later_hint.setObjectName("later_hint")
        top.addWidget(self.later_hint)
        column.addLayout(top)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 16, 16)
        inner.addWidget(self.form)
        scroll.setWidget(holder)
        column.addWidget(scroll, 1)
        return side

    def _centre(self) -> QWidget:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.strip)
        column.addWidget(self.failure)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.board, 3)
        row.addWidget(self.sheet, 1)
        column.addLayout(row, 1)
        centre.setMinimumHeight(340)
        return centre

    def _wire(self) -> None:
        document, session = self.document, self.session
        session.messages.connect(self.take)
        session.state_changed.connect(self._state_changed)
        session.run_changed.connect(self._run_changed)
        document.replaced.connect(self._replaced)
        self.transport.problems_wanted.connect(self.problems_wanted)
        self.transport.data_wanted.connect(self.data_wanted)
        self.transport.block_wanted.connect(self.goto)
        self.transport.discard.clicked.connect(self.ask_discard)
        self.failure.goto.connect(self._go_to_name)
        self.board.said.connect(self.said)
        self.table.picked.connect(self.show_run)
        self.runs.said.connect(self.said)
        self.runs.comparing.connect(self.comparing)
        self.runs.listed.connect(self._listed)
        self.runs.deleting.connect(self._deleting)
        self.table.runs.checked_changed.connect(self._checked)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self, *_: object) -> None:
        tokens = theme.current()
        self._rule.setStyleSheet(f"background: {tokens.border}")
        self._show_standing()

    # --- following the training

    def take(self, messages: list[Message]) -> None:
        """Follow what came in one frame; the plots are drawn once for all of it."""
        for message in messages:
            self.standing.take(message)
            match message:
                case Started():
                    self._started(message)
                case Steps() if self.live is not None:
                    self.live.add_steps(message.first, message.loss, message.accuracy, message.metrics)
                case Epoch() if self.live is not None:
                    self.live.add_epoch(dataclasses.asdict(message))
                    self._live_row()
                case Pictures():
                    self.sheet.tell(message)
                case Note():
                    self.log.add(message.text, message.level)
                case Failed():
                    self.failure.tell(message)
                    self.log.add(message.text, "error")
                case Finished():
                    self._finished(message)
                case _:
                    pass
        self.board.touch()
        self._show_standing()

    def _started(self, message: Started) -> None:
        self.failure.hide()
        self.sheet.clear()
        known = self.curves.get(message.run)
        self.live = known or RunCurves(message.run, f"{self.document.title} · {datetime.now().astimezone():%H:%M}")
        self.live.steps_per_epoch = message.steps_per_epoch
        self.curves[message.run] = self.live
        went_on = f" from epoch {message.first_epoch}" if message.step else ""
        self.log.add(f"Training on {message.device_name or message.device}{went_on}: {message.samples:,} samples.")
        for note in message.notes:
            self.log.add(note)
        if message.step and known is None:
            self._read_curves(message.run, self.live.name)
        self._compose()
        self.runs.read_soon()

    def _finished(self, message: Finished) -> None:
        epochs = f" {self.standing.epoch} epochs." if message.reason == "done" else ""
        self.log.add(ENDS.get(message.reason, "The training has ended.") + epochs, "info")
        if message.run is None and self.live is not None:
            self.curves.pop(self.live.path, None)
            self.table.runs.check(self.live.path, False)
        self.live = None
        self._compose()
        self.runs.read_soon()

    def _state_changed(self, state: str) -> None:
        self._show_standing()
        if self.live is not None and state in ("running", "paused"):
            self.table.runs.update_row(self.live.path, state=state)

    def explain(self, text: str) -> None:
        """Say why something was not done."""
        self.log.add(text, "error")
        self.said.emit(text)

    def _show_standing(self) -> None:
        state = self.session.state
        settings = settings_text(self.document.project.training) if state == "idle" else ""
        self.strip.tell(state, self.standing, settings)
        self.later_hint.setVisible(state != "idle")

    def _live_row(self) -> None:
        live = self.live
        if live is None:
            return
        known = {name: live.epochs[name].values for name in ("val_accuracy", "val_loss", "seconds")}
        finite = {name: values[np.isfinite(values)] for name, values in known.items()}
        self.table.runs.update_row(
            live.path,
            epochs=len(live.epochs["epoch"]),
            accuracy=float(finite["val_accuracy"].max(initial=-math.inf)),
            loss=float(finite["val_loss"].min(initial=math.inf)),
            seconds=float(finite["seconds"].sum()),
        )

    # --- runs

    def _listed(self) -> None:
        self._live_row()
        self._compose()
        self._stand_as_stored()

    def _deleting(self, path: str) -> None:
        self.curves.pop(path, None)
        self._compose()

    def show_run(self, path: str) -> None:
        """Show a stored run; while a training runs it is laid over it instead."""
        if self.session.state == "idle":
            self.session.show_run(path)
        elif self.live is None or path != self.live.path:
            self.table.runs.check(path, True)

    def _run_changed(self, path: str | None) -> None:
        if path is not None and self.session.state == "idle":
            self._want(path)
        self._compose()
        self._stand_as_stored()

    def _stand_as_stored(self) -> None:
        """Tell of the stored run that is shown what would be told of one under way."""
        path = self.session.run
        if self.session.state != "idle" or self.standing.run == (path or ""):
            return
        row = next((row for row in self.table.runs.rows if row.path == path), None)
        if path is None or row is None or path not in self.curves:
            self.standing = Standing()
        else:
            self.standing = standing_of(row, self.curves[path])
        self._show_standing()

    def _checked(self, paths: list[str]) -> None:
        for path in paths:
            self._want(path)
        self._compose()

    def _want(self, path: str) -> None:
        if path not in self.curves:
            row = next((row for row in self.table.runs.rows if row.path == path), None)
            self._read_curves(path, _legend_name(row) if row else "")

    def _read_curves(self, path: str, name: str) -> None:
        in_background(self, partial(curves_of, path, name), self._curves_read, self.explain)

    def _curves_read(self, read: RunCurves) -> None:
        live = self.live
        if live is not None and read.path == live.path:  # a resumed run: what it told meanwhile goes behind its past
            past = {name: history.values for name, history in live.metrics.items()}
            read.add_numbers(live.step.values, live.loss.values, live.accuracy.values, past)
            for place in range(len(live.epochs["epoch"])):
                read.add_epoch({name: float(history.values[place]) for name, history in live.epochs.items()})
            read.steps_per_epoch = live.steps_per_epoch
            self.live = read
        self.curves[read.path] = read
        self._compose()
        self._stand_as_stored()

    def _compose(self) -> None:
        """Bring the plots up to the run shown and those compared with it."""
        main = self.live.path if self.live is not None else self.session.run
        paths = [path for path in dict.fromkeys([main, *self.table.runs.checked]) if path is not None]
        shown = [self.curves[path] for path in paths if path in self.curves]
        if [id(curves) for curves in shown] != [id(curves) for curves in self.board.runs]:
            self.board.show_runs(shown)
        strokes = {curves.path: place for place, curves in enumerate(shown)}
        self.table.runs.set_strokes(strokes, main or "")

    def _replaced(self) -> None:
        self.standing.forget()
        if self.session.state == "idle":
            self.curves.clear()
        self.failure.hide()
        self._show_standing()
        self._compose()
        self.runs.read_runs()

    # --- commands

    def ask_discard(self) -> None:
        """Ask, then throw the run under way away."""
        box = question(
            self, "Discard this run?", "Its weights and curves are thrown away. This cannot be undone.", "Discard"
        )
        box.accepted.connect(self.session.discard)
        box.open()

    def _go_to_name(self, name: str) -> None:
        found = find(self.document.root, name)
        if found is None:
            self.said.emit(f"The block {name} is no longer in the drawing.")
            return
        self.document.open_scope(found[0])
        self.goto.emit(found[1])


def _legend_name(row: Row) -> str:
    when = date_text(row.created, datetime.now().astimezone())
    return f"{row.name} · {when.removeprefix('today ')}"
