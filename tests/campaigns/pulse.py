"""How long a window's thread keeps its event loop waiting.

Not for: what is done meanwhile (`tests.campaigns.monkey`).
"""

from __future__ import annotations

import time

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
