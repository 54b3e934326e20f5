from __future__ import annotations

import pytest
from hypothesis import given

from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.graph.model import AddBlock, Batch, Configure, Connect, Disconnect, End, Graph, RemoveBlock, Wire
from tests.engine.graph.strategies import graphs

DIGITS = DataFacts(
    "Digits", 1797, (Column("image", "image", (1, 8, 8)), Column("label", "label", (), tuple("0123456789")))
)


def chain(*blocks: tuple[str, dict[str, object]]) -> Graph:
    graph, last = Graph(), ""
    for kind, settings in blocks:
        node = graph.new_node(kind, settings)
        graph.apply(AddBlock(node))
        if last:
            graph.apply(Connect(Wire(End(last, "y"), End(node.id, node.block().inputs()[0].name))))
        last = node.id
    return graph


def good() -> Graph:
    return chain(
        ("image_input", {}), ("conv2d", {"out_channels": 6, "kernel_size": 5}), ("relu", {}), ("flatten", {}),
        ("linear", {"out_features": 10}), ("output", {}),
    )  # fmt: skip


@given(graphs())
def test_check_never_raises_and_every_proposed_fix_can_be_applied(graph: Graph) -> None:
    for facts in (None, DIGITS):
        report = check(graph, facts)
        assert set(report.blocks) == set(graph.nodes)
        for problem in report.problems:
            assert problem.text[0] != " "
            assert problem.text.endswith(".")
            for fix in problem.fixes:
                trial = graph.copy()
                try:
                    trial.apply(Batch(fix.edits))
                except GraphError as error:
                    pytest.fail(f"{fix.title}: {error}")
                assert problem not in check(trial, facts).problems, f"{fix.title} does not mend {problem.text}"


def test_a_sound_network_has_shapes_counts_and_no_problem() -> None:
    report = check(good(), DIGITS)
    assert report.problems == ()
    assert [str(report.blocks[id_].output) for id_ in report.order] == [
        "N×1×28×28", "N×6×24×24", "N×6×24×24", "N×3456", "N×10", "N×10",
    ]  # fmt: skip
    assert report.parameters == 6 * 25 + 6 + 3456 * 10 + 10
    assert report.macs == 6 * 24 * 24 * 25 + 34560
    assert report.activation_bytes == 4 * (3456 + 3456 + 10)


def test_one_cause_gives_one_problem_and_blocks_behind_it_stay_silent() -> None:
    graph = good()
    graph.apply(Configure("b2", {"kernel_size": 31}))
    (problem,) = check(graph).problems
    assert problem.code == "kernel-too-large"
    assert problem.block == "b2"
    assert problem.setting == "kernel_size"
    assert "31×31 filter does not fit a 28×28 map padded by 0" in problem.text


def test_a_linear_behind_a_map_says_what_arrives_and_flatten_mends_it() -> None:
    graph = good()
    graph.apply(RemoveBlock("b4"))
    graph.apply(Connect(Wire(End("b3", "y"), End("b5", "x"))))
    (problem,) = check(graph).problems
    assert (
        problem.text == "fc1: Linear wants a flat vector, but a 6×24×24 map arrives; insert a flatten in front of it."
    )
    assert [fix.title for fix in problem.fixes] == ["Insert flatten", "Insert global average pooling"]
    graph.apply(Batch(problem.fixes[0].edits))
    assert check(graph).ok


def test_channels_that_differ_at_an_addition_are_mended_by_a_1x1_convolution() -> None:
    graph = Graph()
    for kind, settings in (
        ("image_input", {}),
        ("conv2d", {"out_channels": 8, "padding": 1}),
        ("add", {}),
        ("output", {}),
    ):
        graph.apply(AddBlock(graph.new_node(kind, settings)))
    for source, target, port in (("b1", "b2", "x"), ("b2", "b3", "x1"), ("b1", "b3", "x2"), ("b3", "b4", "x")):
        graph.apply(Connect(Wire(End(source, "y"), End(target, port))))
    (problem,) = check(graph).problems
    assert (problem.code, problem.port) == ("shapes-differ", "x2")
    graph.apply(Batch(problem.fixes[0].edits))
    assert check(graph).ok


def test_the_last_layer_is_compared_with_the_classes_of_the_data() -> None:
    graph = good()
    graph.apply(Configure("b5", {"out_features": 7}))
    assert check(graph).ok
    (problem,) = check(graph, DIGITS).problems
    assert problem.code == "classes-differ"
    assert "7 numbers, but the data has 10 classes" in problem.text
    graph.apply(Batch(problem.fixes[0].edits))
    assert check(graph, DIGITS).ok


def test_a_softmax_before_cross_entropy_is_a_warning_that_can_be_removed_with_a_click() -> None:
    graph = good()
    graph.apply(AddBlock(graph.new_node("softmax")))
    graph.apply(Connect(Wire(End("b5", "y"), End("b7", "x"))))
    graph.apply(Connect(Wire(End("b7", "y"), End("b6", "x"))))
    report = check(graph, DIGITS)
    (problem,) = report.problems
    assert (problem.code, problem.severity) == ("softmax-before-loss", "warning")
    assert report.ok
    graph.apply(Batch(problem.fixes[0].edits))
    assert check(graph, DIGITS).problems == ()


def test_an_open_input_is_an_error_where_an_output_needs_it_and_a_warning_elsewhere() -> None:
    graph = good()
    graph.apply(Disconnect(End("b3", "x")))
    by_code = {problem.code: problem for problem in check(graph).problems}
    assert by_code["input-open"].severity == "error"
    graph = good()
    graph.apply(AddBlock(graph.new_node("tanh")))
    (problem,) = check(graph).problems
    assert (problem.code, problem.severity) == ("input-open", "warning")


def test_what_is_left_out_takes_nothing_from_what_is_known_of_the_rest() -> None:
    graph = good()
    assert check(graph).known
    graph.apply(AddBlock(graph.new_node("tanh")))
    assert check(graph).known
    graph.apply(AddBlock(graph.new_node("linear")))
    graph.apply(Connect(Wire(End("b2", "y"), End("b8", "x"))))
    assert not check(graph).known, "a map into a linear layer is an error, whether the output needs it or not"
    graph.apply(RemoveBlock("b8"))
    graph.apply(Disconnect(End("b3", "x")))
    assert not check(graph).known
    lone = Graph()
    lone.apply(AddBlock(lone.new_node("tanh")))
    assert not check(lone).known, "nothing runs yet, so every block counts"


def test_a_loose_block_is_not_offered_to_another_loose_block() -> None:
    graph = good()
    for kind in ("relu", "tanh"):
        graph.apply(AddBlock(graph.new_node(kind)))
    assert [problem.fixes for problem in check(graph).problems] == [(), ()]


def test_a_block_that_gives_more_than_before_is_looked_at_by_those_it_feeds() -> None:
    graph = chain(("image_input", {"channels": 8, "height": 8, "width": 8}), ("split", {"parts": 2}))
    graph.apply(AddBlock(graph.new_node("relu")))
    graph.apply(Connect(Wire(End("b2", "y1"), End("b3", "x"))))
    report = check(graph)
    for parts in (4, 8, 2, 8):
        graph.apply(Configure("b2", {"parts": parts}))
        report = check(graph, before=report)
        assert report == check(graph)
        assert str(report.blocks["b3"].output) == f"N×{8 // parts}×8×8"


def test_an_empty_drawing_and_missing_ends_are_said_in_words() -> None:
    assert [p.code for p in check(Graph()).problems] == ["empty"]
    graph = chain(("relu", {}))
    assert {p.code for p in check(graph).problems} == {"no-input", "no-output", "input-open"}


def test_a_missing_column_of_the_data_is_named_with_those_that_are_there() -> None:
    graph = chain(("vector_input", {}), ("linear", {"out_features": 10}), ("output", {}))
    (problem,) = check(graph, DIGITS).problems
    assert problem.code == "column-missing"
    assert "image (image), label (label)" in problem.text


def test_an_earlier_report_of_another_drawing_or_of_long_ago_is_of_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.graph.topology.LONGEST", 4)
    graph = good()
    other = check(graph.copy())
    assert check(graph, None, other) == check(graph)
    report, wire = check(graph), graph.wires[End("b2", "x")]
    for _ in range(6):
        graph.apply(Disconnect(wire.target))
        assert check(graph, None, report) == check(graph)
        graph.apply(Connect(wire))
    graph.apply(Disconnect(wire.target))
    assert check(graph, None, report) == check(graph)


def test_equal_blocks_are_one_object_and_unequal_ones_are_not() -> None:
    graph = chain(("image_input", {}), ("relu", {}), ("relu", {}), ("conv2d", {"out_channels": 4}), ("conv2d", {}))
    made = check(graph).made
    relus, convs = (made["b2"], made["b3"]), (made["b4"], made["b5"])
    assert relus[0] is relus[1]
    assert convs[0] is not convs[1]


def test_an_edit_leaves_the_findings_of_what_it_does_not_touch() -> None:
    graph = good()
    before = check(graph)
    graph.apply(Configure("b5", {"out_features": 12}))
    after = check(graph, None, before)
    assert [id_ for id_ in graph.nodes if after.blocks[id_] is not before.blocks[id_]] == ["b5", "b6"]
    assert after == check(graph)
    assert after.parameters == before.parameters + 2 * 3457
