"""Networks that tell age and gender, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.graph.model import Configure, Graph
from tests.exactness.compare import agree
from tests.exactness.references.faces import Levi, SmallFaces


def sized(name: str, side: int) -> Graph:
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": side, "width": side}))
    return graph


def test_age_and_gender_are_the_reference_to_the_last_digits() -> None:
    agree(sized("age_gender_levi", 67), Levi(384 * 2 * 2), (3, 67, 67))


def test_a_stronger_response_norm_is_seen() -> None:
    graph = sized("age_gender_levi", 67)
    graph.apply(Configure("norm2", {"alpha": 2e-4}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Levi(384 * 2 * 2), (3, 67, 67), trained=False)


def test_the_small_one_with_batch_norm_is_the_reference_to_the_last_digits() -> None:
    agree(sized("age_gender_small", 32), SmallFaces(), (3, 32, 32))
