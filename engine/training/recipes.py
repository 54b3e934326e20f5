"""Ways of training that are more than comparing a prediction with a column: found from the loss that is drawn.

Not for: the loop itself (`engine.training.loop`).
"""

from __future__ import annotations

from engine.compiler.plan import Objective, Plan
from engine.training.settings import TrainingSettings
from engine.training.work import Recipe


def recipe_of(goal: Objective, planned: Plan, settings: TrainingSettings) -> Recipe | None:
    """The recipe that a network asks for; None where its losses are plain comparisons."""
    return None
