from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from pytestqt.qtbot import QtBot

from engine.errors import EngineError
from gui import background
from gui.background import UNFORESEEN, in_background, open_jobs


class Receiver(QObject):
    """Keeps what is handed to it, and by which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []

    def take(self, value: object) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.got.append(value)


class Witness:
    """Something that work holds; tells which thread has dropped it last."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __del__(self) -> None:
        self.told.append(threading.current_thread().name)


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Only reference counts free anything."""
    enabled = gc.isenabled()
    gc.disable()
    yield
    if enabled:
        gc.enable()


def settle(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not open_jobs())


def test_results_and_refusals_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    receiver, names = Receiver(), []

    def refused() -> None:
        names.append(threading.current_thread().name)
        raise EngineError("There is nothing to read.")

    in_background(receiver, lambda: 7, receiver.take, receiver.take)
    settle(qtbot)
    in_background(receiver, refused, receiver.take, receiver.take)
    settle(qtbot)
    assert receiver.got == [7, "There is nothing to read."]
    assert names[0].startswith("background")


@pytest.mark.usefixtures("no_collection")
def test_nothing_of_a_job_is_left_once_it_is_delivered(qtbot: QtBot) -> None:
    receiver, hold = Receiver(), threading.Event()
    alive = weakref.ref(receiver)
    in_background(receiver, hold.wait, receiver.take, receiver.take)
    del receiver
    assert alive() is not None  # while it runs, whom it is for is kept
    hold.set()
    settle(qtbot)
    assert alive() is None


@pytest.mark.usefixtures("no_collection")
@pytest.mark.parametrize("fails", [False, True])
def test_what_the_work_holds_is_dropped_by_the_window_not_by_the_worker(qtbot: QtBot, *, fails: bool) -> None:
    receiver, hold = Receiver(), threading.Event()
    told: list[str] = []

    def work(witness: Witness) -> str:
        hold.wait()
        if fails:
            raise EngineError(f"{type(witness).__name__} refused.")
        return type(witness).__name__

    in_background(receiver, partial(work, Witness(told)), receiver.take, receiver.take)
    hold.set()
    settle(qtbot)
    assert receiver.got == ["Witness refused." if fails else "Witness"]
    assert told == [threading.main_thread().name]


@pytest.mark.parametrize("gone", ["owner", "taker"])
def test_nothing_is_called_once_its_receiver_has_been_deleted(qtbot: QtBot, gone: str) -> None:
    owner, taker, hold = Receiver(), Receiver(), threading.Event()
    in_background(owner, hold.wait, partial(taker.take), taker.take)
    shiboken6.delete(owner if gone == "owner" else taker)
    hold.set()
    settle(qtbot)
    assert taker.got == []


def test_an_unforeseen_error_is_raised_on_the_windows_thread(qtbot: QtBot) -> None:
    receiver = Receiver()
    with qtbot.captureExceptions() as raised:
        in_background(receiver, lambda: 1 // 0, receiver.take, receiver.take)
        settle(qtbot)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    assert receiver.got == [UNFORESEEN]


def test_at_the_end_what_runs_is_waited_for_and_what_waits_is_dropped(qtbot: QtBot) -> None:
    receiver, hold, ran = Receiver(), threading.Event(), []
    desk = background._Desk()

    def start(work: object) -> None:
        desk.start(background._Job(receiver, receiver.take, receiver.take, background._Box(work)))  # type: ignore[arg-type]

    for number in range(4):
        start(lambda number=number: (hold.wait(), ran.append(number)))
    threading.Timer(0.05, hold.set).start()
    desk.close()
    assert ran[:2] in ([0, 1], [1, 0])
    assert desk.jobs == {}
    QCoreApplication.sendPostedEvents(desk, QEvent.Type.MetaCall)  # what the workers said in the end finds nobody
    assert receiver.got == []


class Talker(QObject):
    said = Signal(object)


def test_the_owners_own_signal_can_be_what_is_called(qtbot: QtBot) -> None:
    talker, receiver = Talker(), Receiver()
    talker.said.connect(receiver.take)
    in_background(talker, lambda: 3, talker.said.emit, talker.said.emit)
    settle(qtbot)
    assert receiver.got == [3]
