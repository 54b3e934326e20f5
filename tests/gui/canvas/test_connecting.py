"""Wires drawn and taken away by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Batch, Connect, Disconnect, End, Node, RemoveBlock, Wire
from gui.canvas import Canvas
from gui.canvas.connecting import choices
from gui.document import Document
from tests.gui.canvas.conftest import Mouse

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def branched(document: Document) -> Document:
    """The chain, and an addition with two free inputs under conv1 and relu1."""
    document.graph.apply(AddBlock(Node("b7", "add", "add1", {}, 600.0, 200.0)))
    return document


def start(document: Document, canvas: Canvas, qtbot: QtBot, block: str) -> None:
    document.select([block])
    qtbot.keyClick(canvas, Qt.Key.Key_W)
    assert canvas.connecting.isVisible()
    assert canvas.connecting.field.hasFocus()


def test_the_nearest_free_input_that_fits_comes_first_and_enter_wires_it(
    branched: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    start(branched, canvas, qtbot, "b2")
    bar = canvas.connecting
    assert bar.choice is not None
    assert bar.choice.other.block == "b7"
    assert "N×6×24×24" in bar.said.text()
    assert canvas.canvas.loose.isVisible()
    assert canvas.canvas.nodes["b7"].hot == (bar.choice.other.port, True)
    assert canvas.canvas.nodes["b1"].dim, "it feeds conv1, so a wire to it would close a loop"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert branched.graph.wires[End("b7", "x1")] == Wire(End("b2", "y"), End("b7", "x1"))
    assert branched.stack.count() == 1
    assert branched.selection == ("b7",)
    assert canvas.hasFocus()
    assert not any(item.dim or item.hot or item.fits for item in canvas.canvas.nodes.values())
    assert not canvas.canvas.loose.isVisible()


@pytest.mark.parametrize("which", [Qt.Key.Key_Down, Qt.Key.Key_Tab])
def test_arrows_and_tab_go_through_the_inputs_and_round(
    branched: Document, canvas: Canvas, qtbot: QtBot, which: Qt.Key
) -> None:
    start(branched, canvas, qtbot, "b2")
    bar = canvas.connecting
    seen = [bar.choice]
    for _ in range(len(bar.offered)):
        qtbot.keyClick(bar.field, which)
        seen.append(bar.choice)
    assert seen[0] == seen[-1]
    assert len(set(seen)) == len(bar.offered)
    ports = [(choice.other.block, choice.other.port) for choice in bar.offered]
    assert ports[:2] == [("b7", "x1"), ("b7", "x2")]
    assert ("b4", "x") in ports
    assert next(choice for choice in bar.offered if choice.other.block == "b4").replaces == "relu1"
    assert ("b3", "x") not in ports, "that wire is there already"
    assert bar.offered[-1].fault
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert bar.choice == seen[-2]


def test_what_does_not_fit_comes_last_with_the_reason(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    bar = canvas.connecting
    faults = [choice for choice in bar.offered if choice.fault]
    assert [choice.other.block for choice in faults] == ["b5"]
    assert bar.offered[-1] == faults[0]
    qtbot.keyClick(bar.field, Qt.Key.Key_Up)
    assert "wants a flat vector" in bar.said.text()


def test_typing_keeps_the_blocks_whose_name_fits(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b1")
    bar = canvas.connecting
    qtbot.keyClicks(bar.field, "flat")
    assert {choice.other.block for choice in bar.offered} == {"b4"}
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert branched.graph.wires[End("b4", "x")].source == End("b1", "y")
    branched.stack.undo()
    assert branched.graph.wires[End("b4", "x")].source == End("b3", "y")


def test_escape_gives_up(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    qtbot.keyClick(canvas.connecting.field, Qt.Key.Key_Escape)
    assert not canvas.connecting.isVisible()
    assert branched.stack.count() == 0
    assert branched.selection == ("b2",)
    assert not any(item.dim or item.hot or item.fits for item in canvas.canvas.nodes.values())


def test_a_click_on_a_block_that_is_offered_lays_the_wire(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    Mouse(canvas).click(680, 214)
    assert branched.graph.wires[End("b7", "x1")].source == End("b2", "y")
    assert not canvas.connecting.isVisible()
    assert branched.selection == ("b7",)
    assert canvas._gesture is None


def test_a_click_on_the_port_of_a_block_lays_the_wire_there(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    item = canvas.canvas.nodes["b7"]
    place = item.port_place("x2", is_input=True)
    Mouse(canvas).click(place.x(), place.y())
    assert branched.graph.wires[End("b7", "x2")].source == End("b2", "y")


def test_a_click_on_the_block_that_is_lit_lays_the_wire_that_is_shown(
    branched: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    start(branched, canvas, qtbot, "b2")
    while canvas.connecting.choice is None or canvas.connecting.choice.other != End("b7", "x2"):
        canvas.connecting.step(1)
    Mouse(canvas).click(680, 214)
    assert End("b7", "x1") not in branched.graph.wires
    assert branched.graph.wires[End("b7", "x2")].source == End("b2", "y")


def test_from_far_away_only_a_click_on_a_block_lays_a_wire(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    canvas.set_zoom(0.1)
    canvas.centerOn(600, 100)
    Mouse(canvas).click(600, 330)
    assert branched.stack.count() == 0
    assert not canvas.connecting.isVisible()


def test_a_click_elsewhere_gives_up(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    Mouse(canvas).click(80, 14)  # what feeds it, which it cannot feed
    assert not canvas.connecting.isVisible()
    assert branched.selection == ("b1",)
    assert not any(item.dim for item in canvas.canvas.nodes.values())
    assert branched.stack.count() == 0


def test_one_bar_takes_the_place_of_the_other_and_escape_on_the_drawing_puts_it_away(
    branched: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    start(branched, canvas, qtbot, "b2")
    canvas.finding.open()
    assert not canvas.connecting.isVisible()
    assert not any(item.dim for item in canvas.canvas.nodes.values())
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert not canvas.finding.isVisible()
    assert branched.selection == ("b2",), "the first Escape takes the bar, the next the selection"


def test_left_and_right_take_another_end_in_hand_and_an_input_is_wired_from_its_side(
    branched: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    start(branched, canvas, qtbot, "b7")
    bar = canvas.connecting
    assert bar.hands[bar.hand] == (End("b7", "y"), True)
    qtbot.keyClick(bar.field, Qt.Key.Key_Right)
    assert bar.hands[bar.hand] == (End("b7", "x1"), False)
    qtbot.keyClick(bar.field, Qt.Key.Key_Right)
    assert bar.hands[bar.hand] == (End("b7", "x2"), False)
    qtbot.keyClicks(bar.field, "relu")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert branched.graph.wires[End("b7", "x2")].source == End("b3", "y")


def test_a_block_without_an_output_is_wired_by_its_input(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    branched.graph.apply(Disconnect(End("b6", "x")))
    start(branched, canvas, qtbot, "b6")
    bar = canvas.connecting
    assert bar.hands[0] == (End("b6", "x"), False)
    qtbot.keyClicks(bar.field, "fc1")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert branched.graph.wires[End("b6", "x")].source == End("b5", "y")


def test_no_block_of_that_name_is_said(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    qtbot.keyClicks(canvas.connecting.field, "zzz")
    assert canvas.connecting.choice is None
    qtbot.keyClick(canvas.connecting.field, Qt.Key.Key_Return)
    assert canvas.connecting.isVisible()
    assert branched.stack.count() == 0


def test_a_change_of_the_drawing_ends_it(branched: Document, canvas: Canvas, qtbot: QtBot) -> None:
    start(branched, canvas, qtbot, "b2")
    branched.do(Batch((RemoveBlock("b7"), RemoveBlock("b4"))), "Delete")
    assert not canvas.connecting.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_W)
    branched.new()
    assert not canvas.connecting.isVisible()


def test_every_wire_that_is_offered_is_one_that_the_drawing_takes(branched: Document) -> None:
    for node in list(branched.graph):
        for forward, ports in ((True, node.block().outputs()), (False, node.block().inputs())):
            for port in ports:
                for choice in choices(branched.graph, branched.report, End(node.id, port.name), forward=forward):
                    copy = branched.graph.copy()
                    copy.apply(Connect(choice.wire))


def test_shift_w_goes_through_a_blocks_wires_and_delete_takes_one_away(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    document.select(["b3"])
    qtbot.keyClick(canvas, Qt.Key.Key_W, SHIFT)
    assert canvas.chosen_wire == End("b3", "x")
    assert "wire from conv1 to relu1" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_W, SHIFT)
    assert canvas.chosen_wire == End("b4", "x")
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert End("b4", "x") not in document.graph.wires
    assert document.selection == ("b3",), "and one can go on at the block"
    assert len(document.graph) == 6
    qtbot.keyClick(canvas, Qt.Key.Key_W, SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert document.selection == ("b2",)
    assert canvas.chosen_wire is None


def test_escape_lets_the_wire_go_first_then_the_block(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    document.select(["b3"])
    qtbot.keyClick(canvas, Qt.Key.Key_W, SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.chosen_wire is None
    assert document.selection == ("b3",)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert document.selection == ()


def test_a_block_without_wires_says_how_to_draw_one(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    document.graph.apply(Disconnect(End("b2", "x")))
    document.select(["b1"])
    qtbot.keyClick(canvas, Qt.Key.Key_W, SHIFT)
    assert "image has no wire" in told[0]


def test_a_block_of_several_outputs_says_what_it_takes_like_any_other(
    document: Document, canvas: Canvas, mouse: Mouse
) -> None:
    document.do(AddBlock(Node("b8", "split", "split1", {}, 600.0, 200.0)), "Add split")
    found = choices(document.graph, document.report, End("b2", "y"), forward=True)
    assert [choice.fault for choice in found if choice.other.block == "b8"] == [""]
    item = canvas.canvas.nodes["b8"]
    mouse.press(canvas.mapFromScene(canvas.canvas.nodes["b2"].port_place("y", is_input=False)))
    mouse.move(canvas.mapFromScene(item.port_place("x", is_input=True)))
    mouse.release(canvas.mapFromScene(item.port_place("x", is_input=True)))
    assert document.graph.wires[End("b8", "x")].source == End("b2", "y")
