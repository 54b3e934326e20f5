"""Whether a training fits this machine: the memory it needs against what there is, and how long an epoch takes, measured.

`survey` works it out (`engine.training.footprint`) and asks the device; `measure` runs a few steps on random numbers. Plain data
come out. Not for: a window, which shows it (`gui.fitmeter`), nor for the training itself.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.compiler.plan import Objective, Plan, objective, plan
from engine.graph.check import check
from engine.graph.facts import DataFacts
from engine.graph.model import Graph
from engine.torch_import import ready
from engine.training.devices import Device, choose, cores
from engine.training.footprint import Footprint, footprint
from engine.training.memory import kept
from engine.training.settings import TrainingSettings

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from engine.compiler.module import Network
    from engine.data.dataset import DataSet
    from engine.training.metrics import Criterion

T = TypeVar("T")

SPARE = 0.1  # of what is free stays free: other programs want memory, too
MOST = 65_536  # samples of a batch, as in the settings
BUDGET_S = 1.0  # seconds of measuring, imports and building apart
NICE = 10  # behind the window, as a training is
FIRST_MACS = 2e9  # multiply-adds of the first try, so that it is over at once on any machine
_READY_BYTES = 512 * 2**20  # as in engine.training.batches, which needs torch


@dataclass(frozen=True)
class Survey:
    """A training against a device.

    Attributes:
        device: Where it would be trained.
        batch_size: Samples of a step.
        samples: Samples of the training part, 0 without data.
        validated: Samples of the validation part.
        memory: What it takes.
        total: Bytes the device has, 0 where that is not known.
        free: Bytes of it that nobody uses now, 0 where that is not known.
        key: What the time of a step depends on; equal keys, equal times.
    """

    device: Device
    batch_size: int
    samples: int
    validated: int
    memory: Footprint
    total: int
    free: int
    key: tuple[object, ...]

    @property
    def need(self) -> int:
        """Bytes at this batch size; a batch is never larger than the training part."""
        return self.memory.at(self.batch)

    @property
    def batch(self) -> int:
        """Samples that a batch really has."""
        return min(self.batch_size, self.samples) if self.samples else self.batch_size

    @property
    def room(self) -> int:
        """Bytes it may take, 0 where that is not known."""
        return round(self.free * (1 - SPARE))

    @property
    def fits(self) -> bool | None:
        """Whether there is room for it; None where nobody knows."""
        return self.need <= self.room if self.free else None

    @property
    def largest_batch(self) -> int:
        """The largest batch with room, a power of two or the whole training part; 0 where there is none or nobody knows."""
        most = min(self.memory.largest_batch(self.room), MOST)
        if self.samples and most >= self.samples:
            return self.samples
        return 1 << (most.bit_length() - 1) if most else 0


@dataclass(frozen=True)
class Pace:
    """How fast it learns here.

    Attributes:
        step: Seconds of one step.
        look: Seconds to look at one sample of the validation part.
        measured: Samples of the steps that were timed; less than a batch where that would have taken too long.
        batch: Samples of the batch it holds for.
    """

    step: float
    look: float
    measured: int
    batch: int

    def epoch(self, samples: int, validated: int) -> float:
        """Seconds of an epoch, validation included."""
        return math.ceil(samples / self.batch) * self.step + validated * self.look if samples else 0.0


def survey(graph: Graph, settings: TrainingSettings, data: DataSet | None) -> Survey:
    """Work out what a training would take.

    Raises:
        EngineError: The network cannot be built, or the device that is asked for is not there.
    """
    ready()
    planned, goal = _planned(graph, data.facts if data is not None else None)
    device = choose(settings.device)
    total, free = memory_of(device)
    samples, validated = (len(data.splits[part]) for part in ("train", "val")) if data is not None else (0, 0)
    held = data_bytes(data, on_card=device.id != "cpu", free=free) if data is not None else 0
    steps = tuple((step.call, step.reads, step.inputs) for step in planned.steps)
    ends = tuple((term.kind, term.slot) for term in goal.terms)
    how = (settings.optimizer, settings.momentum > 0, settings.threads, device.id, device.name)
    return Survey(
        device=device, batch_size=settings.batch_size, samples=samples, validated=validated,
        memory=footprint(planned, goal, settings, data=held, on_card=device.id != "cpu"), total=total, free=free,
        key=(steps, ends, how, min(settings.batch_size, samples) if samples else settings.batch_size),
    )  # fmt: skip


def _planned(graph: Graph, facts: DataFacts | None) -> tuple[Plan, Objective]:
    report = check(graph, facts)
    if not report.ok and report.known:  # it does not fit the data, which changes next to nothing of what it takes
        facts, report = None, check(graph)
    return plan(graph, report), objective(graph, report, facts)


def data_bytes(data: DataSet, *, on_card: bool = False, free: int = 0) -> int:
    """What the data take where the arithmetic is done: scaled to float32 where that is little (`engine.training.batches`)."""
    raw = sum(column.nbytes for column in data.columns.values())
    if on_card and free and raw > free / 2:
        return 0  # it stays in the computer's memory and is sent batch by batch
    scaled = 0
    for column in data.columns.values():
        floats = column.nbytes * 4 if column.dtype.itemsize == 1 else column.nbytes
        scaled += floats if floats <= _READY_BYTES else column.nbytes
    return scaled


# --- what there is


def memory_of(device: Device) -> tuple[int, int]:
    """Bytes that a device has, and those of them that are free; 0 for what the system does not tell."""
    if device.id == "cuda":
        import torch

        free, total = torch.cuda.mem_get_info()
        # What torch holds without using it is free for a training.
        return int(total), int(free) + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    if device.id == "mps":
        return 0, 0
    total, free = device.memory, _available()
    limit, used = _limit()
    if limit and (not total or limit < total):
        return limit, min(free, max(0, limit - used)) if free else max(0, limit - used)
    return total, free


def _available(path: Path = Path("/proc/meminfo")) -> int:
    """What Linux says can be had without swapping."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in path.read_text("ascii", "replace").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


_GROUPS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


def _limit(root: Path = Path("/sys/fs/cgroup")) -> tuple[int, int]:
    """A container's limit and what it uses; noughts where there is none."""
    for limit, used in _GROUPS:
        with contextlib.suppress(OSError, ValueError):
            return int((root / limit).read_text()), int((root / used).read_text())
    return 0, 0


# --- how fast it is


def measure(
    graph: Graph, settings: TrainingSettings, data: DataSet | None, *, cancelled: threading.Event,
    budget: float = BUDGET_S,
) -> Pace | None:  # fmt: skip
    """Time a few steps on random numbers, in a thread of low priority that is waited for.

    Nothing of it can be heard elsewhere: weights and numbers come from generators of its own, and nothing is dropped out, so
    that torch's own generator is not touched.

    Args:
        graph: The network.
        settings: Of them optimiser, batch size, device and threads count.
        data: For the sizes; None measures without.
        cancelled: Set it, and it ends after the step it is at.
        budget: Seconds it may take, about.

    Returns:
        None where it was cancelled.

    Raises:
        EngineError: The network cannot be built.
    """
    return _apart(lambda: _measured(graph, settings, data, cancelled, budget))


def _apart(work: Callable[[], T]) -> T:
    """Do something in a thread of its own, behind all others where the system knows priorities of threads."""
    with ThreadPoolExecutor(1, thread_name_prefix="measuring", initializer=_step_back) as pool:
        return pool.submit(work).result()


def _step_back() -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _measured(
    graph: Graph, settings: TrainingSettings, data: DataSet | None, cancelled: threading.Event, budget: float
) -> Pace | None:  # fmt: skip
    ready()
    import torch

    planned, goal = _planned(graph, data.facts if data is not None else None)
    if cancelled.is_set():
        return None
    before = torch.get_num_threads()
    torch.set_num_threads(settings.threads or max(1, cores() - 1))
    try:
        with kept(wanted=choose(settings.device).id == "cpu"):
            samples = len(data.splits["train"]) if data is not None else settings.batch_size
            return _timed(_Trial(planned, goal, settings), min(settings.batch_size, samples), cancelled, budget)
    finally:
        if not cancelled.is_set():  # a training that begins now has set its own
            torch.set_num_threads(before)


def _timed(trial: _Trial, batch: int, cancelled: threading.Event, budget: float) -> Pace | None:
    """Larger and larger batches, until it is the wanted one or time is short; then the median of some steps."""
    end = time.perf_counter() + budget
    size = max(2, min(batch, int(FIRST_MACS / (3 * trial.macs + 1)), MOST))
    tried: list[tuple[int, float]] = []
    while True:
        trial.step(size)  # the first of a size makes its kernels
        if cancelled.is_set():
            return None
        took = trial.step(size)
        tried.append((size, took))
        if size >= batch or time.perf_counter() + 8 * took > end or cancelled.is_set():
            break
        size = min(batch, size * 4)
    times = [took]
    while len(times) < 30 and time.perf_counter() < end - budget / 3:
        if cancelled.is_set():
            return None
        times.append(trial.step(size))
    tried[-1] = size, sorted(times)[len(times) // 2]
    look = min(trial.look(size), trial.look(size)) / size
    return None if cancelled.is_set() else Pace(_at(batch, tried), look, min(size, batch), batch)


def _at(batch: int, tried: Sequence[tuple[int, float]]) -> float:
    """Seconds at a batch size, carried on from the largest sizes that were tried: what each further sample added."""
    size, took = tried[-1]
    each = took / size
    if len(tried) > 1:
        before, earlier = tried[-2]
        each = min(each, max(0.5 * each, (took - earlier) / (size - before)))
    return took + each * (batch - size)


class _Trial:
    """A network with random numbers to learn from."""

    def __init__(self, planned: Plan, goal: Objective, settings: TrainingSettings) -> None:
        import torch
        from torch import nn

        from engine.compiler.module import build
        from engine.training.batches import device_of
        from engine.training.metrics import Criterion
        from engine.training.optimise import optimizer_of

        self.macs = planned.macs
        self.planned, self.goal = planned, goal
        self.place: torch.device = device_of(choose(settings.device).id)
        self.last = any(step.call.target == "nn.Conv2d" for step in planned.steps)
        network = build(planned, seed=0, fuse=True).to(self.place)
        if self.last:
            network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network: Network = network.train()
        for module in network.modules():
            if isinstance(module, nn.Dropout):
                module.eval()
        self.optimizer = optimizer_of(settings, network, self.place)
        self.criterion: Criterion = Criterion(goal)
        self.drawn: tuple[int, list[Tensor], dict[str, Tensor]] | None = None

    def step(self, size: int) -> float:
        """Seconds of one step."""
        inputs, targets = self._numbers(size)
        begun = time.perf_counter()
        self.optimizer.zero_grad()
        loss, _ = self.criterion(self.network.values(inputs, self.criterion.slots), targets)
        loss.backward()
        self.optimizer.step()
        self._settle()
        return time.perf_counter() - begun

    def look(self, size: int) -> float:
        """Seconds of one look without learning."""
        import torch

        inputs, targets = self._numbers(size)
        self.network.eval()
        try:
            with torch.inference_mode():
                begun = time.perf_counter()
                self.criterion(self.network.values(inputs, self.criterion.slots), targets)
                self._settle()
                return time.perf_counter() - begun
        finally:
            self.network.train()

    def _settle(self) -> None:
        """Wait for what the device still does."""
        import torch

        if self.place.type == "cuda":
            torch.cuda.synchronize(self.place)
        elif self.place.type == "mps":
            torch.mps.synchronize()

    def _numbers(self, size: int) -> tuple[list[Tensor], dict[str, Tensor]]:
        """A batch, drawn once a size."""
        import torch

        from engine.training.metrics import drawn_target, key_of

        if self.drawn is not None and self.drawn[0] == size:
            return self.drawn[1], self.drawn[2]
        self.drawn = None  # the old one must not lie beside the new one
        draw = torch.Generator().manual_seed(0)
        inputs = []
        for spec in self.planned.inputs:
            made = torch.randn((size, *spec.shape.dims), generator=draw).to(self.place)
            if spec.shape.dtype == "index":
                made = torch.zeros((size, *spec.shape.dims), dtype=torch.int64, device=self.place)
            elif self.last and made.dim() == 4:
                made = made.to(memory_format=torch.channels_last)
            inputs.append(made)
        shapes = {step.writes: step.output for step in self.planned.steps}
        shapes.update({slot: spec.shape for slot, spec in enumerate(self.planned.inputs)})
        targets: dict[str, Tensor] = {}
        for term in (*self.goal.metrics, *self.goal.terms):
            if term.target_slot is None:
                dims = shapes[term.slot].dims if term.slot in shapes else term.dims
                targets[key_of(term)] = drawn_target(self.goal, term, (size, *dims), draw).to(self.place)
        self.drawn = size, inputs, targets
        return inputs, targets
