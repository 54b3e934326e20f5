"""Batches: the rows of a permutation, scaled as the normalisation says, wherever and however they lie."""

import numpy as np
import pytest
import torch
from small import numbers, pictures

from engine.training import batches
from engine.training.batches import Batches

CPU = torch.device("cpu")


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("ready", [0, 2**30])
def test_a_batch_has_the_bits_of_the_normalisation(monkeypatch, last, ready):
    monkeypatch.setattr(batches, "READY_BYTES", ready)
    data = pictures()
    rows = np.array([7, 3, 3, 40])
    made = Batches(data, ("image", "label"), CPU, channels_last=last)
    got = made.gather("image", torch.from_numpy(rows))
    np.testing.assert_array_equal(got.numpy(), data.normalisation.apply(data.columns["image"][rows]))
    assert got.is_contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)
    assert made.gather("label", torch.from_numpy(rows)).tolist() == data.columns["label"][rows].tolist()


def test_a_gathered_batch_is_not_the_data_itself():
    data = numbers()
    made = Batches(data, ("features",), CPU, channels_last=False)
    before = data.columns["features"].copy()
    made.gather("features", torch.arange(4)).fill_(9)
    np.testing.assert_array_equal(data.columns["features"], before)
    assert not (made.gather("features", torch.arange(4)) == 9).any()


def test_the_order_of_an_epoch_is_a_permutation_of_the_training_rows():
    made = Batches(pictures(), ("label",), CPU, channels_last=False)
    one, two = made.order(0, 0), made.order(0, 1)
    assert sorted(one.tolist()) == sorted(two.tolist()) == list(range(45))
    assert one.tolist() != two.tolist()
    assert one.tolist() == made.order(0, 0).tolist()
    assert one.tolist() != made.order(1, 0).tolist()
