"""Residual networks, compared with references written by hand."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.graph.model import Configure, Graph, Inside, SetSection
from tests.exactness.compare import agree
from tests.exactness.references.residual import ResNet18

NAMES = {"{block...}.downsample": "{block}.downsample.0", "{block...}.downsample_bn": "{block}.downsample.1"}


@pytest.fixture
def graph() -> Graph:
    graph = engine.open("preset:resnet18").graph
    graph.apply(SetSection("weights", {"names": {"torchvision": NAMES}}))
    return graph


def test_resnet18_is_the_reference_to_the_last_digits(graph: Graph) -> None:
    agree(graph, ResNet18(), (3, 64, 64), by=("torchvision",))


def test_another_epsilon_is_seen(graph: Graph) -> None:
    graph.apply(Inside("basic", Configure("bn2", {"eps": 1.1e-5})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, ResNet18(), (3, 64, 64), batch=2, trained=False)


def test_another_momentum_is_seen_in_training_only(graph: Graph) -> None:
    reference = ResNet18()
    for module in reference.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.2
    agree(graph, reference, (3, 64, 64), trained=False)
    with pytest.raises(AssertionError, match="running"):
        agree(graph, reference, (3, 64, 64))
