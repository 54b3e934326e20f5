"""Which rectangles touch a rectangle: a grid of cells, because asking the scene costs a Python call an item.

Not for: painting; Qt's own index does that.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QRectF

CELL = 512.0  # canvas units; a block lies in one to four cells
MOST_CELLS = 64  # a wire to a block that was dragged far away would lie in hundreds of thousands

Span = tuple[int, int, int, int]
Cell = tuple[int, int]
LARGE: Cell = (2**31, 2**31)  # stands for all cells; what lies in so many is looked at each time
K = TypeVar("K", bound=Hashable)


class Cells(Generic[K]):
    """Rectangles by id, found by place."""

    def __init__(self) -> None:
        self._rects: dict[K, QRectF] = {}
        self._cells: dict[Cell, set[K]] = {}
        self._around: QRectF | None = QRectF()  # None: to be found anew

    def __len__(self) -> int:
        return len(self._rects)

    def rect(self, id_: K) -> QRectF | None:
        """The rectangle that was entered under an id."""
        return self._rects.get(id_)

    def put(self, id_: K, rect: QRectF) -> None:
        """Enter a rectangle, or another one in its place."""
        before, span = self._rects.get(id_), _span(rect)
        if before is not None:
            if _span(before) == span and self._around is not None and not _reaches_edge(before, self._around):
                self._rects[id_] = rect  # it stays in its cells
                self._around = self._around.united(rect)
                return
            self.drop(id_)
        self._rects[id_] = rect
        if self._around is not None:
            self._around = self._around.united(rect)
        for cell in _homes(span):
            self._cells.setdefault(cell, set()).add(id_)

    def drop(self, id_: K) -> None:
        """Forget a rectangle."""
        rect = self._rects.pop(id_, None)
        if rect is not None:
            if self._around is not None and _reaches_edge(rect, self._around):
                self._around = None  # it may have been what reached furthest
            for cell in _homes(_span(rect)):
                self._cells[cell].discard(id_)

    def clear(self) -> None:
        """Forget all."""
        self._rects.clear()
        self._cells.clear()
        self._around = QRectF()

    def touching(self, rect: QRectF) -> list[K]:
        """Ids of the rectangles that touch one."""
        span = _span(rect)
        if (span[2] - span[0] + 1) * (span[3] - span[1] + 1) > len(self._rects):
            return [id_ for id_, held in self._rects.items() if held.intersects(rect)]
        within, near = set[K](), set(self._cells.get(LARGE, ()))
        for x, y in _grid(span):
            inside = span[0] < x < span[2] and span[1] < y < span[3]  # what lies in such a cell touches it for certain
            (within if inside else near).update(self._cells.get((x, y), ()))
        return [*within, *(id_ for id_ in near - within if self._rects[id_].intersects(rect))]

    def touching_any(self, rects: Iterable[QRectF]) -> set[K]:
        """Ids of the rectangles that touch any of some."""
        return {id_ for rect in rects for id_ in self.touching(rect)}

    def around(self) -> QRectF:
        """The rectangle around all."""
        if self._around is None:
            around = QRectF()
            for rect in self._rects.values():
                around = around.united(rect)
            self._around = around
        return self._around


def _reaches_edge(rect: QRectF, around: QRectF) -> bool:
    left, top, right, bottom = _edges(rect)
    first, highest, last, lowest = _edges(around)
    return left <= first or top <= highest or right >= last or bottom >= lowest


def _edges(rect: QRectF) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in one call; the stubs do not say what it gives."""
    return cast(tuple[float, float, float, float], rect.getCoords())


def _span(rect: QRectF) -> Span:
    left, top, right, bottom = _edges(rect)
    floor = math.floor
    return floor(left / CELL), floor(top / CELL), floor(right / CELL), floor(bottom / CELL)


def _homes(span: Span) -> Iterable[Cell]:
    """The cells that a rectangle is entered in."""
    if span[0] == span[2] and span[1] == span[3]:
        return (span[:2],)
    many = (span[2] - span[0] + 1) * (span[3] - span[1] + 1) > MOST_CELLS
    return (LARGE,) if many else _grid(span)


def _grid(span: Span) -> Iterable[Cell]:
    return ((x, y) for x in range(span[0], span[2] + 1) for y in range(span[1], span[3] + 1))
