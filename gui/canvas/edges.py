"""Scrolling at the edge of the view: while something is dragged there, the drawing comes along.

Not for: what is dragged (`gui.canvas.gestures`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer

from gui.canvas.gestures import Gesture, Pan

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

EDGE = 28  # pixels from the viewport's border in which the drawing starts to move
STEP = 4  # pixels a frame at the edge's inner border
MOST = 26  # pixels a frame, with the mouse well outside
FRAME_MS = 16


def speed(at: QPoint, room: QRect) -> QPoint:
    """Pixels that the drawing moves in one frame with the mouse at a point: none inside, more the further out."""
    return QPoint(_along(at.x(), room.left(), room.right()), _along(at.y(), room.top(), room.bottom()))


def _along(at: int, low: int, high: int) -> int:
    if high - low < 4 * EDGE:  # so small a view would never rest
        return 0
    if (into := low + EDGE - at) > 0:
        return min(MOST, STEP + into // 3)
    if (into := at - (high - EDGE)) > 0:
        return -min(MOST, STEP + into // 3)
    return 0


class EdgeScroll(QObject):
    """Moves the view under a gesture whose mouse is at the edge."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view)
        self.view = view
        self._gesture: Gesture | None = None
        self._at, self._keys = QPoint(), Qt.KeyboardModifier.NoModifier
        self._inside = False  # a drag that begins at the edge rests until it has been inside
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.step)

    @property
    def moving(self) -> bool:
        """Whether the view is being moved."""
        return self._timer.isActive()

    def follow(self, gesture: Gesture, at: QPoint, keys: Qt.KeyboardModifier) -> None:
        """A gesture has moved to a point of the viewport."""
        if gesture is not self._gesture:
            self._inside = False
        self._gesture, self._at, self._keys = gesture, at, keys
        still = speed(at, self.view.viewport().rect()).isNull()
        self._inside = self._inside or still
        if isinstance(gesture, Pan) or still or not self._inside or not getattr(gesture, "moved", True):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def step(self) -> None:
        """One frame: move the drawing, and the gesture with it."""
        if self._gesture is not None:
            self.view.scroll_by(speed(self._at, self.view.viewport().rect()))
            self._gesture.move(self._at, self._keys)

    def rest(self) -> None:
        """The gesture is over."""
        self._timer.stop()
        self._gesture, self._inside = None, False
