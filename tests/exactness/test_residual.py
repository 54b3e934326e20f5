"""Residual networks, compared with references written by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import engine
from engine.graph.model import Configure, Inside
from tests.exactness.compare import agree
from tests.exactness.references.residual import Bottleneck, ResNet, ResNet18


def test_resnet18_is_the_reference_to_the_last_digits() -> None:
    agree("preset:resnet18", ResNet18(), (3, 64, 64), by=("torchvision",))


@pytest.mark.parametrize(
    ("name", "where", "more"),
    [
        ("resnet50", "torchvision", {}),
        ("resnext50_32x4d", "torchvision", {"groups": 32, "base": 4}),
        ("seresnet50", "timm", {"squeeze": True}),
    ],
)
def test_bottleneck_networks_are_their_references(name: str, where: str, more: dict[str, Any]) -> None:
    agree(f"preset:{name}", ResNet(Bottleneck, (3, 4, 6, 3), **more), (3, 64, 64), by=(where,), trained=not more)


def test_another_epsilon_is_seen() -> None:
    graph = engine.open("preset:resnet18").graph
    graph.apply(Inside("basic", Configure("bn2", {"eps": 1.1e-5})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, ResNet18(), (3, 64, 64), batch=2, trained=False)


def test_another_momentum_is_seen_in_training_only() -> None:
    reference = ResNet18()
    for module in reference.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.2
    agree("preset:resnet18", reference, (3, 64, 64), trained=False)
    with pytest.raises(AssertionError, match="running"):
        agree("preset:resnet18", reference, (3, 64, 64))
