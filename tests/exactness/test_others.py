"""FCN over VGG-16, ResNet for CIFAR and a small GPT, compared with references written by hand."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.graph.model import Configure, Graph, Inside
from tests.exactness.compare import agree
from tests.exactness.references.others import FCN, GPT, ResNetCifar

WIDTHS = (4, 8, 8, 12, 12)


def narrow_fcn(name: str) -> Graph:
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": 40, "width": 40}))
    for stage, width in enumerate(WIDTHS, start=1):
        graph.apply(Configure(f"stage{stage}", {"width": width}))
    for layer in ("fc6", "fc7"):
        graph.apply(Configure(layer, {"out_channels": 16}))
    return graph


@pytest.mark.parametrize("name", ["fcn32s", "fcn8s"])
def test_fcn_is_the_reference_to_the_last_digits(name: str) -> None:
    agree(narrow_fcn(name), FCN(WIDTHS, 16, skips=name == "fcn8s"), (3, 40, 40))


def test_another_rim_is_seen() -> None:
    graph = narrow_fcn("fcn8s")
    graph.apply(Configure("crop3", {"top": 8}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, FCN(WIDTHS, 16, skips=True), (3, 40, 40), trained=False)


@pytest.mark.parametrize(("name", "times"), [("resnet20_cifar", 3), ("resnet56_cifar", 9)])
def test_resnet_for_cifar_is_the_reference_to_the_last_digits(name: str, times: int) -> None:
    agree(f"preset:{name}", ResNetCifar(times), (3, 32, 32))


def gpt() -> tuple[Graph, torch.Tensor]:
    graph = engine.open("preset:mini_gpt").graph
    graph.apply(Configure("blocks", {"repeat": 2}))
    graph.apply(Configure("letters", {"steps": 12}))
    return graph, torch.randint(65, (2, 12), generator=torch.Generator().manual_seed(0))


def test_a_small_gpt_is_the_reference_to_the_last_digits() -> None:
    graph, tokens = gpt()
    agree(graph, GPT(2), inputs=[tokens])


def test_a_gpt_that_looks_ahead_is_seen() -> None:
    graph, tokens = gpt()
    graph.apply(Inside("transformer", Configure("attention", {"causal": False})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, GPT(2), inputs=[tokens], trained=False)
