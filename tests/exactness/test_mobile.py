"""Networks for small devices, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.graph.model import Configure, Graph, Inside
from tests.exactness.compare import agree
from tests.exactness.references.mobile import (
    EfficientNetB0,
    MobileNetV1,
    MobileNetV2,
    MobileNetV3Large,
    ShuffleNetV1,
    ShuffleNetV2,
)

SIZE = (3, 64, 64)


def opened(name: str) -> Graph:
    return engine.open(f"preset:{name}").graph


def test_mobilenet_v1_is_the_reference_to_the_last_digits() -> None:
    agree(opened("mobilenet_v1"), MobileNetV1(), SIZE, by=("timm",))


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("mobilenet_v2", MobileNetV2),
        ("mobilenet_v3_large", MobileNetV3Large),
        ("efficientnet_b0", EfficientNetB0),
        ("shufflenet_v2_x1_0", ShuffleNetV2),
    ],
)
def test_it_is_the_reference_to_the_last_digits(name: str, reference: type) -> None:
    agree(opened(name), reference(), SIZE, by=("torchvision",))


@pytest.mark.parametrize("paper", [False, True])
def test_shufflenet_v1_is_the_authors_code_or_the_papers_drawing(paper: bool) -> None:
    name = "shufflenet_v1_g3_paper" if paper else "shufflenet_v1_g3"
    agree(opened(name), ShuffleNetV1(paper=paper), SIZE, by=("authors",))


def test_the_other_shuffle_is_seen() -> None:
    with pytest.raises(AssertionError, match="apart"):
        graph = opened("shufflenet_v1_g3")
        graph.apply(Inside("unit", Configure("shuffle", {"inverse": False})))
        agree(graph, ShuffleNetV1(paper=False), SIZE, trained=False)


def test_another_epsilon_and_another_momentum_are_seen() -> None:
    graph = opened("mobilenet_v3_large")
    graph.apply(Configure("last_bn", {"eps": 1e-5}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, MobileNetV3Large(), SIZE, trained=False)
    graph = opened("mobilenet_v3_large")
    graph.apply(Configure("last_bn", {"momentum": 0.1}))
    with pytest.raises(AssertionError, match="running"):
        agree(graph, MobileNetV3Large(), SIZE)


def test_another_ramp_of_stochastic_depth_is_seen_in_training_only() -> None:
    graph = opened("efficientnet_b0")
    graph.apply(Inside("inverted", Configure("drop", {"p": "=drop * k / (total - 1)"})))
    agree(graph, EfficientNetB0(), SIZE, trained=False)
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, EfficientNetB0(), SIZE)
