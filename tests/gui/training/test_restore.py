from __future__ import annotations

from engine.graph.grouping import group
from engine.graph.model import AddBlock, Configure, Define, Graph, Inside, Mark, Node, RemoveBlock, SetMark
from engine.project import open_project
from gui.session import same_network
from gui.training.restore import edit_towards


def grouped() -> Graph:
    """LeNet-5 with a composite in a composite; the outer one stands first in the file."""
    graph = open_project("preset:lenet5").graph
    edit, inner = group(graph, [graph.named("conv1").id, graph.named("tanh1").id], "Inner")
    graph.apply(edit)
    edit, _ = group(graph, [inner, graph.named("pool1").id], "Outer")
    graph.apply(edit)
    graph.apply(SetMark(Mark("m1", "note", "A note.")))
    return graph


def test_composites_and_marks_come_back_with_the_drawing() -> None:
    wanted = grouped()
    for current in (open_project("preset:perceptron").graph, grouped()):
        before = current.copy()
        undo = current.apply(edit_towards(current, wanted))
        assert same_network(current, wanted)
        assert list(current.composites) == list(wanted.composites)
        assert dict(current.marks) == dict(wanted.marks)
        current.apply(undo)
        assert current.same_as(before)


def test_definitions_that_have_changed_places_come_back() -> None:
    wanted, current = grouped(), grouped()
    for node in [node.id for node in current if node.composite is not None]:
        current.apply(RemoveBlock(node))
    for id_ in reversed(list(current.composites)):
        current.apply(
            Inside(id_, RemoveBlock(next(n.id for n in current.composites[id_].body if n.spec.role == "layer")))
        )
    current.apply(Inside("c1", AddBlock(Node("b99", "composite:c2", "inside"))))
    current.apply(edit_towards(current, wanted))
    assert same_network(current, wanted)


def test_an_edit_inside_a_composite_makes_it_another_network() -> None:
    one, other = grouped(), grouped()
    assert same_network(one, other)
    conv = other.composites["c1"].body.named("conv1").id
    other.apply(Inside("c1", Configure(conv, {"out_channels": 9})))
    assert not same_network(one, other)
    other = grouped()
    other.apply(Define(other.composites["c1"].definition()))
    assert same_network(one, other)
