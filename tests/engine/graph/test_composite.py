from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.blocks.spec import Shape, made_of, spec_of
from engine.errors import GraphError, SettingError
from engine.graph import store
from engine.graph.check import check
from engine.graph.inside import outside_of
from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    Edit,
    End,
    Graph,
    Inside,
    Mark,
    Node,
    Parameter,
    RemoveBlock,
    Rename,
    SetFlags,
    SetMark,
    Undefine,
    Wire,
)
from engine.graph.walk import Report
from tests.engine.graph.drawn import bottleneck, resnet, wire
from tests.engine.graph.strategies import draw_edit


@pytest.mark.parametrize(
    ("repeats", "parameters", "macs"),
    [((3, 4, 6, 3), 25_557_032, 4_089_184_256), ((3, 4, 23, 3), 44_549_160, 7_801_405_440),
     ((3, 8, 36, 3), 60_192_808, 11_513_626_624)],
)  # fmt: skip
def test_a_resnet_of_four_instances_has_the_published_counts(
    repeats: tuple[int, ...], parameters: int, macs: int
) -> None:
    report = check(resnet(repeats))
    assert report.ok
    assert (report.parameters, report.macs) == (parameters, macs)
    assert str(report.shape_of(End("layer4", "y"))) == "N×2048×7×7"


def test_an_override_holds_in_the_first_repetition_only() -> None:
    report = check(resnet())
    strides = [inner.made["b"].stride for inner in report.inner["layer2"]]  # type: ignore[attr-defined]
    assert strides == [2, 1, 1, 1]
    assert [sorted(inner.bypassed) for inner in report.inner["layer2"]] == [[], *[["d", "dn"]] * 3]


def test_an_edit_of_the_definition_reaches_every_instance_and_undoes() -> None:
    graph = resnet()
    before, first = graph.copy(), check(graph)
    inverse = graph.apply(Inside("bottleneck", Configure("c", {"out_channels": "=width * 2"})))
    graph.apply(Inside("bottleneck", Configure("d", {"out_channels": "=width * 2"})))
    changed = check(graph, None, first)
    assert str(changed.shape_of(End("layer4", "y"))) == "N×1024×7×7"
    graph.apply(Inside("bottleneck", Configure("d", {"out_channels": "=width * 4"})))
    graph.apply(inverse)
    assert graph.same_as(before)
    assert check(graph, None, changed) == first


def test_a_port_that_goes_takes_the_wires_of_all_instances_along_and_undo_brings_them_back() -> None:
    graph = resnet()
    before = graph.copy()
    inverse = graph.apply(Inside("bottleneck", RemoveBlock("q")))
    assert End("g", "x") not in graph.wires
    assert End("layer2", "x") not in graph.wires
    graph.apply(inverse)
    assert graph.same_as(before)


def test_wires_follow_a_port_that_is_called_otherwise() -> None:
    graph = resnet()
    before = graph.copy()
    inverse = graph.apply(Inside("bottleneck", Rename("q", "answer")))
    assert graph.wires[End("g", "x")].source == End("layer4", "answer")
    assert check(graph).ok
    graph.apply(inverse)
    assert graph.same_as(before)


def test_a_setting_that_goes_is_taken_from_all_instances_and_undo_brings_it_back() -> None:
    graph = resnet()
    before = graph.copy()
    blocks = tuple(replace(n, settings={**n.settings, "stride": 1}) if "stride" in n.settings else n
                   for n in bottleneck().blocks)  # fmt: skip
    slim = replace(bottleneck(), blocks=blocks, settings=tuple(p for p in bottleneck().settings if p.name != "stride"))
    inverse = graph.apply(Define(slim))
    assert "first_stride" not in graph.node("layer2").settings
    graph.apply(inverse)
    assert graph.same_as(before)


def test_a_setting_that_the_inside_reads_cannot_go() -> None:
    graph = resnet()
    before = graph.copy()
    with pytest.raises(GraphError, match='there is no name "stride"'):
        graph.apply(Define(replace(bottleneck(), settings=bottleneck().settings[:1])))
    assert graph.same_as(before)


def test_a_composite_cannot_stand_inside_itself_on_any_way_round() -> None:
    graph = Graph()
    graph.apply(Define(Definition("a", "A")))
    graph.apply(Define(Definition("b", "B", blocks=(Node("x", "composite:a", "inner"),))))
    for edit in (AddBlock(Node("y", "composite:b", "loop")), AddBlock(Node("y", "composite:a", "loop"))):
        with pytest.raises(GraphError, match="inside itself"):
            graph.apply(Inside("a", edit))


def test_a_definition_in_use_cannot_go_and_one_out_of_use_can() -> None:
    graph = resnet((1,))
    with pytest.raises(GraphError, match="still used by layer1"):
        graph.apply(Undefine("bottleneck"))
    graph.apply(RemoveBlock("layer1"))
    before = graph.copy()
    inverse = graph.apply(Undefine("bottleneck"))
    assert not graph.composites
    graph.apply(inverse)
    assert graph.same_as(before)


@pytest.mark.parametrize(
    ("kind", "owner"), [("port_in", None), ("port_out", None), ("image_input", "a"), ("output", "a"), ("mse", "a")]
)
def test_ports_stand_inside_and_ends_outside(kind: str, owner: str | None) -> None:
    graph = Graph()
    graph.apply(Define(Definition("a", "A")))
    edit = AddBlock(Node("n", kind, "n"))
    with pytest.raises(GraphError, match="inside"):
        graph.apply(edit if owner is None else Inside(owner, edit))


@pytest.mark.parametrize("name", ["repeat", "i", "k", "first_x", "shape", "lower", "2x", "min", "class", "__init__"])
def test_a_setting_may_not_bear_a_name_that_means_something_already(name: str) -> None:
    with pytest.raises(GraphError):
        Graph().apply(Define(Definition("a", "A", settings=(Parameter(name, "integer", 1),))))


def test_a_fault_inside_is_told_once_with_the_way_to_it_and_a_mend_that_works() -> None:
    graph = resnet()
    graph.apply(Inside("bottleneck", Configure("b", {"kernel_size": 300, "padding": 0})))
    problems = [problem for problem in check(graph).problems if problem.severity == "error"]
    assert [(problem.path, problem.block) for problem in problems] == [(("layer1",), "b")]
    assert problems[0].text.startswith("layer1, repetition 1 › conv2: ")
    graph.apply(Batch(problems[0].fixes[0].edits))
    assert not [problem for problem in check(graph).problems if problem.path == ("layer1",)]


def test_a_value_that_the_inside_cannot_take_is_a_problem_at_the_block_inside() -> None:
    graph = resnet((1,))
    graph.apply(Inside("bottleneck", Configure("a", {"out_channels": "=width - 64 + 1"})))
    graph.apply(Configure("layer1", {"width": 8}))
    problem = check(graph).problems[0]
    assert (problem.code, problem.path, problem.block) == ("setting-refused", ("layer1",), "a")


def test_a_ramp_counts_over_the_whole_network() -> None:
    graph = Graph()
    inner = (Node("i", "port_in", "x"), Node("d", "dropout", "drop", {"p": "=0.5 * k / (total - 1)"}),
             Node("o", "port_out", "y"))  # fmt: skip
    wires = (wire("i.y", "d.x"), wire("d.y", "o.x"))
    graph.apply(Define(Definition("d", "Drop", blocks=inner, wires=wires)))
    graph.apply(AddBlock(Node("f", "vector_input", "features", {"features": 4})))
    for before, id_, times in (("f", "s", 2), ("s", "t", 4)):
        graph.apply(AddBlock(Node(id_, "composite:d", id_, {"repeat": times})))
        graph.apply(Connect(wire(f"{before}.y", f"{id_}.x")))
    report = check(graph)
    rates = [inner.made["d"].p for id_ in "st" for inner in report.inner[id_]]  # type: ignore[attr-defined]
    assert rates == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


def test_several_outputs_give_a_shape_each() -> None:
    graph = Graph()
    blocks = (Node("i", "port_in", "x"), Node("p", "maxpool2d", "pool"), Node("o", "port_out", "whole"),
              Node("h", "port_out", "halved"))  # fmt: skip
    wires = (wire("i.y", "p.x"), wire("i.y", "o.x"), wire("p.y", "h.x"))
    graph.apply(Define(Definition("s", "Split", blocks=blocks, wires=wires)))
    graph.apply(AddBlock(Node("m", "image_input", "image", {"channels": 3, "height": 8, "width": 8})))
    graph.apply(AddBlock(Node("c", "composite:s", "split")))
    graph.apply(Connect(wire("m.y", "c.x")))
    report = check(graph)
    assert [str(report.shape_of(End("c", port))) for port in ("whole", "halved")] == ["N×3×8×8", "N×3×4×4"]


def test_an_instance_that_stands_nowhere_answers_for_shapes_too() -> None:
    graph = resnet()
    block = graph.node("layer2").block()
    assert block.shapes(Shape((256, 56, 56))) == (Shape((512, 28, 28)),)
    assert len(outside_of(block, (Shape((256, 56, 56)),))) == 4  # type: ignore[arg-type]


def test_a_bypassed_block_passes_its_first_input_on_and_costs_nothing() -> None:
    graph = resnet()
    whole = check(graph)
    graph.apply(SetFlags("c", {"bypassed": True}))
    report = check(graph, None, whole)
    assert report.shape_of(End("c", "y")) == Shape((3, 224, 224))
    assert report.blocks["c"].parameters == report.blocks["c"].macs == 0
    assert report == check(graph)


@pytest.mark.parametrize("block", ["i", "o"])
def test_an_end_of_the_network_cannot_be_bypassed(block: str) -> None:
    with pytest.raises(GraphError, match="cannot be bypassed"):
        resnet().apply(SetFlags(block, {"bypassed": True}))


def test_a_copy_has_definitions_of_its_own() -> None:
    graph = resnet()
    copy = graph.copy()
    graph.apply(Inside("bottleneck", Configure("b", {"kernel_size": 5, "padding": 2})))
    assert not graph.same_as(copy)
    assert check(copy).parameters == 25_557_032


def test_a_file_keeps_composites_marks_points_and_flags() -> None:
    graph = resnet()
    graph.apply(SetMark(Mark("m1", "note", "# Stem\n*three* channels", 1, 2, 300, 100, "Convolution")))
    graph.apply(SetFlags("m", {"pinned": True, "bypassed": True}))
    graph.apply(Connect(Wire(End("c", "y"), End("n", "x"), ((4, 5.5), (6, 7)))))
    graph.apply(Inside("bottleneck", SetMark(Mark("m2", "frame", "shortcut"))))
    text = store.dumps(graph)
    assert store.loads(text).same_as(graph)
    assert store.dumps(store.loads(text)) == text


def test_definitions_are_read_whatever_their_order_in_the_file() -> None:
    graph = Graph()
    graph.apply(Define(Definition("outer", "Outer")))
    graph.apply(Define(replace(bottleneck(), id="inner")))
    for edit in (AddBlock(Node("i", "port_in", "x")), AddBlock(Node("n", "composite:inner", "n")),
                 Connect(wire("i.y", "n.x"))):  # fmt: skip
        graph.apply(Inside("outer", edit))
    assert store.loads(store.dumps(graph)).same_as(graph)
    assert graph.copy().same_as(graph)


@settings(max_examples=60)
@given(st.data())
def test_checking_from_an_earlier_report_says_the_same_as_checking_anew(data: st.DataObject) -> None:
    graph = data.draw(st.sampled_from([Graph(), resnet((1, 2))])).copy()
    report = check(graph)
    for _ in range(data.draw(st.integers(1, 20))):
        try:
            graph.apply(draw_edit(graph, data.draw))
        except GraphError:
            continue
        report, anew = check(graph, None, report), check(graph)
        assert report == anew
        assert report.problems == anew.problems


def findings(report: Report) -> Any:
    """What a report says, without the classes of composites, which every project has for itself."""
    inner = {id_: [findings(one) for one in repetitions] for id_, repetitions in report.inner.items()}
    said = [(p.code, p.text, p.block, p.path) for p in report.problems]
    return report.blocks, said, report.order, report.macs, sorted(report.bypassed), report.exits, inner


@settings(max_examples=40)
@given(st.data())
def test_edits_and_undone_edits_leave_nothing_remembered_that_a_fresh_copy_would_not_find(data: st.DataObject) -> None:
    graph = resnet((1, 2))
    report = check(graph)
    undo: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            if undo and data.draw(st.booleans()):
                graph.apply(undo.pop())
            else:
                undo.append(graph.apply(draw_edit(graph, data.draw)))
        except GraphError:
            pass
        report = check(graph, None, report)
        assert findings(report) == findings(check(graph.copy()))


def test_a_batch_that_is_refused_midway_inside_a_composite_leaves_nothing_remembered() -> None:
    graph = resnet((2,))
    before = findings(check(graph))
    refused = Batch((Configure("b", {"kernel_size": 5}), RemoveBlock("an"), RemoveBlock("nowhere")))
    with pytest.raises(GraphError):
        graph.apply(Inside("bottleneck", refused))
    assert findings(check(graph)) == before
    composite = graph.composite("bottleneck")
    assert all(composite.prepared.nodes[node.id] is node for node in composite.body)


def test_values_that_python_holds_equal_are_told_apart() -> None:
    conv = spec_of("conv2d")
    assert made_of(conv, {"out_channels": 1}) is made_of(conv, {"out_channels": 1.0})
    with pytest.raises(SettingError):
        made_of(conv, {"out_channels": True})


def test_a_setting_that_the_inside_cannot_take_is_told_once_for_each_repetition_that_differs() -> None:
    graph = resnet((3,))
    graph.apply(Inside("bottleneck", Configure("a", {"out_channels": "=width * (1 - i)"})))
    refused = [problem for problem in check(graph).problems if problem.code == "setting-refused"]
    assert [(problem.path, problem.block) for problem in refused] == [(("layer1",), "a")]
    assert refused[0].text.startswith("layer1, repetition 2 ")


def test_the_class_of_a_composite_behaves_like_a_declared_one() -> None:
    graph = resnet((1,))
    spec = graph.composite("bottleneck").spec
    one, same, other = spec(width=8), spec(width=8.0), spec(width=9)
    assert (one, hash(one)) == (same, hash(same))
    assert one != other
    assert (one.repeat, one.width, one.stride) == (1, 8, 1)  # type: ignore[attr-defined]
    assert repr(one).startswith("Bottleneck(width=8, stride=1, ")
    with pytest.raises(AttributeError):
        one.width = 3  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        spec(depth=3)


def test_a_bypassed_instance_that_loses_its_way_through_is_bypassed_no_longer_and_the_file_opens_again() -> None:
    graph = Graph()
    body = (Node("i", "port_in", "x"), Node("r", "relu", "relu1"), Node("o", "port_out", "y"))
    graph.apply(Define(Definition("c", "Part", "", (), body, (wire("i.y", "r.x"), wire("r.y", "o.x")))))
    graph.apply(AddBlock(Node("n", "composite:c", "part1")))
    graph.apply(SetFlags("n", {"bypassed": True}))
    before = graph.copy()
    inverse = graph.apply(Inside("c", RemoveBlock("o")))
    assert graph.node("n").bypassed is False
    assert store.loads(store.dumps(graph)).same_as(graph)
    assert graph.copy().same_as(graph)
    graph.apply(inverse)
    assert graph.same_as(before)
    assert graph.node("n").bypassed is True
    inverse = graph.apply(Define(Definition("c", "Part", "", (), body[1:], (wire("r.y", "o.x"),))))
    assert graph.node("n").bypassed is False
    graph.apply(inverse)
    assert graph.same_as(before)
