"""Histories and running means, compared with the plain way of computing them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gui.plots.series import Growing, RunCurves, Smooth


def plain_mean(values: np.ndarray, weight: float) -> list[float]:
    total = mass = 0.0
    out = []
    for value in values:
        total, mass = weight * total, weight * mass
        if math.isfinite(value):
            total, mass = total + value, mass + 1.0
        out.append(total / mass if mass > 1e-12 else math.nan)
    return out


@given(st.lists(arrays(np.float64, st.integers(0, 700), elements=st.floats(-1e6, 1e6)), max_size=6))
def test_what_grows_holds_everything_in_order(parts: list[np.ndarray]) -> None:
    history = Growing()
    for part in parts:
        history.extend(part)
    assert history.values.tolist() == [value for part in parts for value in part]


@given(
    arrays(np.float64, st.integers(1, 600), elements=st.one_of(st.floats(-100, 100), st.just(math.nan))),
    st.sampled_from([0.0, 0.5, 0.8, 0.9, 0.99]),
    st.integers(1, 90),
)
def test_the_running_mean_is_the_same_in_pieces_as_in_one(values: np.ndarray, weight: float, piece: int) -> None:
    smooth = Smooth(weight)
    for start in range(0, len(values), piece):
        smooth.extend(values[start : start + piece])
    assert smooth.values == pytest.approx(plain_mean(values, weight), rel=1e-6, abs=1e-6, nan_ok=True)


def test_no_smoothing_gives_the_values_themselves() -> None:
    values = np.array([3.0, 1.0, 4.0, 1.5])
    smooth = Smooth(0.0)
    smooth.extend(values)
    assert smooth.values.tolist() == values.tolist()


def test_a_resumed_run_replaces_the_steps_that_it_repeats() -> None:
    curves = RunCurves("/runs/a")
    curves.add_steps(1, [5, 4, 3, 2], [0, 0, 0, 0])
    curves.add_steps(3, [9, 8, 7], [1, 1, 1])
    assert curves.step.values.tolist() == [1, 2, 3, 4, 5]
    assert curves.loss.values.tolist() == [5, 4, 9, 8, 7]
    assert curves.rewinds == 1


def test_an_epoch_that_is_told_again_replaces_itself_and_what_followed() -> None:
    curves = RunCurves("/runs/a")
    for number, loss in ((1, 0.5), (2, 0.4), (3, 0.3), (2, 0.45)):
        curves.add_epoch({"epoch": number, "step": number * 10, "val_loss": loss, "best": True})
    assert curves.epochs["epoch"].values.tolist() == [1, 2]
    assert curves.epochs["val_loss"].values.tolist() == [0.5, 0.45]


def test_the_nearest_step_and_epoch_are_found() -> None:
    curves = RunCurves("/runs/a")
    curves.add_steps(1, np.arange(100.0), np.zeros(100))
    for number in (1, 2):
        curves.add_epoch({"epoch": number, "step": number * 50.0})
    assert [curves.index_at(step) for step in (-5, 1.4, 1.6, 500)] == [0, 0, 1, 99]
    assert [curves.epoch_at(step) for step in (3, 74, 76)] == [0, 0, 1]
