"""Whether what is to be predicted agrees with what the network gives, before anything is computed.

Not for: the drawing itself (`engine.graph.check`); this looks at the values of the data, too. No torch.
"""

from __future__ import annotations

import numpy as np

from engine.compiler.plan import Objective, Plan, Term
from engine.data.dataset import DataSet
from engine.data.table import Array
from engine.errors import RunError

_CLASSES = ("cross_entropy", "nll", "multi_margin")  # losses that want one number a class


def check_targets(goal: Objective, planned: Plan, data: DataSet) -> None:
    """See that what is to be predicted fits what the network gives, before anything is computed.

    Raises:
        RunError: It does not.
    """
    shapes = {step.writes: step.output for step in planned.steps}
    shapes |= {index: spec.shape for index, spec in enumerate(planned.inputs)}
    for term in (*goal.terms, *goal.metrics):
        if term.target_slot is None:
            _check_target(term, shapes[term.slot].dims if term.slot in shapes else term.dims, data)
    for spec in planned.inputs:
        if spec.draw is not None:
            continue
        column = data.columns.get(spec.column)
        if column is None:
            raise RunError(
                f'{spec.name} reads the column "{spec.column}", but the data have: {", ".join(data.columns)}.'
            )
        if column.shape[1:] != spec.shape.dims:
            arrived = "×".join(map(str, column.shape[1:])) or "one number"
            raise RunError(
                f"{spec.name} wants {spec.shape.words}, but a sample of {data.facts.name} is {arrived}; fit one to the other."
            )
        if spec.shape.dtype == "index" and column.dtype.kind not in "iu":
            raise RunError(f'{spec.name} wants whole numbers, but the column "{spec.column}" holds others.')


def _check_target(term: Term, dims: tuple[int, ...], data: DataSet) -> None:
    target = data.columns.get(term.target_column)
    if target is None:
        raise RunError(
            f'{term.name} compares with the column "{term.target_column}", but the data have: {", ".join(data.columns)}.'
        )
    if term.kind in ("gan_loss", "diffusion_loss", "triplet_margin"):
        return
    if target.dtype.kind in "iu" and target.ndim == 1:
        _check_labels(term, dims, target)
    elif target.dtype.kind == "i":
        _check_places(term, dims, target)
    elif term.kind in _CLASSES:
        raise RunError(
            f'{term.name} wants classes, but the column "{term.target_column}" holds numbers; use mean squared error.'
        )
    elif int(np.prod(target.shape[1:])) != int(np.prod(dims)):
        raise RunError(
            f'{term.name} gets {"×".join(map(str, dims))} numbers a sample, but the column "{term.target_column}" has '
            f"{'×'.join(map(str, target.shape[1:])) or 1}; make the last layer as wide as the target."
        )
    elif target.dtype.kind == "f" and not np.isfinite(target).all():
        raise RunError(f'the column "{term.target_column}" holds numbers that are not finite; mend the data.')


def _check_labels(term: Term, dims: tuple[int, ...], target: Array) -> None:
    """One class a sample."""
    if len(dims) != 1:
        raise RunError(
            f"{term.name} wants one number a class, but the network gives a {'×'.join(map(str, dims))} map there."
        )
    _check_range(term, max(dims[0], 2 if term.kind not in _CLASSES else 1), target)


def _check_places(term: Term, dims: tuple[int, ...], target: Array) -> None:
    """A class for each pixel or each step."""
    count = dims[0] if len(dims) != 2 else (dims[1] if dims[0] == target.shape[1] else dims[0])
    if len(dims) == 2 and target.shape[1] not in dims:
        raise RunError(
            f'{term.name} gets {dims[0]} steps, but a sample of the column "{term.target_column}" has {target.shape[1]}; make '
            "both equally long."
        )
    _check_range(term, max(count, 2 if term.kind not in _CLASSES else 1), target)


def _check_range(term: Term, count: int, target: Array) -> None:
    ignored = term.settings.get("ignore_index")
    counted = target if ignored is None else target[target != ignored]
    lo, hi = (int(counted.min()), int(counted.max())) if counted.size else (0, 0)
    if lo < 0 or hi >= count:
        raise RunError(
            f'the column "{term.target_column}" has classes from {lo} to {hi}, but {term.name} gets {count} numbers, one '
            f"each for the classes 0 to {count - 1}; make the last layer give {max(hi + 1, 1)}, or mend the data."
        )


def advice(planned: Plan, goal: Objective) -> list[str]:
    """What is not wrong, but seldom meant."""
    kinds = {step.writes: (step.kind, step.name) for step in planned.steps}
    return [
        f"{kinds[term.slot][1]} is a softmax before cross entropy, which has one inside; two of them make learning slow."
        for term in goal.terms
        if term.kind == "cross_entropy" and kinds.get(term.slot, ("", ""))[0] == "softmax"
    ]
