from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    End,
    Graph,
    Inside,
    Move,
    Node,
    Parameter,
    RemoveBlock,
    SetSection,
    Wire,
)
from engine.project import Project
from gui import scope as ways
from gui.document import Document
from gui.scope import ROOT, Scope

UNIT = Definition(
    "unit", "Unit", "", (Parameter("width", "integer", 8, lo=1),),
    (
        Node("b1", "port_in", "x"),
        Node("b2", "conv2d", "conv", {"out_channels": "=width", "padding": 1}, 200),
        Node("b3", "port_out", "y", {}, 400),
    ),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x"))),
)  # fmt: skip
OUTER = Definition(
    "outer", "Outer", "", (),
    (Node("b1", "port_in", "x"), Node("b2", "composite:unit", "unit", {"width": 5}, 200), Node("b3", "port_out", "y", {}, 400)),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x"))),
)  # fmt: skip


def nested() -> Graph:
    """An image input, one Unit, one Outer that holds a Unit, in a chain."""
    graph = Graph()
    graph.apply(Define(UNIT))
    graph.apply(Define(OUTER))
    for node in (Node("b1", "image_input", "image"), Node("b2", "composite:unit", "unit", {}, 200),
                 Node("b3", "composite:outer", "outer", {"repeat": 2}, 400), Node("b4", "output", "output", {}, 600)):  # fmt: skip
        graph.apply(AddBlock(node))
    for one, other in (("b1", "b2"), ("b2", "b3"), ("b3", "b4")):
        graph.apply(Connect(Wire(End(one, "y"), End(other, "x"))))
    return graph


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(Project(nested()))


def test_inside_a_composite_the_drawing_the_report_and_edits_are_its_own(document: Document) -> None:
    document.go_to(("b3", "b2"))
    assert document.path_in == ("b3", "b2")
    assert document.graph is document.root.composites["unit"].body
    assert str(document.report.blocks["b2"].output) == "N×5×28×28"  # as the instance in Outer sets it
    assert document.root_report.blocks.keys() == document.root.nodes.keys()
    assert document.do(Configure("b2", {"kernel_size": 5, "padding": 2}), "Larger filters")
    assert document.root.composites["unit"].body.node("b2").settings["kernel_size"] == 5
    assert document.root_report.blocks["b2"].parameters == 8 * (25 + 1)


def test_edits_of_the_whole_project_go_to_the_whole_project_from_anywhere(document: Document) -> None:
    document.go_to(("b2",))
    assert document.do(SetSection("training", {"epochs": 3}), "Epochs")
    assert document.root.sections["training"] == {"epochs": 3}
    assert document.do(RemoveBlock("b4"), "Remove", whole=True)
    assert "b4" not in document.root.nodes
    edit = Batch((Move({"b2": (1, 2)}), Define(OUTER), Batch((Configure("b2", {}), Configure("b2", {})))))
    assert ways.wrapped("unit", edit) == Batch(
        (
            Inside("unit", Move({"b2": (1, 2)})),
            Define(OUTER),
            Inside("unit", Batch((Configure("b2", {}), Configure("b2", {})))),
        )
    )


def test_undo_shows_the_drawing_where_it_happens(document: Document) -> None:
    before = document.root.copy()
    document.go_to(("b3", "b2"))
    document.do(Configure("b2", {"kernel_size": 5}), "Larger filters")
    document.go_to(())
    document.do(Configure("b2", {"width": 3}), "Fewer filters")
    document.do(SetSection("training", {"epochs": 3}), "Epochs")
    document.go_to(("b3",))
    document.stack.undo()
    assert document.path_in == ("b3",)  # training settings stand in no drawing
    document.stack.undo()
    assert document.path_in == ()
    document.stack.undo()
    assert document.path_in == ("b3", "b2")
    assert document.root.same_as(before)
    for _ in range(3):
        document.stack.redo()
    assert document.root.node("b2").settings["width"] == 3


def test_the_same_word_in_two_drawings_is_two_steps(document: Document) -> None:
    document.do(Move({"b2": (1, 1)}), "Move", merge="nudge b2")
    document.go_to(("b2",))
    document.do(Move({"b2": (2, 2)}), "Move", merge="nudge b2")
    document.do(Move({"b2": (3, 3)}), "Move", merge="nudge b2")
    assert document.stack.count() == 2


def test_the_nearest_drawing_that_is_there_opens_when_the_open_one_vanishes(document: Document, qtbot: QtBot) -> None:
    document.go_to(("b3", "b2"))
    document.select(["b2"])
    with qtbot.waitSignal(document.scope_changed):
        document.do(RemoveBlock("b3"), "Remove", whole=True)
    assert (document.scope, document.selection) == (ROOT, ())
    assert document.report is document.root_report
    document.go_to(("b9", "b2"))
    assert document.scope == ROOT


def test_leaving_selects_what_one_comes_out_of(document: Document) -> None:
    document.enter("b3")
    document.enter("b2")
    document.leave()
    assert (document.path_in, document.selection) == (("b3",), ("b2",))
    document.leave()
    document.leave()
    assert (document.path_in, document.selection) == ((), ("b3",))


def test_a_definition_opens_through_an_instance_or_bare(document: Document) -> None:
    document.enter_definition("unit")
    assert document.scope == Scope(("b2",))
    document.do(Batch((RemoveBlock("b2"), RemoveBlock("b3"))), "Remove", whole=True)
    document.enter_definition("outer")
    assert document.scope == Scope((), "outer")
    assert document.graph.owner == "outer"
    document.enter("b2")
    assert document.graph.owner == "unit"
    document.leave()
    document.leave()
    assert document.scope == ROOT


def test_a_fault_in_a_later_repetition_is_the_one_that_is_shown(document: Document) -> None:
    document.do(Configure("b2", {"repeat": 3}), "Repeat")
    document.go_to(("b2",))
    document.do(Configure("b2", {"kernel_size": 13, "padding": 0}), "Larger filters")
    assert document.root_report.inner["b2"][0].ok
    assert not document.report.ok
    fix = next(problem.fixes[0] for problem in document.report.problems if problem.fixes)
    assert document.apply_fix(fix)
    assert document.root_report.ok


def test_a_block_is_found_by_its_name_in_the_whole_network(document: Document) -> None:
    assert ways.find(document.root, "image") == (ROOT, "b1")
    assert ways.find(document.root, "outer.1.unit.conv") == (Scope(("b3", "b2")), "b2")
    assert ways.find(document.root, "outer.1.unit.gone") is None
    assert ways.find(document.root, "image.conv") is None


def test_a_mend_of_the_network_is_applied_from_inside_a_composite(document: Document) -> None:
    document.do(RemoveBlock("b4"), "Remove")
    document.go_to(("b3", "b2"))
    fix = next(problem.fixes[0] for problem in document.root_report.problems if problem.fixes and not problem.path)
    assert document.apply_fix(fix, whole=True)
    assert document.root_report.ok
    assert document.path_in == ("b3", "b2")
