"""Histories of a run's numbers: arrays that double, a running mean, and the curves of one run.

Pure numpy, no Qt: a test can feed it and read it. Not for drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Quantity = str  # "loss", "accuracy", or the name of another metric of the run
_SHARES = ("accuracy", "topk_accuracy", "top5", "pixel_accuracy", "mean_iou", "f1")  # metrics from 0 to 1

FIRST_ROOM = 1024  # numbers; most runs never grow past the first doubling or two
BLOCK = 128  # numbers a matrix product smooths at once: large enough that the Python loop over blocks is cheap


class Growing:
    """Numbers in the order of their arrival, in an array that doubles when it is full."""

    def __init__(self) -> None:
        self._held: Numbers = np.empty(FIRST_ROOM)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> Numbers:
        """All numbers so far; a view that the next `extend` may outdate, never a copy."""
        return self._held[: self._size]

    def extend(self, values: ArrayLike) -> None:
        """Append numbers."""
        new = np.asarray(values, dtype=np.float64).reshape(-1)
        wanted = self._size + len(new)
        if wanted > len(self._held):
            grown: Numbers = np.empty(max(wanted, 2 * len(self._held)))
            grown[: self._size] = self._held[: self._size]
            self._held = grown
        self._held[self._size : wanted] = new
        self._size = wanted

    def cut(self, size: int) -> None:
        """Keep the first `size` numbers."""
        self._size = max(0, min(self._size, size))


def running_sum(values: Numbers, weight: float, carry: float) -> tuple[Numbers, float]:
    """s[t] = weight · s[t-1] + values[t] with s[-1] = carry, without a Python step per number.

    Returns:
        The sums and the last of them, which is the carry of the next call.
    """
    if not len(values):
        return values.copy(), carry
    powers = weight ** np.arange(BLOCK + 1, dtype=np.float64)
    lag = np.arange(BLOCK)[:, None] - np.arange(BLOCK)[None, :]
    toeplitz = np.where(lag >= 0, powers[np.clip(lag, 0, BLOCK)], 0.0)
    padded = np.zeros(-(-len(values) // BLOCK) * BLOCK)
    padded[: len(values)] = values
    sums = padded.reshape(-1, BLOCK) @ toeplitz.T
    reach = powers[1:]
    for row in sums:
        row += carry * reach
        carry = float(row[-1])
    out = sums.reshape(-1)[: len(values)]
    return out, float(out[-1])


class Smooth:
    """An exponential running mean that is right from the first number on and skips gaps (NaN).

    Attributes:
        weight: How much of the mean so far is kept at each number, 0 (no smoothing) to 0.999.
    """

    def __init__(self, weight: float = 0.0) -> None:
        self.weight = weight
        self._out = Growing()
        self._sum = 0.0
        self._mass = 0.0

    def __len__(self) -> int:
        return len(self._out)

    @property
    def values(self) -> Numbers:
        """The means, one for each number so far."""
        return self._out.values

    def extend(self, values: Numbers) -> None:
        """Smooth more numbers; only these are computed."""
        known = np.isfinite(values)
        sums, self._sum = running_sum(np.where(known, values, 0.0), self.weight, self._sum)
        mass, self._mass = running_sum(known.astype(np.float64), self.weight, self._mass)
        # Dividing by the weights seen so far takes the bias of the zero start away.
        self._out.extend(np.divide(sums, mass, out=np.full(len(sums), np.nan), where=mass > 1e-12))

    def restart(self, weight: float, values: Numbers) -> None:
        """Smooth everything anew with another weight."""
        self.weight, self._sum, self._mass = weight, 0.0, 0.0
        self._out.cut(0)
        self.extend(values)


def is_share(quantity: Quantity) -> bool:
    """Whether a metric goes from 0 to 1 and is told in per cent; one of several heads carries the head's name behind its own."""
    return quantity.startswith(_SHARES)


def quantity_title(quantity: Quantity) -> str:
    """A metric's name for a person: "Mean IoU"."""
    known = {"mae": "MAE", "rmse": "RMSE", "r2": "R²", "f1": "F1", "iou": "IoU"}
    words = [known.get(word, word) for word in quantity.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


class RunCurves:
    """The numbers of one run as plots need them.

    Attributes:
        path: The run's folder; its key.
        name: What a legend calls it.
        steps_per_epoch: Steps (batches) of one epoch, 0 while unknown.
        step: Step numbers of the two curves below.
        loss: Training loss of each step.
        accuracy: Training accuracy of each step, NaN where there is none.
        metrics: The other metrics of each step by name, NaN where there is none.
        epochs: The columns of the finished epochs, by name; `EPOCH_COLUMNS`.
        version: Grows with every change, so that a view knows whether to draw.
        turns: Grows with every finished epoch told.
        rewinds: Grows whenever steps known already are replaced, so that running means start anew.
    """

    EPOCH_COLUMNS = ("epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds", "best")

    def __init__(self, path: str, name: str = "", steps_per_epoch: int = 0) -> None:
        self.path = path
        self.name = name or path.rsplit("/", 1)[-1]
        self.steps_per_epoch = steps_per_epoch
        self.step = Growing()
        self.loss = Growing()
        self.accuracy = Growing()
        self.metrics: dict[str, Growing] = {}
        self.epochs = {column: Growing() for column in self.EPOCH_COLUMNS}
        self.version = 0
        self.turns = 0
        self.rewinds = 0

    def add_steps(
        self, first: int, loss: ArrayLike, accuracy: ArrayLike, metrics: Mapping[str, ArrayLike] | None = None
    ) -> None:
        """Append the steps `first`, `first + 1`...; steps known already are replaced, as a resumed run repeats some."""
        losses = np.asarray(loss, dtype=np.float64).reshape(-1)
        accuracies = np.asarray(accuracy, dtype=np.float64).reshape(-1)
        self.add_numbers(first + np.arange(len(losses)), losses, accuracies, metrics)

    def add_numbers(
        self, steps: ArrayLike, loss: ArrayLike, accuracy: ArrayLike, metrics: Mapping[str, ArrayLike] | None = None
    ) -> None:
        """Append steps by their numbers, ascending."""
        numbers = np.asarray(steps, dtype=np.float64).reshape(-1)
        if not len(numbers):
            return
        if len(self.step) and numbers[0] <= self.step.values[-1]:
            keep = int(np.searchsorted(self.step.values, numbers[0]))
            for history in (self.step, self.loss, self.accuracy, *self.metrics.values()):
                history.cut(keep)
            self.rewinds += 1
        self.step.extend(numbers)
        self.loss.extend(loss)
        self.accuracy.extend(accuracy)
        for name in metrics or {}:
            self.metrics.setdefault(name, Growing())
        for name, history in self.metrics.items():
            history.extend(np.full(len(self.step) - len(numbers) - len(history), np.nan))
            history.extend((metrics or {}).get(name, np.full(len(numbers), np.nan)))
        self.version += 1

    def add_epoch(self, values: Mapping[str, Any]) -> None:
        """Append a finished epoch; an epoch known already is replaced, with those after it.

        Other metrics come under "train_metrics" and "val_metrics", by name; each becomes a column "train_mae", "val_mae".
        """
        values = _flat(values)
        for column in values:
            if column not in self.epochs and column.startswith(("train_", "val_")):
                self.epochs[column] = Growing()
                self.epochs[column].extend(np.full(len(self.epochs["epoch"]), np.nan))
        number = float(values.get("epoch") or 0)
        known = self.epochs["epoch"].values
        if len(known) and number <= known[-1]:
            keep = int(np.searchsorted(known, number))
            for history in self.epochs.values():
                history.cut(keep)
        for column, history in self.epochs.items():
            value = values.get(column)
            history.extend([np.nan if value is None else float(value)])
        self.version += 1
        self.turns += 1

    @property
    def measures(self) -> tuple[Quantity, ...]:
        """What is measured besides the loss, in the order in which it is offered."""
        found = dict.fromkeys(self.metrics)
        found.update(
            dict.fromkeys(column.partition("_")[2] for column in self.epochs if column not in self.EPOCH_COLUMNS)
        )
        held = (self.accuracy.values, self.epochs["val_accuracy"].values)
        accuracy = ("accuracy",) if not found or any(np.isfinite(values).any() for values in held) else ()
        return (*accuracy, *found)

    @property
    def bare(self) -> bool:
        """Whether nothing but a loss is measured, as far as one can see."""
        held = (self.accuracy.values, self.epochs["val_accuracy"].values, self.epochs["train_accuracy"].values)
        return bool(len(self.step)) and self.measures == ("accuracy",) and not any(np.isfinite(v).any() for v in held)

    def per_step(self, quantity: Quantity) -> Numbers:
        """The training curve, one number a step."""
        if quantity == "loss":
            return self.loss.values
        if quantity == "accuracy":
            return self.accuracy.values
        held = self.metrics.get(quantity)
        return held.values if held is not None else np.full(len(self.step), np.nan)

    def per_epoch(self, part: Literal["train", "val"], quantity: Quantity) -> tuple[Numbers, Numbers]:
        """Steps at which epochs ended, and the value of that part there."""
        ends, held = self.epochs["step"].values, self.epochs.get(f"{part}_{quantity}")
        return ends, held.values if held is not None else np.full(len(ends), np.nan)

    @property
    def last_step(self) -> int:
        """The last step there is a number for."""
        ends = [history.values[-1] for history in (self.step, self.epochs["step"]) if len(history)]
        return int(max(ends, default=0))

    def best_epoch(self) -> int | None:
        """Index of the last epoch that was the best so far, None before the first."""
        marked = np.flatnonzero(self.epochs["best"].values > 0)
        return int(marked[-1]) if len(marked) else None

    def epoch_at(self, step: float) -> int | None:
        """Index of the finished epoch whose end is nearest to the step."""
        ends = self.epochs["step"].values
        return int(np.argmin(np.abs(ends - step))) if len(ends) else None

    def index_at(self, step: float) -> int | None:
        """Index of the step nearest to `step`."""
        steps = self.step.values
        if not len(steps):
            return None
        right = int(np.clip(np.searchsorted(steps, step), 0, len(steps) - 1))
        left = max(0, right - 1)
        return left if abs(steps[left] - step) <= abs(steps[right] - step) else right


def _flat(values: Mapping[str, Any]) -> dict[str, float | None]:
    """An epoch with its other metrics beside the usual numbers."""
    flat = {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    for part in ("train", "val"):
        more = values.get(f"{part}_metrics") or {}
        flat.update({f"{part}_{name}": value for name, value in more.items()})
    return flat
