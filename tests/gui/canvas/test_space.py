"""The space bar: a tap opens quick-add, what was held to drag does not, however the system repeats a key."""

from __future__ import annotations

import pytest

from gui.canvas import space
from gui.canvas.space import REPEAT_S, TAP_S, SpaceBar


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(space, "time", made)
    return made


def test_a_tap_is_one_and_a_bar_that_was_held_or_dragged_with_is_none(clock: Clock) -> None:
    bar = SpaceBar()
    bar.press()
    assert bar.held
    clock.now += TAP_S / 2
    assert bar.release()
    assert not bar.held
    clock.now += 1
    bar.press()
    clock.now += 2 * TAP_S
    assert not bar.release()
    clock.now += 1
    bar.press()
    bar.used = True
    assert not bar.release()
    clock.now += 1
    bar.press()
    bar.held = False  # the focus has gone
    assert not bar.release()


def test_repeats_that_look_like_taps_are_none(clock: Clock) -> None:
    bar = SpaceBar()
    bar.press()
    clock.now += 1.2 * TAP_S
    for _ in range(5):
        assert not bar.release()
        clock.now += REPEAT_S / 10
        bar.press()
        clock.now += REPEAT_S / 2
    bar.used = True
    assert not bar.release()
    bar.press()
    assert bar.used
