"""Copied blocks are text; pasted with wires they are fed as the originals were."""

from __future__ import annotations

import json
import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from engine.graph import store
from engine.graph.model import AddBlock, End, Graph, Node, RemoveBlock
from engine.project import Project
from gui.canvas import Canvas, edits
from gui.document import Document

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def copy(document: Document, canvas: Canvas, qtbot: QtBot, ids: list[str]) -> None:
    document.select(ids)
    qtbot.keyClick(canvas, Qt.Key.Key_C, CTRL)


def test_pasted_with_wires_a_copy_is_fed_as_the_original(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    copy(document, canvas, qtbot, ["b3", "b4"])
    qtbot.keyClick(canvas, Qt.Key.Key_V, CTRL | SHIFT)
    one, two = document.selection
    assert document.graph.wires[End(one, "x")].source == End("b2", "y")
    assert document.graph.wires[End(two, "x")].source == End(one, "y")
    assert document.graph.wires[End("b3", "x")].source == End("b2", "y"), "the original keeps its wire"
    assert document.stack.count() == 1
    document.stack.undo()
    assert len(document.graph) == 6


def test_a_plain_paste_of_the_same_text_leaves_them_out(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    copy(document, canvas, qtbot, ["b3", "b4"])
    qtbot.keyClick(canvas, Qt.Key.Key_V, CTRL)
    one, _two = document.selection
    assert End(one, "x") not in document.graph.wires
    assert "incoming" not in document.graph.sections["about"]


def test_a_wire_from_a_block_that_is_gone_is_left_out(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    copy(document, canvas, qtbot, ["b3"])
    document.graph.apply(RemoveBlock("b2"))
    qtbot.keyClick(canvas, Qt.Key.Key_V, CTRL | SHIFT)
    (one,) = document.selection
    assert End(one, "x") not in document.graph.wires
    document.graph.apply(AddBlock(Node("b2", "relu", "other")))
    qtbot.keyClick(canvas, Qt.Key.Key_V, CTRL | SHIFT)
    (one,) = document.selection
    assert End(one, "x") not in document.graph.wires, "another block that only has the same id"


def test_what_is_copied_opens_as_a_project(document: Document) -> None:
    text = edits.copied(document.graph, ["b3", "b4"])
    assert len(store.loads(text)) == 2


@pytest.mark.parametrize(
    "noted",
    [
        3,
        {"a": 1},
        [1, None, ["b2.y"], ["b2.y", "conv2d", 3], ["b2", "conv2d", "b3"], ["b2.q", "conv2d", "b3.x"],
         ["b2.y", "conv2d", "b3.q"], ["b2.y", "conv2d", "b9.x"], ["b2.y", "conv2d", "b3.x", "more"]],
    ],
)  # fmt: skip
def test_a_strange_note_of_wires_is_passed_over(document: Document, noted: object) -> None:
    text = json.loads(edits.copied(document.graph, ["b3"]))
    text["about"] = {"incoming": noted}
    edit, fresh = edits.pasted(document.graph, json.dumps(text), wired=True)
    assert document.do(edit, "Paste")
    assert End(fresh[0], "x") not in document.graph.wires


def test_in_another_drawing_it_pastes_without_the_wires(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    copy(document, canvas, qtbot, ["b3"])
    other = Document(Project())
    edit, fresh = edits.pasted(other.graph, QGuiApplication.clipboard().text(), wired=True)
    assert other.do(edit, "Paste")
    assert len(fresh) == len(other.graph) == 1


def test_a_copy_lies_on_no_block_that_is_there() -> None:
    draw = random.Random(7)
    for _ in range(30):
        graph = Graph()
        step = draw.choice((edits.GRID, 2 * edits.GRID, 0.9 * edits.GRID))
        for index in range(12):
            place = draw.randint(-5, 5) * step, draw.randint(-5, 5) * step
            graph.apply(AddBlock(Node(f"b{index}", "relu", f"relu{index}", {}, *place)))
        edit, _ = edits.placed_copy(graph, list(graph)[:3], [])
        before = list(graph)
        graph.apply(edit)
        copies = [node for node in graph if node not in before]
        assert len(copies) == 3
        for one in copies:
            assert all(max(abs(one.x - old.x), abs(one.y - old.y)) >= 2 * edits.GRID for old in before)
