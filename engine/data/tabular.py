"""A table of values (CSV) as features and what is to be predicted from them: classes, numbers, or several of both.

Not for: how the file is written (`engine.data.delimited`), series over time (`series`) and sentences (`sentences`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.data.delimited import Columns, chosen, read
from engine.data.folder import natural
from engine.data.places import shown
from engine.data.registry import Request
from engine.data.table import Array, Table
from engine.errors import DataError
from engine.graph.facts import Column

TARGET_NAMES = ("label", "target", "class", "y", "species", "category", "outcome")
_FEW = 20  # whole numbers of at most so many values are taken for classes
_KINDS = 32  # a text column of at most so many values is read as one number for each
_MOST_CLASSES = 10_000
_LISTED = 5

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def table(request: Request) -> Table:
    """The table that a request names.

    Raises:
        DataError: It cannot be read, or there is nothing to learn from or to predict.
    """
    columns = read(request)
    settings = request.settings
    targets = chosen(settings.targets, columns.names, "target") or [usual_target(columns)]
    named = chosen(settings.inputs, columns.names, "input")
    inputs = named or [name for name in columns.names if name not in targets]
    for name in inputs:
        if name in targets:
            raise DataError(
                f'The column "{name}" is to be read and to be predicted, which would be too easy. '
                "Name it as an input or as a target, not as both."
            )
    notes = list(columns.notes)
    features, fields = _features(columns, inputs, bool(named), notes)
    kept: Mask = np.asarray(np.isfinite(features).all(axis=1))
    made = {name: _target(columns, name, settings.predict_as) for name in targets}
    for _, _, known in made.values():
        kept = kept & known
    _say_missing(columns, (*inputs, *targets), kept, notes)
    with np.errstate(over="ignore"):
        out: dict[str, Array] = {"features": features[kept].astype(np.float32)}
    described = {"features": Column("features", "number", (), fields=fields)}
    _add_targets(out, described, {name: (values[kept], classes) for name, (values, classes, _) in made.items()}, notes)
    if not all(np.isfinite(values).all() for values in out.values()):
        raise DataError("The table holds numbers that are too large (beyond 3e38). Scale them and save the file again.")
    name = shown(request.path.name) if request.path is not None else "Table"
    return Table(name, out, notes=tuple(notes), described=described)


def usual_target(columns: Columns) -> str:
    """The column that is predicted where nobody says: one with a name for it, or the last."""
    folded = {name.casefold(): name for name in reversed(columns.names)}
    return next((folded[name] for name in TARGET_NAMES if name in folded), columns.names[-1])


def classes_of(cells: Sequence[str | None]) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Texts as classes in the order a person would count in; -1 where one is missing."""
    names = tuple(sorted({cell for cell in cells if cell is not None}, key=natural))
    where = {name: index for index, name in enumerate(names)}
    return np.array([-1 if cell is None else where[cell] for cell in cells], np.int64), names


def _features(
    columns: Columns, inputs: Sequence[str], named: bool, notes: list[str]
) -> tuple[Numbers, tuple[str, ...]]:  # fmt: skip
    """Numbers [N,F] and their names; texts of few kinds as one number a kind."""
    parts: list[Numbers] = []
    fields: list[str] = []
    left, spread = [], []
    for name in inputs:
        if name in columns.numbers:
            parts.append(columns.numbers[name][:, None])
            fields.append(name)
            continue
        indices, kinds = classes_of(columns.texts[name])
        if not kinds or len(kinds) > _KINDS:
            if named and kinds:
                raise DataError(
                    f'The input column "{name}" holds {len(kinds):,} different texts, but at most {_KINDS} kinds can be read as '
                    "numbers. Leave it out, or choose the data set for sentences."
                )
            left.append(name)
            continue
        flags = (indices[:, None] == np.arange(len(kinds))).astype(np.float64)
        flags[indices < 0] = np.nan
        parts.append(flags)
        fields += [f"{name} = {kind}" for kind in kinds]
        spread.append(name)
    if spread:
        notes.append(f"Of text, read as one number for each kind: {_listed(spread)}.")
    if left:
        notes.append(f"Not read, for want of values or for too many different texts: {_listed(left)}.")
    if not parts:
        raise DataError(
            "None of the input columns holds numbers or texts of few kinds, so there is nothing to learn from. Name other columns."
        )
    return np.concatenate(parts, axis=1), tuple(fields)


def _target(columns: Columns, name: str, predict_as: str) -> tuple[Array, tuple[str, ...], Mask]:
    """Classes int64 [N] with their names, or numbers float64 [N] without; and where they are known."""
    values = columns.numbers.get(name)
    if values is None:
        indices, classes = classes_of(columns.texts[name])
        if not classes:
            raise DataError(f'The target column "{name}" holds no value. Name another one.')
        if predict_as == "numbers":
            raise DataError(
                f'The target column "{name}" holds texts such as "{classes[0][:40]}", but numbers are to be predicted. '
                "Name another column, or predict classes."
            )
        _check_classes(name, len(classes))
        return indices, classes, indices >= 0
    known = np.isfinite(values)
    found = np.unique(values[known])
    whole = bool((found == np.round(found)).all())
    if predict_as == "numbers" or (predict_as == "auto" and not (whole and len(found) <= _FEW)):
        return values, (), known
    _check_classes(name, len(found))
    indices = np.where(known, np.searchsorted(found, np.where(known, values, found[0])), -1).astype(np.int64)
    return indices, tuple(f"{value:g}" for value in found), known


def _check_classes(name: str, count: int) -> None:
    if count > _MOST_CLASSES:
        raise DataError(
            f'The target column "{name}" holds {count:,} different values, which are too many classes. '
            "Name another column, or predict numbers."
        )


def _add_targets(
    out: dict[str, Array], described: dict[str, Column], made: dict[str, tuple[Array, tuple[str, ...]]], notes: list[str]
) -> None:  # fmt: skip
    """One target as "label" or "target"; several numbers as one "target"; else each by its own name."""
    if all(not classes for _, classes in made.values()):
        with np.errstate(over="ignore"):
            out["target"] = np.stack([values for values, _ in made.values()], axis=1).astype(np.float32)
        described["target"] = Column("target", "number", (), fields=tuple(made))
        return
    for own, (values, classes) in made.items():
        name = "label" if len(made) == 1 else own if own != "features" else "features (target)"
        out[name] = values if classes else values[:, None].astype(np.float32)
        described[name] = Column(name, "label" if classes else "number", (), classes, target=True, fields=(own,))
        if len(classes) == 1:
            notes.append(f'"{own}" is {classes[0]} in every line, so there is nothing to tell apart.')


def _say_missing(columns: Columns, names: Sequence[str], kept: Mask, notes: list[str]) -> None:
    """Say how many lines are left out, and which columns are to blame."""
    lost = int((~kept).sum())
    if not lost:
        return
    guilty = []
    for name in names:
        if name in columns.numbers:
            holes = int(np.isnan(columns.numbers[name]).sum())
        else:
            holes = sum(cell is None for cell in columns.texts[name])
        if 0 < holes < columns.rows:
            guilty.append(f"{name} ({holes:,})")
    if lost == columns.rows:
        raise DataError(
            f"Every line lacks a value in one of its columns: {_listed(guilty)}. Name input columns that are filled."
        )
    notes.append(f"{lost:,} of {columns.rows:,} lines lack a value and are left out: {_listed(guilty)}.")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
