"""GoogLeNet, SqueezeNet and DenseNet, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.compiler.plan import objective
from engine.graph.facts import Column, DataFacts
from engine.graph.model import AddBlock, Batch, Configure, Connect, End, Graph, Inside, Node, RemoveBlock, Wire
from tests.exactness.compare import agree
from tests.exactness.references.paths import DenseNet, GoogLeNet, PublishedGoogLeNet, SqueezeNet


def test_googlenet_is_the_reference_to_the_last_digits() -> None:
    agree("preset:googlenet_noaux", GoogLeNet(), (3, 64, 64), by=("torchvision",))


def heads_answer(graph: Graph) -> None:
    """Let the heads answer, so that what they say and what comes back through them is compared."""
    for name in ("loss1", "loss2"):
        (wire,) = graph.wires_into(name)
        graph.apply(RemoveBlock(name))
        graph.apply(Batch((AddBlock(Node(name, "output", name)), Connect(Wire(wire.source, End(name, "x"))))))


def test_googlenet_learns_from_its_heads_too() -> None:
    graph = engine.open("preset:googlenet").graph
    column = Column("label", "label", (), tuple(map(str, range(1000))))
    terms = objective(graph, facts=DataFacts("pictures", 4, (Column("image", "image", (3, 224, 224)), column))).terms
    assert [(term.name, term.kind, term.weight) for term in terms] == [
        ("loss", "cross_entropy", 1.0), ("loss1", "cross_entropy", 0.3), ("loss2", "cross_entropy", 0.3),
    ]  # fmt: skip
    heads_answer(graph)
    agree(graph, GoogLeNet(auxiliary=True), (3, 64, 64), by=("torchvision",))


def test_a_wider_third_branch_is_seen() -> None:
    graph = engine.open("preset:googlenet_noaux").graph
    graph.apply(Inside("inception", Configure("branch3", {"kernel": 5, "padding": 2})))
    with pytest.raises(AssertionError):
        agree(graph, GoogLeNet(), (3, 64, 64), trained=False)


WIDTHS = tuple((8 + n, 4 + n, 7 + n, 3 + n, 5 + n, 6 + n) for n in range(9))  # of the modules made narrow


def published() -> Graph:
    """GoogLeNet as published, in small, whose heads answer."""
    graph = engine.open("preset:googlenet_paper").graph
    graph.apply(Configure("image", {"height": 96, "width": 96}))
    modules = [name for name in graph.nodes if name.startswith("inception")]
    for name, widths in zip(sorted(modules), WIDTHS, strict=True):
        values = zip(("one", "reduce3", "three", "reduce5", "five", "pool"), widths, strict=True)
        graph.apply(Configure(name, dict(values)))
    heads_answer(graph)
    return graph


def test_googlenet_as_published_is_the_reference_to_the_last_digits() -> None:
    agree(published(), PublishedGoogLeNet(WIDTHS, places=1), (3, 96, 96))


def test_poolings_that_do_not_round_up_are_seen() -> None:
    graph = published()
    graph.apply(Configure("maxpool1", {"ceil_mode": False, "padding": 1}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, PublishedGoogLeNet(WIDTHS, places=1), (3, 96, 96), trained=False)


@pytest.mark.parametrize("version", ["1_0", "1_1"])
def test_squeezenet_is_the_reference_to_the_last_digits(version: str) -> None:
    agree(f"preset:squeezenet{version}", SqueezeNet(version), (3, 64, 64), by=("torchvision",))


def test_densenet_is_the_reference_to_the_last_digits() -> None:
    graph = engine.open("preset:densenet121").graph
    for number in (2, 3, 4):  # fewer of the layers that are all alike
        graph.apply(Configure(f"denseblock{number}", {"repeat": 3}))
    graph.apply(Configure("transition2", {"width": 112}))
    graph.apply(Configure("transition3", {"width": 104}))
    agree(graph, DenseNet((6, 3, 3, 3)), (3, 64, 64), by=("torchvision",))


def test_new_maps_in_front_of_the_old_ones_are_seen() -> None:
    graph = engine.open("preset:densenet121").graph
    swapped = (
        Connect(Wire(End("conv2", "y"), End("concat", "x1"))),
        Connect(Wire(End("x", "y"), End("concat", "x2"))),
    )
    graph.apply(Inside("dense_layer", Batch(swapped)))
    for number in (1, 2, 3, 4):
        graph.apply(Configure(f"denseblock{number}", {"repeat": 2}))
    for number in (1, 2, 3):
        graph.apply(Configure(f"transition{number}", {"width": 64}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, DenseNet((2, 2, 2, 2)), (3, 64, 64), trained=False)
