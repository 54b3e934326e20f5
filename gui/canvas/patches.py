"""Things by the patch of the drawing they begin in, and what was made of each patch, kept until something in it changes.

One wire that looks different costs a patch of some fifty made anew, not a drawing of thousands. Not for: finding what lies
under a point (`gui.canvas.cells`), nor what a patch is made into (`gui.canvas.far`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF

SIDE = 2048.0  # canvas units; some forty blocks of a tidy drawing

K = TypeVar("K", bound=Hashable)
P = TypeVar("P")
Place = tuple[int, int]


class Patches(Generic[K, P]):
    """Keys by patch, and what `make` makes of the keys of one."""

    def __init__(self, make: Callable[[list[K]], P]) -> None:
        self._make = make
        self._rects: dict[K, QRectF] = {}
        self._places: dict[K, Place] = {}
        self._keys: dict[Place, dict[K, None]] = {}
        self._around: dict[Place, QRectF] = {}
        self._made: dict[Place, P] = {}

    def put(self, key: K, rect: QRectF) -> None:
        """A key covers a rectangle now; one that looks different within it is to be touched."""
        if self._rects.get(key) == rect:
            return
        place = math.floor(rect.x() / SIDE), math.floor(rect.y() / SIDE)
        if self._places.get(key) != place:
            self.drop(key)
            self._places[key] = place
            self._keys.setdefault(place, {})[key] = None
        self._rects[key] = rect
        self._forget(place)

    def drop(self, key: K) -> None:
        """A key is there no more."""
        place = self._places.pop(key, None)
        if place is not None:
            del self._rects[key], self._keys[place][key]
            self._forget(place)
            if not self._keys[place]:
                del self._keys[place]

    def touch(self, key: K) -> None:
        """A key looks different."""
        place = self._places.get(key)
        if place is not None:
            self._made.pop(place, None)

    def stale(self) -> None:
        """All look different."""
        self._made.clear()

    def clear(self) -> None:
        """Forget all keys."""
        for held in (self._rects, self._places, self._keys, self._around, self._made):
            held.clear()

    def touching(self, rects: Iterable[QRectF] | None) -> list[P]:
        """What is made of the patches whose keys may touch any of some rectangles, or of all."""
        if rects is None:
            return [self._of(place) for place in self._keys]
        wanted = list(rects)
        return [self._of(place) for place in self._keys if any(map(self._bounds(place).intersects, wanted))]

    def ahead(self) -> P | None:
        """Make one of the patches that are not made; None where all are."""
        place = next((place for place in self._keys if place not in self._made), None)
        return None if place is None else self._of(place)

    def _forget(self, place: Place) -> None:
        self._made.pop(place, None)
        self._around.pop(place, None)

    def _bounds(self, place: Place) -> QRectF:
        """The rectangle around the keys of a patch."""
        if place not in self._around:
            around = QRectF()
            for key in self._keys[place]:
                around = around.united(self._rects[key])
            self._around[place] = around
        return self._around[place]

    def _of(self, place: Place) -> P:
        if place not in self._made:
            self._made[place] = self._make(list(self._keys[place]))
        return self._made[place]
