"""Which epoch is the best, and how it is written down.

Not for: measuring an epoch (`engine.training.steps`).
"""

from __future__ import annotations

import math
from typing import Any

from engine.declare import Json
from engine.training.record import plain
from engine.training.steps import Validation
from engine.training.work import Work


def as_json(value: Any) -> Json:
    """A field of a message as the list of events takes it."""
    match value:
        case float():
            return plain(value)
        case dict():
            return {name: plain(number) for name, number in value.items()}
        case _:
            return value


def is_better(work: Work, found: Validation) -> bool:
    """Higher accuracy (or mean IoU), or the same with lower loss; lower loss alone where there is neither, or several heads."""
    progress = work.progress
    if progress.best_epoch == 0 or (work.recipe is not None and work.recipe.latest):
        return True
    score = score_of(work, found)
    if math.isnan(score):
        return found.loss < progress.best_loss
    best = progress.best_accuracy if math.isnan(progress.best_score) else progress.best_score
    return (score, -found.loss) > (best, -progress.best_loss)


def score_of(work: Work, found: Validation) -> float:
    """What an epoch is judged by, the higher the better; nan: by the loss."""
    if len({term.target_column for term in work.criterion.judging}) > 1:
        return math.nan
    if not math.isnan(found.accuracy):
        return found.accuracy
    kinds = {term.name: term.kind for term in work.criterion.measured}
    return next((value for name, value in found.metrics.items() if kinds.get(name) == "mean_iou"), math.nan)
