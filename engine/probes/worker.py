"""`ProbeWorker`: a thread with a network of its own that answers probes while another thread trains.

Only numpy and plain data go in and come out. Of several requests under one key the latest wins; long ones (the confusion
matrix) give way to short ones after every batch. Live requests are answered anew whenever weights arrive.

Not for: asking once from a script (call the probe itself), nor for telling anybody that an answer is there: whoever wants
it drains, once a frame.
"""

from __future__ import annotations

import contextlib
import copy
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import EngineError
from engine.probes.data import Answer, Confusion, Matrix, Questions, Tiles
from engine.probes.render import Atlas, Look, as_tiles, render
from engine.probes.spec import ProbeError, ask
from engine.torch_import import ready

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.compiler.module import Network
    from engine.data.normalisation import Normalisation
    from engine.graph.model import Graph

SHORTEST = 0.1  # seconds between two looks at a training network: 10 a second are enough for eyes
SPARING = 20  # times its own cost a look waits for the next one, so that looking takes under 5 % of one core

# What torch, numpy and files raise when something does not fit; each becomes a sentence in the result.
FAULTS = (EngineError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError, MemoryError, OSError)


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked.

    Attributes:
        probe: Name of a declared probe, or "confusion".
        block: Name of the block it is asked of, if of one.
        sample: As the data set holds it, one array an input: uint8 [C,H,W] or float32 [F]; not normalised.
        options: More arguments of the probe.
        look: How tiles are drawn; None draws nothing.
        questions: For "confusion".
        normalisation: For a network that brings none of its own.
        live: Whether it is answered again each time weights arrive, until another request or `forget`.
        tag: Handed back untouched.
    """

    probe: str
    block: str = ""
    sample: tuple[NDArray[Any], ...] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    look: Look | None = None
    questions: Questions | None = None
    normalisation: Normalisation | None = None
    live: bool = False
    tag: Any = None


@dataclass(frozen=True, eq=False)
class Result:
    """What came of a request.

    Attributes:
        request: The request.
        answer: Plain data; None while a long one goes on, and after a fault.
        atlas: The picture, where one was asked for and the answer is tiles.
        step: The training step the weights are from; None where there is none.
        source: Where the weights are from, in words.
        seconds: What it cost.
        fault: One sentence if it could not be answered.
        share: How much of a long request is done.
    """

    request: Request
    answer: Answer | None
    atlas: Atlas | None = None
    step: int | None = None
    source: str = ""
    seconds: float = 0.0
    fault: str = ""
    share: float = 1.0


@dataclass
class _Subject:
    """The network that is asked."""

    network: Network
    normalisation: Normalisation | None
    source: str
    step: int | None


class ProbeWorker:
    """See the module. All methods may be called from any thread, and none of them waits but `close`.

    Attributes:
        cost: Processor seconds of the last round of live requests; 0 until there was one on a network that is warm.
    """

    def __init__(self) -> None:
        self.cost = 0.0
        self._wake = threading.Condition()
        self._closing = False
        self._maker: Callable[[], _Subject] | None = None
        self._weights: tuple[dict[str, NDArray[np.generic]], int | None, str] | None = None
        self._asked: dict[str, Request] = {}
        self._live: dict[str, Request] = {}
        self._results: dict[str, Result] = {}
        self._loaded = float("-inf")  # time.monotonic of the last weights
        # The thread's own:
        self._subject: _Subject | None = None
        self._warm = False  # the first round loads modules and kernels; its cost says nothing about the next
        self._fault = "There is no network to look into yet."
        self._jobs: dict[str, tuple[Request, Iterator[float | Confusion], _Subject]] = {}
        self._thread = threading.Thread(target=self._work, name="probes", daemon=True)
        self._thread.start()

    # --- from outside

    def load_graph(self, graph: Graph, *, normalisation: Normalisation | None = None, seed: int = 0,
                   source: str = "untrained weights", weights: Path | None = None) -> None:  # fmt: skip
        """Look into a network built from this drawing, with fresh weights, or imported ones, until `load_state` brings others."""
        drawing = graph.copy()
        self._change(lambda: _from_graph(drawing, normalisation, seed, source, weights))

    def load_run(self, path: str | Path, which: Literal["best", "last"] = "best") -> None:
        """Look into a stored run; its normalisation comes with it."""
        self._change(lambda: _from_run(Path(path), which))

    def load_state(self, state: dict[str, NDArray[np.generic]], step: int | None = None, *, source: str = "") -> None:
        """Weights of the network that is loaded; live requests are answered again."""
        with self._wake:
            self._weights = (state, step, source)
            self._loaded = time.monotonic()
            self._wake.notify()

    def ask(self, key: str, request: Request) -> None:
        """Ask; a request under the same key that waits, lives or runs is dropped."""
        with self._wake:
            self._asked.pop(key, None)
            self._asked[key] = request
            self._live.pop(key, None)
            if request.live:
                self._live[key] = request
            self._wake.notify()

    def forget(self, key: str) -> None:
        """Drop what was asked under a key, and an answer that nobody has fetched."""
        with self._wake:
            for kept in (self._asked, self._live, self._results, self._jobs):
                kept.pop(key, None)

    def due(self) -> bool:
        """Whether weights are wanted: somebody looks on, and the last ones are old enough."""
        with self._wake:
            waited = time.monotonic() - self._loaded
            return bool(self._live) and self._weights is None and waited >= max(SHORTEST, SPARING * self.cost)

    def drain(self) -> list[tuple[str, Result]]:
        """(key, result) of everything answered since the last call."""
        with self._wake:
            results, self._results = self._results, {}
        return list(results.items())

    def close(self, timeout: float | None = 10.0) -> None:
        """End the thread and wait for it; what was asked is dropped."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout)

    # --- the thread

    def _change(self, maker: Callable[[], _Subject]) -> None:
        with self._wake:
            self._maker = maker
            self._weights = None
            self._asked = {**self._live, **self._asked}
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not (self._closing or self._maker or self._weights or self._asked or self._jobs):
                    self._wake.wait()
                if self._closing:
                    return
                maker, self._maker = self._maker, None
                weights, self._weights = self._weights, None
                if weights is not None:
                    self._asked = {**self._live, **self._asked}
                asked, self._asked = self._asked, {}
                for key in asked:
                    self._jobs.pop(key, None)
            if maker is not None:
                self._make(maker)
            if weights is not None:
                self._load(*weights)
            if asked:
                self._answer_all(asked)
            elif self._jobs:
                self._advance()

    def _make(self, maker: Callable[[], _Subject]) -> None:
        ready()
        self._warm, self.cost = False, 0.0
        try:
            self._subject, self._fault = maker(), ""
        except FAULTS as error:
            self._subject, self._fault = None, _sentence(error)

    def _load(self, state: dict[str, NDArray[np.generic]], step: int | None, source: str) -> None:
        from engine.probes.where import load

        if self._subject is None:
            return
        try:
            load(self._subject.network, state)
            self._subject.step = step
            self._subject.source = source or (f"step {step:,}" if step is not None else self._subject.source)
            self._fault = ""
        except FAULTS as error:
            self._fault = _sentence(error)

    def _answer_all(self, asked: dict[str, Request]) -> None:
        worked = time.thread_time()
        together = self._together(asked)
        cost = time.thread_time() - worked if together else 0.0
        for key, request in asked.items():
            with self._wake:
                if self._closing or key in self._asked:  # a newer one waits
                    continue
            started, worked = time.perf_counter(), time.thread_time()
            result = self._answer(key, request, together.get(key))
            seconds = time.perf_counter() - started
            if request.live:
                cost += time.thread_time() - worked
            if result is not None:
                self._give(key, replace(result, seconds=seconds))
        if cost and self._subject is not None:
            self.cost = cost if self._warm else 0.0
            self._warm = True

    def _together(self, asked: dict[str, Request]) -> dict[str, NDArray[np.float32]]:
        """What blocks give that are asked about the same sample, from one forward pass for all of them."""
        if self._subject is None or self._fault:
            return {}
        groups: dict[tuple[int, int], dict[str, Request]] = {}
        for key, request in asked.items():
            if request.probe == "activations" and request.sample is not None:
                groups.setdefault((id(request.sample), id(request.normalisation)), {})[key] = request
        found: dict[str, NDArray[np.float32]] = {}
        for alike in groups.values():
            if len(alike) > 1:
                with contextlib.suppress(*FAULTS):  # told of the one it belongs to, when they are answered one by one
                    found |= _values(self._subject, alike)
        return found

    def _answer(self, key: str, request: Request, values: NDArray[np.float32] | None) -> Result | None:
        subject = self._subject
        if subject is None or self._fault:
            return Result(request, None, fault=self._fault)
        try:
            if request.probe == "confusion":
                self._start(key, request, subject)
                return None
            answer = _carry_out(subject, request) if values is None else _shown(request, values)
            atlas = _picture(answer, request.look) if request.look is not None else None
        except FAULTS as error:
            return Result(request, None, step=subject.step, source=subject.source, fault=_sentence(error))
        return Result(request, answer, atlas, subject.step, subject.source)

    def _start(self, key: str, request: Request, subject: _Subject) -> None:
        """Begin a long request on a copy, so that weights that come meanwhile do not mix into it."""
        from engine.probes.confusion import steps

        if request.questions is None:
            raise ProbeError("A confusion matrix needs samples with labels; choose a data set that has them.")
        frozen = replace(subject, network=copy.deepcopy(subject.network))
        own = subject.normalisation or request.normalisation or request.questions.normalisation
        questions = replace(request.questions, normalisation=own)
        with self._wake:
            self._jobs[key] = (request, steps(frozen.network, questions), frozen)

    def _advance(self) -> None:
        """One batch of the first long request."""
        with self._wake:
            if not self._jobs:
                return
            key, (request, job, subject) = next(iter(self._jobs.items()))
        try:
            found = next(job)
        except FAULTS as error:
            result = Result(request, None, step=subject.step, source=subject.source, fault=_sentence(error))
        else:
            whole = isinstance(found, Confusion)
            answer = found if isinstance(found, Confusion) else None
            share = 1.0 if whole else min(float(found), 0.999)  # type: ignore[arg-type]
            result = Result(request, answer, None, subject.step, subject.source, share=share)
        with self._wake:
            if key not in self._jobs or self._jobs[key][1] is not job:
                return  # forgotten meanwhile
            if result.fault or result.answer is not None:
                del self._jobs[key]
        self._give(key, result)

    def _give(self, key: str, result: Result) -> None:
        with self._wake:
            self._results[key] = result


def _carry_out(subject: _Subject, request: Request) -> Answer:
    from engine.probes.where import fit_sample

    sample = None
    if request.sample is not None:
        own = subject.normalisation or request.normalisation
        sample = fit_sample(subject.network.plan, request.sample, own)
    return ask(subject.network, request.probe, block=request.block, sample=sample, **request.options)


def _values(subject: _Subject, alike: dict[str, Request]) -> dict[str, NDArray[np.float32]]:
    """What several blocks give for the one sample of all these requests, by key."""
    from engine.probes.where import batch, fit_sample, quiet

    first = next(iter(alike.values()))
    assert first.sample is not None
    sample = fit_sample(subject.network.plan, first.sample, subject.normalisation or first.normalisation)
    with quiet(subject.network):
        found = subject.network.run(batch(sample), keep=list(dict.fromkeys(one.block for one in alike.values())))
    return {key: found[one.block][0].float().cpu().numpy().copy() for key, one in alike.items()}


def _shown(request: Request, values: NDArray[np.float32]) -> Answer:
    from engine.probes.activations import shown

    return shown(request.block, values)


def _picture(answer: Answer, look: Look) -> Atlas | None:
    match answer:
        case Tiles():
            return render(answer, look)
        case Matrix():
            return render(as_tiles(answer), look)
        case _:
            return None


def _from_graph(
    graph: Graph, normalisation: Normalisation | None, seed: int, source: str, weights: Path | None
) -> _Subject:
    from engine.compiler.plan import plan
    from engine.probes.where import private_copy

    network = private_copy(plan(graph), seed=seed)
    if weights is not None:
        from engine.training.imported import fill

        source = f"weights of {fill(network, weights).origin}"
    return _Subject(network, normalisation, source, None)


def _from_run(path: Path, which: Literal["best", "last"]) -> _Subject:
    from engine.compiler.plan import plan
    from engine.probes.where import private_copy
    from engine.training.checkpoint import fill
    from engine.training.runs import Run

    run = Run(path)
    network = private_copy(plan(run.graph()))
    file, state = run.checkpoint(which)
    fill(network, state, file)
    words = "best weights" if which == "best" else "last weights"
    return _Subject(network, run.normalisation, f"{words} of {path.name}", None)


def _sentence(error: BaseException) -> str:
    """An error as a person reads it; an engine's own is a sentence already."""
    if isinstance(error, EngineError):
        return str(error)
    notes = " ".join(getattr(error, "__notes__", ()))
    text = " ".join(str(error).split())[:300]
    return f"The network could not answer: {text or type(error).__name__}. {notes}".strip()
