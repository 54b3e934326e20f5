"""Composites through plan and module: names, slots, what is bypassed, what is computed."""

import copy

import pytest
import torch
from composites import definition, place, resnet, setting

from engine.compiler.module import build
from engine.compiler.plan import objective, plan
from engine.errors import CompileError
from engine.graph.check import check
from engine.graph.model import Configure, Define, Graph, Inside, SetFlags

PAIR = definition(
    "pair",
    "Pair",
    [setting("width", 3, lo=1), setting("mix", True)],
    ("x", "port_in"),
    ("y", "port_in"),
    ("left", "conv2d", {"out_channels": "=width", "kernel_size": 1}, ["x"]),
    ("right", "conv2d", {"out_channels": "=width", "kernel_size": 1}, ["y"]),
    ("both", "add", {}, ["left", "right"], "=not mix"),
    ("a", "port_out", {}, ["both"]),
    ("b", "port_out", {}, ["right"]),
)


def small_resnet():
    return resnet((2, 1), classes=5, side=16, width=4)


def two_ended(**settings):
    """A picture, a Pair that it comes into twice, and an output at each of its ends."""
    graph = Graph()
    graph.apply(Define(PAIR))
    image = place(graph, "image_input", channels=2, height=4, width=4)
    pair = place(graph, "composite:pair", image, image, name="pair", **settings)
    place(graph, "output", place(graph, "tanh", (pair, "a"), name="first"), name="one")
    place(graph, "output", (pair, "b"), name="two")
    return graph


def batch(made, count=2):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn((count, *spec.shape.dims), generator=generator) for spec in made.inputs]


def test_weights_of_repetitions_are_numbered_and_those_of_one_are_not():
    keys = list(build(plan(small_resnet()), seed=0).state_dict())
    assert keys[6:8] == ["layer1.0.conv1.weight", "layer1.0.norm1.weight"]
    assert "layer1.1.conv3.weight" in keys
    assert "layer2.conv1.weight" in keys
    assert not any(key.startswith(("layer2.0", "layer1.1.shortcut")) for key in keys)


def test_a_residual_network_of_the_literature_has_its_known_size():
    graph = resnet((3, 8, 36, 3))
    report, made = check(graph), plan(graph)
    assert made.parameters == report.parameters == 60_192_808  # ResNet-152: torchvision and the paper
    assert made.macs == report.macs
    with torch.device("meta"):
        network = build(made)
    assert sum(weight.numel() for weight in network.parameters()) == made.parameters


def test_every_block_every_repetition_and_every_instance_has_a_slot():
    made = plan(small_resnet())
    slots = made.slots
    assert slots["layer1"] == slots["layer1.1"] == slots["layer1.1.relu3"] == slots["layer1.1.y"]
    assert slots["layer1.0"] == slots["layer1.1.x"] == slots["layer1.1.shortcut"] == slots["layer1.1.shortcut_norm"]
    assert slots["layer2"] == slots["layer2.relu3"]
    assert {step.name for step in made.steps} <= set(slots)
    assert [step.path for step in made.steps if step.name == "layer2.conv1"] == [(small_resnet().named("layer2").id,)]


def test_inner_blocks_answer_by_the_way_to_them_and_no_more_is_computed():
    made = plan(small_resnet())
    network = build(made, seed=0).eval()
    network.get_submodule("layer1.0.conv2").register_forward_hook(lambda *_: pytest.fail("computed for nothing"))
    values = network.run(batch(made), keep=["layer1.0.conv1"])
    assert values["layer1.0.conv1"].shape == (2, 4, 4, 4)
    with pytest.raises(CompileError, match=r"layer1\.0\.conv1"):
        network.run(batch(made), keep=["layer1.0.conv11"])


def test_each_output_of_a_composite_goes_its_own_way():
    graph = two_ended()
    made = plan(graph)
    network = build(made, seed=0)
    (x,) = batch(made)
    left, right = network.get_submodule("pair.left"), network.get_submodule("pair.right")
    first, second = network(x)
    assert torch.equal(first, torch.tanh(left(x) + right(x)))
    assert torch.equal(second, right(x))
    assert made.slots["pair"] == made.slots["pair.a"] != made.slots["pair.b"] == made.slots["two"]


def test_a_loss_reads_the_output_that_it_is_wired_to():
    graph = two_ended()
    pair = graph.named("pair").id
    place(graph, "mse", (pair, "b"))
    (term,) = objective(graph).terms
    assert term.slot == plan(graph).slots["pair.b"]


def test_outputs_chain_to_inputs_from_repetition_to_repetition():
    made = plan(two_ended(repeat=3, width=2))
    network = build(made, seed=0)
    (x,) = batch(made)
    a = b = x
    for index in range(3):
        right = network.get_submodule(f"pair.{index}.right")(b)
        a, b = network.get_submodule(f"pair.{index}.left")(a) + right, right
    first, second = network(x)
    assert torch.equal(first, torch.tanh(a))
    assert torch.equal(second, b)


def test_a_bypassed_block_has_no_layer_and_passes_its_first_input():
    graph = small_resnet()
    bn = graph.named("bn1").id
    graph.apply(SetFlags(bn, {"bypassed": True}))
    made = plan(graph)
    assert "bn1" not in {step.name for step in made.steps}
    assert made.slots["bn1"] == made.slots["conv1"]
    assert made.parameters == check(graph).parameters
    assert not any(key.startswith("bn1") for key in build(made, seed=0).state_dict())


def test_the_other_branch_of_a_bypassed_merge_keeps_its_weights_but_is_not_computed():
    graph = two_ended(mix=False)
    made = plan(graph)
    network = build(made, seed=0)
    assert "pair.right.weight" in network.state_dict()
    network.get_submodule("pair.right").register_forward_hook(lambda *_: pytest.fail("computed for nothing"))
    assert torch.equal(
        network.values(batch(made), [made.slots["pair.a"]])[0], network.get_submodule("pair.left")(*batch(made))
    )


def test_a_bypassed_instance_leaves_nothing_behind():
    graph = two_ended()
    graph.apply(SetFlags(graph.named("pair").id, {"bypassed": True}))
    made = plan(graph)
    assert [step.name for step in made.steps] == ["first"]
    assert made.slots["pair"] == made.slots["two"] == made.slots["image"]


def test_values_of_settings_are_those_of_each_repetition():
    graph = small_resnet()
    made = plan(graph)
    by_name = {step.name: dict(step.call.kwargs) for step in made.steps}
    assert by_name["layer2.conv2"]["stride"] == 2
    assert "stride" not in by_name["layer1.0.conv2"]
    layer = next(part for part in made.drawn.parts if part.node.name == "layer1")
    assert [copy.values["projection"] for copy in layer.copies] == [True, False]


def test_an_edit_of_the_definition_reaches_every_instance():
    graph = small_resnet()
    graph.apply(Inside("bottleneck", SetFlags("norm2", {"bypassed": True})))
    names = [step.name for step in plan(graph).steps]
    assert not any(name.endswith("norm2") for name in names)


def test_an_error_names_the_block_inside():
    made = plan(small_resnet())
    network = build(made, seed=0)
    network.get_submodule("layer1.1.conv2").weight.data = torch.zeros(4, 3, 3, 3)
    with pytest.raises(RuntimeError) as caught:
        network(*batch(made))
    assert any("This happened in layer1.1.conv2 (conv2d)" in note for note in caught.value.__notes__)


def test_short_cuts_inside_a_composite_change_nothing():
    graph = Graph()
    stage = definition(
        "stage",
        "Stage",
        [],
        ("x", "port_in"),
        ("conv", "conv2d", {"out_channels": 2, "padding": 1}, ["x"]),
        ("act", "relu", {}, ["conv"]),
        ("pool", "maxpool2d", {}, ["act"]),
        ("y", "port_out", {}, ["pool"]),
    )
    graph.apply(Define(stage))
    image = place(graph, "image_input", channels=2, height=8, width=8)
    place(graph, "output", place(graph, "composite:stage", image, repeat=2))
    made = plan(graph)
    fast, slow = build(made, seed=0, fuse=True), build(made, seed=0)
    assert torch.equal(fast(*batch(made)), slow(*batch(made)))
    assert list(fast.state_dict()) == list(slow.state_dict())


def test_the_same_seed_gives_the_same_weights_however_deep_they_lie():
    made = plan(small_resnet())
    first, second = build(made, seed=5), build(made, seed=5)
    assert all(map(torch.equal, first.state_dict().values(), second.state_dict().values()))


def test_a_fault_inside_is_a_reason_not_to_build():
    graph = two_ended()
    graph.apply(Inside("pair", Configure("left", {"out_channels": 7})))
    with pytest.raises(CompileError, match="pair › both"):
        plan(graph)


def test_a_layer_inside_can_be_put_in_anothers_place():
    made = plan(two_ended())
    network = build(made, seed=0)
    twin = copy.deepcopy(network)
    twin.get_submodule("pair")._modules["right"] = torch.nn.Conv2d(2, 3, 1)
    assert not torch.equal(network(*batch(made))[1], twin(*batch(made))[1])
    assert torch.equal(network(*batch(made))[1], build(made, seed=0)(*batch(made))[1])


def test_a_report_that_was_kept_up_edit_by_edit_gives_the_same_plan():
    graph = small_resnet()
    report = check(graph)
    for edit in (
        Configure(graph.named("layer1").id, {"repeat": 3}),
        Inside("bottleneck", SetFlags("norm2", {"bypassed": True})),
        Configure(graph.named("fc1").id, {"out_features": 7}),
    ):
        graph.apply(edit)
        report = check(graph, before=report)
        assert plan(graph, report) == plan(graph, check(graph))
    assert plan(graph, report).drawn == plan(graph).drawn
