"""How much memory a training takes, worked out from the plan: no torch, nothing is run.

A step is gone through forwards and backwards on paper: which values torch keeps for the gradients, which it can let go, and how
much lies there at once at the worst moment. `benchmarks/memory.py` compares it with what trainings really take. Not for: what
a device has (`engine.training.fitmeter`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.compiler.plan import Objective, Plan, Step
from engine.compiler.rewrite import pool_first
from engine.training.kept import FLOAT, INDEX, VIEWS, besides, keeps
from engine.training.settings import TrainingSettings

BLOCK = 16  # channels that oneDNN works on at once; what has fewer is filled up
# Steps whose gradient is the one that arrives, not a copy.
_PASSING = frozenset(
    {"add", "nn.Flatten", "nn.Identity", "nn.Unflatten", ".permute", ".reshape", ".squeeze", ".unsqueeze"}
)

# What the processor's libraries take on top of torch's own tensors, as a share of these: the rims of their heaps and the
# reordered copies of oneDNN, measured with benchmarks/memory.py (torch 2.13, glibc). A card's allocator keeps to its blocks.
ON_CPU, ON_CARD = 1.5, 1.2
CHECKPOINT = 1.5  # times what it holds, while it is packed and on its way to the disk


@dataclass(frozen=True)
class Footprint:
    """The memory of a training in bytes, apart from what the program takes anyway.

    Attributes:
        weights: Learned numbers.
        gradients: One a learned number.
        state: What the optimiser remembers.
        data: The data set where the arithmetic is done.
        checkpoint: A checkpoint while it is packed, between two steps; 0 where that is not the device's memory.
        kept: For each sample of a batch, values and gradients that lie there at once at the worst moment.
        workspace: For each sample of a batch, what libraries take besides.
        batch: For each sample of a batch, its input and target.
    """

    weights: int
    gradients: int
    state: int
    data: int
    checkpoint: int
    kept: int
    workspace: int
    batch: int

    @property
    def fixed(self) -> int:
        """What no batch size changes."""
        return self.weights + self.gradients + self.state + self.data

    @property
    def per_sample(self) -> int:
        """What each sample of a batch adds."""
        return self.kept + self.workspace + self.batch

    def at(self, batch_size: int) -> int:
        """All of it at a batch size; a checkpoint is packed when the batch is gone."""
        return self.fixed + max(self.per_sample * batch_size, self.checkpoint)

    def parts(self, batch_size: int) -> tuple[tuple[str, int], ...]:
        """What `at` consists of, in words."""
        packing = max(0, self.checkpoint - self.per_sample * batch_size)
        return (
            ("Weights", self.weights),
            ("Gradients", self.gradients),
            ("Optimiser's memory", self.state),
            ("Values kept for the gradients", self.kept * batch_size),
            ("Workspace of the libraries", self.workspace * batch_size),
            ("The batch itself", self.batch * batch_size),
            ("Data set", self.data),
            ("Packing a checkpoint", packing),
        )

    def largest_batch(self, room: int) -> int:
        """How many samples a batch may have to fit into so many bytes; 0 where not even one does."""
        left = room - self.fixed
        if left < self.checkpoint:
            return 0
        return max(0, left // self.per_sample) if self.per_sample else 0


def footprint(
    planned: Plan, goal: Objective, settings: TrainingSettings, *, data: int = 0, on_card: bool = False
) -> Footprint:
    """The memory of a training.

    Args:
        planned: The network.
        goal: Its losses.
        settings: Of them, the optimiser counts.
        data: Bytes of the data set where the arithmetic is done.
        on_card: Whether that is a graphics card.
    """
    weights = planned.parameters * FLOAT
    state = weights * _moments(settings)
    slots = {output.slot for output in planned.outputs} | goal.slots
    steps = pool_first(planned.needed(slots), frozenset(slots))
    paper = _Step(planned, steps, slots)
    kept = paper.worst(workspace=False)
    if on_card:
        besides = round(kept * (ON_CARD - 1))
    else:
        besides = max(round(kept * (ON_CPU - 1)), paper.worst(workspace=True) - kept)
    return Footprint(
        weights=weights,
        gradients=weights,
        state=state,
        data=data,
        checkpoint=0 if on_card else round(CHECKPOINT * (weights + state)),
        kept=kept,
        workspace=besides,
        batch=sum(spec.shape.size for spec in planned.inputs) * FLOAT + INDEX * max(1, len(goal.terms)),
    )


def _moments(settings: TrainingSettings) -> int:
    """How many numbers the optimiser remembers for each weight."""
    match settings.optimizer:
        case "adam" | "adamw" | "adadelta":
            return 2
        case "rmsprop":
            return 2 if settings.rms_momentum > 0 else 1
        case "adagrad":
            return 1
        case "perceptron":
            return 0
        case _:
            pass
    return 1 if settings.momentum > 0 else 0


def _workspace(step: Step) -> int:
    """Bytes that a convolution takes while it works: what arrives and what leaves, in blocks of channels."""
    if step.call.target != "nn.Conv2d":
        return 0
    return sum(
        -(-shape.dims[0] // BLOCK) * BLOCK * shape.dims[1] * shape.dims[2] * FLOAT
        for shape in (step.inputs[0], step.output)
    )


class _Step:
    """One step of learning for one sample, on paper."""

    def __init__(self, planned: Plan, steps: Iterable[Step], ends: set[int]) -> None:
        self.steps = tuple(steps)
        self.ends = ends
        self.inputs = set(range(len(planned.inputs)))
        self.bytes: dict[int, int] = dict.fromkeys(self.inputs, 0)  # the batch is counted by itself
        self.owner: dict[int, int] = {}
        last = any(step.call.target == "nn.Conv2d" for step in self.steps)
        for step in self.steps:
            # Flattening a map whose channels come last copies it; any other flatten is the same memory seen otherwise.
            flat = step.call.target == "nn.Flatten" and not (last and len(step.inputs[0].dims) == 3)
            view = flat or step.call.target in VIEWS
            self.owner[step.writes] = self._of(step.reads[0]) if view else step.writes
            # A constant has no batch and is the same for all samples.
            self.bytes[step.writes] = 0 if view or not step.output.batched else step.output.size * FLOAT
            # A second output, such as a state, is small beside the first.
            self.bytes.update(dict.fromkeys(step.more, 0))
            self.owner.update({slot: self.owner[step.writes] for slot in step.more if view})
        self.room = [_workspace(step) for step in self.steps]
        self.besides = [besides(step) for step in self.steps]

    def _of(self, slot: int) -> int:
        return self.owner.get(slot, slot)

    def _keeps(self, step: Step) -> set[int]:
        wanted = keeps(step)
        slots = (*(step.reads if "x" in wanted else ()), *((step.writes,) if "y" in wanted else ()))
        return {self._of(slot) for slot in slots}

    def worst(self, *, workspace: bool) -> int:
        """Bytes at the worst moment, with or without what convolutions take while they work."""
        room = self.room if workspace else [0] * len(self.steps)
        kept_until: dict[int, int] = {}  # slot -> the first step that keeps it: its gradient is the last that needs it
        last_read: dict[int, int] = {self._of(slot): len(self.steps) for slot in self.ends}
        for index, step in enumerate(self.steps):
            for slot in self._keeps(step):
                kept_until.setdefault(slot, index)
            for slot in step.reads:
                last_read[self._of(slot)] = max(index, last_read.get(self._of(slot), 0))
        return max(self._forward(kept_until, last_read, room), self._backward(kept_until, room))

    def _forward(self, kept_until: dict[int, int], last_read: dict[int, int], room: list[int]) -> int:
        worst = live = 0
        for index, step in enumerate(self.steps):
            live += self.bytes[step.writes] + self.besides[index]
            worst = max(worst, live + room[index])
            for slot in {self._of(slot) for slot in (*step.reads, step.writes)}:
                if slot not in kept_until and last_read.get(slot, index) <= index:
                    live -= self.bytes[slot]
        return worst

    def _backward(self, kept_until: dict[int, int], room: list[int]) -> int:
        let_go: dict[int, int] = {}  # step -> bytes that are free once its gradient is known
        for slot, index in kept_until.items():
            let_go[index] = let_go.get(index, 0) + self.bytes[slot]
        # The loss keeps the logarithms of its probabilities and gives the first gradient.
        gradients = {self._of(slot): 2 * self.bytes[self._of(slot)] for slot in self.ends - self.inputs}
        worst = live = sum(let_go.values()) + sum(self.besides) + sum(gradients.values())
        for index in range(len(self.steps) - 1, -1, -1):
            step = self.steps[index]
            reads = [slot for slot in dict.fromkeys(map(self._of, step.reads)) if slot not in self.inputs]
            arriving = gradients.pop(self._of(step.writes), 0)
            if step.call.target in _PASSING:
                # What arrives goes on as it is, to all inputs; it is counted at the first that has none yet.
                for slot in reads:
                    if slot not in gradients:
                        gradients[slot], arriving = arriving, 0
                live -= arriving
            else:
                worst = max(worst, live + sum(self.bytes[slot] for slot in reads) + room[index])
                for slot in reads:
                    live += 0 if slot in gradients else self.bytes[slot]
                    gradients.setdefault(slot, self.bytes[slot])
                live -= arriving
            live -= self.besides[index] + let_go.get(index, 0)
        return worst
