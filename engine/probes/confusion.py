"""The confusion matrix of a classifier over many samples, batch by batch, so that it can be interrupted.

Not for: judging during training (`engine.training` counts there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.compiler.module import Network
from engine.probes.answers import output_of, probabilities, sides
from engine.probes.data import Confusion, Questions
from engine.probes.spec import ProbeError, check_alone
from engine.probes.where import fit_sample, quiet

BATCH = 128  # samples at a time: small enough to be interrupted soon


def confusion(
    network: Network, questions: Questions, *, cancelled: Callable[[], bool] | None = None
) -> Confusion | None:
    """Ask all questions; None when `cancelled` said so in between."""
    for found in steps(network, questions):
        if isinstance(found, Confusion):
            return found
        if cancelled is not None and cancelled():
            return None
    return None


def steps(network: Network, questions: Questions) -> Iterator[float | Confusion]:
    """The same in steps: after every batch the share that is done, and at last the matrix.

    Raises:
        ProbeError: The network does not give one number a class.
    """
    classes, rows = questions.classes, questions.rows
    spec = output_of(network)
    single = questions.single if spec.shape.size == 1 and len(classes) == 2 else ""
    if not single and spec.shape.dims != (len(classes),):
        raise ProbeError(f"The network gives {spec.shape.words}, but the data set has {len(classes)} classes.")
    answer = np.zeros(len(rows), np.int64)
    confidence = np.zeros(len(rows), np.float32)
    if len(rows) == 1:
        check_alone(network)
    start = 0
    # Evenly, so that no sample is alone at the end.
    for part in np.array_split(rows, -(-len(rows) // BATCH)) if len(rows) else []:
        inputs = _batch(network, questions, part)
        with quiet(network):
            value = network.values(inputs, [spec.slot])[0].float()
            shares = sides(value.reshape(-1), single) if single else probabilities(network, spec, value)
            best = shares.max(dim=1)
        answer[start : start + len(part)] = best.indices.cpu().numpy()
        confidence[start : start + len(part)] = best.values.cpu().numpy()
        start += len(part)
        yield start / len(rows)
    truth = questions.labels[rows]
    yield Confusion(count(truth, answer, classes), classes, rows, truth, answer, confidence)


def count(truth: NDArray[np.int64], answer: NDArray[np.int64], classes: Sequence[str]) -> NDArray[np.int64]:
    """int64 [K, K]: how often each true class (row) was given each answer (column)."""
    size = len(classes)
    return np.bincount(truth * size + answer, minlength=size * size).reshape(size, size).astype(np.int64)


def _batch(network: Network, questions: Questions, rows: NDArray[np.int64]) -> tuple[torch.Tensor, ...]:
    samples = [
        fit_sample(network.plan, tuple(column[row] for column in questions.inputs), questions.normalisation)
        for row in rows
    ]
    return tuple(torch.from_numpy(np.stack(column)) for column in zip(*samples, strict=True))
