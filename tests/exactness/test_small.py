"""The networks that one begins with, AlexNet in one tower, and DCGAN as a whole, compared with references written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import engine
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph.model import Configure, Graph, Inside, SetFlags
from engine.importers.matching import places
from tests.exactness.compare import agree
from tests.exactness.references.small import MLP, Adversaries, AlexNet, KerasMnist, LeNet5, Perceptron, TinyVGG

DIGIT = (1, 28, 28)
UP, DOWN = (16, 12, 8, 4), (4, 8, 12, 16)
LENETS: dict[str, Callable[[], nn.Module]] = {
    "lenet5": lambda: LeNet5(torch.tanh, functional.avg_pool2d),
    "lenet5_sigmoid_avg": lambda: LeNet5(torch.sigmoid, functional.avg_pool2d),
    "lenet5_relu_max": lambda: LeNet5(torch.relu, functional.max_pool2d),
}
CHAINS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "perceptron": (Perceptron, (2,)),
    "mlp_xor_2_2_1": (lambda: MLP((2, 2, 1), torch.sigmoid, last=True), (2,)),
    "mlp_784_30_10_sigmoid": (lambda: MLP((784, 30, 10), torch.sigmoid, last=True), DIGIT),
    "mlp_784_16_16_10_sigmoid": (lambda: MLP((784, 16, 16, 10), torch.sigmoid, last=True), DIGIT),
    "mlp_784_512_512_10": (lambda: MLP((784, 512, 512, 10), torch.relu, dropout=0.2), DIGIT),
    **{name: (made, DIGIT) for name, made in LENETS.items()},
    "keras_mnist_cnn": (KerasMnist, DIGIT),
    "tiny_vgg": (TinyVGG, (3, 64, 64)),
}


def changed(name: str, **settings: dict[str, Any]) -> Graph:
    """A preset with other settings in the blocks named."""
    graph = engine.open(f"preset:{name}").graph
    for block, values in settings.items():
        graph.apply(Configure(graph.named(block).id, values))
    return graph


@pytest.mark.parametrize("name", CHAINS)
def test_a_first_network_is_the_reference_to_the_last_digits(name: str) -> None:
    reference, shape = CHAINS[name]
    agree(f"preset:{name}", reference(), shape, batch=16 if shape == (2,) else 2)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("perceptron", {"step": {"threshold": 0.5}}),
        ("mlp_784_512_512_10", {"drop2": {"p": 0.25}}),
        ("lenet5_relu_max", {"pool1": {"kernel_size": 3, "stride": 2, "padding": 1}}),
        ("keras_mnist_cnn", {"drop1": {"p": 0.5}}),
        ("tiny_vgg", {"pool1": {"kernel_size": 1, "stride": 2}}),
    ],
)
def test_a_first_network_with_one_thing_else_is_seen(name: str, settings: dict[str, dict[str, Any]]) -> None:
    reference, shape = CHAINS[name]
    with pytest.raises(AssertionError, match="apart"):
        agree(changed(name, **settings), reference(), shape, batch=16 if shape == (2,) else 2)


@pytest.mark.parametrize(("name", "other"), [(name, other) for name in LENETS for other in LENETS if name != other])
def test_lenets_with_another_activation_or_pooling_are_told_apart(name: str, other: str) -> None:
    with pytest.raises(AssertionError, match="apart"):
        agree(f"preset:{name}", LENETS[other](), DIGIT, trained=False)


@pytest.mark.parametrize("name", ["mlp_xor_2_2_1", "mlp_784_30_10_sigmoid", "mlp_784_16_16_10_sigmoid"])
def test_a_sigmoid_that_is_missing_at_the_end_is_seen(name: str) -> None:
    reference, shape = CHAINS[name]
    network = reference()
    network.last = False
    with pytest.raises(AssertionError, match="apart"):
        agree(f"preset:{name}", network, shape, trained=False)


def test_the_perceptron_says_yes_from_nought_on() -> None:
    network = build(plan(engine.open("preset:perceptron").graph))
    assert network(torch.tensor([[0.0, 1.0], [-3.0, 2.0]])).tolist() == [[1.0], [1.0]]  # its weights begin as noughts


def small_alexnet(**settings: dict[str, Any]) -> Graph:
    """A smaller picture whose first maps have an even side, so that poolings have to drop a rim; and narrow hidden layers."""
    narrow = {"out_features": 24}
    return changed("alexnet", image={"height": 99, "width": 99}, fc1=narrow, fc2=narrow, **settings)


def test_alexnet_in_one_tower_is_the_reference_to_the_last_digits() -> None:
    agree(small_alexnet(), AlexNet(24), (3, 99, 99), by=("torchvision",))


def test_alexnet_has_the_tensors_of_the_reference_in_full_width() -> None:
    with torch.device("meta"):
        reference = AlexNet()
    wanted = [tuple(value.shape) for value in reference.state_dict().values()]
    assert [tuple(place.sizes) for place in places(plan(engine.open("preset:alexnet").graph))] == wanted
    assert sum(value.numel() for value in reference.parameters()) == 61_100_840


@pytest.mark.parametrize(
    "settings",
    [{"pool1": {"ceil_mode": True}}, {"pool5": {"kernel_size": 2}}, {"drop1": {"p": 0.4}}],
    ids=["rounding", "pooling", "dropout"],
)
def test_an_alexnet_with_one_thing_else_is_seen(settings: dict[str, dict[str, Any]]) -> None:
    with pytest.raises(AssertionError, match="apart"):
        agree(small_alexnet(**settings), AlexNet(24), (3, 99, 99), trained="drop1" in settings)


def adversaries() -> Graph:
    graph = engine.open("preset:dcgan").graph
    for way, widths in (("up", UP), ("down", DOWN)):
        for number, width in enumerate(widths, start=1):
            graph.apply(Configure(f"{way}{number}", {"width": width}))
    return graph


def test_dcgan_is_generator_and_discriminator_of_the_reference_to_the_last_digits() -> None:
    agree(adversaries(), Adversaries(UP, DOWN), (100, 1, 1), (3, 64, 64))


@pytest.mark.parametrize(
    "edit",
    [SetFlags("tanh", {"bypassed": True}), Inside("down", Configure("act", {"negative_slope": 0.1}))],
    ids=["no tanh", "slope"],
)
def test_a_dcgan_with_one_thing_else_is_seen(edit: SetFlags | Inside) -> None:
    graph = adversaries()
    graph.apply(edit)
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Adversaries(UP, DOWN), (100, 1, 1), (3, 64, 64), trained=False)
