"""Plain chains of convolutions, compared with references written by hand."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.graph.model import Batch, Configure, Graph
from tests.exactness.compare import agree
from tests.exactness.references.plain import VGG, AlexNet, AlexNetTowers


def test_vgg11_is_the_reference_to_the_last_digits() -> None:
    # Its hidden linear layers hold nine tenths of the memory and nothing that narrow ones do not show.
    graph = engine.open("preset:vgg11").graph
    graph.apply(Batch(tuple(Configure(graph.named(name).id, {"out_features": 32}) for name in ("fc1", "fc2"))))
    agree(graph, VGG("vgg11", hidden=32), (3, 64, 64), by=("torchvision",))


def narrow_vgg(name: str, base: int) -> Graph:
    """A network with fewer channels in all its stages, and narrow linear layers."""
    graph = engine.open(f"preset:{name}").graph
    for stage in range(5):
        graph.apply(Configure(graph.named(f"stage{stage + 1}").id, {"width": base * 2 ** min(stage, 3)}))
    for layer in ("fc1", "fc2"):
        graph.apply(Configure(graph.named(layer).id, {"out_features": 16}))
    return graph


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("name", ["vgg16", "vgg19"])
def test_a_deeper_vgg_is_the_reference_to_the_last_digits(name: str, norm: bool) -> None:
    reference = VGG(name, norm=norm, base=8, hidden=16)
    agree(narrow_vgg(name + "_bn" * norm, 8), reference, (3, 64, 64), by=("torchvision",))


def test_another_epsilon_of_a_vgg_is_seen() -> None:
    reference = VGG("vgg16", norm=True, base=8, hidden=16)
    for layer in reference.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eps = 1e-3
    with pytest.raises(AssertionError, match="apart"):
        agree(narrow_vgg("vgg16_bn", 8), reference, (3, 64, 64), trained=False)


def small_alexnet(name: str) -> Graph:
    """A smaller picture, and narrow linear layers."""
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": 67, "width": 67}))
    for layer in ("fc6", "fc7"):
        graph.apply(Configure(layer, {"out_features": 24}))
    return graph


def test_the_alexnet_of_caffe_is_the_reference_to_the_last_digits() -> None:
    agree(small_alexnet("alexnet_caffe"), AlexNet(24, alpha=1e-4 / 5, k=1), (3, 67, 67))


def test_alexnet_in_two_towers_is_the_reference_to_the_last_digits() -> None:
    agree(small_alexnet("alexnet_2012_towers"), AlexNetTowers(24), (3, 67, 67))


def test_the_constants_of_another_response_norm_are_seen() -> None:
    with pytest.raises(AssertionError, match="apart"):
        agree(small_alexnet("alexnet_caffe"), AlexNet(24, alpha=1e-4, k=1), (3, 67, 67), trained=False)
