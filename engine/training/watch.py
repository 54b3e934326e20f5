"""Looks at a network while it trains: gradients, steps and silent units, measured on the device, read without waiting.

A look happens at one step in many and changes nothing: norms are read from the gradients that the step left behind, and a few
fixed samples go through the network in evaluation mode, which draws nothing and updates nothing. So a training gives the same
bits with a watch and without. Not for: what the numbers mean (`engine.training.health`).
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.compiler.module import Network
from engine.compiler.plan import Step
from engine.training.batches import Batches
from engine.training.health import LOOKS, Signs, judge
from engine.training.messages import Health

EVERY_S = 0.5  # between two looks: what a person follows
SPARING = 32  # times a look's samples are learned from between two looks: it costs 0.7 to 1.4 steps of 128, so 1 to 2 %
SAMPLES = 256  # that a look asks at most
PER_BATCH = 4  # batches that a look asks at most, for small batches
ENOUGH = 3  # readings from which a median is taken
SAMPLED = 65_536  # numbers of a tensor from which the length of a step is told; a copy of all could fill the memory
LOOK_SEED = 0  # of inputs that are drawn: every look sees the same
SATURATED = 0.01  # from the end of the range: there the slope of a sigmoid is under 0.01, that of tanh under 0.02


def _zero(y: Tensor) -> Tensor:
    return y == 0


def _sigmoid(y: Tensor) -> Tensor:
    return (y - 0.5).abs() > 0.5 - SATURATED


def _tanh(y: Tensor) -> Tensor:
    return y.abs() > 1 - SATURATED


# What a silent unit gives, by the function. GELU, SiLU and ELU never give exactly 0 nor stand still; leaky ReLU cannot fall silent.
_SILENT: dict[str, tuple[str, Callable[[Tensor], Tensor]]] = {
    "nn.ReLU": ("zero", _zero),
    "torch.relu": ("zero", _zero),
    "nn.ReLU6": ("zero", _zero),
    "nn.Sigmoid": ("saturated", _sigmoid),
    "torch.sigmoid": ("saturated", _sigmoid),
    "nn.Tanh": ("saturated", _tanh),
    "torch.tanh": ("saturated", _tanh),
}


@dataclass
class _Learner:
    """A block with weights."""

    name: str
    weights: list[Tensor] = field(default_factory=list)
    gradients: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKS))
    updates: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKS))


@dataclass
class _Answerer:
    """A block whose units can fall silent; `quiet` counts on the device at how many looks in a row each of them was."""

    step: Step
    kind: str
    is_silent: Callable[[Tensor], Tensor]
    quiet: Tensor | None = None


@dataclass(frozen=True)
class _Reading:
    """A look whose numbers are on their way."""

    step: int
    numbers: Tensor
    arrived: torch.cuda.Event | None
    learners: tuple[_Learner, ...]
    counts: tuple[int, ...]


class Watch:
    """Vital signs of one network under way.

    Attributes:
        health: What was found at the last look that has been read, None before the first.
        last_step: The step after which the training ends; it is looked at.
    """

    def __init__(self, network: Network, batches: Batches, *, batch_size: int, last_step: int) -> None:
        self.health: Health | None = None
        self.last_step = last_step
        self._network = network
        self._batches = batches
        self._batch_size = batch_size
        self._learners = _learners(network)
        self._answerers = _answerers(network)
        rows = batches.rows["train"]
        count = min(SAMPLES, PER_BATCH * batch_size, len(rows))
        self._rows = rows[torch.linspace(0, max(len(rows) - 1, 0), count, dtype=torch.int64).to(rows.device)]
        self._looked: tuple[float, int] | None = None  # when, and after how many steps
        self._looks = 0
        self._reading: _Reading | None = None
        self._before: list[Tensor] = []

    def due(self, step: int, *, asked: bool = False) -> bool:
        """Whether the step with the index `step` is to be looked at; `asked`: a person goes step by step."""
        if self._looked is None or asked or step + 1 >= self.last_step:
            return True
        then, at = self._looked
        spared = (step - at) * self._batch_size >= SPARING * len(self._rows)
        return spared and time.monotonic() - then >= EVERY_S

    def before(self) -> None:
        """Remember some of the weights; called with the gradients there, before the step is taken."""
        weights = [weight for learner in self._learners for weight in learner.weights]
        self._before = [part.clone() for part in _parts(weights)]

    def look(self, step: int, pieces: int = 1) -> None:
        """Measure, after step number `step`; only queues work. A look that nobody has read yet is dropped.

        Args:
            step: Steps done.
            pieces: In how many micro-batches a batch is worked on.
        """
        with torch.no_grad():
            lines = self._of_weights()
            units = self._of_units(max(1, self._batch_size // pieces))
            numbers = torch.stack([line.float() for line in (*lines, *units)]) if lines or units else torch.zeros(0)
        self._before = []
        self._looks += 1
        self._looked = time.monotonic(), step
        arrived = None
        if numbers.device.type == "cuda":
            pinned = torch.empty(numbers.shape, pin_memory=True)
            pinned.copy_(numbers, non_blocking=True)
            arrived = torch.cuda.Event()
            arrived.record()
            numbers = pinned
        counts = tuple(0 if one.quiet is None else one.quiet.numel() for one in self._answerers)
        self._reading = _Reading(step, numbers, arrived, tuple(self._learners), counts)

    def take(self, *, wait: bool) -> Health | None:
        """What the last look found, once; None where there is nothing new, or, without `wait`, where it is on its way."""
        reading = self._reading
        if reading is None:
            return None
        if reading.arrived is not None:
            if not wait and not reading.arrived.query():
                return None
            reading.arrived.synchronize()
        self._reading = None
        self.health = self._judged(reading)
        return self.health

    # --- measuring

    def _of_weights(self) -> list[Tensor]:
        """Norms of every weight: gradient, weight, change, the sampled part before, and after."""
        weights = [weight for learner in self._learners for weight in learner.weights]
        if not weights:
            return []
        gradients = [weight.grad if weight.grad is not None else torch.zeros_like(weight[:1]) for weight in weights]
        after = _parts(weights)
        change = torch._foreach_sub(after, self._before)
        return [
            *torch._foreach_norm(gradients),
            *torch._foreach_norm([weight.detach() for weight in weights]),
            *torch._foreach_norm(change),
            *torch._foreach_norm(self._before),
            *torch._foreach_norm(after),
        ]

    def _of_units(self, size: int) -> list[Tensor]:
        """Of every block whose units can fall silent: how many are now, and how many were at all of the last looks."""
        if not self._answerers or not len(self._rows):
            return []
        slots = [one.step.writes for one in self._answerers]
        found: list[Tensor] | None = None
        training = self._network.training
        self._network.eval()
        try:
            # As even as can be: a piece of one sample would be nothing to a batch norm without running averages.
            for rows in self._rows.tensor_split(max(1, len(self._rows) // size)):
                inputs = self._batches.feed(self._network.plan.inputs, rows, LOOK_SEED)
                values = self._network.values(inputs, slots)
                silent = [
                    _by_unit(one.is_silent(value)) for one, value in zip(self._answerers, values, strict=True)
                ]  # fmt: skip
                found = silent if found is None else [a & b for a, b in zip(found, silent, strict=True)]
        finally:
            self._network.train(training)
        out = []
        looks = min(self._looks + 1, LOOKS)
        for one, silent_now in zip(self._answerers, found or [], strict=True):
            quiet = torch.zeros_like(silent_now, dtype=torch.int32) if one.quiet is None else one.quiet
            one.quiet = (quiet + 1) * silent_now
            out += [silent_now.sum(), (one.quiet >= looks).sum()]
        return out

    # --- reading

    def _judged(self, reading: _Reading) -> Health:
        numbers = reading.numbers.cpu().numpy().astype(np.float64)
        signs: dict[str, Signs] = {}
        count = sum(len(learner.weights) for learner in reading.learners)
        table = numbers[: 5 * count].reshape(5, count)
        at = 0
        for learner in reading.learners:
            gradient, update = _ratios(table[:, at : at + len(learner.weights)])
            at += len(learner.weights)
            learner.gradients.append(gradient)
            learner.updates.append(update)
            gradient, update = _middle(learner.gradients), _middle(learner.updates)
            steady = len(learner.gradients) >= ENOUGH
            signs[learner.name] = Signs(gradient=gradient, update=update, steady=steady)
        looks = min(self._looks, LOOKS)
        pairs = numbers[5 * count :].reshape(-1, 2)
        for one, units, (silent, dead) in zip(self._answerers, reading.counts, pairs, strict=True):
            signs[one.step.name] = Signs(
                one.kind, units=units, silent=int(silent), dead=int(dead), samples=len(self._rows), looks=looks
            )
        return Health(reading.step, judge(signs))


def _ratios(norms: NDArray[np.float64]) -> tuple[float, float]:
    """A block's gradient and step through its weights, all of its tensors as one; 0 where all weights are."""
    gradient, weight, change, before, after = (float(np.sqrt(np.square(line).sum())) for line in norms)
    size = before or after  # weights that began as 0 have no size to compare with yet
    return (gradient / weight if weight else gradient), (change / size if size else 0.0)


def _middle(values: Sequence[float]) -> float:
    """The median, of three values and more; a value that is not finite counts at once."""
    if len(values) < ENOUGH or not math.isfinite(values[-1]):
        return values[-1]
    finite = [value for value in values if math.isfinite(value)]
    return float(np.median(finite))


def _parts(weights: Sequence[Tensor]) -> list[Tensor]:
    """The first rows of every weight, about `SAMPLED` numbers each."""
    out = []
    for weight in weights:
        weight = weight.detach()
        if weight.dim() and weight.numel() > SAMPLED:
            weight = weight[: max(1, SAMPLED * weight.shape[0] // weight.numel())]
        out.append(weight)
    return out


def _by_unit(silent: Tensor) -> Tensor:
    """[N,F] or [N,C,H,W], or [N,L,F], whose units come last, to one flag a unit: whether it holds everywhere."""
    if silent.dim() == 1:
        return silent.all().reshape(1)
    unit = 2 if silent.dim() == 3 else 1
    return silent.movedim(unit, 0).flatten(1).all(1)


def _learners(network: Network) -> list[_Learner]:
    """The blocks with weights, by their names in the plan; a part of a torch layer belongs to its block."""
    steps = {step.name for step in network.plan.steps}
    found: dict[str, _Learner] = {}
    for key, weight in network.named_parameters():
        if weight.requires_grad and weight.numel():
            owner = key.rpartition(".")[0]
            while owner not in steps and "." in owner:
                owner = owner.rpartition(".")[0]
            if owner not in steps:
                owner = key.rpartition(".")[0]
            found.setdefault(owner, _Learner(owner)).weights.append(weight)
    return list(found.values())


def _answerers(network: Network) -> list[_Answerer]:
    """The blocks whose units can fall silent, but for one that gives the network's result: a sigmoid there is meant to saturate."""
    results = {output.slot for output in network.plan.outputs}
    return [
        _Answerer(step, *_SILENT[step.call.target])
        for step in network.plan.steps
        if step.call.target in _SILENT and step.writes not in results
    ]
