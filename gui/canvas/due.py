"""Which parts of the drawing are to be painted anew in this turn of the event loop.

Rectangles side by side become one; a few others stay by themselves, for what lies between them need not be painted; many
become one all the same, for a thousand are slow to add up. Not for: painting (`gui.canvas.zoom`).
"""

from __future__ import annotations

from PySide6.QtCore import QRectF

MOST = 32  # rectangles
WASTE = 1.5  # times the area of two rectangles that the one around both may have


class Due:
    """The rectangles that were asked for since the last painting, in canvas units."""

    def __init__(self) -> None:
        self._rects: list[QRectF] = []

    def __bool__(self) -> bool:
        return bool(self._rects)

    def add(self, rect: QRectF) -> QRectF | None:
        """Note a rectangle; gives what is to be asked for now, None where that has been done."""
        if any(other.contains(rect) for other in self._rects):
            return None
        for index, other in enumerate(self._rects):
            both = other.united(rect)
            if _area(both) <= WASTE * (_area(other) + _area(rect)):
                self._rects[index] = both
                return both
        if len(self._rects) >= MOST:
            for other in self._rects:
                rect = rect.united(other)
            self._rects.clear()
        self._rects.append(rect)
        return rect

    def clear(self) -> None:
        """All has been painted."""
        self._rects.clear()


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()
