"""Work that would make the window wait, done on another thread, its result handed back on the window's own.

For reading run folders, writing exports, downloading. Not for training (the session has its own thread), nor for what
touches a widget.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from engine.errors import EngineError

T = TypeVar("T")


@dataclass(frozen=True)
class _Job:
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[str], None]
    future: Future[Any]


class _Desk(QObject):
    """Lives on the window's thread for the whole life of the program; the one place results come back to."""

    finished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="background")
        self.open_jobs = 0
        self.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def start(
        self, job: Callable[[], Any], owner: QObject, done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        self.open_jobs += 1
        future = self._workers.submit(job)
        entry = _Job(owner, done, failed, future)
        future.add_done_callback(lambda _: self.finished.emit(entry))

    def _deliver(self, job: _Job) -> None:
        self.open_jobs -= 1
        if job.future.cancelled() or not shiboken6.isValid(job.owner):
            return
        try:
            result = job.future.result()
        except (EngineError, OSError) as error:
            job.failed(str(error))
            return
        job.done(result)

    def close(self) -> None:
        """Let what runs come to its end and drop what waits; a later job gets a new desk."""
        global _desk
        if _desk is self:
            _desk = None
        self._workers.shutdown(wait=True, cancel_futures=True)


_desk: _Desk | None = None


def in_background(
    owner: QObject, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
) -> None:
    """Run `work` on another thread.

    Args:
        owner: Whom the result is for; nothing is called once it has been deleted.
        work: Touches no widget.
        done: Called on the window's thread with what `work` returned.
        failed: Called on the window's thread with the sentence of an `EngineError` or an `OSError`. Any other exception
            is a fault of ours: it is raised on the window's thread, where the crash report catches it.
    """
    global _desk
    if _desk is None or not shiboken6.isValid(_desk):
        _desk = _Desk()
    _desk.start(work, owner, done, failed)


def open_jobs() -> int:
    """Jobs begun whose results have not been handed back yet."""
    return 0 if _desk is None else _desk.open_jobs
