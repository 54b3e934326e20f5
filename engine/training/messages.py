"""What a training tells those who watch it. Numbers and numpy only: no tensor ever crosses a thread.

Messages of the types in `LATEST_ONLY` are large and only their newest is of interest; all others are never dropped.

Not for: how they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["info", "warning", "error"]
HealthState = Literal["good", "silent", "vanishing", "exploding"]


@dataclass(frozen=True)
class Started:
    """The data are there, the network is built, the first step comes now.

    Attributes:
        run: Path of the run's folder.
        device: "cpu", "cuda" or "mps".
        device_name: The device in words.
        epochs: How many epochs the run has in all.
        first_epoch: The epoch that starts or goes on, counted from 1.
        steps_per_epoch: Batches in one epoch.
        step: Steps done so far (more than 0 where a run is resumed).
        samples: Samples in the training part.
        notes: Sentences worth reading: what was left out, what was chosen.
    """

    run: str
    device: str
    device_name: str
    epochs: int
    first_epoch: int
    steps_per_epoch: int
    step: int
    samples: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Steps:
    """Values of the steps `first`, `first + 1`, ... (steps count from 1), several at a time.

    Attributes:
        first: The number of the first step told of.
        loss: One number a step.
        accuracy: From 0 to 1, one number a step; nan where the network has no accuracy.
        lr: Learning rate of the last of these steps.
        samples_per_second: Speed since the last message.
        epoch: The epoch these steps belong to, counted from 1.
        metrics: Other metrics by name, one number a step.
    """

    first: int
    loss: NDArray[np.float32]
    accuracy: NDArray[np.float32]
    lr: float
    samples_per_second: float
    epoch: int
    metrics: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class Epoch:
    """An epoch is over and validated; nan stands for what was not measured. Accuracies are from 0 to 1.

    All other metrics are in `train_metrics` (those that every step tells) and `val_metrics`, by name.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float
    samples_per_second: float
    best: bool
    train_metrics: Mapping[str, float] = field(default_factory=dict)
    val_metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Weights:
    """All weights and buffers after `step` steps, by their state-dict key. Copies: the reader may keep them."""

    step: int
    state: dict[str, np.ndarray] = field(repr=False)


@dataclass(frozen=True)
class Confusion:
    """How often true class (row) was taken for which class (column), over the validation part."""

    epoch: int
    matrix: NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """Pictures that the network makes at this moment: of fixed noise, or of fixed samples.

    Attributes:
        step: Steps done.
        images: uint8 [N, H, W, C] with one or three channels.
        beside: The samples that they were made from, as many and as large; None for pictures made from noise.
        title: What they are, in a few words.
    """

    step: int
    images: NDArray[np.uint8] = field(repr=False)
    beside: NDArray[np.uint8] | None = field(default=None, repr=False)
    title: str = ""


@dataclass(frozen=True)
class BlockHealth:
    """How one block fares while it learns (`engine.training.health` says what the states mean).

    Attributes:
        state: The worst of what was found.
        text: A sentence or two about it, and what can be done.
        gradient: Norm of its gradient through the norm of its weights; nan where it has no weights.
        update: Norm of what a step changes through the norm of its weights; nan where it has none.
        units: Units (numbers of a vector, channels of a map) that can fall silent; 0 where none can.
        silent: How many of them were silent at the last look.
        dead: How many of them were silent at every one of the last looks.
        samples: How many samples each look asks.
    """

    state: HealthState
    text: str = ""
    gradient: float = float("nan")
    update: float = float("nan")
    units: int = 0
    silent: int = 0
    dead: int = 0
    samples: int = 0


@dataclass(frozen=True)
class Health:
    """How the blocks fare after `step` steps, by their names in the plan; blocks that cannot ail are left out."""

    step: int
    blocks: dict[str, BlockHealth] = field(repr=False)


@dataclass(frozen=True)
class State:
    """The training changed its state."""

    name: Literal["running", "paused", "stopping"]


@dataclass(frozen=True)
class Note:
    """A sentence worth reading: progress, a warning, a line that some library logged."""

    text: str
    level: Level = "info"


@dataclass(frozen=True)
class Failed:
    """The training cannot go on.

    Attributes:
        text: What happened and what to do, in whole sentences.
        step: The step that failed, 0 before the first.
        block: Name of the block where it went wrong, where that is known.
    """

    text: str
    step: int
    block: str | None = None


@dataclass(frozen=True)
class Finished:
    """The last message of a training. `run` is None where the folder is gone."""

    reason: Literal["done", "stopped", "discarded", "failed"]
    run: str | None


Message = Started | Steps | Epoch | Weights | Confusion | Pictures | Health | State | Note | Failed | Finished

LATEST_ONLY: tuple[type, ...] = (Weights, Confusion, Pictures, Health)
