"""Work that would make the window wait, done on another thread, its result handed back on the window's own.

Whom a result is for stays on the window's thread: the worker knows the work and a number, nothing else, and is left with an
empty box before the window lets go of the rest. A QObject whose last reference goes on another thread is destroyed there,
its timers fire into freed memory, and the next turn of the event loop is a segmentation fault.

For reading run folders, writing exports, downloading. Not for training (the session has its own thread), nor for what
touches a widget.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from engine.errors import EngineError

T = TypeVar("T")

UNFORESEEN = "This failed by a fault of the program. A report of it is saved."


class _Box:
    """What two threads share of one job: the work on its way there, what came of it on its way back.

    As a context it keeps whatever is raised in it: to be raised on the window's thread, where the crash report is.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work: Callable[[], Any] | None = work
        self.result: Any = None
        self.error: BaseException | None = None

    def __enter__(self) -> _Box:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return True

    def empty(self) -> tuple[Any, BaseException | None]:
        """Take out what came of it; nothing is left that the worker could be the last to drop."""
        result, error = self.result, self.error
        self.work = self.result = self.error = None
        return result, error


@dataclass(frozen=True)
class _Job:
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[str], None]
    box: _Box


class _Desk(QObject):
    """Lives on the window's thread for the whole life of the program; the one place results come back to."""

    finished = Signal(int)  # the job's number

    def __init__(self) -> None:
        super().__init__()
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="background")
        self._number = 0
        self.jobs: dict[int, _Job] = {}
        self.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def start(self, job: _Job) -> None:
        self._number = (self._number + 1) % 2**31
        self.jobs[self._number] = job
        self._workers.submit(self._run, self._number, job.box)

    def _run(self, number: int, box: _Box) -> None:
        """The thread."""
        with box:
            assert box.work is not None
            box.result = box.work()
        self.finished.emit(number)

    def _deliver(self, number: int) -> None:
        job = self.jobs.pop(number, None)
        if job is None:
            return
        result, error = job.box.empty()
        if isinstance(error, (EngineError, OSError)):
            _call(job.owner, job.failed, str(error))
        elif not shiboken6.isValid(job.owner):
            return
        elif error is not None:
            try:
                _call(job.owner, job.failed, UNFORESEEN)  # so that nobody waits for a result for ever
            finally:
                raise error
        else:
            _call(job.owner, job.done, result)

    def close(self) -> None:
        """Let what runs come to its end and drop what waits; a later job gets a new desk."""
        global _desk
        if _desk is self:
            _desk = None
        self._workers.shutdown(wait=True, cancel_futures=True)
        for job in self.jobs.values():
            job.box.empty()
        self.jobs.clear()


def _call(owner: QObject, receiver: Callable[[Any], None], value: object) -> None:
    """Hand a result over, unless whom it is for, or the object that would take it, has been deleted meanwhile."""
    method: Any = receiver
    while isinstance(method, partial):
        method = method.func
    taker = getattr(method, "__self__", None)
    if shiboken6.isValid(owner) and not (isinstance(taker, QObject) and not shiboken6.isValid(taker)):
        receiver(value)


_desk: _Desk | None = None


def in_background(
    owner: QObject, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
) -> None:
    """Run `work` on another thread.

    Args:
        owner: Whom the result is for; nothing is called once it has been deleted.
        work: Touches no widget.
        done: Called on the window's thread with what `work` returned. A bound method of a QObject (or a `partial` of one) is
            not called when that has been deleted, whoever the owner; the signal of another object is: do not pass one.
        failed: Called on the window's thread with the sentence of an `EngineError` or an `OSError`. Any other exception
            is a fault of ours: after a sentence that says so, it is raised on the window's thread, where the crash report
            catches it.
    """
    global _desk
    if _desk is None or not shiboken6.isValid(_desk):
        _desk = _Desk()
    _desk.start(_Job(owner, done, failed, _Box(work)))


def open_jobs() -> int:
    """Jobs begun whose results have not been handed back yet."""
    return 0 if _desk is None else len(_desk.jobs)
