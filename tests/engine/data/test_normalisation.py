"""Normalisation is measured on the rows it is given, is exact, and travels as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.normalisation import Normalisation, measure
from engine.errors import DataError

RNG = np.random.Generator(np.random.PCG64(3))
PICTURES = RNG.integers(0, 256, (700, 3, 5, 4), dtype=np.uint8)


def test_standard_gives_mean_0_and_deviation_1_per_channel_on_the_training_part():
    rows = np.arange(0, 700, 2)
    out = measure(PICTURES, rows, "standard").apply(PICTURES[rows])
    assert out.dtype == np.float32
    np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(out.std(axis=(0, 2, 3)), 1, atol=1e-5)


def test_only_the_training_part_is_measured():
    changed = PICTURES.copy()
    changed[600:] = 255
    rows = np.arange(600)
    assert measure(changed, rows, "standard") == measure(PICTURES, rows, "standard")


def test_mean_and_deviation_agree_with_numpy():
    found = measure(PICTURES, np.arange(700), "standard")
    scaled = PICTURES / 255
    np.testing.assert_allclose(found.mean, scaled.mean(axis=(0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(found.std, scaled.std(axis=(0, 2, 3)), rtol=1e-12)


def test_unit_is_0_to_1_and_none_leaves_values_as_they_are():
    rows = np.arange(700)
    assert measure(PICTURES, rows, "unit").apply(PICTURES).max() == 1.0
    np.testing.assert_array_equal(measure(PICTURES, rows, "none").apply(PICTURES), PICTURES.astype(np.float32))


def test_features_are_scaled_each_for_itself():
    features = (RNG.normal(size=(200, 3)) * [1, 100, 0.01] + [5, -3, 0]).astype(np.float32)
    rows = np.arange(200)
    standard = measure(features, rows, "standard").apply(features)
    np.testing.assert_allclose(standard.std(axis=0), 1, rtol=1e-4)
    unit = measure(features, rows, "unit").apply(features)
    np.testing.assert_allclose(unit.min(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(unit.max(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("how", ["standard", "unit", "none"])
def test_a_constant_column_stays_finite(how):
    for column in (np.full((9, 1, 2, 2), 77, np.uint8), np.full((9, 2), 0.1, np.float32)):
        found = measure(column, np.arange(9), how)
        assert 0 not in found.std
        assert np.isfinite(found.apply(column)).all()


def test_one_sample_is_scaled_as_in_the_batch():
    found = measure(PICTURES, np.arange(700), "standard")
    np.testing.assert_array_equal(found.apply(PICTURES[4]), found.apply(PICTURES)[4])


@given(
    st.floats(1e-6, 1e6),
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6)), min_size=1, max_size=4),
)
def test_it_survives_json_bit_for_bit(scale, pairs):
    mean, std = (tuple(numbers) for numbers in zip(*pairs, strict=True))
    original = Normalisation(scale, mean, std)
    assert Normalisation.from_json(json.loads(json.dumps(original.to_json()))) == original


@pytest.mark.parametrize(
    "values",
    [
        None, [], {}, {"scale": 1, "mean": [0]}, {"scale": 1, "mean": [], "std": []}, {"scale": 1, "mean": [0], "std": [0]},
        {"scale": "1", "mean": [0], "std": [1]}, {"scale": 1, "mean": [0], "std": [1, 2]}, {"scale": True, "mean": [0], "std": [1]},
        {"scale": 1, "mean": [float("nan")], "std": [1]}, {"scale": 1, "mean": 0, "std": [1]},
    ],
)  # fmt: skip
def test_damaged_json_is_refused_in_a_sentence(values):
    with pytest.raises(DataError, match="a normalisation is an object"):
        Normalisation.from_json(values)
