"""Losses and metrics of an objective, computed on the device; and the tally of what each step gave.

Not for: saying which losses there are (`engine.compiler.plan.objective`), nor for their arithmetic (`engine.training.losses`,
`engine.training.measures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.compiler.plan import Objective, Term
from engine.errors import RunError
from engine.graph.aims import Scale
from engine.training.losses import Found, loss_of, yes_or_no
from engine.training.measures import RATIOS, classes, sums

RING = 2048  # steps that a device keeps until they are read; at 10,000 steps a second they are read in time

_OF_CLASSES = (
    "cross_entropy", "nll", "multi_margin", "dice", "triplet_margin", "accuracy", "topk_accuracy", "pixel_accuracy", "mean_iou",
    "f1", "perplexity",
)  # fmt: skip
Floats = NDArray[np.float32]


class Told(NamedTuple):
    """What a step tells: the mean loss, how many are right (None where that is not counted), and sums of the other metrics."""

    loss: Tensor
    correct: Tensor | None
    sums: Tensor | None = None


class Criterion:
    """The total loss and the metrics of an objective.

    Attributes:
        slots: Slots of the plan that are read, in the order in which their values are given.
        columns: Columns of the data that are compared with and how their pictures are scaled, by a key for each pair.
        accuracy: The accuracy that stands first, None where the objective has none.
        counted: Whether that accuracy is a plain count of samples.
        cheap: The metrics that every step tells besides; two sums each.
        measured: The metrics that a validation measures besides the plain accuracy.
    """

    def __init__(self, objective: Objective) -> None:
        self._terms = objective.terms
        self.accuracy: Term | None = next((term for term in objective.metrics if term.kind == "accuracy"), None)
        self.counted = self.accuracy is not None and _is_plain(self.accuracy)
        self.measured = tuple(term for term in objective.metrics if not (self.counted and term is self.accuracy))
        self.cheap = tuple(term for term in self.measured if term.kind in RATIOS)
        self.slots: tuple[int, ...] = tuple(sorted(objective.slots))
        terms = (*objective.terms, *objective.metrics)
        self.columns: dict[str, tuple[str, Scale]] = {
            key_of(term): (term.target_column, term.scale) for term in terms if term.target_slot is None
        }
        self._place = {slot: index for index, slot in enumerate(self.slots)}

    def __call__(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> tuple[Tensor, Tensor | None]:
        """The mean loss of a batch and how many of it are right (None where that is not a plain count).

        Args:
            values: One tensor a slot of `slots`.
            targets: Batches of `columns` by key.
        """
        total: Tensor | None = None
        for term in self._terms:
            loss, _ = self._loss(term, values, targets)
            if term.weight != 1.0:
                loss = loss * term.weight
            total = loss if total is None else total + loss
        if total is None:
            raise RunError("the network has no loss, so there is nothing to learn from; add a loss block.")
        return total, self.correct(values, targets)

    @property
    def judging(self) -> tuple[Term, ...]:
        """The losses that are there in validation, too."""
        return tuple(term for term in self._terms if not term.train_only)

    def parts(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> list[Found]:
        """The loss of each of `judging` and how much it is the mean of, for means over many batches."""
        return [self._loss(term, values, targets) for term in self.judging]

    def correct(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor | None:
        """How many predictions of a batch are right."""
        if not self.counted:
            return None
        found = self.answers(values, targets)
        return None if found is None else (found[0] == found[1]).sum()

    def answers(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> tuple[Tensor, Tensor] | None:
        """Predicted and true classes of a batch."""
        if self.accuracy is None:
            return None
        prediction = values[self._place[self.accuracy.slot]].detach()
        target = self._target(self.accuracy, values, targets)
        if prediction.dim() == 2 and prediction.shape[1] > 1 and target.dim() == 1:
            return prediction.argmax(1), target
        return classes(self.accuracy, prediction, target)

    def sums(self, terms: Sequence[Term], values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> list[Tensor]:
        """What a batch adds to metrics."""
        found = []
        for term in terms:
            mask = values[self._place[term.slots["mask"]]] if "mask" in term.slots else None
            found.append(sums(term, values[self._place[term.slot]], self._target(term, values, targets), mask))
        return found

    def cheap_sums(self, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor | None:
        """What a step tells besides loss and plain accuracy: two numbers a metric of `cheap`; None where there is none."""
        return torch.cat(self.sums(self.cheap, values, targets)).to(torch.float32) if self.cheap else None

    def _loss(self, term: Term, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Found:
        others = {port: values[self._place[slot]] for port, slot in term.slots.items()}
        return loss_of(term, values[self._place[term.slot]], self._target(term, values, targets), others)

    def _target(self, term: Term, values: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        if term.target_slot is not None:
            return values[self._place[term.target_slot]]
        return targets[key_of(term)]


def drawn_target(objective: Objective, term: Term, size: tuple[int, ...], draw: torch.Generator) -> Tensor:
    """A made-up target for a prediction of some size, batch first, of the kind that all who compare with its column take."""
    beside = [t.kind for t in (*objective.terms, *objective.metrics) if key_of(t) == key_of(term)]
    if any(kind in _OF_CLASSES for kind in beside) and not yes_or_no(torch.empty(size, device="meta")):
        places = size[:1] if len(size) == 2 else size[:2] if len(size) == 3 else (size[0], *size[2:])
        return torch.randint(0, size[2] if len(size) == 3 else size[1], places, generator=draw)
    return torch.rand(size, generator=draw)


def key_of(term: Term) -> str:
    """The key of the column that a term compares with, among `Criterion.columns`."""
    return term.target_column if term.scale == "network" else f"{term.target_column} ({term.scale})"


def _is_plain(term: Term) -> bool:
    """Whether an accuracy counts one class a sample, all of them."""
    return len(term.dims) <= 1 and term.settings.get("ignore_index") is None and "mask" not in term.slots


class HostTally:
    """Values of steps whose tensors are in the computer's own memory, where reading costs nothing."""

    bad: Tensor | None = None

    def __init__(self) -> None:
        self._loss: list[float] = []
        self._correct: list[float] = []
        self._sums: list[list[float]] = []

    def __len__(self) -> int:
        return len(self._loss)

    def add(self, loss: Tensor, correct: Tensor | None, sums: Tensor | None = None) -> None:
        """Note what one step gave."""
        self._loss.append(loss.item())
        self._correct.append(float("nan") if correct is None else correct.item())
        self._sums.append([] if sums is None else sums.tolist())

    def take(self, *, wait: bool) -> tuple[Floats, Floats, Floats]:
        """Losses, numbers of right answers and sums of other metrics ([steps, sums]) of the steps since the last call."""
        taken = np.array(self._loss, np.float32), np.array(self._correct, np.float32), np.array(self._sums, np.float32)
        self._loss, self._correct, self._sums = [], [], []
        return taken


class DeviceTally:
    """Values of steps on a graphics card, in a ring there; read by a copy that nobody waits for.

    Attributes:
        bad: 1.0 on the device from the first step on whose loss is not finite; the fused optimisers stand still then.
    """

    def __init__(self, device: torch.device, sums: int = 0) -> None:
        self._ring = torch.zeros(RING, 2 + sums, device=device)
        self.bad: Tensor | None = torch.zeros((), device=device)
        self._pinned = torch.zeros(RING, 2 + sums, pin_memory=device.type == "cuda")
        self._written = self._asked = self._taken = 0
        self._copied: torch.cuda.Event | None = torch.cuda.Event() if device.type == "cuda" else None

    def __len__(self) -> int:
        return self._written - self._taken

    def add(self, loss: Tensor, correct: Tensor | None, sums: Tensor | None = None) -> None:
        """Note what one step gave; only queues work."""
        line = self._ring[self._written % RING]
        line[0].copy_(loss.detach())
        line[1].copy_(correct) if correct is not None else line[1].fill_(float("nan"))
        if sums is not None:
            line[2:].copy_(sums)
        self._written += 1

    def watch(self, loss: Tensor) -> None:
        """Raise `bad` where the loss is not finite: x - x is 0 for finite x, nan otherwise."""
        if self.bad is not None:
            loss = loss.detach()
            torch.maximum(self.bad, (loss - loss).ne(0).to(self.bad.dtype), out=self.bad)

    def take(self, *, wait: bool) -> tuple[Floats, Floats, Floats]:
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
        values = np.concatenate(parts) if parts else np.zeros((0, self._ring.shape[1]), np.float32)
        return values[:, 0].copy(), values[:, 1].copy(), values[:, 2:].copy()

    def _arrived(self) -> Floats:
        if self._copied is not None:
            self._copied.synchronize()
        places = np.arange(self._taken, self._asked) % RING
        self._taken = self._asked
        values: Floats = self._pinned.numpy()[places]
        return values


Tally = HostTally | DeviceTally
