"""Drawings reach the network as its own data look."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.choice import DataChoice
from engine.data.loading import load
from gui.inspector.drawing import Habit, as_seen, centred, habit, squared


def bar(size: int = 100, top: int = 10, left: int = 70, height: int = 40, width: int = 10) -> np.ndarray:
    picture = np.zeros((size, size, 1), np.uint8)
    picture[top : top + height, left : left + width] = 255
    return picture


def test_a_drawing_is_scaled_to_twenty_of_twenty_eight_and_centred_by_its_mass() -> None:
    seen = as_seen(bar(), (1, 28, 28), centre=True, invert=False)[0].astype(float)
    ys, xs = np.nonzero(seen > 100)
    assert ys.max() - ys.min() + 1 == 20
    mass = seen.sum()
    assert abs((seen.sum(axis=1) * np.arange(28)).sum() / mass - 13.5) <= 0.51
    assert abs((seen.sum(axis=0) * np.arange(28)).sum() / mass - 13.5) <= 0.51
    assert xs.max() - xs.min() + 1 in (5, 6)


def test_without_centring_a_drawing_stays_where_it_is() -> None:
    seen = as_seen(bar(), (1, 28, 28), centre=False, invert=False)[0]
    ys, xs = np.nonzero(seen > 100)
    assert ys.max() < 15
    assert xs.min() > 17


def test_dark_ink_on_light_paper_is_exchanged() -> None:
    plain = as_seen(bar(), (1, 28, 28), centre=True, invert=False)
    other = as_seen(np.asarray(255 - bar(), np.uint8), (1, 28, 28), centre=True, invert=True)
    np.testing.assert_array_equal(plain, other)


def test_a_blank_pad_is_all_ground() -> None:
    assert (centred(np.full((50, 50, 1), 9, np.uint8), (28, 28), 0.7) == 9).all()


def test_a_wide_picture_is_not_squeezed() -> None:
    picture = np.zeros((20, 60, 1), np.uint8)
    picture[5:15, 25:35] = 255
    assert squared(picture, (28, 28)).shape == (60, 60, 1)
    seen = as_seen(picture, (1, 28, 28), centre=False, invert=False)[0] > 100
    assert abs(int(seen.any(axis=0).sum()) - int(seen.any(axis=1).sum())) <= 1


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 14, 20)])
def test_what_comes_out_fits_the_input(shape: tuple[int, int, int]) -> None:
    for centre in (True, False):
        assert as_seen(bar(), shape, centre=centre, invert=False).shape == shape


def test_the_habit_of_the_digits_is_read_from_them() -> None:
    found = habit(load(DataChoice(name="digits"), image=(1, 28, 28)))
    assert found.drawings
    assert found.bright_ink
    assert found.fill > 0.8  # the 8×8 digits fill their pictures
    assert habit(None) == Habit()
