"""Series over time from a table (CSV): windows of the past, and the value that comes after or at every step.

Parted by time, so that no window shares a line with one of another part. Not for: generated series (`engine.data.sequences`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.data.delimited import Columns, chosen, read
from engine.data.places import check_memory, shown
from engine.data.registry import Request
from engine.data.table import Array, Table
from engine.data.windows import windows
from engine.errors import DataError
from engine.graph.facts import Column

LENGTH = 32  # steps of a window, where a person says nothing


def series(request: Request) -> Table:
    """Windows as "features" (T,F); "target" is (K,), `horizon` steps behind the window, or (T,K), that much later at every step.

    Raises:
        DataError: The file cannot be read, holds no numbers, or is too short.
    """
    columns = read(request)
    choice = request.settings
    if not columns.numbers:
        raise DataError("None of the columns holds numbers, so there is no series. Choose another file.")
    numeric = tuple(name for name in columns.names if name in columns.numbers)
    targets = chosen(choice.targets, columns.names, "target") or [numeric[-1]]
    inputs = chosen(choice.inputs, columns.names, "input") or list(numeric)
    for name in (*inputs, *targets):
        if name not in columns.numbers:
            raise DataError(f'The column "{name}" holds texts, but a series is of numbers. Name another one.')
    notes = list(columns.notes)
    left = [name for name in columns.names if name in columns.texts]
    if left:
        notes.append(f"Not read, as it holds no numbers: {', '.join(left[:5])}.")
    past, future = _values(columns, inputs, notes), _values(columns, targets, [])
    length = choice.length if choice.length is not None else LENGTH
    found = windows(
        columns.rows, choice, length=length, ahead=choice.horizon, step=choice.step if choice.step is not None else 1,
        what="lines",
    )  # fmt: skip
    every = choice.answer == "every"
    width = len(inputs) + (len(targets) if every else 0)
    check_memory(4 * len(found.starts) * length * width, "The windows of the series")
    out: dict[str, Array] = {"features": past[found.rows(length)]}
    if every:
        out["target"] = future[found.rows(length, choice.horizon)]
    else:
        out["target"] = future[found.starts + length - 1 + choice.horizon]
    return Table(
        shown(request.path.name) if request.path is not None else "Series",
        out,
        parts=found.parts,
        parted=True,
        notes=tuple(notes),
        described={
            "features": Column("features", "number", (), fields=tuple(inputs)),
            "target": Column("target", "number", (), fields=tuple(targets)),
        },
    )


def _values(columns: Columns, names: list[str], notes: list[str]) -> npt.NDArray[np.float32]:
    """[steps, names]; a missing value is that of the line before it, those at the beginning the first that there is."""
    out = np.empty((columns.rows, len(names)), np.float32)
    for place, name in enumerate(names):
        values = columns.numbers[name]
        known = np.isfinite(values)
        last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
        last[last < 0] = int(np.argmax(known))
        with np.errstate(over="ignore"):
            out[:, place] = values[last]
        holes = int((~known).sum())
        if holes:
            notes.append(f"{holes:,} values of {name} are missing; each is taken from the line before it.")
    if not np.isfinite(out).all():
        raise DataError(
            "The series holds numbers that are too large (beyond 3e38). Scale them and save the file again."
        )
    return out
