"""Frozen blocks in the network: no gradients, still norms."""

from __future__ import annotations

import torch

import engine
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph.model import Inside, Rename, SetFlags


def test_a_frozen_block_learns_nothing_and_its_norms_stand_still() -> None:
    graph = engine.open("preset:resnet18").graph
    graph.apply(SetFlags("bn1", {"frozen": True}))
    graph.apply(SetFlags("layer1", {"frozen": True}))
    network = build(plan(graph), seed=0).train()
    still = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    assert {"bn1.weight", "layer1.0.conv1.weight", "layer1.1.bn2.bias"} <= still
    assert all(name.startswith(("bn1.", "layer1.")) for name in still)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(2, 3, 64, 64)).sum().backward()
    after = network.state_dict()
    for name, value in before.items():
        if name.startswith(("bn1.", "layer1.")):
            assert torch.equal(value, after[name]), name
    assert not torch.equal(before["layer2.0.bn1.running_mean"], after["layer2.0.bn1.running_mean"])
    assert network.training
    assert not network.eval().training


def test_a_block_frozen_in_a_definition_is_frozen_in_every_instance() -> None:
    graph = engine.open("preset:resnet18").graph
    graph.apply(Inside("basic", SetFlags("conv2", {"frozen": True})))
    steps = [step for step in plan(graph).steps if step.frozen]
    assert len(steps) == 8
    assert all(step.name.endswith(".conv2") for step in steps)


def test_a_step_is_known_by_its_ids_whatever_it_is_called() -> None:
    graph = engine.open("preset:resnet18").graph
    before = [step.key for step in plan(graph).steps]
    assert "layer1.1.conv2" in before
    graph.apply(Rename("layer1", "first"))
    graph.apply(Inside("basic", Rename("conv2", "second")))
    planned = plan(graph)
    assert [step.key for step in planned.steps] == before
    assert "first.1.second" in {step.name for step in planned.steps}
