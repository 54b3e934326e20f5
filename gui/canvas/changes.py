"""What differs between two states of a mapping whose values are replaced, never changed: found at the speed of C.

An edit at 5,000 blocks touches one or two of them; looking at each in Python would take longer than painting them.
Not for: what the difference means (`gui.canvas.scene`).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from operator import is_not
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def differing(before: Mapping[K, V], after: Mapping[K, V]) -> list[K]:
    """Keys of `after` whose value is not the same object as in `before`, or that `before` does not have."""
    if len(before) == len(after) and list(before) == list(after):
        return list(compress(after, map(is_not, before.values(), after.values())))
    gone = object()
    return [key for key, value in after.items() if before.get(key, gone) is not value]


def missing(before: Mapping[K, V], after: Mapping[K, V]) -> list[K]:
    """Keys that `after` no longer has."""
    return [] if before.keys() <= after.keys() else [key for key in before if key not in after]
