"""The drawing while the wheel turns: a picture of it that is scaled, and painted anew a few milliseconds at a time.

At another zoom every letter and every card is another picture, which takes longer than a frame. So a frame shows the last
picture scaled, with what lies around it as from far away, while the next picture is made, tile by tile, between the frames.
Once the wheel rests, the view paints as ever. Not for: zooms at which all is painted as from far away, which is fast.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform

from gui.canvas.ground import paint_ground
from gui.canvas.inks import level_at

if TYPE_CHECKING:
    from gui.canvas.zoom import ZoomView

SLICE_S = 0.0008  # of one turn of the event loop, in which one tile is painted at least
ACROSS, DOWN = 8, 6  # tiles of a picture
QUIET_MS = 250  # without a movement, until a picture is made for the next turn of the wheel
LEAST_SHARE = 0.5  # of the view that a picture must cover to begin with


@dataclass
class Picture:
    """What a view shows of the scene, as far as it is painted.

    Attributes:
        seen: The part of the scene.
        version: What `Inks.version` was when it was begun.
        tiles: Those that are not painted yet, in pixels of the view.
    """

    pixmap: QPixmap
    seen: QRectF
    zoom: float
    version: int
    tiles: list[QRect] = field(default_factory=list)


class Glide(QObject):
    """The pictures of a view whose wheel turns.

    Attributes:
        on: Whether it turns.
    """

    def __init__(self, view: ZoomView) -> None:
        super().__init__(view)
        self.view = view
        self.on = False
        self._from_far = False  # whether the last frame was painted as from far away
        self._kept: Picture | None = None
        self._next: Picture | None = None
        self._turn, self._quiet = QTimer(self), QTimer(self)
        for timer, ms, slot in ((self._turn, 0, self._go_on), (self._quiet, QUIET_MS, self._reserve)):
            timer.setSingleShot(True)
            timer.setInterval(ms)
            timer.timeout.connect(slot)

    def begin(self) -> None:
        """The wheel has turned."""
        self._quiet.stop()
        if not self.on:
            self.on = True
            self._from_far = self.view.canvas.inks.level == 0
            if self._kept is not None and not self._covers(self._kept):
                self._kept = None

    def end(self) -> None:
        """It rests, and so does all else."""
        self.on = False
        self._kept = self._next = None
        self._turn.stop()
        self.moved()

    def moved(self) -> None:
        """The view has moved without the wheel; once it rests, a picture is made for the next turn."""
        if not self.on:
            self._next = None
            self._quiet.start()

    def paint(self, asked: QRegion) -> None:
        """Paint what is asked for of a frame; what floats over the view asks for its own ground once more."""
        view, scene = self.view, self.view.canvas
        if scene.inks.level == 0 or (self._kept is not None and self._kept.version != scene.inks.version):
            self._kept = None  # it is not wanted, or something in it looks different by now
        kept = self._kept
        if kept is None and scene.inks.level and not self._from_far:
            kept = self._kept = self._begun()
            while kept.tiles:
                self._paint_tile(kept)
        self._from_far = kept is None
        world, room = view.viewportTransform(), view.viewport().rect()
        target = QRectF() if kept is None else world.mapRect(kept.seen)
        painter = QPainter(view.viewport())
        painter.setRenderHints(view.renderHints())
        bare = (QRegion(room) - QRegion(_inner(target))) & asked
        if not bare.isEmpty():
            inverse = world.inverted()[0]
            exposed = [inverse.mapRect(QRectF(rect).adjusted(-1, -1, 1, 1)) for rect in _rects(bare)]
            painter.setClipRegion(bare)
            painter.setWorldTransform(world)
            paint_ground(painter, scene.inks, inverse.mapRect(QRectF(bare.boundingRect())), view.zoom)
            scene.labels.exposed = []  # none
            scene.far.paint(painter, exposed, thin=scene.inks.level > 0)
            scene.labels.exposed = None
            painter.resetTransform()
            painter.setClipping(False)
        if kept is not None:
            painter.drawPixmap(target, kept.pixmap, QRectF(kept.pixmap.rect()))
        painter.end()
        if scene.inks.level == 0:
            self._next = None
        elif self._next is None and (kept is None or kept.seen != self._seen()):
            self._next = self._begun()
        if self._next is not None:
            self._turn.start()

    def _covers(self, picture: Picture) -> bool:
        seen = self._seen()
        both = seen.intersected(picture.seen)
        return both.width() * both.height() >= LEAST_SHARE * seen.width() * seen.height()

    def _seen(self) -> QRectF:
        inverse = self.view.viewportTransform().inverted()[0]
        return inverse.mapRect(QRectF(self.view.viewport().rect()))

    def _begun(self) -> Picture:
        """A picture of what the view shows now, with nothing painted."""
        view = self.view
        size, ratio = view.viewport().size(), view.devicePixelRatioF()
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        width, height = math.ceil(size.width() / ACROSS), math.ceil(size.height() / DOWN)
        tiles = [QRect(x * width, y * height, width, height) for y in range(DOWN) for x in range(ACROSS)]
        return Picture(pixmap, self._seen(), view.zoom, view.canvas.inks.version, tiles)

    def _reserve(self) -> None:
        if self.view.canvas.inks.level and self.view.slow and self.view.isVisible():
            self._kept, self._next = None, self._begun()
            self._turn.start()

    def _go_on(self) -> None:
        """Paint as much of the next picture as a turn of the event loop bears."""
        picture = self._next
        if picture is None:
            return
        if picture.version != self.view.canvas.inks.version or not self.view.isVisible():
            self._next = None
            return
        end = time.perf_counter() + SLICE_S
        while picture.tiles and time.perf_counter() < end:
            self._paint_tile(picture)
        if picture.tiles:
            self._turn.start()
            return
        self._kept, self._next = picture, None
        if self.on:
            self.view.viewport().update()

    def _paint_tile(self, picture: Picture) -> None:
        scene, zoom, tile = self.view.canvas, picture.zoom, picture.tiles.pop()
        inks, corner = scene.inks, picture.seen.topLeft()
        source = QRectF(
            corner.x() + tile.x() / zoom, corner.y() + tile.y() / zoom, tile.width() / zoom, tile.height() / zoom
        )
        painter = QPainter(picture.pixmap)
        painter.setRenderHints(self.view.renderHints())
        painter.setClipRect(tile)
        painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, -corner.x() * zoom, -corner.y() * zoom))
        paint_ground(painter, inks, source.adjusted(-1, -1, 1, 1), zoom)
        painter.resetTransform()
        level, inks.level = inks.level, level_at(zoom)
        inks.stamps.always, inks.stamps.ratio = True, self.view.devicePixelRatioF()
        scene.labels.exposed = [source]
        scene.render(painter, QRectF(tile), source, Qt.AspectRatioMode.IgnoreAspectRatio)
        scene.labels.exposed = None
        inks.stamps.always, inks.level = False, level
        painter.end()


def _inner(rect: QRectF) -> QRect:
    """The whole pixels within a rectangle."""
    left, top = math.ceil(rect.left()), math.ceil(rect.top())
    return QRect(left, top, math.floor(rect.right()) - left, math.floor(rect.bottom()) - top)


def _rects(region: QRegion) -> Iterable[QRect]:
    return cast(Iterable[QRect], region)  # the stubs do not say that it can be gone through
