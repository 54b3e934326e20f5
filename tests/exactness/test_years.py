"""AlexNet of 2012 and DeepFace, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.graph.model import Configure, Graph
from tests.exactness.compare import agree
from tests.exactness.references.years import AlexNet2012, DeepFace


def sized(name: str, side: int, **features: int) -> Graph:
    """A preset with smaller pictures and narrower linear layers."""
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": side, "width": side}))
    for layer, width in features.items():
        graph.apply(Configure(layer, {"out_features": width}))
    return graph


def test_alexnet_of_2012_is_what_the_paper_says_to_the_last_digits() -> None:
    agree(sized("alexnet_2012", 99, fc6=32, fc7=32), AlexNet2012(99, 32), (3, 99, 99))


def test_a_sum_of_neighbours_that_is_divided_once_more_is_seen() -> None:
    graph = sized("alexnet_2012", 99, fc6=32, fc7=32)
    graph.apply(Configure("norm1", {"alpha": 1e-4}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, AlexNet2012(99, 32), (3, 99, 99), trained=False)


def test_deepface_is_what_the_paper_says_to_the_last_digits() -> None:
    agree(sized("deepface", 75, F7=32), DeepFace(75, 32), (3, 75, 75))
