"""Composites on the canvas: made, entered, left, dissolved, copied, by key and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.dissolving import MOST_BLOCKS
from engine.graph.model import (
    AddBlock,
    Configure,
    Define,
    Definition,
    End,
    Inside,
    Move,
    Node,
    Parameter,
    SetFlags,
    Wire,
)
from engine.graph.redefining import with_setting
from engine.project import Project
from gui.canvas import Canvas
from gui.canvas.adding import MIME
from gui.document import Document
from gui.scope import ROOT

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(canvas: Canvas) -> Canvas:
    canvas.setFocus()
    return canvas


def group(view: Canvas, qtbot: QtBot, *ids: str) -> str:
    view.document.select(ids)
    qtbot.keyClick(view, Qt.Key.Key_G, CTRL)
    (made,) = view.document.selection
    return made


def test_ctrl_g_makes_a_composite_that_is_entered_edited_and_undone_all_the_way(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    before, report = document.root.copy(), document.root_report
    made = group(view, qtbot, "b2", "b3")
    assert set(view.canvas.nodes) == {"b1", made, "b4", "b5", "b6"}
    assert document.root_report.parameters == report.parameters
    assert view.breadcrumbs.isHidden()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert document.path_in == (made,)
    assert {item.node.name for item in view.canvas.nodes.values()} == {"x", "conv1", "relu1", "y"}
    assert [part.text() for part in view.breadcrumbs.parts] == ["Untitled", "block1 (Block)"]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert document.path_in == ()
    qtbot.keyClick(view, Qt.Key.Key_D, CTRL)  # a second instance
    (second,) = document.selection
    document.enter(made)
    assert document.do(Configure("b2", {"out_channels": 9}), "More filters")
    assert "9 @" in view.canvas.nodes["b2"].face
    document.leave()
    composite = document.root.composites["c1"]
    assert all(document.graph.node(id_).composite == composite.id for id_ in (made, second))
    assert str(document.report.blocks[made].output) == "N×9×24×24"
    while document.stack.canUndo():
        document.stack.undo()
    assert document.root.same_as(before)
    while document.stack.canRedo():
        document.stack.redo()
    assert document.root.composites["c1"].body.node("b2").settings["out_channels"] == 9


def test_ctrl_shift_g_takes_it_apart(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    names = {node.name: dict(node.settings) for node in document.graph}
    parameters = document.report.parameters
    group(view, qtbot, "b2", "b3", "b4")
    qtbot.keyClick(view, Qt.Key.Key_G, CTRL | SHIFT)
    assert {node.name: dict(node.settings) for node in document.graph} == names
    assert document.report.parameters == parameters
    assert {document.graph.node(id_).name for id_ in document.selection} == {"conv1", "relu1", "flatten1"}


def test_two_instances_come_apart_in_one_step(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    made = group(view, qtbot, "b2")
    qtbot.keyClick(view, Qt.Key.Key_D, CTRL)
    document.select([made, *document.selection])
    before = document.root.copy()
    qtbot.keyClick(view, Qt.Key.Key_G, CTRL | SHIFT)
    assert sorted(node.name for node in document.graph if node.kind == "conv2d") == ["conv1", "conv2"]
    document.stack.undo()
    assert document.root.same_as(before)


def test_more_blocks_than_can_be_placed_while_somebody_waits_are_not_placed(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    made = group(view, qtbot, "b3")  # relu1
    document.do(Configure(made, {"repeat": MOST_BLOCKS // 2}), "Set")
    document.select([made])
    qtbot.keyClick(view, Qt.Key.Key_D, CTRL)
    both = [node.id for node in document.graph if node.composite is not None]
    (copy,) = set(both) - {made}
    document.do(Configure(copy, {"repeat": MOST_BLOCKS // 2 + 1}), "Set")
    before = document.root.copy()
    document.select(both)
    with qtbot.waitSignal(document.refused) as said:
        qtbot.keyClick(view, Qt.Key.Key_G, CTRL | SHIFT)
    assert f"{MOST_BLOCKS} can be placed at once with the others" in said.args[0]
    assert document.root.same_as(before)
    document.do(Configure(copy, {"repeat": MOST_BLOCKS + 1}), "Set")
    document.select([copy])
    with qtbot.waitSignal(document.refused) as said:
        qtbot.keyClick(view, Qt.Key.Key_G, CTRL | SHIFT)
    assert f"{MOST_BLOCKS} can be placed at once. Let it repeat less often" in said.args[0]


def test_what_cannot_be_grouped_is_said(view: Canvas, qtbot: QtBot) -> None:
    view.document.select(["b1", "b2"])
    with qtbot.waitSignal(view.document.refused) as said:
        qtbot.keyClick(view, Qt.Key.Key_G, CTRL)
    assert said.args[0].startswith("image cannot go into a composite")
    assert view.document.stack.count() == 0


def test_each_drawing_is_seen_where_it_was_left(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    made = group(view, qtbot, "b2", "b3")
    view.set_zoom(1.4)
    view.centerOn(900, 30)
    view.seen_changed.emit()
    seen = view.seen().center()
    document.enter(made)
    assert view.zoom != pytest.approx(1.4)
    view.set_zoom(0.7)
    qtbot.keyClick(view, Qt.Key.Key_Up, CTRL)
    assert view.zoom == pytest.approx(1.4)
    assert (view.seen().center() - seen).manhattanLength() < 4
    qtbot.keyClick(view, Qt.Key.Key_Down, CTRL)
    assert (document.path_in, view.zoom) == ((made,), pytest.approx(0.7))


def test_a_double_click_enters_and_a_crumb_leads_back(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    inner = group(view, qtbot, "b2")
    outer = group(view, qtbot, inner, "b3")
    view.fit()
    at = view.mapFromScene(view.canvas.nodes[outer].pos() + QPointF(80, 50))
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    document.enter(next(node.id for node in document.graph if node.composite is not None))
    assert [part.text() for part in view.breadcrumbs.parts] == ["Untitled", "block21 (Block2)", "block1 (Block)"]
    assert view.breadcrumbs.isVisibleTo(view)
    qtbot.mouseClick(view.breadcrumbs.parts[1], Qt.MouseButton.LeftButton)
    assert document.path_in == (outer,)
    qtbot.keyClick(view.breadcrumbs.parts[0], Qt.Key.Key_Backspace)
    assert document.scope == ROOT
    assert view.breadcrumbs.isHidden()


def test_a_fitted_inside_keeps_clear_of_the_breadcrumbs(view: Canvas, qtbot: QtBot) -> None:
    view.document.enter(group(view, qtbot, "b2", "b3"))
    ids = list(view.document.graph.nodes)
    places = {id_: (0.0, 400.0 * at) for at, id_ in enumerate(ids)}
    view.document.do(Move(places), "Stand in a column")  # as high as the view is
    view.fit()
    top = min(view.mapFromScene(item.place()).boundingRect().top() for item in view.canvas.nodes.values())
    assert top >= view.breadcrumbs.geometry().bottom()


def test_a_composite_that_repeats_says_so_on_its_face(view: Canvas, qtbot: QtBot) -> None:
    made = group(view, qtbot, "b3")
    assert view.canvas.nodes[made].stack == 1
    view.document.do(Configure(made, {"repeat": 3}), "Repeat")
    assert view.canvas.nodes[made].stack == 2
    assert view.canvas.nodes[made].face == "× 3"
    view.document.enter(made)
    assert view.breadcrumbs.parts[-1].text() == "block1 (Block × 3)"


def test_a_fault_inside_is_marked_on_the_instance(view: Canvas, qtbot: QtBot) -> None:
    made = group(view, qtbot, "b2", "b3")
    view.document.enter(made)
    view.document.do(Configure("b2", {"kernel_size": 99}), "Too large")
    assert view.canvas.nodes["b2"].severity == "error"
    view.document.leave()
    assert view.canvas.nodes[made].severity == "error"
    assert view.canvas.nodes["b4"].severity == ""


def test_renaming_a_port_keeps_the_wires_of_the_instances(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    made = group(view, qtbot, "b2", "b3")
    document.enter(made)
    port = document.graph.named("x").id
    document.select([port])
    qtbot.keyClick(view, Qt.Key.Key_F2)
    view.names.setText("picture")
    qtbot.keyClick(view.names, Qt.Key.Key_Return)
    assert document.graph.node(port).name == "picture"
    assert document.root.wires[End(made, "picture")].source == End("b1", "y")
    assert document.root_report.ok


def test_copies_take_their_composites_along_to_another_project(view: Canvas, qtbot: QtBot) -> None:
    made = group(view, qtbot, "b2", "b3")
    view.document.select([made])
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL)
    other = Canvas(Document(Project()))
    qtbot.addWidget(other)
    qtbot.keyClick(other, Qt.Key.Key_V, CTRL)
    assert other.document.root.composites["c1"].same_as(view.document.root.composites["c1"])
    assert [node.name for node in other.document.graph] == ["block1"]
    qtbot.keyClick(view, Qt.Key.Key_V, CTRL)
    assert list(view.document.root.composites) == ["c1"]


def test_blocks_copied_inside_keep_their_expressions_there_and_come_to_values_elsewhere(qtbot: QtBot) -> None:
    document = Document(Project())
    nodes = (Node("b1", "port_in", "x"), Node("b2", "conv2d", "conv", {"out_channels": "=width * 2"}, 256),
             Node("b3", "port_out", "y", {}, 512))  # fmt: skip
    wires = (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x")))
    document.do(Define(Definition("c1", "Unit", "", (Parameter("width", "integer", 8),), nodes, wires)), "Define")
    document.do(AddBlock(Node("b1", "composite:c1", "unit")), "Add")
    view = Canvas(document)
    qtbot.addWidget(view)
    document.enter("b1")
    document.select(["b2"])
    qtbot.keyClick(view, Qt.Key.Key_C, CTRL)
    qtbot.keyClick(view, Qt.Key.Key_V, CTRL)
    assert [n.settings["out_channels"] for n in document.graph if n.kind == "conv2d"] == ["=width * 2"] * 2
    document.leave()
    qtbot.keyClick(view, Qt.Key.Key_V, CTRL)
    assert [n.settings["out_channels"] for n in document.graph if n.kind == "conv2d"] == [16]
    assert "clipboard" not in document.root.composites
    QGuiApplication.clipboard().clear()


def test_a_composite_of_the_palette_is_dropped_into_a_wire_and_found_by_quick_add(view: Canvas, qtbot: QtBot) -> None:
    document = view.document
    made = group(view, qtbot, "b3")
    view.fit()
    data = QMimeData()
    data.setData(MIME, b"composite:c1")
    at = view.mapFromScene(view.canvas.wires[End(made, "x")].label.pos())
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (QDragEnterEvent(at, copy, data, left, none), QDropEvent(QPointF(at), copy, data, left, none)):
        QApplication.sendEvent(view.viewport(), event)
    (second,) = document.selection
    assert document.graph.node(second).kind == "composite:c1"
    assert document.graph.wires[End(made, "x")].source == End(second, "y")
    view.setFocus()
    view.quick_add()
    qtbot.keyClicks(view.box.field, "block")
    qtbot.keyClick(view.box.field, Qt.Key.Key_Return)
    assert sum(node.kind == "composite:c1" for node in document.graph) == 3
    document.enter(made)
    view.quick_add()
    assert not {"image_input", "output", "composite:c1"} & set(view.box._kinds)
    assert "port_in" in view.box._kinds
    view.box.close_box()


def test_a_block_shows_whether_it_is_left_out_in_the_repetition_that_is_open(view: Canvas, qtbot: QtBot) -> None:
    made = group(view, qtbot, "b3")
    document = view.document
    document.do(with_setting(document.root.composites["c1"], "on", Parameter("on", "flag", False)), "Add a setting")
    document.do(Inside("c1", SetFlags("b3", {"bypassed": "=not on"})), "Bypass")
    document.enter(made)
    assert view.canvas.nodes["b3"].passes
    document.do(Configure(made, {"on": True}), "On", whole=True)
    assert not view.canvas.nodes["b3"].passes


def test_several_blocks_inside_a_composite_are_tidied(view: Canvas, qtbot: QtBot) -> None:
    made = group(view, qtbot, "b2", "b3")
    view.document.enter(made)
    graph = view.document.graph
    ids = [node.id for node in graph if node.kind in ("conv2d", "relu")]
    view.document.do(Move({ids[1]: (graph.node(ids[0]).x - 400, 900.0)}), "Move block")
    view.document.select(ids)
    qtbot.keyClick(view, Qt.Key.Key_L, CTRL)
    assert view.document.stack.undoText() == "Tidy up"
    assert graph.node(ids[1]).x > graph.node(ids[0]).x
