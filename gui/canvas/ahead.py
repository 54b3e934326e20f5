"""What comes into view next while a drawing is moved: painted ahead of time, in tiles, so that a step shows what lies ready.

A step uncovers two narrow strips, and all that they touch would be painted whole to fill them. Tiles are painted between the
frames, those first that are uncovered next; what no tile shows is painted as ever. Not for: other zooms (`gui.canvas.glide`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from gui.canvas.tiles import of_part

if TYPE_CHECKING:
    from gui.canvas.zoom import ZoomView

SIDE = 128  # pixels of a tile
SLICE_S = 0.0012  # of one turn of the event loop, in which one tile is painted at least
FORWARD, AROUND = 2 * SIDE, SIDE // 2  # pixels beyond the view's edge: where it moves to, and elsewhere
KEPT = 1024  # tiles, of one pixel a point; of more, those are forgotten that are not near the view

Place = tuple[int, int]  # of a tile: column and row, of the whole scene at this zoom
Part = tuple[QRect, QPoint, QPixmap]  # of the view; corner of its tile, and the tile


class Ahead(QObject):
    """The tiles around what a view shows."""

    def __init__(self, view: ZoomView) -> None:
        super().__init__(view)
        self.view = view
        self._tiles: dict[Place, QPixmap] = {}
        self._look: tuple[object, ...] = ()
        self._toward = QPoint()
        self._moved = False  # since the last turn of the event loop
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)
        view.canvas.picture_changed.connect(self._drop)

    def moved(self, delta: QPoint) -> None:
        """The drawing has been moved by so many pixels."""
        if self.view.slow and self.view.devicePixelRatioF().is_integer():  # else a tile begins between two pixels
            self._toward = QPoint(_within(delta.x(), FORWARD), _within(delta.y(), FORWARD))
            self._moved = True
            if not self._holds():
                self._look = self._looks()
            self._turn.start()

    def ready(self, asked: QRegion) -> list[Part]:
        """What the tiles show of a part of the view that a step has uncovered."""
        if not self._moved or not self._tiles or not self._holds():
            return []
        found, shift = list[Part](), self._shift()
        for rect in cast(Iterable[QRect], asked):
            for place in _under(rect.translated(-shift)):
                if place in self._tiles:
                    corner = QPoint(*place) * SIDE + shift
                    found.append((rect & QRect(corner, QSize(SIDE, SIDE)), corner, self._tiles[place]))
        return found

    def paint(self, found: list[Part]) -> None:
        """Paint it, after all else: what is painted by itself may spread over the rest of what was asked for."""
        ratio = self.view.devicePixelRatio()
        painter = QPainter(self.view.viewport())
        for part, corner, tile in found:
            painter.drawPixmap(part, tile, QRect((part.topLeft() - corner) * ratio, part.size() * ratio))
        painter.end()

    def _looks(self) -> tuple[object, ...]:
        """All that the pixels of a tile depend on."""
        view = self.view
        hints = view.renderHints().value
        return view.zoom, view.devicePixelRatioF(), view.canvas.inks.version, hints, view.others_seen()

    def _holds(self) -> bool:
        """Whether what was looked like when the view last moved still does; if not, the tiles are forgotten."""
        if self._looks() == self._look:
            return True
        self._tiles.clear()
        return False

    def _shift(self) -> QPoint:
        """From the scene in pixels to the view."""
        world = self.view.viewportTransform()
        return QPoint(round(world.dx()), round(world.dy()))

    def _drop(self, rect: QRectF) -> None:
        """Something in a rectangle of the scene looks different."""
        if self._tiles:
            zoom = self.view.zoom
            pixels = QRectF(rect.topLeft() * zoom, rect.size() * zoom).toAlignedRect().adjusted(-1, -1, 1, 1)
            for place in _under(pixels):
                self._tiles.pop(place, None)

    def _go_on(self) -> None:
        """Paint as much as a turn of the event loop bears."""
        self._moved = False
        if self.view.glide.on or not self.view.slow or not self.view.isVisible() or not self._holds():
            self._tiles.clear()  # until it moves again; while things change, they would be thrown away as fast as they are made
            return
        end = time.perf_counter() + SLICE_S
        missing = self._missing()
        while missing:
            self._make(missing.pop())
            if time.perf_counter() >= end:
                break
        if missing:
            self._turn.start()

    def _missing(self) -> list[Place]:
        """Tiles to paint, the next one last: those at the edges that the view moves to and under what floats, then the rest."""
        view, shift = self.view, self._shift()
        seen = view.viewport().rect().translated(-shift)
        right, down = -self._toward.x(), -self._toward.y()
        room = seen.adjusted(-FORWARD if right < 0 else -AROUND, -FORWARD if down < 0 else -AROUND,
                             FORWARD if right > 0 else AROUND, FORWARD if down > 0 else AROUND)  # fmt: skip
        if len(self._tiles) > KEPT // view.devicePixelRatio() ** 2:
            near = set(_under(room.adjusted(-FORWARD, -FORWARD, FORWARD, FORWARD)))
            self._tiles = {place: tile for place, tile in self._tiles.items() if place in near}
        within = set(_under(seen.adjusted(SIDE - 1, SIDE - 1, 1 - SIDE, 1 - SIDE)))  # wholly seen, at least nearly
        covered = [child.geometry().translated(-shift) for child in view.viewport().children()
                   if isinstance(child, QWidget) and child.isVisible()]  # fmt: skip
        first = {place for rect in covered for place in _under(rect)}
        ahead = seen.translated(right, down)
        first.update(
            place for strip in cast(Iterable[QRect], QRegion(ahead) - QRegion(seen)) for place in _under(strip)
        )
        rest = [place for place in _under(room) if place not in within and place not in first]
        return [place for place in (*rest, *first) if place not in self._tiles]

    def _make(self, place: Place) -> None:
        zoom = self.view.zoom
        seen = QRectF(place[0] * SIDE / zoom, place[1] * SIDE / zoom, SIDE / zoom, SIDE / zoom)
        self._tiles[place] = of_part(self.view, seen, QSize(SIDE, SIDE)).pixmap


def _within(number: int, most: int) -> int:
    return max(-most, min(most, number))


def _under(rect: QRect) -> list[Place]:
    """Where the tiles are that a rectangle touches, in pixels of the scene."""
    columns = range(rect.left() // SIDE, rect.right() // SIDE + 1)
    rows = range(rect.top() // SIDE, rect.bottom() // SIDE + 1)
    return [(column, row) for row in rows for column in columns]
