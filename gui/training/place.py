"""`TrainPlace`: settings and transport at the left, live plots in the middle, the project's runs below.

Not for: training (`gui.session`), nor for reading runs (`gui.training.runs`).
"""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.errors import GraphError
from engine.graph.model import Graph
from engine.training.messages import Epoch, Failed, Finished, Message, Note, Started, Steps
from engine.training.runs import Run, runs_folder
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.plots.board import PlotBoard
from gui.plots.series import RunCurves
from gui.session import Session
from gui.training.log import FailureCard, Log
from gui.training.restore import edit_towards
from gui.training.runs import Row, Shelf, curves_of, remove, settings_text
from gui.training.settings import TrainingForm
from gui.training.standing import Standing
from gui.training.status import StatusStrip
from gui.training.table import RunsTable
from gui.training.transport import Transport
from gui.widgets import EmptyState, Heading, Hint, Segmented, hline

LEFT = 324  # pixels of the settings' column
RUNS_HEIGHT = 220  # pixels of the table at first
LATER_MS = 150  # several reasons to read the runs again within this time are one

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
        said: Emits a sentence for the status bar.
    """

    goto = Signal(str)
    problems_wanted = Signal()
    said = Signal(str)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_place")
        self.document, self.session = document, session
        self.standing = Standing()
        self.curves: dict[str, RunCurves] = {}
        self.live: RunCurves | None = None
        self._shelf = Shelf()
        self._reading = False
        self.transport = Transport(session)
        self.form = TrainingForm(document)
        self.strip = StatusStrip()
        self.failure = FailureCard()
        self.board = PlotBoard()
        self.table = RunsTable()
        self.log = Log()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self.read_runs)
        self._lay_out()
        self._wire()
        self._show_standing()
        self.read_runs()

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
        self.split.addWidget(self._bottom())
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
        column.addWidget(self.board, 1)
        centre.setMinimumHeight(340)
        return centre

    def _bottom(self) -> QWidget:
        bottom = QWidget()
        column = QVBoxLayout(bottom)
        column.setContentsMargins(16, 10, 16, 16)
        column.setSpacing(10)
        self.pages = Segmented([("runs", "Runs"), ("log", "Notes")], name="Runs or notes")
        self.pages.setObjectName("runs_or_notes")
        self.count = QLabel()
        self.count.setObjectName("runs_count")
        self.clear = QPushButton("Clear comparison")
        self.clear.setObjectName("clear_comparison")
        self.clear.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.pages)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.clear)
        self.stack = QStackedWidget()
        self.no_runs = EmptyState(
            "history", "No runs yet", "Every training is kept here, with its settings and its curves."
        )
        for page in (self.no_runs, self.table, self.log):
            self.stack.addWidget(page)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        bottom.setMinimumHeight(120)
        return bottom

    def _wire(self) -> None:
        document, session = self.document, self.session
        session.messages.connect(self.take)
        session.state_changed.connect(self._state_changed)
        session.run_changed.connect(self._run_changed)
        session.runs_changed.connect(self._later.start)
        document.replaced.connect(self._replaced)
        document.place_changed.connect(self._later.start)
        self.transport.problems_wanted.connect(self.problems_wanted)
        self.transport.block_wanted.connect(self.goto)
        self.transport.discard.clicked.connect(self.ask_discard)
        self.failure.goto.connect(self._go_to_name)
        self.board.said.connect(self.said)
        self.table.picked.connect(self.show_run)
        self.table.asked.connect(self._asked)
        self.table.runs.checked_changed.connect(self._checked)
        self.clear.clicked.connect(self._clear_comparison)
        self.pages.changed.connect(self._page)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self, *_: object) -> None:
        tokens = theme.current()
        self._rule.setStyleSheet(f"background: {tokens.border}")
        self.count.setStyleSheet(f"color: {tokens.muted}")
        self.count.setFont(theme.font(12, 400))
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
                    self.live.add_steps(message.first, message.loss, message.accuracy)
                case Epoch() if self.live is not None:
                    self.live.add_epoch(dataclasses.asdict(message))
                    self._live_row()
                case Note():
                    self.log.add(message.text, message.level)
                    self._page(self.pages.value)
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
        self._later.start()

    def _finished(self, message: Finished) -> None:
        epochs = f" {self.standing.epoch} epochs." if message.reason == "done" else ""
        self.log.add(ENDS.get(message.reason, "The training has ended.") + epochs, "info")
        if message.run is None and self.live is not None:
            self.curves.pop(self.live.path, None)
            self.table.runs.check(self.live.path, False)
        self.live = None
        self._compose()
        self._later.start()

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
        accuracy, loss = live.epochs["val_accuracy"].values, live.epochs["val_loss"].values
        finite = accuracy[[math.isfinite(value) for value in accuracy]]
        losses = loss[[math.isfinite(value) for value in loss]]
        self.table.runs.update_row(
            live.path,
            epochs=len(accuracy),
            accuracy=float(finite.max()) if len(finite) else math.nan,
            loss=float(losses.min()) if len(losses) else math.nan,
        )

    # --- runs

    @property
    def folder(self) -> Path:
        """Where this project's runs lie."""
        return runs_folder(self.document.path)

    def read_runs(self) -> None:
        """Read the project's runs again, off the window's thread."""
        if self._reading:
            self._later.start()
            return
        self._reading = True
        folder = self.folder
        in_background(self, lambda: self._shelf.read(folder), self._show_rows, self._unread)

    def _unread(self, text: str) -> None:
        self._reading = False
        self.said.emit(text)

    def _show_rows(self, rows: tuple[Row, ...]) -> None:
        self._reading = False
        if self.document.path is None:  # runs of unsaved projects lie together: those of this one have its title
            rows = tuple(row for row in rows if row.name == self.document.title)
        self.table.runs.set_rows(rows)
        self._live_row()
        self.count.setText("" if not rows else "1 run" if len(rows) == 1 else f"{len(rows)} runs")
        self._page(self.pages.value)
        self._compose()

    def _page(self, page: str) -> None:
        runs = self.table if self.table.runs.rows else self.no_runs
        self.stack.setCurrentWidget(self.log if page == "log" else runs)

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

    def _checked(self, paths: list[str]) -> None:
        for path in paths:
            self._want(path)
        self.clear.setVisible(bool(paths))
        self._compose()

    def _clear_comparison(self) -> None:
        for path in list(self.table.runs.checked):
            self.table.runs.check(path, False)

    def _want(self, path: str) -> None:
        if path not in self.curves:
            row = next((row for row in self.table.runs.rows if row.path == path), None)
            self._read_curves(path, _legend_name(row) if row else "")

    def _read_curves(self, path: str, name: str) -> None:
        in_background(self, lambda: curves_of(path, name), self._curves_read, self.explain)

    def _curves_read(self, read: RunCurves) -> None:
        live = self.live
        if live is not None and read.path == live.path:  # a resumed run: what it told meanwhile goes behind its past
            read.add_numbers(live.step.values, live.loss.values, live.accuracy.values)
            for place in range(len(live.epochs["epoch"])):
                read.add_epoch({name: float(history.values[place]) for name, history in live.epochs.items()})
            read.steps_per_epoch = live.steps_per_epoch
            self.live = read
        self.curves[read.path] = read
        self._compose()

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
        if self.session.state == "idle":
            self.standing = Standing()
            self.curves.clear()
        self.failure.hide()
        self._show_standing()
        self._compose()
        self.read_runs()

    # --- commands

    def ask_discard(self) -> None:
        """Ask, then throw the run under way away."""
        box = self._question(
            "Discard this run?", "Its weights and curves are thrown away. This cannot be undone.", "Discard"
        )
        box.accepted.connect(self.session.discard)
        box.open()

    def _asked(self, command: str, path: str) -> None:
        match command:
            case "resume":
                self.session.resume_run(path)
            case "restore":
                in_background(self, lambda: Run(path).graph(), self._restore, self.explain)
            case "folder":
                QDesktopServices.openUrl(QUrl.fromLocalFile(path))
            case _:
                self.ask_delete(path)

    def _restore(self, graph: Graph) -> None:
        if self.document.do(edit_towards(self.document.graph, graph), "Bring back the drawing of a run"):
            self.said.emit("The drawing and the settings are those of the run again. Undo brings yours back.")

    def ask_delete(self, path: str) -> None:
        """Ask, then delete a run's folder."""
        row = next((row for row in self.table.runs.rows if row.path == path), None)
        name = f"“{row.name}” of {row.created[:16].replace('T', ' ')}" if row is not None else "this run"
        box = self._question(
            "Delete this run?", f"The weights and curves of {name} are deleted. This cannot be undone.", "Delete"
        )
        box.accepted.connect(lambda: self.delete(path))
        box.open()

    def delete(self, path: str) -> None:
        """Delete a run's folder, off the window's thread."""
        if self.session.run == path:
            self.session.show_run(None)
        self.table.runs.check(path, False)
        self.curves.pop(path, None)
        in_background(self, lambda: remove(path), self._deleted, self.explain)

    def _deleted(self, text: str) -> None:
        self.said.emit(text)
        self.read_runs()

    def _question(self, title: str, text: str, button: str) -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=self)
        box.setInformativeText(text)
        box.setObjectName("question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    def _go_to_name(self, name: str) -> None:
        try:
            self.goto.emit(self.document.graph.named(name).id)
        except GraphError:
            self.said.emit(f"The block {name} is no longer in the drawing.")


def _legend_name(row: Row) -> str:
    try:
        return f"{row.name} · {datetime.fromisoformat(row.created):%H:%M}"
    except ValueError:
        return row.name
