"""A strip of samples to pick from: part, class, mistakes first; next, previous, random.

Not for: changing the data.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

THUMB = 56  # pixels: twice a digit's 28
GAP = 6


class Film(QWidget):
    """Thumbnails side by side; only those in sight are made.

    Attributes:
        picked: Emits the place in the data set of the sample that a person picked.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, rows: int = 1, name: str = "Samples") -> None:
        super().__init__(parent)
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._wrong: frozenset[int] = frozenset()
        self._image: Callable[[int], QImage | None] = lambda _row: None
        self._at = 0  # place in the order
        self._first = 0  # first place in sight
        self._rows = rows
        self._marked = True
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        grows = QSizePolicy.Policy.Fixed if rows == 1 else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, grows)
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, self._rows * (THUMB + GAP) + GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(THUMB + 2 * GAP, THUMB + 2 * GAP)

    def set_source(self, image: Callable[[int], QImage | None]) -> None:
        """Where pictures come from: a place in the data set to its picture."""
        self._image = lru_cache(maxsize=2048)(image)
        self.update()

    def set_order(self, order: NDArray[np.int64], *, current: int | None = None) -> None:
        """Show these samples; `current` is chosen if it is among them, else the first."""
        self._order = order
        found = np.flatnonzero(order == current) if current is not None else np.zeros(0, np.int64)
        self._at = int(found[0]) if len(found) else 0
        self._marked = True
        self._first = 0
        self._reveal()
        self.update()

    def set_wrong(self, wrong: frozenset[int]) -> None:
        """Mark these samples as answered wrongly."""
        self._wrong = wrong
        self.update()

    @property
    def marked(self) -> bool:
        """Whether the chosen sample has its ring."""
        return self._marked

    def set_marked(self, marked: bool) -> None:
        """Take the ring away while something else is looked at; picking a sample brings it back."""
        self._marked = marked
        self.update()

    @property
    def order(self) -> NDArray[np.int64]:
        """Places in the data set, in the order shown."""
        return self._order

    @property
    def sample(self) -> int | None:
        """Place in the data set of the chosen sample."""
        return int(self._order[self._at]) if len(self._order) else None

    @property
    def place(self) -> int:
        """Place of the chosen sample in the order."""
        return self._at

    def go(self, place: int) -> None:
        """Choose the sample at a place of the order, as if a person had picked it."""
        if len(self._order):
            self._at = place % len(self._order)
            self._marked = True
            self._reveal()
            self.update()
            self.picked.emit(int(self._order[self._at]))

    def columns(self) -> int:
        """Thumbnails a row."""
        return max(1, (self.width() - GAP) // (THUMB + GAP))

    def in_sight(self) -> int:
        """How many thumbnails have room."""
        lines = 1 if self._rows == 1 else max(1, (self.height() - GAP) // (THUMB + GAP))
        return self.columns() * lines

    def box(self, place: int) -> QRect:
        """Where the thumbnail of a place of the order is."""
        line, column = divmod(place - self._first, self.columns())
        return QRect(GAP + column * (THUMB + GAP), GAP + line * (THUMB + GAP), THUMB, THUMB)

    def _reveal(self) -> None:
        sight = self.in_sight()
        if not self._first <= self._at < self._first + sight:
            self._scroll_to(self._at - sight // 2)

    def _scroll_to(self, first: int) -> None:
        columns = self.columns() if self._rows != 1 else 1
        last = max(0, len(self._order) - self.in_sight())
        self._first = min(max(0, first // columns * columns), -(-last // columns) * columns)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(self._first, min(len(self._order), self._first + self.in_sight())):
            row = int(self._order[place])
            box = self.box(place)
            image = self._image(row)
            painter.fillRect(box, QColor(t.sunken))
            if image is not None:
                place_in = _inside(box, image.size())
                whole = place_in.width() % image.width() == 0
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not whole)
                painter.drawImage(place_in, image)
            chosen = place == self._at and self._marked
            # A picture with a white ground on a white card ends at this line.
            painter.setPen(QPen(QColor(t.accent if chosen else t.border_strong), 2 if chosen else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 3, 3)
            if chosen and self.hasFocus():
                painter.setPen(QPen(QColor(t.text), 1))
                painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 5, 5)
            if row in self._wrong:
                self._mark(painter, box)
        painter.end()

    def _mark(self, painter: QPainter, box: QRect) -> None:
        t = theme.current()
        spot = QRect(box.right() - 14, box.top() + 2, 13, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.raised))
        painter.drawEllipse(spot.adjusted(-1, -1, 1, 1))
        theme.icon("close-circle", color=t.bad).paint(painter, spot)

    def _at_point(self, point: QPoint) -> int | None:
        for place in range(self._first, min(len(self._order), self._first + self.in_sight())):
            if self.box(place).adjusted(-2, -2, 2, 2).contains(point):
                return place
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at_point(event.position().toPoint())
        if found is not None:
            self.go(found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = -1 if event.angleDelta().y() + event.angleDelta().x() > 0 else 1
        self._scroll_to(self._first + steps * (3 if self._rows == 1 else self.columns()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line = self.columns() if self._rows != 1 else self.in_sight()
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -line, Qt.Key.Key_Down: line,
            Qt.Key.Key_PageUp: -self.in_sight(), Qt.Key.Key_PageDown: self.in_sight(),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        match step:
            case None if event.key() == Qt.Key.Key_Home:
                self.go(0)
            case None if event.key() == Qt.Key.Key_End:
                self.go(len(self._order) - 1)
            case None:
                super().keyPressEvent(event)
            case _:
                self.go(min(max(0, self._at + step), max(0, len(self._order) - 1)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


def _inside(box: QRect, size: QSize) -> QRect:
    """The largest place of a picture's proportions in a box."""
    room = min(box.width() / size.width(), box.height() / size.height())
    width, height = max(1, round(size.width() * room)), max(1, round(size.height() * room))
    return QRect(box.left() + (box.width() - width) // 2, box.top() + (box.height() - height) // 2, width, height)
