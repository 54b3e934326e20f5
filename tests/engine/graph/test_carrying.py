from __future__ import annotations

from engine.graph import store
from engine.graph.carrying import brought, collection, with_parts
from engine.graph.edits import Definition, Node, Parameter, Wire
from engine.graph.model import AddBlock, Define, End, Graph, Inside


def definition(id_: str, name: str, part: str, **settings: object) -> Definition:
    blocks = (
        Node("b1", "port_in", "x"),
        Node("b2", part, "inner", dict(settings), 256),
        Node("b3", "port_out", "y", {}, 512),
    )
    wires = (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x")))
    return Definition(id_, name, "", (Parameter("width", "integer", 4),), blocks, wires)


def project() -> Graph:
    graph = Graph()
    graph.apply(Define(definition("a", "Unit", "conv2d", out_channels="=width")))
    graph.apply(Define(definition("b", "Stage", "composite:a", width=7)))
    graph.apply(Define(definition("c", "Other", "relu")))
    return graph


def test_a_definition_brings_what_it_is_made_of_and_nothing_else() -> None:
    graph = project()
    text = store.dumps(collection(with_parts(graph, ["b"])))
    part = store.loads(text)
    assert [c.name for c in part.composites.values()] == ["Unit", "Stage"]
    other = Graph()
    edits, ids = brought(other, with_parts(part, ["b"]))
    for edit in edits:
        other.apply(edit)
    other.apply(AddBlock(Node("b1", f"composite:{ids['b']}", "stage")))
    assert other.composites[ids["b"]].same_as(graph.composites["b"])


def test_what_is_there_already_is_not_brought_again() -> None:
    graph = project()
    assert brought(graph, with_parts(project(), ["b"])) == ((), {"a": "a", "b": "b"})
    renumbered = [
        definition("c9", "Unit", "conv2d", out_channels="=width"),
        definition("c8", "Stage", "composite:c9", width=7),
    ]
    assert brought(graph, renumbered) == ((), {"c9": "a", "c8": "b"})


def test_a_taken_name_or_id_that_means_something_else_gets_a_number() -> None:
    graph = project()
    graph.apply(Inside("a", AddBlock(Node("b9", "relu", "more"))))
    edits, ids = brought(graph, with_parts(project(), ["b"]))
    for edit in edits:
        graph.apply(edit)
    assert [(e.definition.id, e.definition.name) for e in edits] == [("c1", "Unit2"), ("c2", "Stage2")]
    assert ids == {"a": "c1", "b": "c2"}
    assert graph.composites["c2"].body.node("b2").kind == "composite:c1"
