"""Python's cyclic garbage is collected on the window's thread only.

Left alone, Python collects on whichever thread happens to allocate, also on the training's and the background's. A QObject
in a cycle (most are: a signal connected to a method of its own object is one) would then be destroyed on that thread; its
timers live on in the window's, and the next turn of the event loop is a segmentation fault. So automatic collection is
switched off and done here, from a timer, by the rules that Python itself goes by, except that looking through everything, a
tenth of a second in a large project, waits for a moment in which nothing goes on. Objects are counted, never listed: a list of them
(`gc.get_objects`) holds what other threads are only making, and Python refuses to let a tuple grow that somebody else holds
(SystemError; https://bugs.python.org/issue15108).

Modules are never garbage, but nearly all of the 400,000 objects that looking through everything goes through are theirs. So what
is there once many modules have been loaded is set aside for good (`gc.freeze`). Not for: reference counts, which free nearly
everything at once on any thread.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 100  # a training makes a few thousand objects meanwhile, collected in a millisecond
MODULES = 100  # more than the last time, and what there is by now is set aside too
LEAST_OLD = 40_000  # objects that are reckoned with where fewer are left: else every few new ones would be looked through at once
GROWN = 4  # everything is looked through when what has grown old since is a quarter of what there was, as Python does


class Collector(QObject):
    """Collects whenever the event loop comes round, instead of Python's own automatic collection.

    Attributes:
        sets_aside: Whether it sets aside what modules hold; not for tests, which look for what is left of a project.
    """

    def __init__(self, parent: QObject, *, sets_aside: bool = False) -> None:
        super().__init__(parent)
        self.sets_aside, self._modules = sets_aside, 0
        self.setObjectName("garbage")
        gc.disable()
        self._young = (
            0  # objects, about, that outlived a collection of the youngest since the last of the middle generation
        )
        self._aged = 0  # that outlived one of the middle generation since the last full one
        self._old = len(gc.get_objects(2))  # at the start there is one thread
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect the generations whose turn it is. Call it on the window's thread only."""
        young, middle, _ = gc.get_count()
        limits = gc.get_threshold()
        if young <= limits[0]:
            if self._aged * GROWN > self._old:
                self._collect_all()
            return
        if middle <= limits[1]:
            self._young += max(0, young - gc.collect(0))
            return
        held, self._young = self._young + young, 0
        self._aged += max(0, held - gc.collect(1))
        if self._aged > self._old:  # there is no quiet moment, and it has doubled
            self._collect_all()

    def _collect_all(self) -> None:
        self._old = max(1, self._old + self._aged - gc.collect(2))
        self._aged = 0
        if self.sets_aside:
            if len(sys.modules) >= self._modules + MODULES:
                gc.freeze()
                self._modules, self._old = len(sys.modules), 0
            self._old = max(self._old, LEAST_OLD)


def collect_here(parent: QObject, *, sets_aside: bool = False) -> Collector:
    """Collect on this thread, the window's, from now on; `parent` is the application."""
    existing = parent.findChild(Collector)
    return existing if isinstance(existing, Collector) else Collector(parent, sets_aside=sets_aside)
