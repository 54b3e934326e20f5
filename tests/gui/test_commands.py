"""What belongs together is one undo step, however long it took."""

from __future__ import annotations

from typing import Any

import pytest

from engine.graph.model import AddBlock, Batch, Configure, Connect, End, Graph, Move, Node, SetSection, Wire
from engine.project import Project
from gui.document import Document


@pytest.fixture
def document() -> Document:
    project = Project()
    graph: Graph = project.graph
    graph.apply(AddBlock(Node("b1", "image_input", "image", {"channels": 1, "height": 28, "width": 28})))
    graph.apply(AddBlock(Node("b2", "conv2d", "conv1")))
    graph.apply(AddBlock(Node("b3", "conv2d", "conv2")))
    graph.apply(Connect(Wire(End("b1", "y"), End("b2", "x"))))
    graph.apply(Connect(Wire(End("b2", "y"), End("b3", "x"))))
    return Document(project)


EDITS = {
    "a drag": lambda i: Move({"b2": (float(i + 1), 0.0)}),
    "a slider": lambda i: Configure("b2", {"out_channels": i + 2}),
    "a slider over two blocks": lambda i: Batch(
        (Configure("b2", {"out_channels": i + 2}), Configure("b3", {"out_channels": i + 2}))
    ),
    "a training setting": lambda i: SetSection("training", {"epochs": i + 1}),
}


@pytest.mark.parametrize("make", EDITS.values(), ids=EDITS.keys())
def test_two_thousand_moments_are_one_step_that_undoes_and_redoes(document: Document, make: Any) -> None:
    before = document.graph.copy()
    for moment in range(2000):
        assert document.do(make(moment), "Drag", merge="drag")
    assert document.stack.count() == 1
    after = document.graph.copy()
    document.stack.undo()
    assert document.graph.same_as(before)
    document.stack.redo()
    assert document.graph.same_as(after)


def test_edits_of_different_forms_merge_and_lead_back(document: Document) -> None:
    document.do(AddBlock(Node("b4", "add", "add1", {"count": 3})), "Add")
    for port in ("x1", "x2", "x3"):
        document.do(Connect(Wire(End("b1", "y"), End("b4", port))), "Connect")
    before, count = document.graph.copy(), document.stack.count()
    for inputs in (2, 3, 4):  # the first takes a wire away
        document.do(Configure("b4", {"count": inputs}), "Set", merge="set")
    assert document.stack.count() == count + 1
    after = document.graph.copy()
    assert End("b4", "x3") not in after.wires
    document.stack.undo()
    assert document.graph.same_as(before)
    document.stack.redo()
    assert document.graph.same_as(after)


def test_what_was_brought_back_to_where_it_began_is_no_step(document: Document) -> None:
    start = document.graph.node("b2").x, document.graph.node("b2").y
    document.do(Move({"b2": (50.0, 0.0)}), "Move", merge="drag")
    document.do(Move({"b2": start}), "Move", merge="drag")
    assert document.stack.count() == 0
    assert not document.dirty
    assert not document.stack.canUndo()


def test_another_word_begins_another_step(document: Document) -> None:
    document.do(Configure("b2", {"out_channels": 5}), "Set", merge="one")
    document.do(Configure("b2", {"out_channels": 6}), "Set", merge="two")
    document.do(Configure("b2", {"out_channels": 7}), "Set")
    document.do(Configure("b2", {"out_channels": 8}), "Set")
    assert document.stack.count() == 4


def test_a_saved_state_is_never_merged_away(document: Document, tmp_path: Any) -> None:
    document.do(Configure("b2", {"out_channels": 5}), "Set", merge="one")
    document.save(tmp_path / "a.loom")
    document.do(Configure("b2", {"out_channels": 6}), "Set", merge="one")
    assert document.dirty
    assert document.stack.count() == 2
    document.stack.undo()
    assert not document.dirty
