"""Where a training stands is worked out from its messages alone."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from engine.training.messages import Epoch, Failed, Finished, Started, Steps
from gui.training.standing import (
    Standing,
    best_text,
    count_text,
    date_text,
    duration_text,
    loss_text,
    share_text,
    standing_text,
)


def started(**changes: object) -> Started:
    values = {"run": "/runs/a", "device": "cpu", "device_name": "A processor", "epochs": 10, "first_epoch": 1,
              "steps_per_epoch": 20, "step": 0, "samples": 640, **changes}  # fmt: skip
    return Started(**values)  # type: ignore[arg-type]


def steps(first: int, count: int, epoch: int = 1, speed: float = 640.0) -> Steps:
    return Steps(first, np.full(count, 0.5, np.float32), np.full(count, 0.8, np.float32), 1e-3, speed, epoch)


def epoch(number: int, *, best: bool = True, accuracy: float = 0.9, seconds: float = 2.0) -> Epoch:
    return Epoch(number, number * 20, 0.4, 0.85, 0.5, accuracy, seconds, 640.0, best)


def test_before_the_first_epoch_the_time_left_comes_from_the_speed() -> None:
    standing = Standing()
    standing.take(started())
    assert standing.seconds_left is None
    standing.take(steps(1, 10))
    assert standing.step == 10
    assert standing.share == pytest.approx(0.05)
    assert standing.seconds_left == pytest.approx(190 * 32 / 640)


def test_after_an_epoch_its_duration_counts_with_validation() -> None:
    standing = Standing()
    for message in (started(), steps(1, 20), epoch(1, seconds=3.0)):
        standing.take(message)
    assert standing.seconds_left == pytest.approx(9 * 3.0)


def test_the_best_epoch_is_the_last_that_was_told_to_be() -> None:
    standing = Standing()
    for message in (started(), epoch(1, accuracy=0.8), epoch(2, accuracy=0.95), epoch(3, best=False, accuracy=0.9)):
        standing.take(message)
    assert best_text(standing) == ("95.00 %", "validation, epoch 2")


def test_without_an_accuracy_the_best_is_told_by_its_loss() -> None:
    standing = Standing()
    standing.take(started())
    standing.take(Epoch(1, 20, 0.4, math.nan, 0.25, math.nan, 1.0, 10.0, True))
    assert best_text(standing) == ("0.2500", "validation loss, epoch 1")


def test_a_new_training_forgets_the_last_one() -> None:
    standing = Standing()
    for message in (started(), epoch(1), Failed("Why.", 20), Finished("failed", "/runs/a"), started(run="/runs/b")):
        standing.take(message)
    assert (standing.run, standing.best, standing.failure, standing.ended) == ("/runs/b", None, None, "")


def test_one_line_says_state_epoch_and_time_left() -> None:
    standing = Standing()
    assert standing_text("idle", standing) == "Ready"
    assert standing_text("starting", standing) == "Starting…"
    for message in (started(), epoch(1, seconds=10.0)):
        standing.take(message)
    assert standing_text("running", standing) == "Training · epoch 1 of 10 · 1 min 30 s left"
    assert standing_text("paused", standing) == "Paused · epoch 1 of 10"
    standing.take(Finished("stopped", "/runs/a"))
    assert standing_text("idle", standing) == "Stopped · epoch 1 of 10"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (math.nan, "–"), (0.0, "0.0 s"), (0.04, "40 ms"), (8.25, "8.2 s"), (9.99, "10 s"), (59.4, "59 s"),
     (200, "3 min 20 s"), (7500, "2 h 05 min")],
)  # fmt: skip
def test_durations_are_short(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_numbers_that_are_not_there_are_dashes() -> None:
    assert {share_text(math.nan), loss_text(math.inf), count_text(0), count_text(math.nan)} == {"–"}
    assert (share_text(0.98764), loss_text(0.12345), loss_text(1.5e-7)) == ("98.76 %", "0.1235", "1.500e-07")


def test_dates_near_by_are_told_by_their_day() -> None:
    now = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    assert date_text("2026-03-05T09:05:00+00:00", now) == "today 09:05"
    assert date_text("2026-03-04T23:59:00+00:00", now) == "yesterday 23:59"
    assert date_text("2025-12-31T08:00:00+00:00", now) == "2025-12-31 08:00"
    assert date_text("no date", now) == "no date"


def test_what_still_comes_of_a_training_that_was_left_is_not_told_of_the_next_project() -> None:
    standing = Standing()
    standing.take(started())
    standing.forget()
    standing.take(steps(1, 10))
    standing.take(Finished("stopped", "/runs/one"))
    assert standing_text("idle", standing) == "Ready"
    assert standing.step == 0
    standing.take(started())
    standing.take(steps(1, 10))
    assert standing.step == 10
