"""What a training has in its hands: the network, the optimiser, the data, how far it is.

Not for: doing anything with it (`engine.training.loop`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from engine.compiler.module import Network
from engine.errors import EngineError
from engine.training import checkpoint
from engine.training.batches import Batches
from engine.training.control import Control
from engine.training.messages import Epoch, Message, Pictures
from engine.training.metrics import Criterion, Tally, Told
from engine.training.record import BEST, LAST, Record
from engine.training.settings import TrainingSettings
from engine.training.watch import Watch

Say = Callable[[Message], None]


@dataclass
class Progress:
    """How far a training is; all of it goes into a checkpoint.

    Attributes:
        step: Steps done.
        told: Steps whose values have been read and told.
        validated: Epochs that have been validated.
        loss, correct, seen: Sums over the samples of the epoch that is under way, in the order of the steps.
        sums: Sums of the metrics that every step tells besides, by their names.
        seconds: Time spent on that epoch.
        best_epoch: The epoch with the best validation, 0 before the first.
        best_accuracy, best_loss: Its values; nan where there is no accuracy.
        best_score: What it was judged by: the higher, the better.
        pieces: In how many micro-batches a batch is worked on; more than 1 after memory ran out.
    """

    step: int = 0
    told: int = 0
    validated: int = 0
    loss: float = 0.0
    correct: float = 0.0
    seen: int = 0
    sums: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    best_epoch: int = 0
    best_accuracy: float = float("nan")
    best_loss: float = float("nan")
    best_score: float = float("nan")
    pieces: int = 1

    @staticmethod
    def from_state(state: dict[str, Any]) -> Progress:
        """What `dataclasses.asdict` gave, from a checkpoint; unknown entries are passed over."""
        known = {item.name for item in dataclasses.fields(Progress)}
        return Progress(**{name: value for name, value in state.items() if name in known})


class Recipe(Protocol):
    """A way of training that is more than comparing a prediction with a column of the data.

    Attributes:
        names: Names and kinds of what every step tells besides the loss.
        whole: Whether a batch cannot be worked on in pieces.
        latest: Whether the last network counts as the best, because no number says which is.
        validates: Whether its losses say something on samples that nothing is learned from.
    """

    names: tuple[tuple[str, str], ...]
    whole: bool
    latest: bool
    validates: bool

    def inputs(self, work: Work, inputs: list[Tensor], rows: Tensor) -> list[Tensor]:
        """What the network is given instead of its plain inputs."""

    def targets(self, work: Work, rows: Tensor) -> dict[str, Tensor]:
        """What its predictions are compared with."""

    def learn(self, work: Work, rows: Tensor, forward: Callable[[Work, Tensor], Told]) -> Told:
        """The loss of a batch, or, where its gradients are there already, one that needs none."""


@dataclass
class Pace:
    """When something was last done, in seconds of a steady clock; `pictured`: when pictures are due again."""

    pictured: float = 0.0
    told: float = 0.0
    kept: float = 0.0
    looked: float = 0.0


@dataclass
class Work:
    """A training under way.

    Attributes:
        settings: How it is trained.
        device: Where.
        network, optimizer, criterion, batches: With what.
        record: The run's folder.
        say: Takes messages.
        control: Gives commands.
        tally: What steps gave that has not been read.
        progress: How far it is.
        per_epoch: Steps of an epoch.
        classes: How many classes the confusion matrix has, 0 for none.
        every: Seconds between two checkpoints within an epoch.
        order: The rows of the epoch under way, and which epoch that is.
        best: The best network as packed bytes, where it has not reached its file yet.
        watch: Who looks at its health, None where nobody does.
        recipe: What is done otherwise than comparing a prediction with a column; None for most networks.
        gallery: Makes the pictures that are shown while it trains; None where it makes none.
        reported: Names and kinds of the metrics that every step tells besides loss and plain accuracy.
        drawing: Seed of the inputs that are drawn at random.
        paused, allowed: Whether it rests, and how many steps it may do all the same.
    """

    settings: TrainingSettings
    device: torch.device
    network: Network
    optimizer: torch.optim.Optimizer
    criterion: Criterion
    batches: Batches
    record: Record
    say: Say
    control: Control
    tally: Tally
    progress: Progress
    per_epoch: int
    classes: int
    every: float
    order: tuple[int, Tensor] | None = None
    best: bytes | None = None
    watch: Watch | None = None
    recipe: Recipe | None = None
    gallery: Callable[[Work], Pictures | None] | None = None
    reported: tuple[tuple[str, str], ...] = ()
    drawing: int = 0
    paused: bool = False
    allowed: int = 0
    epochs: list[Epoch] = field(default_factory=list)
    pace: Pace = field(default_factory=Pace)

    @property
    def total(self) -> int:
        """Steps of the whole run."""
        return self.per_epoch * self.settings.epochs

    @property
    def epoch(self) -> int:
        """The epoch under way, counted from 1."""
        return min(self.progress.step // self.per_epoch + 1, self.settings.epochs)

    @property
    def validation_due(self) -> bool:
        """Whether an epoch's steps are done and it has not been validated."""
        return self.progress.validated < self.progress.step // self.per_epoch


@dataclass(frozen=True)
class Result:
    """What came out of a training.

    Attributes:
        reason: "done", "stopped", "discarded" or "failed".
        run: The run's folder, None where it is gone.
        step: Steps done.
        epochs: What was told of every epoch that this call trained.
        best_epoch: The epoch whose weights are in the best checkpoint, 0 for none.
        network: The network with its last weights.
        text: Why it failed.
    """

    reason: str
    run: Path | None
    step: int
    epochs: tuple[Epoch, ...]
    best_epoch: int
    network: Network
    text: str = ""


class NotFiniteError(EngineError):
    """A loss or a weight is not a number any more.

    Attributes:
        step: The step that gave it, counted from 1.
    """

    def __init__(self, step: int) -> None:
        super().__init__(f"The loss of step {step} is not a finite number.")
        self.step = step


def packed(progress: Progress, network: Network, optimizer: torch.optim.Optimizer | None) -> bytes:
    """A checkpoint: complete with an optimiser, weights and progress alone without one."""
    state: dict[str, Any] = {
        "network": checkpoint.network_state(network),
        "progress": dataclasses.asdict(progress),
    }
    if optimizer is not None:
        state["optimizer"] = checkpoint.optimizer_state(optimizer)
    return checkpoint.pack(state)


def keep_best(work: Work) -> None:
    """Bring the best network to its file where it has not got there."""
    if work.best is not None:
        work.record.keep(BEST, work.best)
        work.best = None


def keep_last(work: Work, now: float) -> None:
    """Write the last checkpoint. All steps up to now have been told before, so that the history covers it.

    Raises:
        NotFiniteError: A weight is not finite: the checkpoint before stays.
    """
    if not finite(work.network):
        raise NotFiniteError(work.progress.step)
    keep_best(work)
    work.record.keep(LAST, packed(work.progress, work.network, work.optimizer))
    work.pace.kept = now


def finite(network: Network) -> bool:
    """Whether every weight is a finite number."""
    with torch.no_grad():
        flags = [weight.isfinite().all() for weight in network.parameters()]
        return bool(torch.stack(flags).all().item())
