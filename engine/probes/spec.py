"""`@probe`: what can be asked of a network, declared once and read by the window, the worker and the command line.

Not for: particular probes (one subject a file, beside this one). No torch, so that a menu can list them early.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.declare import unknown
from engine.errors import EngineError
from engine.probes.data import Answer

if TYPE_CHECKING:
    from engine.compiler.module import Network

Sample = tuple[NDArray[np.float32], ...]  # one normalised array an input of the network, without the batch axis
Run = Callable[..., Answer]


class ProbeError(EngineError):
    """A probe that cannot be carried out: no such block, a picture that does not fit."""


@dataclass(frozen=True)
class Probe:
    """One thing that can be asked.

    Attributes:
        name: Its name on the command line.
        title: The name a person reads.
        help: What it shows, in a sentence.
        wants_block: Whether it is asked of one block; else of the whole network.
        wants_sample: Whether it needs a sample.
        run: (network, block name, sample, **options) -> Answer.
    """

    name: str
    title: str
    help: str
    wants_block: bool
    wants_sample: bool
    run: Run


_PROBES: dict[str, Probe] = {}


def probe(name: str, *, title: str, wants_block: bool = True, wants_sample: bool = True) -> Callable[[Run], Run]:
    """Declare a probe; the first line of its docstring is its help."""

    def decorate(run: Run) -> Run:
        text = (run.__doc__ or "").strip().splitlines()[0]
        _PROBES[name] = Probe(name, title, text, wants_block, wants_sample, run)
        return run

    return decorate


def probes() -> Mapping[str, Probe]:
    """Every declared probe by name."""
    import engine.probes.activations
    import engine.probes.answers
    import engine.probes.comparison
    import engine.probes.filters  # noqa: F401  importing them declares them

    return _PROBES


def ask(network: Network, name: str, *, block: str = "", sample: Sample | None = None, **options: Any) -> Answer:
    """Carry out a probe by name.

    Raises:
        ProbeError: No such probe or block, or a sample is missing or cannot be answered alone.
    """
    found = probes().get(name)
    if found is None:
        raise ProbeError(unknown(name, probes(), "probe"))
    if found.wants_sample and sample is None:
        raise ProbeError(f'the probe "{name}" needs a sample, but none was given; choose a picture.')
    if found.wants_sample:
        check_alone(network)
    return found.run(network, block, sample, **options)


def check_alone(network: Network) -> None:
    """A batch norm without running averages compares the samples of a batch; one sample that gives it one value cannot be.

    Raises:
        ProbeError: The network has such a one.
    """
    for step in network.plan.steps:
        unkept = step.call.target.startswith("nn.BatchNorm") and ("track_running_stats", False) in step.call.kwargs
        if unkept and math.prod(step.output.dims[1:]) == 1:
            raise ProbeError(
                f"{step.name} keeps no running averages, so the network cannot answer to a single sample; switch its "
                "track_running_stats on and train again."
            )
