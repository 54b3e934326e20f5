"""What the mouse does on the canvas, through real events."""

from __future__ import annotations

import itertools
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import Disconnect, End, Wire
from gui.canvas import Canvas
from gui.canvas.view import MIME
from gui.document import Document

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
NAMES = ["image", "conv1", "relu1", "flatten1", "fc1", "output"]


def names(document: Document) -> list[str]:
    return [node.name for node in document.graph]


def drop(canvas: Canvas, kind: str, at: QPoint) -> None:
    data = QMimeData()
    data.setData(MIME, kind.encode())
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    viewport = canvas.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(at, copy, data, left, none))
    QApplication.sendEvent(viewport, QDragMoveEvent(at, copy, data, left, none))
    QApplication.sendEvent(viewport, QDropEvent(QPointF(at), copy, data, left, none))


def test_a_click_selects_and_shift_adds_and_takes_away(document: Document, canvas: Canvas, mouse: Any) -> None:
    mouse.click(256 + 80, 14)
    assert document.selection == ("b2",)
    mouse.click(512 + 80, 14, SHIFT)
    assert document.selection == ("b2", "b3")
    mouse.click(256 + 80, 14, SHIFT)
    assert document.selection == ("b3",)
    mouse.click(700, 300)
    assert document.selection == ()


def test_a_rubber_band_selects_what_it_touches(document: Document, canvas: Canvas, mouse: Any) -> None:
    mouse.drag((230, -60), (600, 120))
    assert document.selection == ("b2", "b3")
    mouse.drag((1000, -60), (1100, 120), SHIFT)
    assert document.selection == ("b2", "b3", "b5")
    assert canvas.canvas.band.rect.isEmpty()


def test_a_band_over_nothing_leaves_no_picture_that_shows_it(canvas: Canvas, mouse: Any) -> None:
    before = canvas.canvas.inks.version
    mouse.drag((700, 300), (760, 360))
    assert canvas.document.selection == ()
    assert canvas.canvas.inks.version > before + 1  # when it came, and when it went


def test_a_drag_moves_the_selected_blocks_on_the_grid_as_one_step(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    document.select(["b2", "b3"])
    mouse.drag((256 + 80, 14), (256 + 80 + 33, 14 + 101))
    moved = [(document.graph.node(id_).x, document.graph.node(id_).y) for id_ in ("b2", "b3")]
    assert moved[1][0] - moved[0][0] == 256
    assert moved[0][0] % 8 == 0
    assert moved[0][1] % 8 == 0
    assert moved[0] != (256, 0)
    assert document.stack.count() == 1
    document.stack.undo()
    assert document.graph.node("b2").x == 256
    assert canvas.canvas.nodes["b2"].x() == 256


def test_a_drag_that_is_escaped_leaves_everything(document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot) -> None:
    mouse.press(mouse.at(336, 14))
    mouse.move(mouse.at(336, 120))
    assert canvas.canvas.nodes["b2"].y() > 50
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_Escape)
    assert canvas.canvas.nodes["b2"].y() == 0
    mouse.release(mouse.at(336, 120))
    assert document.stack.count() == 0


def test_a_wire_is_drawn_from_port_to_port_in_either_direction(document: Document, canvas: Canvas, mouse: Any) -> None:
    for start, end in (((256 + 160, 40), (512, 40)), ((512, 40), (256 + 160, 40))):
        document.graph.apply(Disconnect(End("b3", "x")))
        mouse.drag(start, end)
        assert document.graph.wires[End("b3", "x")] == Wire(End("b2", "y"), End("b3", "x"))


def test_a_wire_dropped_on_a_block_goes_into_its_first_free_input(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    document.graph.apply(Disconnect(End("b3", "x")))
    mouse.drag((256 + 160, 40), (512 + 80, 60))
    assert document.graph.wires[End("b3", "x")].source == End("b2", "y")


def test_a_new_wire_replaces_the_one_that_is_there(document: Document, canvas: Canvas, mouse: Any) -> None:
    mouse.drag((160, 40), (512, 40))
    assert document.graph.wires[End("b3", "x")].source == End("b1", "y")
    assert document.stack.count() == 1
    document.stack.undo()
    assert document.graph.wires[End("b3", "x")].source == End("b2", "y")


def test_dragging_a_wires_end_off_disconnects_and_over_to_another_input_rewires(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    mouse.drag((512, 40), (560, 300))
    assert End("b3", "x") not in document.graph.wires
    assert not canvas.box.isVisible()
    document.stack.undo()
    mouse.drag((512, 40), (768, 40))
    assert End("b3", "x") not in document.graph.wires
    assert document.graph.wires[End("b4", "x")].source == End("b2", "y")
    assert document.stack.count() == 1


def test_a_wire_that_would_close_a_loop_is_refused_in_a_sentence(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    mouse.drag((512 + 160, 40), (256, 40))
    assert "loop" in told[0]
    assert document.graph.wires[End("b2", "x")].source == End("b1", "y")


def test_a_wire_in_hand_lights_only_ports_that_fit(document: Document, canvas: Canvas, mouse: Any) -> None:
    mouse.press(mouse.at(256 + 160, 40))
    mouse.move(mouse.at(450, 200))
    nodes = canvas.canvas.nodes
    assert nodes["b3"].fits
    assert nodes["b4"].fits
    assert not nodes["b5"].fits, "linear takes no map"
    assert not nodes["b1"].fits, "an input has no input"
    assert nodes["b1"].dim
    mouse.move(mouse.at(512 + 2, 42))
    assert nodes["b3"].hot == ("x", True)
    mouse.release(mouse.at(512 + 2, 42))
    assert not any(item.dim or item.hot or item.fits for item in nodes.values())


def test_a_wire_dropped_into_space_offers_blocks_and_wires_the_chosen_one(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    mouse.drag((256 + 160, 40), (500, 250))
    assert canvas.box.isVisible()
    assert canvas.canvas.loose.isVisible()
    qtbot.keyClicks(canvas.box.field, "max pool")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    made = document.graph.named("maxpool1") if "maxpool1" in names(document) else list(document.graph)[-1]
    assert made.kind == "maxpool2d"
    assert document.graph.wires[End(made.id, "x")].source == End("b2", "y")
    assert abs(made.x - 500) <= 8
    assert not canvas.canvas.loose.isVisible()
    assert document.stack.count() == 1


def test_a_double_click_on_empty_canvas_opens_quick_add_there(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    mouse.double(600, 250)
    assert canvas.box.isVisible()
    qtbot.keyClicks(canvas.box.field, "dropout")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    made = list(document.graph)[-1]
    assert made.kind == "dropout"
    assert abs(made.x + 80 - 600) <= 8
    assert document.selection == (made.id,)


def test_a_double_click_on_a_block_opens_it(canvas: Canvas, mouse: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.opened) as heard:
        mouse.double(336, 14)
    assert heard.args == ["b2"]


def test_a_block_dropped_on_a_wire_is_inserted_and_makes_room(document: Document, canvas: Canvas, mouse: Any) -> None:
    drop(canvas, "batchnorm2d", mouse.at(256 + 160 + 48, 40))
    made = list(document.graph)[-1]
    assert document.graph.wires[End(made.id, "x")].source == End("b2", "y")
    assert document.graph.wires[End("b3", "x")].source == End(made.id, "y")
    xs = sorted(node.x for node in document.graph)
    assert all(b - a >= 200 for a, b in itertools.pairwise(xs))
    assert document.stack.count() == 1


def test_a_block_dropped_on_empty_canvas_stays_there_unwired(document: Document, canvas: Canvas, mouse: Any) -> None:
    drop(canvas, "relu", mouse.at(640, 260))
    made = list(document.graph)[-1]
    assert abs(made.x + 80 - 640) <= 8
    assert not document.graph.wires_into(made.id)


def test_what_is_no_block_is_not_taken(document: Document, canvas: Canvas, mouse: Any) -> None:
    drop(canvas, "no such block", mouse.at(640, 260))
    assert names(document) == NAMES


def test_a_loose_block_let_go_over_a_wire_is_put_into_it(document: Document, canvas: Canvas, mouse: Any) -> None:
    drop(canvas, "tanh", mouse.at(640, 260))
    made = list(document.graph)[-1].id
    mouse.drag((640, 240), (464, 20))
    assert document.graph.wires[End(made, "x")].source == End("b2", "y")
    assert document.graph.wires[End("b3", "x")].source == End(made, "y")


def test_alt_drag_copies(document: Document, canvas: Canvas, mouse: Any) -> None:
    mouse.drag((336, 14), (336, 214), ALT)
    assert len(document.graph) == 7
    copy = list(document.graph)[-1]
    assert copy.kind == "conv2d"
    assert copy.y > 100
    assert document.graph.node("b2").y == 0


def test_a_click_on_a_wire_selects_it_and_delete_takes_it_away(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    mouse.click(256 + 160 + 30, 41)
    assert canvas.chosen_wire == End("b3", "x")
    qtbot.keyClick(canvas.viewport(), Qt.Key.Key_Delete)
    assert End("b3", "x") not in document.graph.wires
    assert names(document) == NAMES


def test_the_wheel_zooms_at_the_mouse(canvas: Canvas) -> None:
    at = QPoint(200, 150)
    before = canvas.mapToScene(at)
    zoom = canvas.zoom
    wheel = QWheelEvent(
        QPointF(at), QPointF(canvas.viewport().mapToGlobal(at)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), wheel)
    assert canvas.zoom > zoom
    after = canvas.mapToScene(at)
    assert (after - before).manhattanLength() < 4


def test_the_middle_button_and_space_pan(canvas: Canvas, mouse: Any, qtbot: QtBot, document: Document) -> None:
    before = canvas.mapToScene(QPoint(0, 0))
    mouse.drag((600, 250), (660, 250), button=Qt.MouseButton.MiddleButton)
    assert abs((before - canvas.mapToScene(QPoint(0, 0))).x() - 60) < 3
    before = canvas.mapToScene(QPoint(0, 0))
    qtbot.keyPress(canvas.viewport(), Qt.Key.Key_Space)
    mouse.drag((600, 250), (600, 300))
    qtbot.keyRelease(canvas.viewport(), Qt.Key.Key_Space)
    assert abs((before - canvas.mapToScene(QPoint(0, 0))).y() - 50) < 3
    assert not canvas.box.isVisible(), "a Space that panned is no tap"
    assert document.selection == ()


def test_the_context_menu_shows_shortcuts_and_selects_what_is_under_the_mouse(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    at = mouse.at(336, 14)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(canvas.viewport(), event)
    assert document.selection == ("b2",)
    texts = [action.text() for action in canvas.menu.actions()]
    assert "Duplicate\tCtrl+D" in texts
    canvas.menu.close()
    next(action for action in canvas.menu.actions() if action.text().startswith("Delete")).trigger()
    assert "conv1" not in names(document)


def test_the_minimap_shows_when_something_is_out_of_sight_and_leads_there(
    canvas: Canvas, mouse: Any, qtbot: QtBot
) -> None:
    canvas.fit()
    assert not canvas.minimap.isVisible()
    canvas.set_zoom(2.0)
    assert canvas.minimap.isVisible()
    qtbot.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(20, 54))
    left = canvas.mapToScene(canvas.viewport().rect().center()).x()
    qtbot.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(148, 54))
    assert canvas.mapToScene(canvas.viewport().rect().center()).x() > left
