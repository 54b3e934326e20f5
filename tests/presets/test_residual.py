"""The residual networks: one drawing of a block, and the tensors of the published models in their order."""

from dataclasses import replace

import pytest
import torch

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.source import source
from engine.graph import store
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Batch, Configure, Define

# name -> (repeats of the four stages, layers of a block, channels out over channels inside, learned tensors).
RESIDUAL = {
    "resnet18": ((2, 2, 2, 2), (3, 3), 1, 62),
    "resnet34": ((3, 4, 6, 3), (3, 3), 1, 110),
    "resnet50": ((3, 4, 6, 3), (1, 3, 1), 4, 161),
    "resnet101": ((3, 4, 23, 3), (1, 3, 1), 4, 314),
    "resnet152": ((3, 8, 36, 3), (1, 3, 1), 4, 467),
}

each = pytest.mark.parametrize("name", RESIDUAL)


def graph_of(name):
    return store.loads(presets.read(name))


def published(name):
    """Shapes of all tensors of the published model, written out by its rule: stem, four stages of blocks, head."""
    repeats, kernels, expansion, _ = RESIDUAL[name]

    def norm(channels):
        return [(channels,)] * 4 + [()]

    shapes, channels = [(64, 3, 7, 7), *norm(64)], 64
    for stage, times in enumerate(repeats):
        width = 64 * 2**stage
        for index in range(times):
            reaching = channels
            for number, kernel in enumerate(kernels):
                wide = width * expansion if number == len(kernels) - 1 else width
                shapes += [(wide, reaching, kernel, kernel), *norm(wide)]
                reaching = wide
            if index == 0 and (stage or expansion > 1):
                shapes += [(width * expansion, channels, 1, 1), *norm(width * expansion)]
            channels = width * expansion
    return [*shapes, (1000, channels), (1000,)]


@each
def test_its_weights_have_the_order_and_the_shapes_of_the_published_ones(name):
    with torch.device("meta"):
        network = build(plan(graph_of(name)))
    assert [tuple(value.shape) for value in network.state_dict().values()] == published(name)
    assert len(list(network.parameters())) == RESIDUAL[name][3]


def test_weights_are_called_as_in_the_published_models_but_for_the_shortcut():
    with torch.device("meta"):
        names = list(build(plan(graph_of("resnet50"))).state_dict())
    assert names[0] == "conv1.weight"
    assert names[-1] == "fc.bias"
    weights = [name for name in names if name.startswith("layer1.0.") and name.endswith("weight")]
    assert [name.removeprefix("layer1.0.").removesuffix(".weight") for name in weights] == [
        "conv1", "bn1", "conv2", "bn2", "conv3", "bn3", "downsample", "downsample_bn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("small", "large"), [("resnet18", "resnet34"), ("resnet50", "resnet101"), ("resnet101", "resnet152")]
)
def test_a_deeper_network_differs_in_its_repeats_alone(small, large):
    graph = graph_of(small)
    for stage, times in enumerate(RESIDUAL[large][0]):
        graph.apply(Configure(f"layer{stage + 1}", {"repeat": times}))
    other = graph_of(large)
    assert [composite.definition() for composite in graph.composites.values()] == [
        composite.definition() for composite in other.composites.values()
    ]
    assert list(graph) == list(other)
    assert set(graph.wires.values()) == set(other.wires.values())


@each
def test_other_classes_are_one_problem_whose_fix_changes_the_last_layer(name):
    graph = graph_of(name)
    classes = ("cat", "dog")
    facts = DataFacts("pets", 4, (Column("image", "image", (3, 9, 7)), Column("label", "label", (), classes)))
    (problem,) = check(graph, facts).problems
    assert problem.code == "classes-differ"
    (fix,) = problem.fixes
    graph.apply(Batch(fix.edits))
    assert check(graph, facts).ok
    assert graph.node("fc").settings["out_features"] == 2


def test_the_block_without_its_addition_is_a_plain_network():
    graph = graph_of("resnet34")
    composite = graph.composite("basic")
    definition = composite.definition()
    plain = tuple(replace(node, bypassed=True) if node.kind == "add" else node for node in definition.blocks)
    graph.apply(Define(replace(definition, blocks=plain)))
    report = check(graph)
    assert report.ok
    assert report.blocks["layer4"].output.dims == (512, 7, 7)


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_its_source_has_one_class_a_composite_and_gives_equal_bits(name):
    graph = graph_of(name)
    # Thirty-two pixels instead of 224, few channels and two repetitions a stage: the same classes in a hundredth of the time.
    graph.apply(Configure("image", {"height": 32, "width": 32}))
    graph.apply(Configure("conv1", {"out_channels": 4}))
    for stage in range(4):
        graph.apply(Configure(f"layer{stage + 1}", {"repeat": 2, "width": 4 * 2**stage}))
    space = {"__name__": "exported"}
    exec(compile(source(graph, title="small"), "exported.py", "exec"), space)
    classes = {key: value for key, value in space.items() if isinstance(value, type) and value.__module__ == "exported"}
    (block,) = [composite.name for composite in graph.composites.values()]
    assert set(classes) == {block, "Small"}
    network = build(plan(graph), seed=1).eval()
    copy = classes["Small"]()
    copy.load_state_dict(network.state_dict())
    x = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.equal(copy.eval()(x), network(x))


def test_frames_hold_whole_blocks_and_notes_lie_on_none():
    for name in RESIDUAL:
        graph = graph_of(name)
        for drawing in (graph, *(composite.body for composite in graph.composites.values())):
            for mark in drawing.marks.values():
                for node in drawing:
                    left, top = node.x - mark.x, node.y - mark.y
                    inside = 0 <= left <= mark.width - 160 and 30 <= top <= mark.height - 80
                    apart = left >= mark.width or left <= -160 or top >= mark.height or top <= -80
                    assert apart or (inside and mark.kind == "frame"), (name, mark.id, node.id)
