"""Learning rates by step, against torch's own schedulers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.training.schedules import rate
from engine.training.seeds import mix
from engine.training.settings import SCHEDULES, TrainingSettings


def of_torch(make, steps, lr):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    out = []
    for _ in range(steps):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return out


def test_one_cycle_is_that_of_torch():
    settings = TrainingSettings(epochs=4, learning_rate=0.3, schedule="one_cycle")
    wanted = of_torch(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.3, total_steps=40), 40, 0.3)
    assert [rate(settings, step, 10) for step in range(40)] == pytest.approx(wanted)


def test_cosine_is_that_of_torch():
    settings = TrainingSettings(epochs=4, learning_rate=0.3, schedule="cosine")
    wanted = of_torch(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40), 40, 0.3)
    assert [rate(settings, step, 10) for step in range(40)] == pytest.approx(wanted)


def test_steps_are_those_of_torch():
    settings = TrainingSettings(epochs=9, learning_rate=0.3, schedule="step", step_epochs=3, gamma=0.5)
    wanted = of_torch(lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5), 9, 0.3)
    assert [rate(settings, epoch * 10 + 7, 10) for epoch in range(9)] == pytest.approx(wanted)


def test_a_warm_up_climbs_and_never_starts_at_zero():
    settings = TrainingSettings(epochs=4, learning_rate=1.0, warmup_epochs=0.9)
    rates = [rate(settings, step, 10) for step in range(12)]
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1, 1])


@given(
    st.sampled_from(SCHEDULES), st.integers(1, 5), st.integers(1, 7), st.floats(0, 6), st.floats(0, 10), st.integers(1, 4)
)  # fmt: skip
def test_every_rate_lies_between_zero_and_the_largest(schedule, epochs, per_epoch, warm, top, drop):
    settings = TrainingSettings(
        epochs=epochs, schedule=schedule, warmup_epochs=warm, learning_rate=top, step_epochs=drop
    )
    for step in range(epochs * per_epoch):
        assert 0 <= rate(settings, step, per_epoch) <= top * (1 + 1e-9)


def test_seeds_of_neighbours_are_unlike_and_fit_a_generator():
    seeds = [mix(seed, kind, number) for seed in range(20) for kind in (1, 2) for number in range(200)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in seeds)
    ones = sum((mix(0, 1, step) ^ mix(0, 1, step + 1)).bit_count() for step in range(500)) / 500
    assert 29 < ones < 34  # about half of the 63 bits change
