"""The history of a run, read from its list of events.

A run that was resumed repeats the steps between its checkpoint and the kill: the line "resumed" takes back what was told of
later steps. A file that grows is read on from where the last reading ended.

Not for: drawing curves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.declare import Json
from engine.training.health import from_event
from engine.training.messages import Health

Floats = NDArray[np.float32]
EPOCH_NUMBERS = (
    "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second",
)  # fmt: skip


class History:
    """Values by step and by epoch.

    Attributes:
        offset: Bytes read so far; always the end of a whole line.
        identity: What tells this file from another of the same name.
        notes: Sentences told along the way.
        health: How the blocks fared when the training last rested, None where that is not known.
    """

    def __init__(self, identity: tuple[int, ...] = ()) -> None:
        self.offset = 0
        self.identity = identity
        self.notes: list[str] = []
        self.health: Health | None = None
        self._chunks: list[tuple[int, Floats, Floats, dict[str, Floats]]] = []
        self._epochs: dict[int, dict[str, Any]] = {}

    def take(self, event: dict[str, Json]) -> None:
        """Add one event; unknown kinds are passed over, since a later version may have written them."""
        match event.get("kind"):
            case "steps":
                count = len(event["loss"])
                more = {str(name): _floats(values) for name, values in (event.get("metrics") or {}).items()}
                self._chunks.append(
                    (int(event["first"]), _floats(event["loss"]), _floats(event.get("accuracy"), count), more)
                )
            case "epoch":
                numbers = {name: _number(event.get(name)) for name in EPOCH_NUMBERS}
                number, step = int(event["epoch"]), int(event["step"])
                metrics = {
                    key: {str(name): _number(held) for name, held in (event.get(key) or {}).items()}
                    for key in ("train_metrics", "val_metrics")
                }
                self._epochs[number] = {
                    "epoch": number,
                    "step": step,
                    **numbers,
                    "best": bool(event["best"]),
                    **metrics,
                }
            case "resumed":
                self._take_back(int(event["step"]))
            case "health":
                self.health = from_event(event)
            case "note":
                self.notes.append(str(event["text"]))

    def _take_back(self, step: int) -> None:
        kept = [
            (
                first,
                loss[: step + 1 - first],
                acc[: step + 1 - first],
                {name: values[: step + 1 - first] for name, values in more.items()},
            )
            for first, loss, acc, more in self._chunks
            if first <= step
        ]
        self._chunks = kept
        if self.health is not None and self.health.step > step:
            self.health = None
        self._epochs = {number: epoch for number, epoch in self._epochs.items() if epoch["step"] <= step}

    def epochs(self) -> list[dict[str, Any]]:
        """One dict an epoch, in their order."""
        return [dict(self._epochs[number]) for number in sorted(self._epochs)]

    def steps(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Numbers, losses and accuracies of the steps."""
        if not self._chunks:
            return np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32)
        numbers = [np.arange(first, first + len(loss), dtype=np.int64) for first, loss, *_ in self._chunks]
        return (
            np.concatenate(numbers),
            np.concatenate([loss for _, loss, _, _ in self._chunks]),
            np.concatenate([accuracy for _, _, accuracy, _ in self._chunks]),
        )

    def metrics(self) -> dict[str, Floats]:
        """The other metrics of the steps by name, as long as `steps`; nan where one was not told."""
        names = dict.fromkeys(name for *_, more in self._chunks for name in more)
        return {
            name: np.concatenate(
                [more.get(name, np.full(len(loss), np.nan, np.float32)) for _, loss, _, more in self._chunks]
            )
            for name in names
        }


def read_history(path: Path, known: History | None = None) -> History:
    """The history in an events file; with `known`, only what came since is read. A missing file is an empty history."""
    try:
        with path.open("rb") as file:
            stat = path.stat()
            identity = (stat.st_dev, stat.st_ino)
            history = (
                known if known and known.identity == identity and known.offset <= stat.st_size else History(identity)
            )
            file.seek(history.offset)
            data = file.read()
    except OSError:
        return known or History()
    end = data.rfind(b"\n") + 1  # what follows is a line that is being written, or that a kill tore
    for line in data[:end].splitlines():
        try:
            event = json.loads(line)
            if isinstance(event, dict):
                history.take(event)
        except (ValueError, KeyError, TypeError, RecursionError):
            continue  # a line that a disk damaged costs its own values only
    history.offset += end
    return history


def _number(value: Json) -> float:
    return float("nan") if value is None else float(value)


def _floats(values: Json, length: int = 0) -> Floats:
    if values is None:
        return np.full(length, np.nan, np.float32)
    return np.array([np.nan if value is None else value for value in values], np.float32)
