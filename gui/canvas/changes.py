"""What differs between two states of a mapping whose values are replaced, never changed: found at the speed of C.

An edit at 5,000 blocks touches one or two of them; looking at each in Python would take longer than painting them.
Not for: what the difference means (`gui.canvas.scene`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import compress
from operator import is_not
from typing import Generic, TypeVar

from engine.graph.check import BlockReport

K = TypeVar("K")
V = TypeVar("V")


class Seen(Generic[K, V]):
    """The state of a mapping when it was last looked at."""

    def __init__(self) -> None:
        self._keys: list[K] = []  # lists: a dictionary of thousands of keys that are slow to hash is slow to copy
        self._values: list[V] = []

    def look(self, now: Mapping[K, V]) -> tuple[list[K], list[K]]:
        """Keys that are gone since, and keys whose value is new or another object than it was."""
        keys, values = list(now), list(now.values())
        before_keys, before_values = self._keys, self._values
        self._keys, self._values = keys, values
        if keys == before_keys:
            return [], list(compress(keys, map(is_not, before_values, values)))
        before = dict(zip(before_keys, before_values, strict=True))
        nothing = object()
        return (
            [key for key in before_keys if key not in now],
            [key for key, value in now.items() if before.get(key, nothing) is not value],
        )

    def clear(self) -> None:
        """Look at the next state as if all of it were new."""
        self._keys, self._values = [], []


class Unknown:
    """Blocks of which it is not known what leaves them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def look(self, blocks: Mapping[str, BlockReport], gone: Collection[str], fresh: Collection[str]) -> set[str]:
        """Blocks whose wires may be known now and were not, or the other way round; of several outputs any may be."""
        now, out = set[str](), set(gone)
        reports = [blocks[id_] for id_ in fresh]
        distinct = dict(zip(map(id, reports), reports, strict=True))  # equal blocks have one report
        if any(len(one.outputs) != 1 or one.outputs[0] is None for one in distinct.values()):
            for id_, report in zip(fresh, reports, strict=True):
                if len(report.outputs) > 1:
                    out.add(id_)
                if not report.outputs or report.outputs[0] is None:
                    now.add(id_)
        out |= now ^ self._ids.intersection(fresh)
        self._ids = self._ids.difference(fresh, gone) | now
        return out

    def clear(self) -> None:
        """Look at the next report as if all of it were new."""
        self._ids.clear()


def gathered(keys: Collection[str], held: Mapping[str, set[K]], all_: Collection[K]) -> set[K]:
    """What is held by some keys; all there is, where most of them are asked for and adding up takes longer."""
    if 2 * len(keys) > len(held):
        return set(all_)
    return set().union(*[held.get(key, ()) for key in keys])
