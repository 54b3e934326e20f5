"""Reading runs: their settings, their history, their networks; where runs lie, and where they go when a project is saved.

A run may be read while it is trained, by this process or another. Not for: writing (`engine.training.record`).
torch is imported when a network is asked for, not before.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.choice import DataChoice
from engine.data.normalisation import Normalisation
from engine.declare import Json, from_json
from engine.errors import EngineError, StoreError
from engine.folders import user_folder
from engine.graph.model import Graph
from engine.graph.store import load
from engine.training import lock
from engine.training.history import History, read_history
from engine.training.messages import Health
from engine.training.record import BEST, EVENTS, GRAPH, INFO, LAST
from engine.training.settings import TrainingSettings

if TYPE_CHECKING:
    from engine.compiler.module import Network

Which = Literal["best", "last"]
Floats = NDArray[np.float32]


class Run:
    """A run's folder, read afresh at every question, so that a run under way can be followed.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._history: History | None = None

    @property
    def info(self) -> dict[str, Json]:
        """What `run.json` says: title, created, settings, data, versions, device, threads, seed, classes, normalisation.

        Raises:
            StoreError: It is missing or damaged.
        """
        path = self.path / INFO
        try:
            info = json.loads(path.read_bytes())
        except OSError as error:
            raise StoreError(f"{self.path} holds no run: {INFO} could not be read.", path=str(path)) from error
        except (ValueError, RecursionError) as error:
            raise StoreError(f"{path} is damaged; the weights beside it may still be good.", path=str(path)) from error
        if not isinstance(info, dict):
            raise StoreError(f"{path} is not the description of a run.", path=str(path))
        return info

    @property
    def title(self) -> str:
        """The project's title when the run began."""
        return str(self.info.get("title") or self.path.name)

    @property
    def state(self) -> str:
        """One of "running", "paused", "stopped", "done" or "failed"; "interrupted" where its program died."""
        state = str(self.info.get("state", ""))
        if state in ("running", "paused") and not lock.held(self.path / EVENTS):
            return "interrupted"
        return state

    @property
    def settings(self) -> TrainingSettings:
        """How it was trained."""
        settings: TrainingSettings = from_json(TrainingSettings, self.info.get("settings", {}))
        return settings

    @property
    def choice(self) -> DataChoice:
        """What it was trained on."""
        choice: DataChoice = from_json(DataChoice, self.info.get("data", {}))
        return choice

    @property
    def normalisation(self) -> Normalisation:
        """How its input was scaled."""
        return Normalisation.from_json(self.info.get("normalisation"))

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the network's outputs; empty where it predicts numbers."""
        return tuple(str(name) for name in self.info.get("classes", []))

    def epochs(self) -> list[dict[str, Any]]:
        """One dict an epoch with the fields of `messages.Epoch`; what was not measured is nan."""
        return self._read().epochs()

    def steps(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Numbers, losses and accuracies of all steps told of; nan stands for what was not measured."""
        return self._read().steps()

    def metrics(self) -> dict[str, Floats]:
        """The other metrics of all steps told of, by name, as long as `steps`."""
        return self._read().metrics()

    def health(self) -> Health | None:
        """How the blocks fared when the training last rested; None for a run that nobody looked at."""
        return self._read().health

    def graph(self) -> Graph:
        """The frozen project that is trained.

        Raises:
            StoreError: The file is missing or damaged.
        """
        return load(self.path / GRAPH)

    def network(self, which: Which = "best") -> Network:
        """The trained network in eval mode, on the CPU. There is no best before the first validation: then the last.

        Raises:
            StoreError: A file is missing or damaged.
        """
        from engine.compiler.module import build
        from engine.compiler.plan import plan
        from engine.training.checkpoint import fill

        path, state = self.checkpoint(which)
        network = build(plan(self.graph()), seed=0)  # not from the process-wide generator: a training may draw from it
        fill(network, state, path)
        return network.eval()

    def checkpoint(self, which: Which = "best") -> tuple[Path, dict[str, Any]]:
        """The checkpoint's file and what is in it.

        Raises:
            StoreError: The file is missing or damaged.
        """
        from engine.training.checkpoint import unpack

        path = self.path / (BEST if which == "best" else LAST)
        if which == "best" and not path.exists():
            path = self.path / LAST
        return path, unpack(path)

    def _read(self) -> History:
        self._history = read_history(self.path / EVENTS, self._history)
        return self._history


def runs_folder(project: Path | None) -> Path:
    """Where a project's runs lie: "name.runs" beside it, in the user's data folder while it is not saved."""
    return user_folder() / "runs" if project is None else Path(project).with_suffix(".runs")


def list_runs(folder: Path | str) -> list[Run]:
    """The runs in a folder, the oldest first; what is not a readable run is left out."""
    try:
        entries = [entry for entry in Path(folder).iterdir() if (entry / INFO).is_file()]
    except OSError:
        return []
    found = []
    for entry in entries:
        run = Run(entry)
        try:
            found.append((str(run.info.get("created", "")), entry.name, run))
        except EngineError:
            continue
    return [run for _, _, run in sorted(found, key=lambda item: item[:2])]


def new_run_path(folder: Path | str, title: str) -> Path:
    """A path for a new run that nothing lies at: date, time and title. Nothing is made."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()[:40] or "run"
    stem = f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}_{slug}"
    path, number = Path(folder) / stem, 2
    while path.exists():
        path, number = Path(folder) / f"{stem}_{number}", number + 1
    return path


def adopt(folder: Path, title: str) -> dict[Path, Path]:
    """Move what an unsaved project of this title has trained out of the user's data folder, to the runs of a project.

    A run that is being written to stays where it is. A run is never half there: over the border of a disk it is copied
    under another name first.

    Returns:
        Where each run lay, and where it lies now.

    Raises:
        StoreError: One could not be moved; it and those behind it are where they were.
    """
    moved: dict[Path, Path] = {}
    for run in list_runs(runs_folder(None)):
        target = folder / run.path.name
        if run.info.get("title") != title or lock.held(run.path / EVENTS) or target.exists():
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if _one_disk(folder, run.path):
                os.rename(run.path, target)
            else:
                aside = folder / f".{target.name}"
                shutil.copytree(run.path, aside, dirs_exist_ok=True)
                os.rename(aside, target)
                shutil.rmtree(run.path, ignore_errors=True)
        except OSError as error:
            raise StoreError(
                f"The run {run.path} could not be moved beside its project ({error.strerror}); it stays where it is."
            ) from error
        moved[run.path] = target
    return moved


def _one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev
