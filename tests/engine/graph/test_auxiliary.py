"""What heads that are there in training only count for."""

from engine.graph.check import check
from engine.graph.model import AddBlock, Batch, Connect, Graph, Node, RemoveBlock
from tests.engine.graph.drawn import wire


def with_a_head():
    graph = Graph()
    blocks = (
        Node("a", "vector_input", "features", {"features": 4}),
        Node("b", "linear", "fc1", {"out_features": 3}),
        Node("c", "linear", "fc2", {"out_features": 2}),
        Node("d", "output", "output"),
        Node("e", "linear", "head", {"out_features": 2}),
        Node("f", "aux_output", "aux"),
    )
    wires = ("a.y b.x", "b.y c.x", "c.y d.x", "b.y e.x", "e.y f.x")
    graph.apply(Batch((*map(AddBlock, blocks), *(Connect(wire(*pair.split())) for pair in wires))))
    return graph


def test_an_auxiliary_head_has_parameters_but_no_multiply_adds_of_the_answer():
    report = check(with_a_head())
    assert report.ok
    assert report.parameters == 15 + 8 + 8
    assert report.macs == 12 + 6
    assert report.blocks["e"].macs == 6


def test_a_head_that_is_answered_with_counts_again():
    graph = with_a_head()
    before = check(graph)
    graph.apply(AddBlock(Node("g", "output", "second")))
    graph.apply(Connect(wire("e.y", "g.x")))
    assert check(graph, before=before).macs == check(graph).macs == 12 + 6 + 6
    graph.apply(RemoveBlock("d"))
    graph.apply(RemoveBlock("g"))
    assert check(graph).macs == 12 + 6 + 6  # nothing else is there to be answered
