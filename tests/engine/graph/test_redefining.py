from __future__ import annotations

import pytest

from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.edits import Definition, Node, Parameter, Wire
from engine.graph.model import AddBlock, Configure, Connect, Define, End, Graph, Inside, Rename
from engine.graph.redefining import moved_port, readers, renamed_port, renamed_setting, with_setting

UNIT = Definition(
    "u", "Unit", "", (Parameter("width", "integer", 4, lo=1), Parameter("fast", "flag", False)),
    (
        Node("b1", "port_in", "x"), Node("b2", "port_in", "skip", {}, 0, 112),
        Node("b3", "conv2d", "conv", {"out_channels": "=width * 2 if fast else width", "padding": 1}, 256),
        Node("b4", "add", "add", {}, 512, bypassed="=fast"), Node("b5", "port_out", "y", {}, 768),
    ),
    (Wire(End("b1", "y"), End("b3", "x")), Wire(End("b3", "y"), End("b4", "x1")), Wire(End("b2", "y"), End("b4", "x2")),
     Wire(End("b4", "y"), End("b5", "x"))),
)  # fmt: skip
STAGE = Definition(
    "s", "Stage", "", (),
    (Node("b1", "port_in", "x"), Node("b2", "composite:u", "unit", {"width": 3, "first_width": 3}, 256),
     Node("b3", "port_out", "y", {}, 512)),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b1", "y"), End("b2", "skip")), Wire(End("b2", "y"), End("b3", "x"))),
)  # fmt: skip


@pytest.fixture
def graph() -> Graph:
    made = Graph()
    made.apply(Define(UNIT))
    made.apply(Define(STAGE))
    for node in (Node("b1", "image_input", "image", {"channels": 3}), Node("b2", "composite:s", "stage", {}, 256),
                 Node("b3", "composite:u", "unit", {"width": 3}, 512), Node("b4", "output", "out", {}, 768)):  # fmt: skip
        made.apply(AddBlock(node))
    for wire in (("b1", "y", "b2", "x"), ("b2", "y", "b3", "x"), ("b1", "y", "b3", "skip"), ("b3", "y", "b4", "x")):
        made.apply(Connect(Wire(End(*wire[:2]), End(*wire[2:]), ((1.0, 2.0),))))
    assert check(made).ok
    return made


def test_a_setting_is_renamed_inside_and_in_all_instances(graph: Graph) -> None:
    before, report = graph.copy(), check(graph)
    undo = graph.apply(renamed_setting(graph, graph.composites["u"], "width", "planes"))
    body = graph.composites["u"].body
    assert body.node("b3").settings["out_channels"] == "=planes * 2 if fast else planes"
    assert graph.node("b3").settings == {"planes": 3}
    assert graph.composites["s"].body.node("b2").settings == {"planes": 3, "first_planes": 3}
    assert check(graph).parameters == report.parameters
    graph.apply(renamed_setting(graph, graph.composites["u"], "fast", "quick"))
    assert body is not graph.composites["u"].body
    assert graph.composites["u"].body.node("b4").bypassed == "=quick"
    graph.apply(renamed_setting(graph, graph.composites["u"], "quick", "fast"))
    graph.apply(undo)
    assert graph.same_as(before)


def test_a_port_keeps_its_wires_under_another_name(graph: Graph) -> None:
    before, report = graph.copy(), check(graph)
    undos = [graph.apply(renamed_port(graph, graph.composites["u"], port, name))
             for port, name in (("b1", "trunk"), ("b2", "side"), ("b5", "out"))]  # fmt: skip
    after = check(graph)
    assert after.ok
    assert (after.parameters, after.macs) == (report.parameters, report.macs)
    assert graph.wires[End("b3", "side")].via == ((1.0, 2.0),)
    assert [port.name for port in graph.node("b3").block().inputs()] == ["trunk", "side"]
    for undo in reversed(undos):
        graph.apply(undo)
    assert graph.same_as(before)
    with pytest.raises(GraphError, match="already a block called 'conv'"):
        graph.apply(renamed_port(graph, graph.composites["u"], "b1", "conv"))
    assert graph.same_as(before)


def test_ports_change_places_and_keep_their_wires(graph: Graph) -> None:
    before = graph.copy()
    undo = graph.apply(moved_port(graph.composites["u"], "b1", 1))
    assert [port.name for port in graph.node("b3").block().inputs()] == ["skip", "x"]
    assert graph.wires.keys() == before.wires.keys()
    assert check(graph).parameters == check(before).parameters
    graph.apply(undo)
    assert graph.same_as(before)


def test_settings_are_added_changed_and_taken_away_unless_they_are_read(graph: Graph) -> None:
    unit = graph.composites["u"]
    graph.apply(with_setting(unit, "depth", Parameter("depth", "integer", 1)))
    assert [p.name for p in graph.composites["u"].settings] == ["width", "fast", "depth"]
    graph.apply(with_setting(graph.composites["u"], "width", Parameter("width", "integer", 5, lo=4)))
    assert graph.node("b3").settings == {}  # 3 is no value of it any more
    graph.apply(with_setting(graph.composites["u"], "depth", None))
    assert [p.name for p in graph.composites["u"].settings] == ["width", "fast"]
    assert readers(graph.composites["u"], "fast") == ["conv", "add"]
    with pytest.raises(GraphError, match='there is no name "fast"'):
        graph.apply(with_setting(graph.composites["u"], "fast", None))


def test_a_name_that_expressions_use_themselves_is_refused(graph: Graph) -> None:
    with pytest.raises(GraphError, match="cannot be called 'n'"):
        graph.apply(renamed_setting(graph, graph.composites["u"], "width", "n"))
    with pytest.raises(GraphError):
        graph.apply(Rename("b2", "unit"))


def test_the_first_expression_of_a_block_may_read_the_settings_of_the_composite(graph: Graph) -> None:
    before = graph.copy()
    undo = graph.apply(Inside("u", Configure("b4", {"count": "=2 if width > 1 else 3"})))
    assert graph.composites["u"].body.node("b4").block().count == 2  # type: ignore[attr-defined]  # of Add
    graph.apply(undo)
    assert graph.same_as(before)
