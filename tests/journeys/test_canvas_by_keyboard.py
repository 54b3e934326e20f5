"""A network is drawn, mended and looked through in the real window without touching the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.model import End
from engine.project import Project
from gui.app import build
from gui.canvas import Canvas
from gui.document import Document
from gui.window import Window

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


class Keys:
    """Keys sent to whatever has the focus, as a person's are."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot

    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def press(self, *keys: Qt.Key, with_: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            self.qtbot.keyClick(self.focus(), key, with_)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.focus(), text)

    def add(self, name: str) -> None:
        self.press(Qt.Key.Key_Space)
        self.type(name)
        self.press(Qt.Key.Key_Return)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
    made = build(Project())
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.session.close()


@pytest.fixture
def canvas(window: Window, qtbot: QtBot) -> Canvas:
    found = window.parts.places["design"].findChild(Canvas)
    assert isinstance(found, Canvas)
    qtbot.waitUntil(lambda: not found._fit_pending)
    found.setFocus()
    return found


@pytest.fixture
def keys(window: Window, canvas: Canvas, qtbot: QtBot) -> Keys:
    return Keys(window, qtbot)


def names(document: Document) -> list[str]:
    return [node.name for node in document.graph]


def test_a_residual_network_is_drawn_by_keyboard_alone(window: Window, canvas: Canvas, keys: Keys) -> None:
    document, graph = window.document, window.document.graph
    for name in ("image input", "convolution 2d", "relu", "add", "flatten", "linear", "output"):
        keys.add(name)
    assert names(document) == ["image", "conv1", "relu1", "add1", "flatten1", "fc1", "output"]
    conv, add = graph.named("conv1"), graph.named("add1")
    assert any(problem.block == add.id for problem in document.report.problems), "its second input is open"
    document.select([conv.id])
    keys.press(Qt.Key.Key_W)
    keys.type("add")
    keys.press(Qt.Key.Key_Return)
    assert graph.wires[End(add.id, "x2")].source.block == conv.id
    assert document.selection == (add.id,)
    keys.press(Qt.Key.Key_Left, with_=ALT)
    assert document.selection[0] in (conv.id, graph.named("relu1").id)
    keys.press(Qt.Key.Key_F, with_=CTRL)
    keys.type("relu")
    keys.press(Qt.Key.Key_Escape)
    assert document.selection == (graph.named("relu1").id,)
    keys.press(Qt.Key.Key_M)
    assert graph.named("relu1").bypassed is True
    keys.press(Qt.Key.Key_P)
    before = graph.named("relu1").x, graph.named("relu1").y
    keys.press(Qt.Key.Key_L, with_=CTRL)
    assert (graph.named("relu1").x, graph.named("relu1").y) == before
    keys.press(Qt.Key.Key_W, with_=SHIFT)
    keys.press(Qt.Key.Key_Delete)
    assert len(document.report.problems) > 0
    while document.stack.canUndo():
        keys.press(Qt.Key.Key_Z, with_=CTRL)
    assert len(graph) == 0
    while document.stack.canRedo():
        keys.press(Qt.Key.Key_Y, with_=CTRL)
    assert graph.named("relu1").pinned is True


def test_keys_of_the_canvas_are_letters_in_a_text_field(window: Window, canvas: Canvas, keys: Keys) -> None:
    document = window.document
    keys.add("convolution 2d")
    keys.press(Qt.Key.Key_F2)
    field = keys.focus()
    keys.press(Qt.Key.Key_A, with_=CTRL)
    keys.type("mpwzf")
    keys.press(Qt.Key.Key_Left, with_=CTRL | SHIFT)
    keys.press(Qt.Key.Key_D, with_=CTRL)
    keys.press(Qt.Key.Key_L, with_=CTRL)
    assert keys.focus() is field
    keys.press(Qt.Key.Key_End)
    keys.press(Qt.Key.Key_Return)
    (node,) = document.graph
    assert node.name == "mpwzf"
    assert (node.bypassed, node.pinned) == (False, False)


def test_find_works_from_a_field_of_another_panel(window: Window, canvas: Canvas, keys: Keys) -> None:
    keys.add("convolution 2d")
    keys.press(Qt.Key.Key_Return)
    assert keys.focus() is not canvas
    keys.press(Qt.Key.Key_F, with_=CTRL)
    assert keys.focus() is canvas.finding.field


def test_an_arrangement_through_the_list_of_commands_is_one_step(window: Window, canvas: Canvas, keys: Keys) -> None:
    for _ in range(3):
        keys.add("relu")
    document = window.document
    keys.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    keys.press(Qt.Key.Key_A, with_=CTRL)
    steps = document.stack.count()
    window.actions_.refresh()
    window.actions_.made["edit.align_top"].trigger()
    assert len({node.y for node in document.graph}) == 1
    assert document.stack.count() == steps + 1


def test_a_bypassed_block_is_left_out_of_the_code_and_comes_back(window: Window, canvas: Canvas, keys: Keys) -> None:
    document = window.document
    for name in ("image input", "convolution 2d", "dropout", "flatten", "linear", "output"):
        keys.add(name)
    plain = document.project.source()
    (drop,) = (node for node in document.graph if node.kind == "dropout")
    assert f"self.{drop.name}" in plain
    document.select([drop.id])
    keys.press(Qt.Key.Key_M)
    assert f"self.{drop.name}" not in document.project.source()
    keys.press(Qt.Key.Key_M)
    assert document.project.source() == plain
