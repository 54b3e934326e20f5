"""Ways of training that are more than comparing a prediction with a column: found from the loss that is drawn.

Not for: the loop itself (`engine.training.loop`), nor for GANs (`adversarial`) and diffusion models (`diffusion`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.compiler.plan import Objective, Plan
from engine.errors import RunError
from engine.training.adversarial import Adversarial
from engine.training.diffusion import Noised
from engine.training.losses import as_numbers
from engine.training.metrics import Told
from engine.training.settings import TrainingSettings
from engine.training.work import Recipe, Work


def recipe_of(goal: Objective, planned: Plan, settings: TrainingSettings) -> Recipe | None:
    """The recipe that a network asks for; None where its losses are plain comparisons.

    Raises:
        RunError: It cannot be followed with this drawing.
    """
    found = [term for term in goal.terms if term.kind in ("gan_loss", "diffusion_loss")]
    if found and len(goal.terms) > 1:
        raise RunError(f"{found[0].name} has a way of training of its own; take the other losses out of the drawing.")
    if settings.optimizer == "perceptron":
        return _perceptron(goal, planned)
    if not found:
        return None
    return Adversarial.of(found[0], planned) if found[0].kind == "gan_loss" else Noised.of(found[0], planned)


@dataclass
class Perceptron:
    """Rosenblatt's rule (1958): after each mistake w changes by rate × (y − ŷ) × x, for all samples of a batch together.

    Attributes:
        before: Slot of what arrives at the step.
        after: Slot of what it gives.
    """

    before: int
    after: int
    names: tuple[tuple[str, str], ...] = ()
    whole: bool = True
    latest: bool = False
    validates: bool = True

    def inputs(self, work: Work, inputs: list[Tensor], rows: Tensor) -> list[Tensor]:
        """The plain inputs."""
        return inputs

    def targets(self, work: Work, rows: Tensor) -> dict[str, Tensor]:
        """The plain targets."""
        columns = work.criterion.columns.items()
        return {key: work.batches.gather(name, rows, scale) for key, (name, scale) in columns}

    def learn(self, work: Work, rows: Tensor, forward: Callable[[Work, Tensor], Told]) -> Told:
        """Gradients whose opposite is the rule's change; what is told is the plain loss."""
        with torch.no_grad():
            told = forward(work, rows)
        inputs = work.batches.feed(work.network.plan.inputs, rows, work.drawing)
        before, after = work.network.values(inputs, (self.before, self.after))
        (target,) = self.targets(work, rows).values()
        wrong = (as_numbers(target, after) - after).detach()
        (-(wrong * before).sum()).backward()
        return told


def _perceptron(goal: Objective, planned: Plan) -> Perceptron:
    steps = {step.writes: step for step in planned.steps}
    slots = {term.slot for term in goal.terms}
    last = steps.get(next(iter(slots))) if len(slots) == 1 else None
    if last is None or last.kind != "step" or len({term.target_column for term in goal.terms}) != 1:
        raise RunError(
            "the perceptron rule is for a network with one output that ends in a step; end with a step block, or choose another "
            "optimiser."
        )
    return Perceptron(last.reads[0], last.writes)
