"""A training that blows up inside a composite: the block is named with the way to it."""

from small import numbers

from engine.graph.model import AddBlock, Connect, Define, Definition, End, Graph, Node, Wire
from engine.training.loop import fit
from engine.training.messages import Failed
from engine.training.settings import TrainingSettings

LAYERS = tuple(Node(name, "linear", name, {"out_features": 4 if name != "d" else 2}) for name in "abcd")
STACK = Definition(
    "stack",
    "Stack",
    blocks=(Node("x", "port_in", "x"), *LAYERS, Node("y", "port_out", "y")),
    wires=tuple(Wire(End(one, "y"), End(other, "x")) for one, other in zip("xabcd", "abcdy", strict=True)),
)


def test_a_training_that_blows_up_inside_a_composite_names_the_way_to_the_block(tmp_path):
    graph = Graph()
    graph.apply(Define(STACK))
    for name, kind, settings in (
        ("input", "vector_input", {"features": 4}), ("stack", "composite:stack", {}), ("output", "output", {})
    ):  # fmt: skip
        graph.apply(AddBlock(Node(name, kind, name, settings)))
    graph.apply(Connect(Wire(End("input", "y"), End("stack", "x"))))
    graph.apply(Connect(Wire(End("stack", "y"), End("output", "x"))))
    data = numbers()
    data.columns["target"] *= 1e15
    settings = TrainingSettings(epochs=20, batch_size=16, optimizer="sgd", learning_rate=1000.0)
    messages = []
    result = fit(graph, data, settings, run=tmp_path / "run", say=messages.append)
    failed = next(message for message in messages if isinstance(message, Failed))
    assert result.reason == "failed"
    assert failed.block == "stack.c"
    assert "the output of stack.c is the first that is not finite" in failed.text
