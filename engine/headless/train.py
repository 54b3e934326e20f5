"""The command `train`: a training followed from the terminal.

The training has its own thread; this one drains its messages, draws the bar and hands Ctrl-C on. Not for: training itself.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import engine
from engine.data.choice import DataChoice
from engine.data.kinds import kind_of
from engine.data.registry import datasets
from engine.declare import from_json, to_json
from engine.errors import CompileError, DataError, RunError
from engine.graph.model import Graph
from engine.headless.arguments import given
from engine.headless.drawing import problem_line
from engine.headless.terminal import Progress, bar, count, duration, say, say_json, tell
from engine.headless.use import opened_run
from engine.project import Project
from engine.training.messages import Epoch, Failed, Finished, Message, Note, Started, Steps
from engine.training.runner import Runner
from engine.training.runs import Run, new_run_path, runs_folder
from engine.training.settings import TrainingSettings

_PATIENCE_S = 0.05  # between two looks into the mailbox

STOPPED_AT_ONCE = 130  # exit code of a program ended by Ctrl-C


def train(values: argparse.Namespace) -> int:
    """Train as asked on the command line."""
    out = Path(values.out).expanduser() if values.out else None
    if values.resume and out is None:
        raise RunError("--resume goes on with a run, but none is named. Name its folder with --out.")
    project = engine.open(values.network)
    if values.resume and out is not None:
        project = _as_it_was(project, opened_run(str(out)))
        _tell_what_stays(values, project)
    elif out is not None and out.is_dir() and any(out.iterdir()):
        what = "holds a run" if (out / "run.json").exists() else "is not empty"
        raise RunError(f"{out} {what} already. Add --resume to go on with that run, or name another folder.")
    choice = data_choice(project.data, values)
    settings: TrainingSettings = from_json(
        TrainingSettings, {**to_json(project.training, all_of_them=True), **given(values, TrainingSettings)}
    )
    project.data, project.training = choice, settings
    path = out or new_run_path(runs_folder(project.path), project.title)
    return follow(project, path, resume=values.resume, data_dir=values.data_dir, as_json=values.json)


def _as_it_was(project: Project, run: Run) -> Project:
    """The network must be the run's own: its weights fit no other. Data and training go on as they were."""
    frozen = run.graph()
    if not _same_network(project.graph, frozen):
        raise RunError(
            f"the network of {project.title} is not the one that {run.path} has trained. Train it in a new folder."
        )
    return Project(frozen, project.path)


def _tell_what_stays(values: argparse.Namespace, project: Project) -> None:
    """A run that goes on keeps its settings but for a larger number of epochs; what was typed otherwise is not passed over."""
    kept = to_json(project.training, all_of_them=True)
    told = [name for name, value in given(values, TrainingSettings).items() if value != kept[name] and name != "epochs"]
    for name in told:
        tell(
            f"The run goes on with the {name.replace('_', ' ')} it began with, {kept[name]}; --resume changes the epochs only."
        )
    if values.epochs is not None and values.epochs < project.training.epochs:
        tell(
            f"The run is for {project.training.epochs} epochs already, so it goes on to these; Ctrl-C stops and keeps it."
        )


def _same_network(one: Graph, other: Graph) -> bool:
    def essence(graph: Graph) -> tuple[Any, ...]:
        nodes = {id_: (node.kind, node.name, dict(node.settings), node.bypassed) for id_, node in graph.nodes.items()}
        return nodes, {(wire.source, wire.target) for wire in graph.wires.values()}

    def definitions(graph: Graph) -> dict[str, Any]:
        return {id_: (each.settings, essence(each.body)) for id_, each in graph.composites.items()}

    return essence(one) == essence(other) and definitions(one) == definitions(other)


def data_choice(choice: DataChoice, values: argparse.Namespace) -> DataChoice:
    """The project's choice with what was typed: `--data` names a data set, or a folder or file of one's own."""
    told: dict[str, Any] = given(values, DataChoice)
    if values.data:
        told |= named_data(values.data)
    made: DataChoice = from_json(DataChoice, {**to_json(choice, all_of_them=True), **told})
    return made


def named_data(text: str) -> dict[str, Any]:
    """The name and the path of a data set given as NAME or PATH.

    Raises:
        DataError: It is neither.
    """
    if text in datasets():
        return {"name": text, "path": ""}
    path = Path(text).expanduser().absolute()  # from here, not from the project's folder
    name = kind_of(path)
    if name is not None:
        return {"name": name, "path": str(path)}
    if path.is_file():
        raise DataError(
            f"{text} is no file of data that is known. Name arrays (.npz), a table (.csv, .tsv) or a text (.txt), or a folder of "
            "pictures."
        )
    raise DataError(f"{text} is neither a data set ({', '.join(datasets())}) nor a folder or file that is there.")


@dataclass
class _Teller:
    """Messages of a training as lines; remembers how it ended."""

    as_json: bool
    progress: Progress
    started: Started | None = None
    last: Epoch | None = None
    failed: Failed | None = None
    finished: Finished | None = None
    notes: set[str] = field(default_factory=set)

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            match message:
                case Started():
                    self._start(message)
                case Steps():
                    self._steps(message)
                case Epoch():
                    self._epoch(message)
                case Note(level="info") if self.started is None:
                    self.progress.draw(
                        0.0, message.text
                    )  # how far the data are read; what matters comes again with Started
                case Note():
                    self._note(message.text)
                case Failed():
                    self.failed = message
                case Finished():
                    self.finished = message
                case _:
                    pass

    def _start(self, message: Started) -> None:
        self.started = message
        self.progress.clear()
        tell(
            f"{count(message.samples)} samples, {message.epochs} epoch{'s' if message.epochs != 1 else ''} on "
            f"{message.device_name or message.device}"
            + (f", going on at epoch {message.first_epoch}" if message.step else "")
        )
        for note in message.notes:
            self._note(note)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.add(text)
            self.progress.clear()
            tell(text)

    def _steps(self, message: Steps) -> None:
        if self.started is None or not len(message.loss):
            return
        done = message.first + len(message.loss) - 1
        total = max(1, self.started.epochs * self.started.steps_per_epoch)
        left = (
            (total - done) * self._batch() / message.samples_per_second if message.samples_per_second > 0 else math.nan
        )
        self.progress.draw(
            done / total,
            f"epoch {message.epoch}/{self.started.epochs}  loss {float(message.loss[-1]):.4f}  "
            f"{count(round(message.samples_per_second))} samples/s  {duration(left)} left",
        )

    def _batch(self) -> float:
        return self.started.samples / max(1, self.started.steps_per_epoch) if self.started else 0.0

    def _epoch(self, message: Epoch) -> None:
        self.last = message
        self.progress.clear()
        if self.as_json:
            names = (
                "epoch",
                "train_loss",
                "train_accuracy",
                "val_loss",
                "val_accuracy",
                "seconds",
                "samples_per_second",
            )
            more = {
                name: dict(values)
                for name, values in (("train_metrics", message.train_metrics), ("val_metrics", message.val_metrics))
                if values
            }
            say_json({name: getattr(message, name) for name in names} | more)
            return
        total = self.started.epochs if self.started else message.epoch
        parts = [
            f"{bar(message.epoch / total)} epoch {message.epoch:>{len(str(total))}}/{total}",
            f"loss {message.train_loss:.4f}{_percent(message.train_accuracy)}",
            f"validation loss {message.val_loss:.4f}{_percent(message.val_accuracy)}{_others(message)}",
            f"{message.seconds:.1f} s",
            f"{count(round(message.samples_per_second))} samples/s",
        ]
        say("  ".join(parts) + ("  best" if message.best else ""))


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"  accuracy {100 * share:.2f} %"


def _others(message: Epoch) -> str:
    """The other metrics of an epoch: of the validation part where that was measured."""
    shown = message.val_metrics or message.train_metrics
    return "".join(f"  {name.replace('_', ' ')} {value:.4g}" for name, value in shown.items())


def follow(
    project: Project, path: Path, *, resume: bool = False, data_dir: str | None = None, as_json: bool = False
) -> int:
    """Train `project` into the run at `path` and tell how it goes. Ctrl-C stops after the batch and keeps what is learned.

    Returns:
        0, or 1 when the training failed on its way.

    Raises:
        CompileError: The network has problems.
        RunError: It could not begin.
    """
    report = project.check()
    if not report.ok:
        first = next(problem for problem in report.problems if problem.severity == "error")
        raise CompileError(f"this network cannot be trained yet. {problem_line(project.graph, first)}", report.problems)
    runner = Runner(
        project.graph, project.located_data, project.training, run_dir=path, resume=resume,
        data_dir=Path(data_dir).expanduser() if data_dir else None, weights=None if resume else project.weights,
    )  # fmt: skip
    teller = _Teller(as_json, Progress())
    runner.start()
    _listen(runner, teller)
    teller.hear(runner.mailbox.drain())
    teller.progress.clear()
    return _ending(teller, as_json=as_json)


def _listen(runner: Runner, teller: _Teller) -> None:
    """Follow the training to its end; the first Ctrl-C asks it to stop, the second ends the program."""
    presses = 0

    def pressed(_number: int, _frame: FrameType | None) -> None:
        nonlocal presses
        presses += 1
        if presses > 1:
            tell("Stopped at once; the last saved state of the run is kept.")
            os._exit(STOPPED_AT_ONCE)  # the thread may sit in a long step, and checkpoints survive this by design

    # Not KeyboardInterrupt: that could strike between draining the mailbox and telling what was in it, and one that strikes
    # in Thread.join makes Python take the thread for ended.
    before = signal.signal(signal.SIGINT, pressed) if threading.current_thread() is threading.main_thread() else None
    asked = False
    try:
        while runner.alive:
            if presses and not asked:
                asked = True
                teller.progress.clear()
                tell("Stopping after this batch and keeping the run; Ctrl-C again stops at once.")
                runner.stop()
            time.sleep(_PATIENCE_S)
            teller.hear(runner.mailbox.drain())
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _ending(teller: _Teller, *, as_json: bool) -> int:
    if teller.failed is not None:
        if teller.started is None or teller.failed.step == 0:
            raise RunError(teller.failed.text)
        tell(teller.failed.text)
    reason = teller.finished.reason if teller.finished else "failed"
    run = teller.finished.run if teller.finished else None
    if as_json:
        say_json({"done": True, "run": run, "reason": reason})
    elif run is not None:
        say(f"{'stopped; ' if reason == 'stopped' else ''}run kept in {run}")
    return 1 if reason == "failed" else 0
