"""The last nets under the window: whatever nobody caught becomes a report on disk and one sentence, never a traceback.

Not for: errors that are meant for a person; those never come here.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from engine.crash import write_report

log = logging.getLogger("layerloom")


class Faults(QObject):
    """Takes over the hooks of Python and Qt.

    Attributes:
        reported: Emits the sentence for the person, on the window's thread.
    """

    reported = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def install(self) -> Callable[[], None]:
        """Take the hooks over; the returned function gives them back."""
        before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._exception
        threading.excepthook = lambda args: self._report(args.exc_value)
        sys.unraisablehook = lambda args: self._report(args.exc_value)
        handler = qInstallMessageHandler(self._qt)

        def restore() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = before
            qInstallMessageHandler(handler)

        return restore

    def _exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._report(error.with_traceback(trace))

    def _report(self, error: BaseException | None) -> None:
        """Write a report; the same fault at the same place is told once, or a repainting widget would flood the disk."""
        if error is None:
            return
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = (
            f"{type(error).__name__} {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else repr(error)
        )
        with self._lock:
            if place in self._told:
                return
            self._told.add(place)
        path = write_report(error)
        print(f"LayerLoom met an error that it did not foresee; the report is in {path}", file=sys.stderr)
        self.reported.emit(
            "Something went wrong that LayerLoom did not foresee. Your work is kept and you can go on; please save it. "
            f"A report was written to {path}."
        )

    def _qt(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            print(f"Qt: {text}", file=sys.stderr)
        else:
            log.debug("Qt: %s", text)
