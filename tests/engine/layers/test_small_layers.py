"""Norms, noise, steps and resampling of ours, by hand."""

import pytest
import torch
from torch import nn

from engine.layers import layer


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def test_layer_norm_of_a_map_is_layer_norm_of_its_channels():
    norm = layer("LayerNorm2d")(5, eps=1e-6)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x = torch.randn(2, 5, 3, 4, dtype=torch.float64)
    norm.double()
    wanted = nn.functional.layer_norm(x.permute(0, 2, 3, 1), (5,), norm.weight, norm.bias, 1e-6).permute(0, 3, 1, 2)
    torch.testing.assert_close(norm(x), wanted, atol=1e-12, rtol=0)
    assert list(norm.state_dict()) == ["weight", "bias"]


def test_local_response_norm_divides_alpha_by_the_size():
    # One pixel, three channels; with size 3 the middle one sees all: 2 / (1 + 0.6 / 3 · (1 + 4 + 9)) ^ 0.75.
    norm = nn.LocalResponseNorm(3, alpha=0.6, beta=0.75, k=1.0)
    y = norm(torch.tensor([1.0, 2.0, 3.0]).reshape(1, 3, 1, 1))
    assert y[0, 1, 0, 0].item() == pytest.approx(2 / (1 + 0.2 * 14) ** 0.75, rel=1e-6)


def test_stochastic_depth_skips_whole_samples_and_keeps_the_mean():
    depth = layer("StochasticDepth")(0.25)
    y = depth(torch.ones(8000, 2, 3))
    rows = y.flatten(1)
    assert torch.equal(rows.min(dim=1).values, rows.max(dim=1).values)
    assert sorted(set(rows[:, 0].tolist())) == pytest.approx([0.0, 4 / 3])
    assert y.mean().item() == pytest.approx(1.0, abs=0.03)


def test_stochastic_depth_of_a_batch_decides_once():
    depth = layer("StochasticDepth")(0.5, mode="batch")
    seen = set()
    for _ in range(40):
        y = depth(torch.ones(6, 2))
        assert len(set(y.flatten().tolist())) == 1
        seen.add(y[0, 0].item())
    assert seen == {0.0, 2.0}


def test_stochastic_depth_does_nothing_afterwards_or_with_p_0():
    x = torch.randn(4, 3)
    assert layer("StochasticDepth")(0.9).eval()(x) is x
    assert layer("StochasticDepth")(0.0)(x) is x
    assert layer("StochasticDepth")(1.0)(x).abs().sum() == 0


def test_noise_has_its_standard_deviation_and_stops_afterwards():
    noise = layer("GaussianNoise")(0.5)
    x = torch.full((20000,), 3.0)
    y = noise(x)
    assert (y.mean().item(), y.std().item()) == (pytest.approx(3.0, abs=0.02), pytest.approx(0.5, abs=0.02))
    assert noise.eval()(x) is x


def test_a_step_is_one_from_the_threshold_on():
    step = layer("Step")(0.5)
    assert step(torch.tensor([-1.0, 0.49, 0.5, 7.0])).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_straight_through_step_gives_rosenblatt_s_rule():
    weight = torch.tensor([0.5, -1.0], requires_grad=True)
    x, target = torch.tensor([2.0, 0.25]), 0.0
    y = layer("Step")()(x @ weight)
    (0.5 * (y - target) ** 2).backward()
    assert weight.grad.tolist() == ((1.0 - target) * x).tolist()


def test_a_plain_step_lets_no_gradient_through():
    x = torch.tensor([1.0], requires_grad=True)
    assert not layer("Step")(straight_through=False)(x).requires_grad


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_a_map_gets_the_size_of_another_one(mode):
    more = {} if mode == "nearest" else {"align_corners": False}
    x, like = torch.randn(2, 3, 4, 5), torch.randn(2, 1, 7, 9)
    wanted = nn.functional.interpolate(x, size=(7, 9), mode=mode, **more)
    assert torch.equal(layer("UpsampleLike")(mode, **more)(x, like=like), wanted)
