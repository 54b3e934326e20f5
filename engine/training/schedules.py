"""The learning rate as a function of the step. Pure arithmetic: a curve can be drawn before anything is trained."""

from __future__ import annotations

import math

from engine.training.settings import TrainingSettings

# One cycle as in Smith & Topin 2018 (arXiv:1708.07120) with the shape and the defaults of torch.optim.lr_scheduler.OneCycleLR.
ONE_CYCLE_RISE = 0.3  # share of the run in which the rate climbs
ONE_CYCLE_START = 25.0  # the largest rate over the first
ONE_CYCLE_END = 1e4  # the first rate over the last


def rate(settings: TrainingSettings, step: int, steps_per_epoch: int) -> float:
    """Learning rate of the step with the index `step`, counted from 0."""
    top = settings.learning_rate
    total = settings.epochs * steps_per_epoch
    if settings.schedule == "one_cycle":
        return _one_cycle(top, step, total)
    warm = round(settings.warmup_epochs * steps_per_epoch)
    if step < warm:
        return top * (step + 1) / (warm + 1)
    match settings.schedule:
        case "step":
            return top * settings.gamma ** (step // steps_per_epoch // settings.step_epochs)
        case "cosine":
            return _anneal(top, 0.0, (step - warm) / max(1, total - warm))
        case _:
            return top


def _one_cycle(top: float, step: int, total: int) -> float:
    first = top / ONE_CYCLE_START
    peak = ONE_CYCLE_RISE * total - 1
    if step <= peak:
        return _anneal(first, top, step / peak)
    return _anneal(top, first / ONE_CYCLE_END, (step - peak) / max(1.0, total - 1 - peak))


def _anneal(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` to `end`."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * min(1.0, max(0.0, share))))
