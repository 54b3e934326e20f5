"""What the LeNet-5 of 1998 needs beside its convolutions."""

import math

import pytest
import torch

from engine.layers import layer


def test_subsampling_is_the_sum_times_a_coefficient_plus_a_bias():
    pool = layer("TrainableSubsample")(2, 2)
    with torch.no_grad():
        pool.weight.copy_(torch.tensor([0.5, 2.0]))
        pool.bias.copy_(torch.tensor([1.0, -1.0]))
    x = torch.arange(16.0).reshape(1, 2, 2, 4)
    # The sums are 0+1+4+5, 2+3+6+7, and 8 more a number in the second channel.
    assert pool(x).flatten().tolist() == [10 * 0.5 + 1, 18 * 0.5 + 1, 42 * 2.0 - 1, 50 * 2.0 - 1]
    assert sum(p.numel() for p in pool.parameters()) == 4


def test_subsampling_is_trained():
    pool = layer("TrainableSubsample")(1, 2)
    pool(torch.ones(1, 1, 2, 2)).sum().backward()
    assert (pool.weight.grad.item(), pool.bias.grad.item()) == (4.0, 1.0)


def test_the_squashing_function_takes_one_to_one():
    squash = layer("ScaledTanh")()
    x = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(squash(x), x, atol=1e-4, rtol=0)
    assert squash(torch.tensor(2.0, dtype=torch.float64)).item() == pytest.approx(1.7159 * math.tanh(4 / 3))


def test_each_digit_s_own_code_has_no_distance_and_every_other_has_some():
    rbf = layer("RBFOutput")(84, 10)
    distance = rbf(rbf.weight.detach())
    assert distance.diag().tolist() == [0.0] * 10
    apart = distance + 1e9 * torch.eye(10)
    assert apart.min() >= 4 * 8  # numbers of +1 and -1 that differ count 4 each
    assert set(rbf.weight.flatten().tolist()) == {1.0, -1.0}


def test_a_code_is_a_picture_of_its_digit():
    rows = layer("RBFOutput")(84, 10).weight.reshape(10, 12, 7)
    one = ["".join("#" if sign > 0 else "." for sign in row) for row in rows[1].tolist()]
    assert one[:3] == ["...##..", "..###..", ".####.."]
    assert one[9] == ".######"


def test_a_distance_is_the_sum_of_squares():
    rbf = layer("RBFOutput")(3, 2, codes="random")
    x = torch.tensor([[0.5, -2.0, 0.0]])
    by_hand = [
        sum((value - sign) ** 2 for value, sign in zip(x[0].tolist(), row, strict=True)) for row in rbf.weight.tolist()
    ]
    assert rbf(x)[0].tolist() == pytest.approx(by_hand)
    nearest = layer("RBFOutput")(3, 2, codes="random", negative=True)
    assert nearest(x)[0].tolist() == pytest.approx([-value for value in by_hand])


def test_codes_stay_unless_they_are_learned():
    assert not layer("RBFOutput")(84, 10).weight.requires_grad
    assert layer("RBFOutput")(84, 10, learned=True).weight.requires_grad
    before = torch.get_rng_state()
    first = layer("RBFOutput")(5, 3, codes="random").weight
    assert torch.equal(first, layer("RBFOutput")(5, 3, codes="random").weight)
    assert torch.equal(torch.get_rng_state(), before)


def test_codes_of_digits_want_84_numbers():
    with pytest.raises(ValueError, match="84"):
        layer("RBFOutput")(80, 10)
