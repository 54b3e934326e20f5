"""Losses and metrics of an objective, computed on the device; and the tally of what each step gave.

Not for: saying which losses there are (`engine.compiler.plan.objective`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.compiler.plan import Objective, Term
from engine.errors import RunError

RING = 2048  # steps that a device keeps until they are read; at 10,000 steps a second they are read in time

Floats = NDArray[np.float32]


class Criterion:
    """The total loss and the first accuracy of an objective.

    Attributes:
        slots: Slots of the plan that are read, in the order in which their values are given.
        columns: Columns of the data that are compared with.
        accuracy: The metric that is reported, None where the objective has none.
    """

    def __init__(self, objective: Objective) -> None:
        self._terms = objective.terms
        self.accuracy: Term | None = next((term for term in objective.metrics if term.kind == "accuracy"), None)
        self.slots: tuple[int, ...] = tuple(sorted(objective.slots))
        terms = (*objective.terms, *objective.metrics)
        self.columns: tuple[str, ...] = tuple(
            dict.fromkeys(term.target_column for term in terms if term.target_slot is None)
        )
        self._place = {slot: index for index, slot in enumerate(self.slots)}

    def __call__(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> tuple[Tensor, Tensor | None]:
        """The mean loss of a batch and how many of it are right (None without an accuracy).

        Args:
            values: One tensor a slot of `slots`.
            targets: Batches of `columns` by name.
        """
        total: Tensor | None = None
        for term in self._terms:
            loss = _loss(term, values[self._place[term.slot]], self._target(term, values, targets))
            if term.weight != 1.0:
                loss = loss * term.weight
            total = loss if total is None else total + loss
        if total is None:
            raise RunError("the network has no loss, so there is nothing to learn from; add a loss block.")
        return total, self.correct(values, targets)

    def correct(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor | None:
        """How many predictions of a batch are right."""
        found = self.answers(values, targets)
        return None if found is None else (found[0] == found[1]).sum()

    def answers(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> tuple[Tensor, Tensor] | None:
        """Predicted and true classes of a batch."""
        if self.accuracy is None:
            return None
        prediction = values[self._place[self.accuracy.slot]].detach()
        return prediction.argmax(1), self._target(self.accuracy, values, targets)

    def _target(self, term: Term, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        if term.target_slot is not None:
            return values[self._place[term.target_slot]]
        return targets[term.target_column]


def _loss(term: Term, prediction: Tensor, target: Tensor) -> Tensor:
    match term.kind:
        case "cross_entropy":
            return functional.cross_entropy(
                prediction, target, label_smoothing=float(term.settings.get("label_smoothing", 0.0))
            )
        case "mse":
            if target.dtype == torch.int64:
                target = functional.one_hot(target, prediction.shape[1]).to(prediction.dtype)
            return functional.mse_loss(prediction, target.reshape(prediction.shape))
        case kind:
            raise RunError(
                f'the loss "{kind}" of {term.name} cannot be trained with; use cross entropy or mean squared error.'
            )


class HostTally:
    """Values of steps whose tensors are in the computer's own memory, where reading costs nothing."""

    bad: Tensor | None = None

    def __init__(self) -> None:
        self._loss: list[float] = []
        self._correct: list[float] = []

    def __len__(self) -> int:
        return len(self._loss)

    def add(self, loss: Tensor, correct: Tensor | None) -> None:
        """Note what one step gave."""
        self._loss.append(loss.item())
        self._correct.append(float("nan") if correct is None else correct.item())

    def take(self, *, wait: bool) -> tuple[Floats, Floats]:
        """Losses and numbers of right answers of the steps since the last call."""
        taken = np.array(self._loss, np.float32), np.array(self._correct, np.float32)
        self._loss, self._correct = [], []
        return taken


class DeviceTally:
    """Values of steps on a graphics card, in a ring there; read by a copy that nobody waits for.

    Attributes:
        bad: 1.0 on the device from the first step on whose loss is not finite; the fused optimisers stand still then.
    """

    def __init__(self, device: torch.device) -> None:
        self._ring = torch.zeros(RING, 2, device=device)
        self.bad: Tensor | None = torch.zeros((), device=device)
        self._pinned = torch.zeros(RING, 2, pin_memory=device.type == "cuda")
        self._written = self._asked = self._taken = 0
        self._copied: torch.cuda.Event | None = torch.cuda.Event() if device.type == "cuda" else None

    def __len__(self) -> int:
        return self._written - self._taken

    def add(self, loss: Tensor, correct: Tensor | None) -> None:
        """Note what one step gave; only queues work."""
        line = self._ring[self._written % RING]
        line[0].copy_(loss.detach())
        line[1].copy_(correct) if correct is not None else line[1].fill_(float("nan"))
        self._written += 1

    def watch(self, loss: Tensor) -> None:
        """Raise `bad` where the loss is not finite: x - x is 0 for finite x, nan otherwise."""
        if self.bad is not None:
            loss = loss.detach()
            torch.maximum(self.bad, (loss - loss).ne(0).to(self.bad.dtype), out=self.bad)

    def take(self, *, wait: bool) -> tuple[Floats, Floats]:
        """Values that have arrived; with `wait`, all of them. Without it, a copy is ordered now and given later."""
        parts = []
        if self._asked > self._taken and (wait or self._copied is None or self._copied.query()):
            parts.append(self._arrived())
        if self._asked == self._taken and self._written > self._taken:
            self._pinned.copy_(self._ring, non_blocking=self._copied is not None)
            if self._copied is not None:
                self._copied.record()
            self._asked = self._written
            if wait or self._copied is None:
                parts.append(self._arrived())
        values = np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)
        return values[:, 0].copy(), values[:, 1].copy()

    def _arrived(self) -> Floats:
        if self._copied is not None:
            self._copied.synchronize()
        places = np.arange(self._taken, self._asked) % RING
        self._taken = self._asked
        values: Floats = self._pinned.numpy()[places]
        return values


Tally = HostTally | DeviceTally
