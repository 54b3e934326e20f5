"""`Runner`: a training with a thread of its own.

Commands go in from any thread, messages come out of the mailbox; whoever watches drains it once a frame. Warnings and log
lines of the thread travel as notes. Not for: what a training does (`engine.training.loop`).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from engine.data.choice import DataChoice
from engine.data.dataset import DataSet
from engine.data.loading import load
from engine.errors import EngineError
from engine.graph.model import Graph
from engine.graph.picture import image_shape
from engine.training.control import Command, Control
from engine.training.loop import fit
from engine.training.mailbox import Mailbox
from engine.training.messages import Failed, Finished, Message, Note, State, Steps
from engine.training.optimise import warm_up
from engine.training.prepare import Wishes
from engine.training.record import INFO, Record
from engine.training.restore import restore_best
from engine.training.settings import TrainingSettings
from engine.training.work import Say

NICE = 10  # so that a window's thread goes first; measured to halve its worst frames while cores are scarce


class _GivenUp(BaseException):
    """Stopped while the data were read: there is no run to keep."""


class Runner:
    """One training in a thread.

    Attributes:
        graph: The project as it is trained; a copy.
        choice: The data it loads, where none are given.
        settings: How it is trained.
        run_dir: The run's folder.
        mailbox: Where its messages lie.
    """

    def __init__(
        self, graph: Graph, choice: DataChoice, settings: TrainingSettings, *, run_dir: Path, resume: bool = False,
        dataset: DataSet | None = None, data_dir: Path | None = None, in_window: bool = False, title: str = "",
        weights: Path | None = None,
    ) -> None:  # fmt: skip
        self.graph = graph.copy()
        self.choice = choice
        self.settings = settings
        self.run_dir = Path(run_dir)
        self.mailbox = Mailbox()
        self._resume = resume
        self._dataset = dataset
        self._data_dir = data_dir
        self._in_window = in_window
        self._weights = weights  # imported ones, which it begins with
        self._title = title  # of the run; empty: the project's own
        self._control = Control()
        self._step = 0
        self._thread = threading.Thread(target=self._main, name="training")

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin. Call it once."""
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end, at most so many seconds. A window asks `alive` instead."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def pause(self) -> None:
        """Rest after the batch that is being worked on."""
        self._control.ask("pause")

    def resume(self) -> None:
        """Go on after a pause."""
        self._control.ask("resume")

    def step(self) -> None:
        """Work on one batch and rest."""
        self._control.ask("step")

    def stop(self) -> None:
        """End after the batch that is being worked on and keep the run."""
        self._control.ask("stop")

    def ask_weights(self) -> None:
        """Have the weights sent as a message after the batch that is being worked on."""
        self._control.ask("weights")

    def discard(self) -> None:
        """End and remove the run; when the training is over, remove what it left."""
        if self.alive or self._thread.ident is None:
            self._control.ask("discard")
        elif (self.run_dir / INFO).exists():
            Record(self.run_dir, {}).discard()

    def restore_best(self) -> None:
        """Put the best weights so far into the network; when the training is over, into its last checkpoint.

        Raises:
            EngineError: The training is over and there is no best checkpoint, or it cannot be read.
        """
        if self.alive or self._thread.ident is None:
            self._control.ask("restore_best")
        else:
            restore_best(self.run_dir)

    # --- the thread

    def _main(self) -> None:
        """The thread's last door: whatever happens becomes a message."""
        out_of_memory = False
        try:
            with _told(self._say):
                self._run()
        except _GivenUp:
            self._say(Finished("stopped", None))
        except EngineError as error:
            self._fail(str(error))
        except MemoryError:
            out_of_memory = True
        except Exception as error:  # the last door, see DESIGN
            notes = " ".join(getattr(error, "__notes__", ()))
            self._fail(
                f"The training ended by an error that was not foreseen: {type(error).__name__}: {error} {notes}".strip()
            )
            logging.getLogger(__name__).debug("training", exc_info=True)
        if out_of_memory:
            self._fail("Memory ran out; use smaller batches, a smaller network or fewer samples.")

    def _run(self) -> None:
        if self._in_window:
            _step_back()
        warm_up()
        data = self._dataset
        if data is None:
            data = load(self.choice, image=image_shape(self.graph), data_dir=self._data_dir, progress=self._progress)
        wishes = Wishes(choice=self.choice, title=self._title, spare_a_core=self._in_window, weights=self._weights)
        fit(
            self.graph, data, self.settings, run=self.run_dir, say=self._say, control=self._control,
            resume=self._resume, wishes=wishes,
        )  # fmt: skip

    def _say(self, message: Message) -> None:
        if isinstance(message, Steps):
            self._step = message.first + len(message.loss) - 1
        self.mailbox.put(message)

    def _progress(self, what: str, done: int, total: int) -> None:
        self._say(Note(f"{what}: {done:,} of {total:,}" if total else what))
        asked = self._control.peek()
        if "discard" in asked or "stop" in asked:
            raise _GivenUp

    def _fail(self, text: str) -> None:
        self._say(State("stopping"))
        self._say(Failed(text, self._step))
        kept = (self.run_dir / INFO).exists()
        self._say(Finished("failed", str(self.run_dir) if kept else None))


def _step_back() -> None:
    """Let the window's thread go first. Linux gives every thread a niceness of its own; elsewhere it would hit all."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


@contextlib.contextmanager
def _told(say: Say) -> Iterator[None]:
    """Turn this thread's warnings and log lines into notes; those of other threads go where they went before."""
    own = threading.get_ident()
    before = warnings.showwarning

    def show(
        message: Warning | str, category: type[Warning], filename: str, lineno: int,
        file: TextIO | None = None, line: str | None = None,
    ) -> None:  # fmt: skip
        if threading.get_ident() == own and file is None:
            say(Note(f"{category.__name__}: {message}", "warning"))
        else:
            before(message, category, filename, lineno, file, line)

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == own:
                say(
                    Note(
                        f"{record.name}: {record.getMessage()}",
                        "error" if record.levelno >= logging.ERROR else "warning",
                    )
                )

    lines = Lines(logging.WARNING)
    logging.getLogger().addHandler(lines)
    warnings.showwarning = show
    try:
        yield
    finally:
        if warnings.showwarning is show:
            warnings.showwarning = before
        logging.getLogger().removeHandler(lines)


__all__ = ["Command", "Runner"]
