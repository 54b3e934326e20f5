"""What screen readers hear of the canvas."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from pytestqt.qtbot import QtBot

from engine.graph.model import Disconnect, End, SetFlags
from gui.canvas import Canvas, access
from gui.document import Document

ALT = Qt.KeyboardModifier.AltModifier


def test_a_block_is_told_with_kind_face_shape_count_neighbours_flags_and_problems(
    document: Document, canvas: Canvas
) -> None:
    document.select(["b2"])
    assert canvas.accessibleDescription() == (
        "Selected: conv1, Convolution 2d, 6 @ 5×5, output N×6×24×24, 156 parameters, fed by image, feeds relu1."
    )
    document.do(SetFlags("b2", {"bypassed": True}), "Bypass")
    assert "conv1, Convolution 2d, 6 @ 5×5, bypassed, output N×1×28×28" in canvas.accessibleDescription()
    document.do(Disconnect(End("b2", "x")), "Disconnect")
    problem = next(p for p in document.report.problems if p.block == "b2")
    assert canvas.accessibleDescription().endswith(problem.text), "it follows the drawing"


def test_several_blocks_nothing_and_a_wire_are_told(document: Document, canvas: Canvas) -> None:
    assert canvas.accessibleDescription() == "Nothing selected. 6 blocks, 5 wires."
    document.select(["b1", "b2", "b3", "b4", "b5"])
    assert canvas.accessibleDescription() == "Selected: 5 blocks: image, conv1, relu1 and 2 more."
    canvas.choose_wire(End("b5", "x"))
    assert "wire from flatten1 to fc1, input x, carries a vector of 3456" in canvas.accessibleDescription()


def test_walking_along_wires_is_spoken_where_something_listens(
    document: Document, canvas: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []

    def hear(event: Any) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            spoken.append(event.message())

    monkeypatch.setattr(access.QAccessible, "updateAccessibility", hear)
    monkeypatch.setattr(access.QAccessible, "isActive", lambda: True)
    document.select(["b2"])
    qtbot.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert spoken[-1].startswith("Selected: relu1")
    qtbot.keyClick(canvas, Qt.Key.Key_W)
    assert "fc1" in spoken[-1] or "flatten1" in spoken[-1] or "output" in spoken[-1]


def test_qt_takes_the_announcement(canvas: Canvas) -> None:
    was = QAccessible.isActive()
    QAccessible.setActive(True)
    try:
        access.announce(canvas, "conv1")
    finally:
        QAccessible.setActive(was)
