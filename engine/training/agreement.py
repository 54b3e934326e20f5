"""Whether what is to be predicted agrees with what the network gives, before anything is computed.

Not for: the drawing itself (`engine.graph.check`); this looks at the values of the data, too. No torch.
"""

from __future__ import annotations

import numpy as np

from engine.compiler.plan import Objective, Plan, Term
from engine.data.dataset import DataSet
from engine.errors import RunError


def check_targets(goal: Objective, planned: Plan, data: DataSet) -> None:
    """See that what is to be predicted fits what the network gives, before anything is computed.

    Raises:
        RunError: It does not.
    """
    shapes = {step.writes: step.output for step in planned.steps}
    shapes |= {index: spec.shape for index, spec in enumerate(planned.inputs)}
    for term in (*goal.terms, *goal.metrics):
        if term.target_slot is None:
            _check_target(term, shapes[term.slot].dims, data)
    for spec in planned.inputs:
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


def _check_target(term: Term, dims: tuple[int, ...], data: DataSet) -> None:
    target = data.columns.get(term.target_column)
    if target is None:
        raise RunError(
            f'{term.name} compares with the column "{term.target_column}", but the data have: {", ".join(data.columns)}.'
        )
    if target.dtype.kind in "iu" and target.ndim == 1:
        if len(dims) != 1:
            raise RunError(
                f"{term.name} wants one number a class, but the network gives a {'×'.join(map(str, dims))} map there."
            )
        lo, hi = (int(target.min()), int(target.max())) if len(target) else (0, 0)
        if lo < 0 or hi >= dims[0]:
            raise RunError(
                f'the column "{term.target_column}" has classes from {lo} to {hi}, but {term.name} gets {dims[0]} numbers, one '
                f"each for the classes 0 to {dims[0] - 1}; make the last layer give {max(hi + 1, 1)}, or mend the data."
            )
    elif term.kind != "mse":
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


def advice(planned: Plan, goal: Objective) -> list[str]:
    """What is not wrong, but seldom meant."""
    kinds = {step.writes: (step.kind, step.name) for step in planned.steps}
    return [
        f"{kinds[term.slot][1]} is a softmax before cross entropy, which has one inside; two of them make learning slow."
        for term in goal.terms
        if term.kind == "cross_entropy" and kinds.get(term.slot, ("", ""))[0] == "softmax"
    ]
