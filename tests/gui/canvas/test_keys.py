"""What the keyboard does on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import End
from gui.canvas import Canvas, edits
from gui.document import Document

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def key(canvas: Canvas, qtbot: QtBot) -> Callable[..., None]:
    def press(which: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        qtbot.keyClick(canvas, which, keys)

    return press


def names(document: Document) -> list[str]:
    return [node.name for node in document.graph]


@pytest.mark.parametrize("which", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_deleting_a_block_of_a_chain_heals_the_chain(
    document: Document, canvas: Canvas, key: Any, which: Qt.Key
) -> None:
    document.select(["b3"])
    key(which)
    assert "relu1" not in names(document)
    assert document.graph.wires[End("b4", "x")].source == End("b2", "y")
    document.stack.undo()
    assert document.graph.wires[End("b4", "x")].source == End("b3", "y")
    assert "b3" in canvas.canvas.nodes


def test_duplicate_copies_blocks_and_the_wires_among_them(document: Document, canvas: Canvas, key: Any) -> None:
    document.select(["b2", "b3"])
    key(Qt.Key.Key_D, CTRL)
    one, two = document.selection
    assert document.graph.node(one).kind == "conv2d"
    assert document.graph.node(one).settings == {"out_channels": 6, "kernel_size": 5}
    assert document.graph.wires[End(two, "x")].source == End(one, "y")
    assert End(one, "x") not in document.graph.wires
    assert len(set(names(document))) == 8


def test_copied_blocks_are_text_and_paste_back(document: Document, canvas: Canvas, key: Any) -> None:
    document.select(["b2", "b3"])
    key(Qt.Key.Key_C, CTRL)
    assert '"conv2d"' in QGuiApplication.clipboard().text()
    key(Qt.Key.Key_V, CTRL)
    assert len(document.graph) == 8
    assert len(document.selection) == 2
    key(Qt.Key.Key_X, CTRL)
    assert len(document.graph) == 6


@pytest.mark.parametrize("text", ["hello", "{}", '{"loom": 1, "blocks": [{"id": 3}]}', "{" * 50])
def test_a_clipboard_without_blocks_is_refused_in_a_sentence(
    document: Document, canvas: Canvas, key: Any, text: str
) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    QGuiApplication.clipboard().setText(text)
    key(Qt.Key.Key_V, CTRL)
    assert len(document.graph) == 6
    assert text == "{}" or "clipboard" in told[0]


def test_arrows_nudge_and_merge_into_one_step(document: Document, canvas: Canvas, key: Any) -> None:
    document.select(["b2"])
    for _ in range(3):
        key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Down, SHIFT)
    assert (document.graph.node("b2").x, document.graph.node("b2").y) == (256 + 24, 40)
    document.stack.undo()
    assert (document.graph.node("b2").x, document.graph.node("b2").y) == (256, 0)


def test_alt_arrows_walk_along_wires(document: Document, canvas: Canvas, key: Any) -> None:
    key(Qt.Key.Key_Right)
    assert document.selection == ("b1",)
    key(Qt.Key.Key_Right, ALT)
    key(Qt.Key.Key_Right, ALT)
    assert document.selection == ("b3",)
    key(Qt.Key.Key_Left, ALT)
    assert document.selection == ("b2",)


def test_f2_renames_in_place(document: Document, canvas: Canvas, key: Any, qtbot: QtBot) -> None:
    document.select(["b2"])
    key(Qt.Key.Key_F2)
    assert canvas.names.isVisible()
    qtbot.keyClicks(canvas.names, "stem")
    qtbot.keyClick(canvas.names, Qt.Key.Key_Return)
    assert document.graph.node("b2").name == "stem"
    assert canvas.canvas.nodes["b2"].node.name == "stem"


def test_escape_leaves_a_name_as_it_was(document: Document, canvas: Canvas, key: Any, qtbot: QtBot) -> None:
    document.select(["b2"])
    key(Qt.Key.Key_F2)
    qtbot.keyClicks(canvas.names, "stem")
    qtbot.keyClick(canvas.names, Qt.Key.Key_Escape)
    assert document.graph.node("b2").name == "conv1"
    assert not canvas.names.isVisible()


def test_a_name_that_cannot_be_stays_in_its_field_with_the_reason_below(
    document: Document, canvas: Canvas, key: Any, qtbot: QtBot
) -> None:
    document.select(["b2"])
    key(Qt.Key.Key_F2)
    qtbot.keyClicks(canvas.names, "class")
    qtbot.keyClick(canvas.names, Qt.Key.Key_Return)
    assert document.graph.node("b2").name == "conv1"
    assert canvas.names.isVisible()
    assert canvas.names.text() == "class"
    assert canvas.names.fault.isVisible()
    assert "a word of Python" in canvas.names.fault.text()
    assert canvas.names.accessibleDescription() == canvas.names.fault.text()
    shown = canvas.names.fault.parentWidget()
    assert shown is not None
    assert canvas.rect().contains(shown.geometry())
    assert not shown.geometry().intersects(canvas.names.geometry())
    qtbot.keyClicks(canvas.names, "1")
    assert not canvas.names.fault.isVisible()
    qtbot.keyClick(canvas.names, Qt.Key.Key_Return)
    assert document.graph.node("b2").name == "class1"
    assert not canvas.names.isVisible()


def test_a_click_elsewhere_says_at_the_bottom_why_a_name_cannot_be(
    document: Document, canvas: Canvas, key: Any, qtbot: QtBot
) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    document.select(["b2"])
    key(Qt.Key.Key_F2)
    qtbot.keyClicks(canvas.names, "relu1")
    qtbot.keyClick(canvas.names, Qt.Key.Key_Return)
    assert canvas.names.fault.isVisible()
    canvas.setFocus()
    assert not canvas.names.isVisible()
    assert not canvas.names.fault.isVisible()
    assert told
    assert "already a block called" in told[0]


@pytest.mark.parametrize("which", [Qt.Key.Key_Space, Qt.Key.Key_Tab])
def test_space_and_tab_open_quick_add_and_the_block_follows_the_selected_one(
    document: Document, canvas: Canvas, key: Any, qtbot: QtBot, which: Qt.Key
) -> None:
    document.select(["b3"])
    key(which)
    assert canvas.box.isVisible()
    assert canvas.box.field.hasFocus()
    assert "relu1" in canvas.box.field.placeholderText()
    qtbot.keyClicks(canvas.box.field, "mxp")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    made = list(document.graph)[-1]
    assert made.kind == "maxpool2d"
    assert document.graph.wires[End("b4", "x")].source == End(made.id, "y")
    assert canvas.hasFocus()


def test_quick_add_with_a_wire_selected_puts_the_block_into_it_and_is_one_step(
    document: Document, canvas: Canvas, key: Any, qtbot: QtBot
) -> None:
    canvas.choose_wire(End("b4", "x"))
    key(Qt.Key.Key_Space)
    assert "Insert after relu1" in canvas.box.field.placeholderText()
    middle = canvas.mapFromScene(canvas.canvas.wires[End("b4", "x")].label.pos())
    assert canvas.box.geometry().left() == middle.x()
    qtbot.keyClicks(canvas.box.field, "mxp")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    made = list(document.graph)[-1]
    assert made.kind == "maxpool2d"
    assert document.graph.wires[End(made.id, "x")].source == End("b3", "y")
    assert document.graph.wires[End("b4", "x")].source == End(made.id, "y")
    document.stack.undo()
    assert document.graph.wires[End("b4", "x")].source == End("b3", "y")
    assert made.id not in document.graph.nodes


def test_quick_add_moves_with_arrows_and_goes_with_escape(
    document: Document, canvas: Canvas, key: Any, qtbot: QtBot
) -> None:
    key(Qt.Key.Key_Space)
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Down)
    assert canvas.box.list.currentRow() == 1
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Up)
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Up)
    assert canvas.box.list.currentRow() == canvas.box.list.count() - 1
    qtbot.keyClicks(canvas.box.field, "zzzz")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    assert canvas.box.isVisible(), "nothing to choose"
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Escape)
    assert not canvas.box.isVisible()
    assert len(document.graph) == 6


def test_ctrl_a_and_escape_select_all_and_nothing(document: Document, canvas: Canvas, key: Any) -> None:
    key(Qt.Key.Key_A, CTRL)
    assert len(document.selection) == 6
    key(Qt.Key.Key_Escape)
    assert document.selection == ()


def test_ctrl_0_and_f_zoom(canvas: Canvas, key: Any) -> None:
    key(Qt.Key.Key_0, CTRL)
    assert canvas.zoom == 1.0
    assert canvas.bar.value.text() == "100 %"
    key(Qt.Key.Key_F)
    assert canvas.seen().contains(canvas.canvas.content())


def test_tidy_is_one_step_that_keeps_the_wires(document: Document, canvas: Canvas, key: Any) -> None:
    wires = dict(document.graph.wires)
    key(Qt.Key.Key_L, CTRL)
    assert document.stack.count() == 1
    assert dict(document.graph.wires) == wires
    document.stack.undo()
    assert document.graph.node("b6").x == 5 * 256


def test_f1_asks_for_help_on_the_selected_block(document: Document, canvas: Canvas, key: Any, qtbot: QtBot) -> None:
    document.select(["b2"])
    with qtbot.waitSignal(canvas.help_wanted) as heard:
        key(Qt.Key.Key_F1)
    assert heard.args == ["conv2d"]


def test_a_fitted_drawing_stays_whole_when_the_window_grows_until_somebody_zooms(canvas: Canvas) -> None:
    canvas.resize(600, 400)
    canvas.fit()
    small = canvas.zoom
    canvas.resize(1200, 700)
    assert canvas.zoom > small
    assert canvas.seen().contains(canvas.canvas.content())
    canvas.zoom_in()
    near = canvas.zoom
    canvas.resize(600, 400)
    assert canvas.zoom == near


def test_a_paste_never_hides_exactly_on_what_it_was_copied_from(document: Document) -> None:
    graph = document.graph
    text = edits.copied(graph, ["b2"])
    node = graph.node("b2")
    for _ in range(3):
        edit, _fresh = edits.pasted(graph, text, (node.x, node.y))
        assert document.do(edit, "Paste")
    places = [(round(one.x), round(one.y)) for one in graph]
    assert len(set(places)) == len(places)
