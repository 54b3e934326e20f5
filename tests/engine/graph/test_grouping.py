from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import GraphError
from engine.graph.check import Report, check
from engine.graph.dissolving import dissolve
from engine.graph.edits import Mark, SetFlags, SetMark
from engine.graph.grouping import group
from engine.graph.model import (
    AddBlock,
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
    Wire,
)

Layer = tuple[str, str, int, str]


def layers(graph: Graph, report: Report) -> list[Layer]:
    """All blocks of the network in its order, composites taken apart: name, kind, learned numbers, output."""
    out: list[Layer] = []
    for id_ in report.order:
        node = graph.node(id_)
        if node.composite is None:
            found = report.blocks[id_]
            out += [(node.name, node.kind, found.parameters, str(found.output))] * (
                node.kind not in ("port_in", "port_out")
            )
        for inner in report.inner.get(id_, ()):
            out += layers(graph.composite(node.composite or "").body, inner)
    return out


def unnamed(found: list[Layer]) -> list[tuple[str, int, str]]:
    return [layer[1:] for layer in found]


def by_names(graph: Graph) -> tuple[set[tuple[str, ...]], Counter[str]]:
    """Wires and blocks with names in the place of ids."""
    name = {node.id: node.name for node in graph}
    wires = {(name[w.source.block], w.source.port, name[w.target.block], w.target.port) for w in graph.wires.values()}
    return wires, Counter(f"{n.name} {n.kind} {dict(n.settings)} {n.bypassed} {n.pinned}" for n in graph)


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """A network of maps: every block takes earlier ones."""
    graph = Graph()
    image = graph.new_node("image_input", {"channels": 4, "height": 8, "width": 8})
    graph.apply(AddBlock(image))
    made = [image.id]
    for index in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(["conv2d", "relu", "batchnorm2d", "add", "concat"]))
        values = {"out_channels": 4, "padding": 1} if kind == "conv2d" else {}
        node = graph.new_node(kind, values, x=256.0 * (index + 1), y=112.0 * draw(st.integers(0, 2)))
        graph.apply(AddBlock(node))
        for port in node.block().inputs():
            source = draw(st.sampled_from(made[-3:]))
            via = ((node.x - 40, node.y),) if draw(st.booleans()) else ()
            graph.apply(Connect(Wire(End(source, "y"), End(node.id, port.name), via)))
        if kind != "concat":  # channels stay 4, so that everything fits
            made.append(node.id)
            if kind == "relu" and draw(st.booleans()):
                graph.apply(SetFlags(node.id, {"bypassed": True, "pinned": True}))
    output = graph.new_node("output", x=3000)
    graph.apply(AddBlock(output))
    graph.apply(Connect(Wire(End(made[-1], "y"), End(output.id, "x"))))
    return graph


@given(networks(), st.data())
def test_a_group_computes_what_its_blocks_did_and_goes_back_exactly(graph: Graph, data: st.DataObject) -> None:
    before, report = graph.copy(), check(graph)
    chosen = data.draw(st.sets(st.sampled_from([n.id for n in graph if n.spec.role == "layer"]), min_size=1))
    try:
        edit, instance = group(graph, chosen)
    except GraphError as error:
        assert "come back into it" in str(error)
        assume(False)
    undo = graph.apply(edit)
    after = check(graph)
    assert after.ok == report.ok
    assert Counter(unnamed(layers(graph, after))) == Counter(unnamed(layers(before, report)))
    assert (after.parameters, after.macs) == (report.parameters, report.macs)
    assert chosen.isdisjoint(graph.nodes)
    taken_apart, ids = dissolve(graph, instance)
    back = graph.apply(taken_apart)
    assert by_names(graph) == by_names(before)
    assert set(ids) <= graph.nodes.keys()
    graph.apply(back)
    graph.apply(undo)
    assert graph.same_as(before)


@given(networks(), st.data())
def test_neighbours_in_the_order_keep_the_order_of_learned_numbers(graph: Graph, data: st.DataObject) -> None:
    inner = [n.id for n in graph if n.spec.role == "layer"]
    start = data.draw(st.integers(0, len(inner) - 1))
    before = layers(graph, check(graph))
    edit, instance = group(graph, inner[start : start + data.draw(st.integers(1, 5))])
    graph.apply(edit)
    assert layers(graph, check(graph)) == before
    graph.apply(dissolve(graph, instance)[0])
    assert layers(graph, check(graph)) == before


def chain(*kinds: str, **settings: dict[str, object]) -> Graph:
    graph = Graph()
    last = None
    for index, kind in enumerate(kinds):
        node = graph.new_node(kind, settings.get(kind, {}), x=256.0 * index)
        graph.apply(AddBlock(node))
        if last is not None:
            graph.apply(Connect(Wire(End(last, "y"), End(node.id, node.block().inputs()[0].name))))
        last = node.id
    return graph


def test_what_cannot_be_a_composite_is_refused_with_the_reason() -> None:
    graph = chain("image_input", "conv2d", "relu", "conv2d", "output")
    ids = list(graph.nodes)
    with pytest.raises(GraphError, match="image cannot go into a composite"):
        group(graph, ids[:2])
    with pytest.raises(GraphError, match=r"come back into it through relu1, .* select what lies between"):
        group(graph, [ids[1], ids[3]])
    with pytest.raises(GraphError, match="nothing is selected"):
        group(graph, [])


def test_ports_are_named_plainly_or_after_where_they_come_from() -> None:
    graph = chain("image_input", "conv2d", "relu", "add", "output")
    image, conv, relu, add, _ = graph.nodes
    graph.apply(Connect(Wire(End(image, "y"), End(add, "x2"))))
    edit, instance = group(graph, [conv, relu], "Stem")
    graph.apply(edit)
    block = graph.node(instance).block()
    assert [p.name for p in (*block.inputs(), *block.outputs())] == ["x", "y"]
    assert (graph.node(instance).name, graph.node(instance).spec.title) == ("stem1", "Stem")
    edit, second = group(graph, [add])
    graph.apply(edit)
    assert [port.name for port in graph.node(second).block().inputs()] == ["stem1", "image"]


def test_a_source_that_feeds_several_members_comes_in_once_and_a_loose_end_stays_reachable() -> None:
    graph = chain("image_input", "conv2d")
    conv = list(graph.nodes)[1]
    add = graph.new_node("add")
    graph.apply(AddBlock(add))
    graph.apply(Connect(Wire(End("b1", "y"), End(add.id, "x1"))))
    edit, instance = group(graph, [conv, add.id])
    graph.apply(edit)
    block = graph.node(instance).block()
    assert [p.name for p in block.inputs()] == ["image", "add1_x2"]
    assert [p.name for p in block.outputs()] == ["conv1_y", "add1_y"]


def test_a_frame_around_the_blocks_goes_along_and_comes_back() -> None:
    graph = chain("image_input", "conv2d", "relu", "output")
    graph.apply(SetMark(Mark("m1", "frame", "Stem", 240, -20, 480, 140)))
    graph.apply(SetMark(Mark("m2", "frame", "All", -20, -20, 1500, 140)))
    edit, instance = group(graph, ["b2", "b3"])
    graph.apply(edit)
    body = graph.composites["c1"].body
    assert (list(graph.marks), [m.text for m in body.marks.values()]) == (["m2"], ["Stem"])
    mark, conv = body.marks["m1"], body.node("b2")
    assert (conv.x - mark.x, conv.y - mark.y) == (16, 20)
    graph.apply(dissolve(graph, instance)[0])
    assert (graph.marks["m1"].x, graph.marks["m1"].y) == (graph.named("conv1").x - 16, -20)


@given(networks(), st.data())
def test_taken_apart_at_once_a_group_leaves_the_drawing_as_it_was(graph: Graph, data: st.DataObject) -> None:
    spots = [(256.0 * column, 112.0 * row) for column in range(6) for row in range(-3, 4)]
    places = dict(zip(graph.nodes, data.draw(st.permutations(spots)), strict=False))
    graph.apply(Move(places))
    before = {node.name: (node.x, node.y) for node in graph}
    led = {w.via for w in graph.wires.values()}
    chosen = data.draw(st.sets(st.sampled_from([n.id for n in graph if n.spec.role == "layer"]), min_size=1))
    try:
        edit, instance = group(graph, chosen)
    except GraphError:
        assume(False)
    graph.apply(edit)
    graph.apply(dissolve(graph, instance)[0])
    assert {node.name: (node.x, node.y) for node in graph} == before
    assert {w.via for w in graph.wires.values()} <= led | {()}


def test_where_the_room_was_taken_meanwhile_the_rest_of_the_row_goes_on() -> None:
    graph = chain("image_input", "conv2d", "relu", "batchnorm2d", "output")
    edit, instance = group(graph, ["b2", "b3", "b4"])
    graph.apply(edit)
    graph.apply(Move({"b5": (graph.node(instance).x + 256.0, 0.0)}))
    _, ids = dissolve(graph, instance)
    graph.apply(dissolve(graph, instance)[0])
    assert graph.node("b5").x >= max(graph.node(id_).x for id_ in ids) + 256


UNIT = Definition(
    "unit", "Unit", "",
    (Parameter("width", "integer", 8, lo=1), Parameter("stride", "size", 1, lo=1), Parameter("wide", "flag", True)),
    (
        Node("b1", "port_in", "x"),
        Node("b2", "conv2d", "conv", {"out_channels": "=width * 2 if wide else width", "stride": "=stride", "padding": 1}, 256),
        Node("b3", "batchnorm2d", "norm", {}, 512, 0, bypassed="=i == 0"),
        Node("b4", "port_out", "y", {}, 768),
    ),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x")), Wire(End("b3", "y"), End("b4", "x"))),
)  # fmt: skip


def repeated() -> Graph:
    graph = Graph()
    graph.apply(Define(UNIT))
    for node in (Node("b1", "image_input", "image", {"height": 32, "width": 32}),
                 Node("b2", "composite:unit", "unit", {"width": "=4 + 2 * i", "repeat": 3, "first_stride": 2, "first_wide": "off"},
                      256),
                 Node("b3", "output", "output", {}, 512)):  # fmt: skip
        graph.apply(AddBlock(node))
    graph.apply(Connect(Wire(End("b1", "y"), End("b2", "x"))))
    graph.apply(Connect(Wire(End("b2", "y"), End("b3", "x"))))
    return graph


def test_repetitions_come_apart_with_the_values_that_each_had() -> None:
    graph = repeated()
    before, found = graph.copy(), unnamed(layers(graph, check(graph)))
    edit, ids = dissolve(graph, "b2")
    undo = graph.apply(edit)
    assert unnamed(layers(graph, check(graph))) == found
    convs = [dict(graph.node(id_).settings) for id_ in ids if graph.node(id_).kind == "conv2d"]
    assert [(c["out_channels"], c.get("stride", 1)) for c in convs] == [(4, 2), (12, 1), (16, 1)]
    assert [n.bypassed for n in graph if n.kind == "batchnorm2d"] == [True, False, False]
    assert [n.name for n in graph][1:4] == ["unit_1_conv", "unit_1_norm", "unit_2_conv"]
    places = sorted((node.x, node.y) for node in graph)
    assert all(b[0] - a[0] >= 256 for a, b in pairwise(places))
    graph.apply(undo)
    assert graph.same_as(before)


def test_inside_a_composite_expressions_are_put_together() -> None:
    graph = repeated()
    graph.apply(Define(Definition(
        "stage", "Stage", "", (Parameter("planes", "integer", 6),),
        (Node("b1", "port_in", "x"),
         Node("b2", "composite:unit", "unit", {"width": "=planes - i", "repeat": 2, "first_stride": [2, 1]}, 256),
         Node("b3", "port_out", "y", {}, 512)),
        (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x"))),
    )))  # fmt: skip
    graph.apply(AddBlock(Node("b9", "composite:stage", "stage", {"planes": 5}, 700)))
    graph.apply(Connect(Wire(End("b1", "y"), End("b9", "x"))))
    before, found = graph.copy(), unnamed(layers(graph, check(graph)))
    body = graph.composites["stage"].body
    edit, _ = dissolve(body, "b2")
    undo = graph.apply(Inside("stage", edit))
    assert unnamed(layers(graph, check(graph))) == found
    conv = body.named("unit_2_conv")
    assert conv.settings["out_channels"] == "=(planes - 1) * 2 if True else planes - 1"
    graph.apply(undo)
    assert graph.same_as(before)


def test_a_group_inside_a_composite_is_handed_the_settings_that_it_reads() -> None:
    graph = repeated()
    found = unnamed(layers(graph, check(graph)))
    body = graph.composites["unit"].body
    with pytest.raises(GraphError, match='norm reads "i", which counts repetitions'):
        group(body, ["b2", "b3"])
    edit, instance = group(body, ["b2"], "Core")
    before = graph.copy()
    parts = edit.edits  # as the document wraps them
    undos = [graph.apply(part if isinstance(part, Define) else Inside("unit", part)) for part in parts]
    assert unnamed(layers(graph, check(graph))) == found
    assert body.node(instance).settings == {"width": "=width", "stride": "=stride", "wide": "=wide"}
    for undo in reversed(undos):
        graph.apply(undo)
    assert graph.same_as(before)


def test_what_would_mean_something_else_is_not_dissolved() -> None:
    graph = repeated()
    with pytest.raises(GraphError, match="only composites can be dissolved"):
        dissolve(graph, "b1")
    graph.apply(SetFlags("b2", {"bypassed": True}))
    with pytest.raises(GraphError, match="unit is bypassed"):
        dissolve(graph, "b2")
    graph.apply(SetFlags("b2", {"bypassed": False}))
    graph.apply(Inside("unit", Configure("b2", {"out_channels": "=width + k"})))
    before = unnamed(layers(graph, check(graph)))
    graph.apply(AddBlock(Node("b9", "composite:unit", "other", {}, 900)))
    with pytest.raises(GraphError, match='Unit reads "k", which counts over all its instances'):
        dissolve(graph, "b2")
    graph = repeated()
    graph.apply(Inside("unit", Configure("b2", {"out_channels": "=width + k"})))
    graph.apply(dissolve(graph, "b2")[0])
    assert unnamed(layers(graph, check(graph))) == before
