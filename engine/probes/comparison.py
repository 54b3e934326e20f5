"""How far the network's answer to one sample is from what was wanted, where that is no single class: numbers, a picture made
again, a class for every pixel or step.

Not for: one class a sample (`answers`), nor for many samples (`confusion`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.compiler.module import Network
from engine.probes.answers import output_of
from engine.probes.data import Answer, Bars, Nothing
from engine.probes.spec import ProbeError, Sample, probe
from engine.probes.where import batch, quiet

Task = Literal["number", "again", "mask", "tags"]
_FEW = 6  # numbers that are told one by one
_WORDS = 24  # steps whose classes are written out
_SCALES = {"unit": (255.0, 0.0), "signed": (127.5, 1.0)}  # pixels are divided by the first, less the second


@probe("comparison", title="How far off", wants_block=False)
def comparison(network: Network, block: str = "", sample: Sample | None = None, *, task: Task = "number",
               target: NDArray[Any] | None = None, classes: Sequence[str] = (), pad: int | None = None,
               scale: str = "network", threshold: float = 0.0) -> Answer:  # fmt: skip
    """The answer beside what was wanted, and how far apart they are.

    Args:
        network: With the weights to ask.
        block: Name of the output to read; empty: the first one.
        sample: Normalised arrays without a batch axis.
        task: What is wanted: numbers, the input made again, a class for every pixel, a class for every step.
        target: What is wanted for this sample, as the data set holds it.
        classes: Names of the classes or of the numbers.
        pad: The class that is not judged.
        scale: For a picture made again: "network" as the network reads it, "unit" 0 to 1, "signed" -1 to 1.
        threshold: From which output on a pixel belongs to the thing, where there is one output a pixel.

    Raises:
        ProbeError: No sample was given, or the answer does not fit what was wanted.
    """
    if sample is None:
        raise ProbeError("A comparison needs a sample; choose one of the data set.")
    if target is None:
        return Nothing("There is nothing to compare the network's answer with.")
    spec = output_of(network, block)
    with quiet(network):
        value = network.values(batch(sample), [spec.slot])[0][0].float().cpu().numpy()
    try:
        match task:
            case "mask":
                return _mask(value, np.asarray(target), pad, threshold)
            case "tags":
                return _tags(value, np.asarray(target), classes, pad)
            case "again":
                wanted = sample[0] if scale == "network" else target / _SCALES[scale][0] - _SCALES[scale][1]
                error = float(np.mean((value.reshape(-1) - np.asarray(wanted, np.float32).reshape(-1)) ** 2))
                return Bars(
                    ("mean squared error",), (error,), (0,), note="Between the input and the network's copy of it."
                )
            case _:
                return _numbers(value.reshape(-1), np.asarray(target, np.float32).reshape(-1), classes)
    except ValueError as error:
        raise ProbeError(f"The network gives {spec.shape.words}, which does not fit what is wanted here.") from error


def _numbers(value: NDArray[np.float32], wanted: NDArray[np.float32], names: Sequence[str]) -> Bars:
    away = np.abs(value - wanted)
    if len(value) > _FEW:
        note = f"Of {len(value):,} numbers; the largest is {away.max():.3g}."
        return Bars(("mean absolute error",), (float(away.mean()),), (0,), note=note)
    labels = tuple(names) if len(names) == len(value) else tuple(f"output {place}" for place in range(len(value)))
    pairs = "; ".join(f"{want:.4g} was wanted, {off:.3g} off" for want, off in zip(wanted, away, strict=True))
    return Bars(labels, tuple(map(float, value)), tuple(range(len(value))), note=f"{pairs}.")


def _mask(value: NDArray[np.float32], wanted: NDArray[np.int64], pad: int | None, threshold: float) -> Bars:
    said = value.argmax(axis=0) if len(value) > 1 else (value[0] > threshold).astype(np.int64)
    top, left = ((whole - part) // 2 for whole, part in zip(wanted.shape, said.shape, strict=True))
    wanted = wanted[top : top + said.shape[0], left : left + said.shape[1]]
    if wanted.shape != said.shape:
        raise ValueError("the mask is smaller than the answer")
    judged = wanted != pad if pad is not None else np.ones(wanted.shape, bool)
    right = float((said == wanted)[judged].mean()) if judged.any() else float("nan")
    shares = []
    for kind in np.unique(wanted[judged]):
        here, there = (wanted == kind) & judged, (said == kind) & judged
        shares.append(float((here & there).sum() / (here | there).sum()))
    overlap = float(np.mean(shares)) if shares else float("nan")
    note = f"Of {int(judged.sum()):,} pixels; overlap over the {len(shares)} classes that are in this picture."
    return Bars(("pixels right", "mean overlap (IoU)"), (right, overlap), (0, 1), probabilities=True, note=note)


def _tags(value: NDArray[np.float32], wanted: NDArray[np.int64], classes: Sequence[str], pad: int | None) -> Bars:
    if value.ndim == 1:
        value, wanted = value[None], wanted[-1:]
    if value.shape != (len(wanted), len(classes)):
        value = value.T
    said = value.argmax(axis=1)
    judged = wanted != pad if pad is not None else np.ones(len(wanted), bool)
    right = float((said == wanted)[judged].mean()) if judged.any() else float("nan")
    apart = " " if any(len(name) > 1 for name in classes[2:]) else ""
    words = apart.join(classes[int(one)] for one in said[judged][:_WORDS])
    more = " …" if int(judged.sum()) > _WORDS else ""
    return Bars(("steps right",), (right,), (0,), probabilities=True, note=f"Says: {words}{more}")
