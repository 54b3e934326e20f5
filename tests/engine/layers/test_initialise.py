"""First values of weights: what each scheme draws, and what it leaves alone."""

import math

import pytest
import torch
from torch import nn

from engine.blocks.initial import SCHEMES, Initial
from engine.layers import layer

initialise = layer("initialise")


@pytest.fixture
def linear():
    torch.manual_seed(0)
    return nn.Linear(400, 300)


@pytest.mark.parametrize(
    ("scheme", "given", "mean", "std"),
    [
        ("constant", {"value": 0.5}, 0.5, 0.0),
        ("uniform", {"value": 0.3}, 0.0, 0.3 / math.sqrt(3)),
        ("normal", {"value": 0.1, "mean": 1.0}, 1.0, 0.1),
        ("trunc_normal", {}, 0.0, 0.02),
        ("xavier_uniform", {}, 0.0, math.sqrt(2 / 700)),
        ("xavier_normal", {"value": 2.0}, 0.0, 2 * math.sqrt(2 / 700)),
        ("kaiming_uniform", {}, 0.0, math.sqrt(2 / 400)),
        ("kaiming_normal", {"fan": "fan_out"}, 0.0, math.sqrt(2 / 300)),
        ("orthogonal", {}, 0.0, 1 / math.sqrt(400)),
    ],
)
def test_a_scheme_draws_what_its_paper_says(linear, scheme, given, mean, std):
    before = linear.bias.clone()
    initialise(linear, scheme, **given)
    assert linear.weight.mean().item() == pytest.approx(mean, abs=4e-3)
    assert linear.weight.std().item() == pytest.approx(std, rel=0.02, abs=1e-6)
    assert torch.equal(linear.bias, before)
    assert scheme in SCHEMES


def test_biases_get_their_value_and_weights_stay_as_torch_drew_them(linear):
    before = linear.weight.clone()
    initialise(linear, "default", bias=0.25)
    assert torch.equal(linear.weight, before)
    assert (linear.bias == 0.25).all()


def test_the_scale_of_a_normalisation_can_be_set_and_one_inside_another_layer_is_left_alone():
    norm = nn.BatchNorm2d(8)
    initialise(norm, "constant", value=0.0)
    assert (norm.weight == 0).all()
    merging = layer("PatchMerging")(8)
    initialise(merging, "trunc_normal", value=0.02)
    scales = [value for name, value in merging.named_parameters() if "norm" in name and name.endswith("weight")]
    assert scales
    assert all((value == 1).all() for value in scales)


def test_every_matrix_of_a_recurrent_layer_is_drawn_and_every_bias_set():
    lstm = nn.LSTM(4, 6, num_layers=2)
    initialise(lstm, "constant", value=0.5, bias=0.0)
    assert all((value == (0.5 if value.ndim > 1 else 0.0)).all() for value in lstm.parameters())


def test_only_what_is_not_usual_is_said():
    assert Initial().given() == {}
    assert Initial("normal", value=0.1, fan="fan_out").given() == {"value": 0.1, "fan": "fan_out"}
