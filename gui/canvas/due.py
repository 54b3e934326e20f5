"""Which parts of the drawing are to be painted anew in this turn of the event loop.

Rectangles side by side become one; a few others stay by themselves, for what lies between them need not be painted; many
become one all the same, for a thousand are slow to add up. Not for: painting (`gui.canvas.zoom`).
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QRectF

MOST = 32  # rectangles
WASTE = 1.5  # times the area of two rectangles that the one around both may have

Edges = tuple[float, float, float, float]  # left, top, right, bottom: asking Qt for each takes ten times as long


class Due:
    """The rectangles that were asked for since the last painting, in canvas units."""

    def __init__(self) -> None:
        self._rects: list[tuple[Edges, float]] = []  # with their areas

    def __bool__(self) -> bool:
        return bool(self._rects)

    def add(self, rect: QRectF) -> QRectF | None:
        """Note a rectangle; gives what is to be asked for now, None where that has been done."""
        edges = left, top, right, bottom = cast(Edges, rect.getCoords())
        for (x, y, end, low), _area in self._rects:
            if x <= left and y <= top and end >= right and low >= bottom:
                return None
        area = (right - left) * (bottom - top)
        for index, (other, other_area) in enumerate(self._rects):
            both = _around(edges, other)
            both_area = (both[2] - both[0]) * (both[3] - both[1])
            if both_area <= WASTE * (area + other_area):
                self._rects[index] = both, both_area
                return _rect(both)
        if len(self._rects) >= MOST:
            for other, _area in self._rects:
                edges = _around(edges, other)
            self._rects.clear()
            area = (edges[2] - edges[0]) * (edges[3] - edges[1])
        self._rects.append((edges, area))
        return _rect(edges)

    def clear(self) -> None:
        """All has been painted."""
        self._rects.clear()


def _around(one: Edges, two: Edges) -> Edges:
    # Comparing takes a third of the time of min and max.
    left, top, right, bottom = one
    if left > two[0]:
        left = two[0]
    if top > two[1]:
        top = two[1]
    if right < two[2]:
        right = two[2]
    if bottom < two[3]:
        bottom = two[3]
    return left, top, right, bottom


def _rect(edges: Edges) -> QRectF:
    left, top, right, bottom = edges
    return QRectF(left, top, right - left, bottom - top)
