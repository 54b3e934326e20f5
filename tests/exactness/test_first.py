"""LeNet-5 of 1998 in its three forms, compared with the text of the paper."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.compiler.module import build
from engine.compiler.plan import plan
from tests.exactness.compare import agree
from tests.exactness.references.first import LeNet1998


@pytest.fixture
def given_weights() -> None:
    """The networks here keep the weights that they begin with."""


FORMS = {"table": "lenet5_1998", "dense": "lenet5_1998_dense", "nodes": "lenet5_1998_nodes"}


@pytest.mark.parametrize("how", FORMS)
def test_lenet_of_1998_is_what_the_paper_says_to_the_last_digits(how: str) -> None:
    agree(f"preset:{FORMS[how]}", LeNet1998(how), (1, 32, 32))


@pytest.mark.parametrize(("how", "trainable"), [("table", 60_000), ("dense", 60_900), ("nodes", 60_000)])
def test_it_has_as_many_trainable_numbers_as_the_paper_says(how: str, trainable: int) -> None:
    network = build(plan(engine.open(f"preset:{FORMS[how]}").graph))
    assert sum(value.numel() for value in network.parameters() if value.requires_grad) == trainable
    assert sum(value.numel() for value in network.parameters()) == trainable + 840


def test_weights_under_the_mask_never_get_a_gradient() -> None:
    network = build(plan(engine.open("preset:lenet5_1998_dense").graph))
    network(torch.rand(2, 1, 32, 32)).square().sum().backward()
    weight = network.get_parameter("C3.weight")
    assert weight.grad is not None
    assert int((weight.grad == 0).flatten(2).all(2).sum()) * 25 == 900
