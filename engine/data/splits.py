"""Splitting samples into training, validation and test parts, and drawing a few of many: by seed, by class.

Order comes from raw PCG64 words, which numpy promises never to change: a seed gives the same split on every platform and
with every version.

Not for: the order of batches (`engine.training`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.data.table import PARTS, Array
from engine.errors import DataError

Rows = npt.NDArray[np.int64]


def shuffled(rows: Rows, seed: int) -> Rows:
    """`rows` in an order drawn from `seed`."""
    keys = np.random.PCG64(seed).random_raw(len(rows))
    return rows.take(np.argsort(keys, kind="stable"))


def shares(sizes: npt.NDArray[np.int64], fraction: float, owed: Array | float = 0.0) -> npt.NDArray[np.int64]:
    """How many of each group make up `fraction` of all: each within 1 of its own fraction, together the nearest whole.

    Largest remainders get what rounding down leaves over; equal ones in the order of the groups.

    Args:
        sizes: How many there are of each group.
        fraction: The share that is wanted of them.
        owed: What an earlier share left each group short of; added to its remainder.
    """
    exact = sizes * fraction
    down = np.floor(exact).astype(np.int64)
    left = round(float(sizes.sum()) * fraction) - int(down.sum())
    first = np.argsort(-(exact - down + owed), kind="stable")[: max(left, 0)]
    down[first] += 1
    return np.asarray(np.minimum(down, sizes), np.int64)


def draw(groups: Array, limit: int, seed: int) -> Rows:
    """At most `limit` row numbers, ascending, from every group in proportion."""
    rows = np.arange(len(groups), dtype=np.int64)
    if len(rows) <= limit:
        return rows
    members = _members(groups, rows)
    taken = shares(np.array([len(m) for m in members]), limit / len(rows))
    picked = [shuffled(m, seed + i)[:n] for i, (m, n) in enumerate(zip(members, taken, strict=True))]
    return np.sort(np.concatenate(picked))


def split(
    count: int, labels: Array | None, parts: Array | None, *, val: float, test: float, seed: int, stratified: bool
) -> dict[str, Rows]:
    """Row numbers of "train", "val" and "test", disjoint and complete, each ascending.

    Args:
        count: How many samples there are.
        labels: Class of each sample, or None where there are no classes.
        parts: Part of each sample (index into `PARTS`) where the data come in parts: those are kept, and validation is
            drawn from the training part where it is missing.
        val: Share of the samples for validation; of the training part where there is a test part.
        test: Share of the samples for the test; not used where there is a test part.
        seed: What the split is drawn from.
        stratified: Whether every part gets each class in the same proportion.

    Raises:
        DataError: Nothing would be left to train on.
    """
    rows = np.arange(count, dtype=np.int64)
    given = {name: rows[parts == i] for i, name in enumerate(PARTS)} if parts is not None else {}
    pool = given.get("train", rows)
    if not len(pool):
        raise DataError("There is no sample to train on. Add samples to the training part.")
    want_val = 0.0 if len(given.get("val", ())) else val
    want_test = 0.0 if len(given.get("test", ())) else test
    if want_val + want_test >= 1.0:
        raise DataError(
            f"Validation takes {want_val:.0%} of the samples and test {want_test:.0%}, which leaves nothing to train on. "
            "Make the two shares smaller."
        )
    groups = labels[pool] if stratified and labels is not None else np.zeros(len(pool), np.int64)
    train, drawn_val, drawn_test = _carve(pool, groups, want_val, want_test, seed)
    return {
        "train": np.sort(train),
        "val": np.sort(np.concatenate([given.get("val", rows[:0]), drawn_val])),
        "test": np.sort(np.concatenate([given.get("test", rows[:0]), drawn_test])),
    }


def _carve(pool: Rows, groups: Array, val: float, test: float, seed: int) -> tuple[Rows, Rows, Rows]:
    """Training, validation and test rows out of `pool`. Every group keeps a row to train on."""
    members = _members(groups, pool)
    sizes = np.array([len(m) for m in members], np.int64)
    n_test = np.minimum(shares(sizes, test), sizes - 1)
    # A group that got less than its share of the test part is the first to get more of the validation part.
    n_val = np.minimum(shares(sizes, val, sizes * test - n_test), sizes - 1 - n_test)
    picked: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])
    for i, rows in enumerate(members):
        mixed = shuffled(rows, seed + i)
        a, b = int(n_test[i]), int(n_test[i] + n_val[i])
        for bag, piece in zip(picked, (mixed[b:], mixed[a:b], mixed[:a]), strict=True):
            bag.append(piece)
    train, drawn_val, drawn_test = (np.concatenate(bag) for bag in picked)
    return train, drawn_val, drawn_test


def _members(groups: Array, rows: Rows) -> list[Rows]:
    """The rows of each group that has any, groups ascending."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=groups[order][:1] - 1))
    return np.split(rows[order], starts[1:])
