"""How long a window's thread keeps its event loop waiting, and where it is when that is long.

Not for: what is done meanwhile (`tests.campaigns.monkey`).
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QTimer


class Pulse:
    """The longest time that the window's thread was busy between two turns of its event loop.

    Attributes:
        longest: Seconds of the thread's processor time.
    """

    def __init__(self) -> None:
        self.longest = self._last = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now

    def __enter__(self) -> None:
        self.longest, self._last = 0.0, time.thread_time()
        self._timer.start(0)

    def __exit__(self, *_error: object) -> None:
        self._timer.stop()
        self._beat()


class Witness:
    """Tells where a thread is once it has been at something for long.

    A thread of Python, which sees the other one between two of its steps: the watchdog of `faulthandler` reads its frames while
    they change, and crashed a campaign that way.

    Args:
        after_s: Seconds by the clock.
        tell: Takes the stack, as text.
    """

    def __init__(self, after_s: float, tell: Callable[[str], object]) -> None:
        self._after_s, self._tell = after_s, tell
        self._watched = threading.get_ident()
        self._began: float | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="witness", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        told: float | None = None
        while not self._closed.wait(self._after_s / 4):
            began = self._began
            if began is not None and began != told and time.perf_counter() - began > self._after_s:
                told = began
                self._tell("".join(traceback.format_stack(sys._current_frames()[self._watched])))

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_error: object) -> None:
        self._began = None

    def close(self) -> None:
        """Watch no longer."""
        self._closed.set()
        self._thread.join()
