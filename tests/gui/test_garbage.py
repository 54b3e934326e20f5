from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from gui.garbage import Collector, collect_here

ROOT = Path(__file__).resolve().parents[2]

# A thread that makes cycles until Python collects, while the window's thread has dropped an object with a running timer.
ALLOCATES = """
import gc, sys, threading
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from gui.garbage import collect_here
app = QCoreApplication([])
if sys.argv[1] == "here":
    collect_here(app)
gone = []
class Panel(QObject):
    def __init__(self):
        super().__init__()
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.frame)
        self.timer.start(1)
    def frame(self):
        pass
    def __del__(self):
        gone.append(threading.current_thread() is threading.main_thread())
gc.collect()
panel = Panel()
panel.itself = panel
del panel
kept = []
def allocate():
    for _ in range(100_000):
        kept.append([])
thread = threading.Thread(target=allocate)
thread.start()
thread.join()
if sys.argv[1] == "here":
    assert gone == [], gone
    app.findChild(QObject, "garbage").collect_due()
assert gone, "nothing was collected"
print("window" if gone[0] else "thread", flush=True)
sys.stdout.flush()
import os
os._exit(0)
"""


def thread_that_collects(where: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", ALLOCATES, where],
        cwd=ROOT,
        env=os.environ,
        timeout=60,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    return ended.stdout.strip()


def test_objects_of_the_window_die_on_its_thread_and_without_the_collector_they_would_not() -> None:
    assert thread_that_collects("here") == "window"
    assert thread_that_collects("left alone") == "thread"


def test_there_is_one_collector_and_python_does_not_collect_by_itself(qapp: QCoreApplication) -> None:
    collector = collect_here(qapp)
    assert collect_here(qapp) is collector
    assert qapp.findChildren(Collector) == [collector]
    assert not gc.isenabled()


def test_the_timer_collects_what_is_due(qtbot: QtBot, qapp: QCoreApplication) -> None:
    collect_here(qapp)

    class Node:
        pass

    node = Node()
    node.itself = node  # type: ignore[attr-defined]
    gone = weakref.ref(node)
    del node
    cycles: list[list[object]] = []

    def collected() -> bool:
        """Whether it is gone, with more than enough new objects for a collection: what other tests left takes from the count."""
        cycles.extend([] for _ in range(2 * gc.get_threshold()[0]))
        return gone() is None

    qtbot.waitUntil(collected)
    assert len(cycles) > gc.get_threshold()[0]


def test_little_is_left_for_later_and_much_is_collected_in_full(qapp: QCoreApplication) -> None:
    collector = collect_here(qapp)
    gc.collect()
    collector.collect_due()
    full = gc.get_stats()[2]["collections"]
    collector.collect_due()
    assert gc.get_stats()[2]["collections"] == full
    collector._old = 0
    kept = [fill(collector)]
    assert gc.get_stats()[2]["collections"] == full + 1
    collector._old = 2 * (gc.get_threshold()[1] + 2) * (gc.get_threshold()[0] + 10)
    kept.append(fill(collector))
    assert gc.get_stats()[2]["collections"] == full + 1  # while much goes on
    collector.collect_due()
    assert gc.get_stats()[2]["collections"] == full + 2  # now that nothing does
    assert len(kept) == 2


SETS_ASIDE = """
import gc, sys, types, weakref
from PySide6.QtCore import QCoreApplication
from gui import garbage
app = QCoreApplication([])
collector = garbage.collect_here(app, sets_aside=True)
class Node:
    pass
def cycle():
    node = Node()
    node.itself = node
    return weakref.ref(node), node
def everything():
    collector._aged = garbage.GROWN * (collector._old + 1)
    gc.collect(0)
    collector.collect_due()
modules = [types.ModuleType(f"module{n}") for n in range(2 * garbage.MODULES)]
before = gc.get_freeze_count()
gone, node = cycle()
del node
everything()
assert gone() is None
aside = gc.get_freeze_count()
assert aside > before + len(modules), "what modules hold is set aside"
everything()
assert gc.get_freeze_count() <= aside, "once"
gone, node = cycle()
del node
everything()
assert gone() is None, "what is made later is collected as ever"
sys.modules.update({module.__name__: module for module in modules})
made = [[] for _ in range(1000)]
everything()
assert gc.get_freeze_count() >= aside + len(made), "with what came along with more modules"
print("all of it")
"""


def test_what_modules_hold_is_set_aside_and_garbage_is_collected_as_ever() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SETS_ASIDE], cwd=ROOT, env=os.environ, timeout=60, check=False, capture_output=True,
        text=True,
    )  # fmt: skip
    assert ended.stdout.strip() == "all of it", ended.stderr


def test_objects_that_other_threads_are_making_are_left_alone(
    qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = collect_here(qapp)
    monkeypatch.setattr(gc, "get_objects", lambda *_: pytest.fail("a list of them would hold them"))
    collector._old = 0
    full = gc.get_stats()[2]["collections"]
    kept = fill(collector)
    assert kept
    assert gc.get_stats()[2]["collections"] == full + 1


def fill(collector: Collector) -> list[object]:
    """Make as many objects as grow old."""
    kept: list[object] = []
    for _ in range(gc.get_threshold()[1] + 2):
        kept.append([[] for _ in range(gc.get_threshold()[0] + 10)])
        collector.collect_due()
    return kept
