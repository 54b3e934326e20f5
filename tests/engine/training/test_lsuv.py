"""First values that bring every layer's variance to one."""

import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph.model import AddBlock, Connect, End, Graph, Wire
from engine.training.lsuv import lsuv


def network_of(*layers):
    graph, before = Graph(), None
    for kind, settings in [("image_input", {"channels": 3, "height": 8, "width": 8}), *layers, ("output", {})]:
        node = graph.new_node(kind, settings)
        graph.apply(AddBlock(node))
        if before is not None:
            graph.apply(Connect(Wire(End(before.id, "y"), End(node.id, "x"))))
        before = node
    return build(plan(graph), seed=1)


CONV = ("conv2d", {"out_channels": 6, "padding": 1})
DEEP = [part for _ in range(8) for part in (CONV, ("relu", {}))]
BATCH = torch.randn((32, 3, 8, 8), generator=torch.Generator().manual_seed(3)) * 4 + 1


def variances(network):
    slots = [step.writes for step in network.plan.steps if step.kind in ("conv2d", "linear")]
    with torch.no_grad():
        return [value.var(correction=0).item() for value in network.values(BATCH, slots)]


def test_every_layer_of_a_deep_network_gives_a_variance_of_one():
    network = network_of(*DEEP, ("flatten", {}), ("linear", {"out_features": 5}))
    assert min(variances(network)) < 0.05
    done = lsuv(network, BATCH)
    assert [each.name for each in done] == [
        step.name for step in network.plan.steps if step.kind in ("conv2d", "linear")
    ]
    assert variances(network) == pytest.approx([1.0] * 9, abs=0.1)
    assert [each.after for each in done] == pytest.approx(variances(network), rel=1e-4)


def test_weights_stay_orthogonal_up_to_their_scale():
    network = network_of(CONV)
    lsuv(network, BATCH, generator=torch.Generator().manual_seed(1))
    (weight, bias) = network.parameters()
    rows = weight.detach().flatten(1)
    products = rows @ rows.T
    torch.testing.assert_close(products / products[0, 0], torch.eye(6), rtol=1e-4, atol=1e-5)
    assert not bias.any()


def test_norms_keep_their_statistics_and_the_network_its_mode():
    network = network_of(CONV, ("batchnorm2d", {}), ("relu", {}), CONV).eval()
    before = {name: value.clone() for name, value in network.named_buffers()}
    lsuv(network, BATCH)
    assert not network.training
    assert all(torch.equal(value, before[name]) for name, value in network.named_buffers())


def test_frozen_layers_are_left_alone():
    network = network_of(CONV, ("relu", {}), CONV)
    first, _ = (network.get_submodule(step.name) for step in network.plan.steps if step.kind == "conv2d")
    first.requires_grad_(False)
    kept = first.weight.clone()
    assert [each.name for each in lsuv(network, BATCH)] == [network.plan.steps[-1].name]
    assert torch.equal(first.weight, kept)


def test_a_layer_that_gives_a_constant_is_left_alone():
    network = network_of(CONV)
    kept = [tensor.clone() for tensor in network.parameters()]
    assert lsuv(network, torch.zeros(2, 3, 8, 8)) == ()
    assert all(map(torch.equal, kept, network.parameters()))


def test_the_same_generator_gives_the_same_weights():
    found = []
    for _ in range(2):
        network = network_of(CONV)
        lsuv(network, BATCH, generator=torch.Generator().manual_seed(7))
        found.append(network.state_dict())
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])
