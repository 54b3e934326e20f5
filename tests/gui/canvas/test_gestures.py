"""What becomes of a drag when something else happens under it, through real events."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Connect, End, Wire
from gui.canvas import Canvas
from gui.canvas.scene import CanvasScene
from gui.document import Document

ALT, CTRL, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
DRAGS = {
    "block": ((336.0, 14.0), (420.0, 160.0)),
    "wire": ((416.0, 41.0), (500.0, 220.0)),
    "wire's end": ((512.0, 41.0), (500.0, 220.0)),
    "band": ((230.0, -60.0), (600.0, 120.0)),
}


def shown(scene: CanvasScene) -> tuple[object, ...]:
    """Where everything stands, and what is marked."""
    nodes = [(id_, item.pos(), item.chosen, item.dim, item.hot) for id_, item in scene.nodes.items()]
    wires = [(end, item.wire, item.isVisible()) for end, item in scene.wires.items()]
    return nodes, wires, scene.loose.isVisible(), scene.band.rect


def begin(mouse: Any, what: str, keys: Qt.KeyboardModifier = NONE) -> None:
    """Press, and move half of the way."""
    one, two = DRAGS[what]
    mouse.press(mouse.at(*one), keys)
    mouse.move(mouse.at(*((a + b) / 2 for a, b in zip(one, two, strict=True))), keys)
    mouse.move(mouse.at(*two), keys)


def end(mouse: Any, what: str, keys: Qt.KeyboardModifier = NONE) -> None:
    two = mouse.at(*DRAGS[what][1])
    mouse.move(two, keys)
    mouse.release(two, keys)


@pytest.mark.parametrize("what", DRAGS)
@pytest.mark.parametrize(
    ("key", "keys"), [(Qt.Key.Key_Delete, NONE), (Qt.Key.Key_G, CTRL), (Qt.Key.Key_C, NONE), (Qt.Key.Key_M, NONE)]
)
def test_a_command_during_a_drag_lets_go_first_and_finds_the_drawing_as_it_was(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot, what: str, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    document.select(["b2"])
    refused: list[str] = []
    document.refused.connect(refused.append)
    begin(mouse, what)
    qtbot.keyClick(canvas, key, keys)
    after, chosen = document.graph.copy(), document.selection
    picture = shown(canvas.canvas)
    end(mouse, what)
    assert document.graph.same_as(after), "what is left of the drag does nothing"
    assert document.selection == chosen
    assert shown(canvas.canvas) == picture
    assert not canvas.box.isVisible()
    assert not refused
    assert {id_: (item.x(), item.y()) for id_, item in canvas.canvas.nodes.items()} == {
        node.id: (node.x, node.y) for node in document.graph
    }


@pytest.mark.parametrize("what", DRAGS)
def test_zooming_by_key_goes_on_with_a_drag(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot, what: str
) -> None:
    document.select(["b2"])
    begin(mouse, what)
    before = canvas.zoom
    qtbot.keyClick(canvas, Qt.Key.Key_0, CTRL)
    assert canvas.zoom != before
    assert canvas._gesture is not None


@pytest.mark.parametrize("what", DRAGS)
def test_an_edit_from_elsewhere_or_an_undo_ends_a_drag(
    document: Document, canvas: Canvas, mouse: Any, what: str
) -> None:
    document.do(Configure("b2", {"out_channels": 9}), "Set")
    begin(mouse, what)
    document.stack.undo()
    assert canvas._gesture is None
    begin(mouse, what)
    assert canvas._gesture is not None
    document.do(Configure("b2", {"out_channels": 7}), "Set")
    assert canvas._gesture is None
    picture = shown(canvas.canvas)
    end(mouse, what)
    assert shown(canvas.canvas) == picture


def test_an_undo_while_a_copy_is_dragged_takes_the_copy_away_and_no_more(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    document.do(Configure("b2", {"out_channels": 9}), "Set")
    before = document.graph.copy()
    begin(mouse, "block", ALT)
    document.stack.undo()
    assert document.graph.same_as(before)
    assert canvas._gesture is None
    end(mouse, "block", ALT)
    assert document.graph.same_as(before)
    document.stack.undo()
    assert document.graph.node("b2").settings["out_channels"] == 6


@pytest.mark.parametrize("keys", [NONE, ALT], ids=["moved", "copied"])
def test_another_drawing_during_a_drag_ends_it(
    document: Document, canvas: Canvas, mouse: Any, keys: Qt.KeyboardModifier
) -> None:
    document.select(["b3"])
    begin(mouse, "block", keys)
    document.new()
    assert canvas._gesture is None
    assert not canvas.canvas.nodes
    end(mouse, "block", keys)
    assert not len(document.graph)


def test_a_reroute_point_in_hand_when_another_project_comes_is_let_go(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    document.do(Connect(Wire(End("b2", "y"), End("b3", "x"), ((460.0, 120.0),))), "Bend")
    mouse.press(mouse.at(460, 120))
    mouse.move(mouse.at(460, 180))
    document.new()
    assert canvas._gesture is None
    assert not canvas.canvas.wires


def test_a_name_and_a_text_that_are_being_typed_go_with_their_drawing(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    document.select(["b2"])
    qtbot.keyClick(canvas, Qt.Key.Key_F2)
    assert canvas.names.isVisible()
    document.new()
    assert not canvas.names.isVisible()
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.text_field.isVisible()
    document.new()
    assert not canvas.text_field.isVisible()
    assert not document.graph.marks


def test_a_reroute_point_in_hand_does_not_bring_a_deleted_wire_back(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    document.do(Connect(Wire(End("b2", "y"), End("b3", "x"), ((460.0, 120.0),))), "Bend")
    mouse.press(mouse.at(460, 120))
    mouse.move(mouse.at(460, 180))
    mouse.move(mouse.at(460, 200))
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert End("b3", "x") not in document.graph.wires
    items = len(canvas.canvas.items())
    mouse.move(mouse.at(460, 240))
    mouse.release(mouse.at(460, 240))
    assert End("b3", "x") not in canvas.canvas.wires
    assert len(canvas.canvas.items()) == items


def test_a_band_that_a_way_up_ends_leaves_nothing_marked(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    document.select(["b3"])
    qtbot.keyClick(canvas, Qt.Key.Key_G, CTRL)
    (composite,) = document.selection
    qtbot.keyClick(canvas, Qt.Key.Key_Down, CTRL)
    assert not document.scope.is_root
    rect = canvas.viewport().rect()
    mouse.press(rect.bottomLeft() + QPointF(20, -20).toPoint())
    mouse.move(rect.center())
    mouse.move(rect.topRight() + QPointF(-20, 20).toPoint())
    qtbot.keyClick(canvas, Qt.Key.Key_Up, CTRL)
    mouse.release(rect.center())
    assert document.scope.is_root
    marked = tuple(id_ for id_, item in canvas.canvas.nodes.items() if item.chosen)
    assert marked == document.selection
    assert set(marked) <= {composite}


def test_a_copy_that_is_dragged_is_one_step(document: Document, canvas: Canvas, mouse: Any) -> None:
    before = document.graph.copy()
    begin(mouse, "block", ALT)
    end(mouse, "block", ALT)
    assert len(document.graph) == len(before) + 1
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Duplicate"
    after = document.graph.copy()
    (copy,) = document.selection
    assert (document.graph.node(copy).x, document.graph.node(copy).y) != (256.0, 0.0)
    document.stack.undo()
    assert document.graph.same_as(before)
    document.stack.redo()
    assert document.graph.same_as(after)


def test_escape_takes_the_copies_of_a_drag_away_again(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    before = document.graph.copy()
    document.select(["b2", "b3"])
    begin(mouse, "block", ALT)
    assert len(document.graph) == len(before) + 2
    assert len(document.selection) == 2
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    end(mouse, "block", ALT)
    assert document.graph.same_as(before)
    assert document.stack.count() == 0
    assert document.selection == ("b2", "b3")


def test_a_click_with_alt_and_a_copy_let_go_on_its_original_make_none(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    before = document.graph.copy()
    mouse.click(336, 14, ALT)
    assert document.graph.same_as(before)
    begin(mouse, "block", ALT)
    back = mouse.at(*DRAGS["block"][0])
    mouse.move(back, ALT)
    mouse.release(back, ALT)
    assert document.graph.same_as(before)
    assert document.stack.count() == 0
