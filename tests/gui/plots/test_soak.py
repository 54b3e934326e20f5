"""Drawing for long leaves the interpreter whole.

PySide6 6.12.0 on Python 3.11 dropped a reference to True at every emit and one to None at every void call, until the
interpreter aborted; the pinned versions do not. From 3.12 on these objects are immortal and the counts are constant.
"""

from __future__ import annotations

import sys

import numpy as np
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from gui.plots.board import PlotBoard
from gui.plots.series import RunCurves

FRAMES = 300
EMITS = 100_000
DRIFT = 2000  # references that may come and go with caches; the fault cost one for every emit or call, dozens a frame

WATCHED = (None, True, False)


def counts() -> list[int]:
    return [sys.getrefcount(value) for value in WATCHED]


class Bell(QObject):
    rung = Signal(object)


def test_a_hundred_thousand_emits_lose_no_reference() -> None:
    bell, heard = Bell(), [0]

    def listen(value: object) -> None:
        heard[0] += 1

    bell.rung.connect(listen)
    before = counts()
    for number in range(EMITS):
        bell.rung.emit(WATCHED[number % 3])
    after = counts()
    assert heard[0] == EMITS
    assert all(abs(b - a) < DRIFT for a, b in zip(before, after, strict=True)), (before, after)


def test_hundreds_of_plotted_frames_lose_no_reference(qtbot: QtBot) -> None:
    board = PlotBoard()
    qtbot.addWidget(board)
    board.resize(500, 260)
    board.show()
    qtbot.waitExposed(board)
    curves = RunCurves("/runs/soak", "soak", 50)
    board.show_runs([curves])

    def frame(number: int) -> None:
        curves.add_steps(number * 4 + 1, np.full(4, 1.0 / (number + 1)), np.full(4, 0.5))
        if number % 12 == 11:
            curves.add_epoch({"epoch": number // 12 + 1, "step": number * 4, "val_loss": 0.5, "best": True})
        board.redraw()
        board.panels["loss"].plot.canvas.viewport().repaint()

    for number in range(50):
        frame(number)
    before = counts()
    for number in range(50, FRAMES):
        frame(number)
    after = counts()
    assert board.drawn >= FRAMES
    assert len(curves.step) == 4 * FRAMES
    assert all(abs(b - a) < DRIFT for a, b in zip(before, after, strict=True)), (before, after)
