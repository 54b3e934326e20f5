import subprocess
import sys

import pytest

from engine.blocks.spec import Shape
from engine.compiler.plan import objective, plan
from engine.errors import CompileError
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.graph.model import AddBlock, Connect, Disconnect, End, Wire

DIGITS = DataFacts(
    "digits", 100, (Column("image", "image", (1, 8, 8)), Column("label", "label", (), tuple("0123456789")))
)
HOUSES = DataFacts("houses", 100, (Column("features", "number", (3,)), Column("target", "number", (1,))))
SMALL = ("image_input", {"height": 8, "width": 8})
CLASSES = ("linear", {"out_features": 10})


def test_planning_needs_no_torch():
    code = "import engine.compiler.plan, engine.compiler.source, engine.export, sys; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_value_is_written_before_it_is_read(graphs):
    from hypothesis import given

    @given(graphs)
    def holds(graph):
        made = plan(graph)
        written = set(range(len(made.inputs)))
        for step in made.steps:
            assert set(step.reads) <= written
            assert step.writes not in written
            written.add(step.writes)
        assert {output.slot for output in made.outputs} <= written
        assert written == set(range(made.size))

    holds()


def test_a_step_carries_shapes_and_counts(chained):
    graph = chained(SMALL, ("conv2d", {"out_channels": 4}), "relu", "flatten", CLASSES, "output").graph
    made = plan(graph)
    conv = made.steps[0]
    assert (conv.name, conv.inputs, conv.output) == ("conv1", (Shape((1, 8, 8)),), Shape((4, 6, 6)))
    assert (conv.parameters, conv.macs) == (40, 4 * 36 * 9)
    assert made.parameters == check(graph).parameters
    assert made.macs == check(graph).macs
    assert made.slots == {"image": 0, "conv1": 1, "relu1": 2, "flatten1": 3, "fc1": 4, "output": 4}


def test_a_block_that_nobody_needs_is_not_in_the_plan(chained):
    drawing = chained(SMALL, "flatten", CLASSES, "output")
    graph = drawing.graph
    astray = drawing.place("relu", {}, next(node.id for node in graph if node.kind == "flatten"), name="astray")
    assert astray
    assert [step.name for step in plan(graph).steps] == ["flatten1", "fc1"]


def test_an_input_that_nobody_reads_is_not_an_argument(chained):
    drawing = chained(SMALL, "flatten", CLASSES, "output")
    drawing.place("vector_input", {}, name="unread")
    assert [spec.name for spec in plan(drawing.graph).inputs] == ["image"]


def test_without_an_output_block_the_prediction_of_the_loss_is_the_output(chained):
    graph = chained(SMALL, "flatten", CLASSES, "cross_entropy").graph
    made = plan(graph)
    assert [(output.slot, output.shape) for output in made.outputs] == [(made.slots["fc1"], Shape((10,)))]


def test_a_drawing_with_an_error_is_refused_with_its_problems(chained):
    graph = chained(SMALL, "flatten", CLASSES, "output").graph
    fc = graph.named("fc1")
    graph.apply(Disconnect(End(fc.id, "x")))
    with pytest.raises(CompileError) as caught:
        plan(graph)
    assert [problem.block for problem in caught.value.problems] == [fc.id]
    assert caught.value.problems[0].text in str(caught.value)


def test_a_drawing_without_an_end_is_refused(chained):
    with pytest.raises(CompileError, match="output"):
        plan(chained(SMALL, "flatten", CLASSES).graph)


def test_labels_get_cross_entropy_and_accuracy(chained):
    graph = chained(SMALL, "flatten", CLASSES, "output").graph
    for facts in (DIGITS, None):
        aim = objective(graph, None, facts)
        slot = plan(graph).slots["fc1"]
        assert [(t.name, t.kind, t.slot, t.target_column, t.weight) for t in aim.terms] == [
            ("loss", "cross_entropy", slot, "label", 1.0)
        ]
        assert [(t.name, t.kind, t.slot, t.target_column) for t in aim.metrics] == [
            ("accuracy", "accuracy", slot, "label")
        ]
        assert aim.slots == {slot}


def test_numbers_get_the_squared_error(chained):
    graph = chained(("vector_input", {"features": 3}), ("linear", {"out_features": 1}), "output").graph
    aim = objective(graph, None, HOUSES)
    assert [(t.kind, t.target_column) for t in aim.terms] == [("mse", "target")]
    assert [t.kind for t in aim.metrics] == ["mae", "rmse"]


def test_a_drawn_loss_is_taken_as_drawn(chained):
    graph = chained(
        SMALL, "flatten", CLASSES, "output", ("cross_entropy", {"weight": 0.5, "label_smoothing": 0.1})
    ).graph
    (term,) = objective(graph, None, DIGITS).terms
    assert (term.name, term.weight, term.settings["label_smoothing"]) == ("cross_entropy", 0.5, 0.1)
    # Nobody drew a metric, so the accuracy is reported beside it.
    assert [metric.kind for metric in objective(graph, None, DIGITS).metrics] == ["accuracy"]


def test_a_metric_without_a_wire_is_left_out_as_the_checker_says(chained):
    graph = chained(SMALL, "flatten", CLASSES, "output", "accuracy").graph
    accuracy = graph.named("accuracy").id
    graph.apply(Disconnect(End(accuracy, "prediction")))
    assert [problem.severity for problem in check(graph).of(accuracy)] == ["warning"]
    assert [output.name for output in plan(graph).outputs] == ["output"]
    (metric,) = objective(graph, None, DIGITS).metrics
    assert metric.slot == plan(graph).outputs[0].slot


def test_only_an_output_trained_by_squared_error_alone_gives_no_logits(chained):
    def logits(*losses):
        return plan(chained(SMALL, "flatten", CLASSES, "sigmoid", "output", *losses).graph).outputs[0].logits

    assert logits()
    assert logits("cross_entropy")
    assert logits("mse", "cross_entropy")
    assert not logits("mse")


def test_a_loss_compares_with_the_column_that_it_names(chained):
    graph = chained(SMALL, "flatten", ("linear", {"out_features": 64}), "output", ("mse", {"target": "image"})).graph
    assert objective(graph, None, DIGITS).terms[0].target_column == "image"


def test_every_output_has_its_loss(chained):
    drawing = chained(SMALL, "flatten", CLASSES, "output")
    flatten = drawing.graph.named("flatten1").id
    second = drawing.place("linear", {"out_features": 10}, flatten)
    drawing.place("output", {}, second, name="aside")
    aim = objective(drawing.graph, None, DIGITS)
    assert [term.name for term in aim.terms] == ["loss_output", "loss_aside"]
    assert [term.name for term in aim.metrics] == ["accuracy_output", "accuracy_aside"]
    assert len({term.slot for term in aim.terms}) == 2


def test_a_loss_off_the_way_to_the_output_has_a_slot(chained):
    drawing = chained(SMALL, "flatten", CLASSES, "output")
    side = drawing.place("linear", {"out_features": 10}, drawing.graph.named("flatten1").id, name="side")
    drawing.place("cross_entropy", {}, side)
    made, aim = plan(drawing.graph), objective(drawing.graph, None, DIGITS)
    assert aim.terms[0].slot == made.slots["side"]
    assert [output.slot for output in made.outputs] == [made.slots["fc1"]]


def test_data_without_a_target_are_named(chained):
    graph = chained(SMALL, "flatten", CLASSES, "output").graph
    with pytest.raises(CompileError, match="pictures has neither a label nor a target"):
        objective(graph, None, DataFacts("pictures", 5, (Column("image", "image", (1, 8, 8)),)))


def test_inputs_come_in_the_order_of_the_file(drawing):
    first = drawing.place("vector_input", {"features": 3}, name="first")
    second = drawing.place("vector_input", {"features": 3}, name="second")
    graph = drawing.graph
    node = graph.new_node("add")
    graph.apply(AddBlock(node))
    graph.apply(Connect(Wire(End(second, "y"), End(node.id, "x1"))))
    graph.apply(Connect(Wire(End(first, "y"), End(node.id, "x2"))))
    drawing.shapes[node.id] = Shape((3,))
    drawing.place("output", {}, node.id)
    made = plan(graph)
    assert [spec.name for spec in made.inputs] == ["first", "second"]
    assert made.steps[0].reads == (1, 0)
