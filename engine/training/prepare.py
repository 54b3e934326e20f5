"""Everything before the first step: the checks, the network, the data on their device, the run's folder.

Not for: training (`engine.training.loop`).
"""

from __future__ import annotations

import contextlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.compiler.module import Network, build
from engine.compiler.plan import Objective, Plan, objective, plan
from engine.compiler.python_shapes import settled
from engine.data.choice import DataChoice
from engine.data.dataset import DataSet
from engine.declare import Json, from_json, to_json
from engine.errors import RunError, StoreError
from engine.graph.model import Graph, SetSection
from engine.graph.store import load
from engine.training.agreement import advice, check_targets
from engine.training.batches import Batches, device_of
from engine.training.checkpoint import fill, unpack
from engine.training.control import Control
from engine.training.devices import Device, choose, cores
from engine.training.gallery import gallery_of
from engine.training.imported import fill as fill_imported
from engine.training.messages import Started
from engine.training.metrics import Criterion, DeviceTally, HostTally
from engine.training.optimise import load_optimizer, optimizer_of
from engine.training.recipes import recipe_of
from engine.training.record import CONTROL, GRAPH, INFO, LAST, Record
from engine.training.settings import TrainingSettings
from engine.training.steps import compares
from engine.training.watch import Watch
from engine.training.work import Progress, Say, Work, packed

LARGEST_MATRIX = 1024  # classes; a confusion matrix of more is 8 MB and no one reads it


@dataclass(frozen=True)
class Wishes:
    """What may be wanted of a training beyond its settings.

    Attributes:
        choice: The data's choice, to be kept with the run; empty: the project's own.
        title: The run's title; empty: the project's.
        spare_a_core: Whether a window wants to stay alive beside it.
        checkpoint_s: Seconds between two checkpoints within an epoch.
        watched: Whether its health is looked at.
        accept_changed_data: Whether a resumed run may go on with other data than it began with.
        weights: File of imported weights that the network begins with; None: fresh ones.
    """

    choice: DataChoice | None = None
    title: str = ""
    spare_a_core: bool = False
    checkpoint_s: float = 30.0
    watched: bool = True
    accept_changed_data: bool = False
    weights: Path | None = None


def prepare(
    graph: Graph, data: DataSet, settings: TrainingSettings, *, run: Path, say: Say, control: Control, resume: bool,
    wishes: Wishes,
) -> tuple[Work, Started]:  # fmt: skip
    """Get everything ready, and the message that says so.

    Raises:
        EngineError: The training cannot start.
    """
    info = read_info(run) if resume else {}
    notes: list[str] = list(data.notes)
    if resume:
        graph = load(run / GRAPH)
        settings = _continued(settings, info)
        notes += _changed(info, data, accept=wishes.accept_changed_data)
    device = _device(settings, info, notes)
    planned, goal = _planned(graph, data)
    check_targets(goal, planned, data)
    classifies = len(goal.terms) == 1 and goal.terms[0].kind == "cross_entropy" and len(goal.terms[0].dims) == 1
    notes += [*(() if classifies else goal.said), *advice(planned, goal)]
    place = device_of(device.id)
    network = build(planned, seed=settings.seed, fuse=True)
    if wishes.weights is not None and not resume:
        notes.append(fill_imported(network, wishes.weights).sentence)
    network = network.to(place)
    last = any(step.call.target == "nn.Conv2d" for step in planned.steps)
    if last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = optimizer_of(settings, network, place)
    progress = Progress()
    if resume:
        progress = _load(run / LAST, network, optimizer)
    criterion = Criterion(goal)
    read = (spec.column for spec in planned.inputs if spec.draw is None)
    names = dict.fromkeys((*read, *(name for name, _ in criterion.columns.values())))
    batches = Batches(data, tuple(names), place, channels_last=last)
    per_epoch = steps_per_epoch(len(data.splits["train"]), settings.batch_size, planned, notes)
    _check_validation(len(data.splits["val"]), planned)
    record = _record(run, graph, data, settings, network, optimizer, device, wishes, resume=resume, progress=progress)
    recipe = recipe_of(goal, planned, settings)
    terms = tuple((term.name, term.kind) for term in criterion.cheap)
    reported = recipe.names if recipe is not None and recipe.names else terms
    work = Work(
        settings=settings, device=place, network=network, optimizer=optimizer, criterion=criterion, batches=batches,
        record=record, say=say, control=control, tally=HostTally() if device.id == "cpu" else DeviceTally(place, 2 * len(reported)),
        progress=progress, per_epoch=per_epoch, classes=_classes(criterion, data), every=wishes.checkpoint_s,
        recipe=recipe, reported=reported,
    )  # fmt: skip
    work.gallery = gallery_of(work, goal.terms, data)
    if wishes.watched:
        work.watch = Watch(network, batches, batch_size=settings.batch_size, last_step=work.total)
    started = Started(
        str(run), device.id, device.name, settings.epochs, work.epoch, per_epoch, progress.step,
        len(data.splits["train"]), tuple(notes),
    )  # fmt: skip
    return work, started


def read_info(run: Path) -> dict[str, Json]:
    """`run.json` of a run that is to go on.

    Raises:
        RunError: There is no run.
        StoreError: It is damaged.
    """
    path = run / INFO
    try:
        info = json.loads(path.read_bytes())
    except OSError:
        raise RunError(f"there is no run to resume in {run}; start a new one.") from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is damaged, so the run cannot be resumed.", path=str(path)) from error
    if not isinstance(info, dict):
        raise StoreError(f"{path} is not the description of a run.", path=str(path))
    return info


def _continued(settings: TrainingSettings, info: Mapping[str, Json]) -> TrainingSettings:
    """The settings the run began with, for at least as many epochs as are wanted now."""
    kept: TrainingSettings = from_json(TrainingSettings, info.get("settings", {}))
    return replace(kept, epochs=max(kept.epochs, settings.epochs))


def _changed(info: Mapping[str, Json], data: DataSet, *, accept: bool) -> list[str]:
    """What is to be said about data that are not those the run began with.

    Raises:
        RunError: They are not, and nobody accepted that.
    """
    if info.get("digest") == data.digest:
        return []
    text = "The data have changed since this run began"
    if not accept:
        raise RunError(
            f"{text[0].lower()}{text[1:]}, so going on would mix two data sets; start a new run, or bring the old data back."
        )
    return [f"{text}; it goes on with them because that was asked for."]


def _device(settings: TrainingSettings, info: Mapping[str, Json], notes: list[str]) -> Device:
    """The device of the settings; a resumed run stays on its own where that is still there."""
    before = str(info.get("device", "") or "")
    if not before:
        return choose(settings.device)
    try:
        return choose(before)
    except RunError:
        device = choose("auto")
        notes.append(
            f"The run began on {before}, which is not there now, and goes on on {device.id}; results differ in the last digits."
        )
        return device


def _planned(graph: Graph, data: DataSet) -> tuple[Plan, Objective]:
    report = settled(graph, data.facts)
    return plan(graph, report), objective(graph, report, data.facts)


def steps_per_epoch(samples: int, batch_size: int, planned: Plan, notes: list[str]) -> int:
    """Batches of an epoch. The last one may be smaller; of one sample it is left out where batch norm needs two.

    Raises:
        RunError: Every batch is a single sample, and batch norm needs two.
    """
    whole, rest = divmod(samples, batch_size)
    norms = [step.name for step in compares(planned)]
    if norms and min(samples, batch_size) == 1:
        mend = "set the batch size to 2 or more" if samples > 1 else "train on more samples"
        raise RunError(
            f"{norms[0]} compares the samples of a batch with each other, but every batch holds a single one; {mend}."
        )
    if rest == 1 and whole and norms:
        notes.append(
            "The last batch of an epoch would be a single sample, from which batch normalisation learns nothing; it is left out."
        )
        rest = 0
    return whole + bool(rest)


def _check_validation(samples: int, planned: Plan) -> None:
    """A validation part that a network can be measured on.

    Raises:
        RunError: It is a single sample, and a batch norm keeps no averages to compare it with.
    """
    unkept = [step.name for step in compares(planned) if ("track_running_stats", False) in step.call.kwargs]
    if samples == 1 and unkept:
        raise RunError(
            f"{unkept[0]} keeps no running averages, so it compares samples in validation, too, but the validation part holds a "
            "single one; switch its track_running_stats on, or give the validation part more samples."
        )


def _load(path: Path, network: Network, optimizer: torch.optim.Optimizer) -> Progress:
    state = unpack(path)
    fill(network, state, path)
    try:
        load_optimizer(optimizer, state["optimizer"])
        return Progress.from_state(state["progress"])
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise StoreError(
            f"{path} does not hold what is needed to resume; the weights in it can still be used.", path=str(path)
        ) from error


def _record(
    run: Path, graph: Graph, data: DataSet, settings: TrainingSettings, network: Network, optimizer: torch.optim.Optimizer,
    device: Device, wishes: Wishes, *, resume: bool, progress: Progress,
) -> Record:  # fmt: skip
    if resume:
        record = Record(run, read_info(run))
        (run / CONTROL).unlink(missing_ok=True)
        record.write("resumed", {"step": progress.step})
        record.set_state("running", settings=to_json(settings, all_of_them=True))
        return record
    frozen = graph.copy()
    if wishes.choice is not None:
        frozen.apply(SetSection("data", to_json(wishes.choice)))
    frozen.apply(SetSection("training", to_json(settings)))
    info = _info(frozen, data, settings, network, device, wishes)
    return Record.create(run, frozen, info, packed(progress, network, optimizer))


def _info(
    graph: Graph, data: DataSet, settings: TrainingSettings, network: Network, device: Device, wishes: Wishes
) -> dict[str, Any]:
    return {
        "title": wishes.title or str(graph.sections["about"].get("title", "")),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": to_json(settings, all_of_them=True),
        "data": dict(graph.sections["data"]),
        "data_name": data.facts.name,
        "samples": {part: len(rows) for part, rows in data.splits.items()},
        "digest": data.digest,
        "classes": list(data.classes),
        "normalisation": data.normalisation.to_json(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "platform": platform.platform(),
        "seed": settings.seed,
        "device": device.id,
        "device_name": device.name,
        "threads": torch.get_num_threads(),
        "dtype": "float32",
        "parameters": sum(weight.numel() for weight in network.parameters()),
    }


def _classes(criterion: Criterion, data: DataSet) -> int:
    """Size of the confusion matrix."""
    term = criterion.accuracy
    column = None if term is None else data.facts.column(term.target_column)
    count = len(column.classes) if column is not None and column.kind == "label" else 0
    return count if count <= LARGEST_MATRIX else 0


@contextlib.contextmanager
def threads_set(settings: TrainingSettings, run: Path, *, resume: bool, spare_one: bool) -> Iterator[None]:
    """torch's number of threads while a training runs; afterwards as before.

    The number changes the last bits of results, so a resumed run takes the one it began with.
    """
    before = torch.get_num_threads()
    recorded = read_info(run).get("threads") if resume else None
    automatic = max(1, cores() - 1) if spare_one else cores()
    wanted = recorded if isinstance(recorded, int) and recorded > 0 else (settings.threads or automatic)
    torch.set_num_threads(wanted)
    try:
        yield
    finally:
        torch.set_num_threads(before)
