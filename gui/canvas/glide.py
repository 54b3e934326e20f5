"""The drawing while the wheel turns: a picture of it that is scaled, and painted anew a few milliseconds at a time.

At another zoom every letter and every card is another picture, which takes longer than a frame. So a frame shows the last
picture scaled, with what lies around it from a picture of the whole drawing as from far away, while the next picture is made,
tile by tile, between the frames. Once the wheel rests, the view paints as ever.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QRegion

from gui.canvas.ground import paint_ground
from gui.canvas.inks import level_at
from gui.canvas.tiles import Picture, from_far, of_all, of_view, paint_tile

if TYPE_CHECKING:
    from gui.canvas.zoom import ZoomView

SLICE_S = 0.0008  # of one turn of the event loop, in which one tile is painted at least
QUIET_MS = 250  # without a movement, until a picture is made for the next turn of the wheel
LEAST_SHARE = 0.5  # of the view that a picture must cover to begin with


class Glide(QObject):
    """The pictures of a view whose wheel turns.

    Attributes:
        on: Whether it turns.
    """

    def __init__(self, view: ZoomView) -> None:
        super().__init__(view)
        self.view = view
        self.on = False
        self._far = False  # whether it came from far away, whose colours stay until a picture is ready
        self._kept: Picture | None = None
        self._next: Picture | None = None
        self._all: Picture | None = None  # of the whole drawing from far away
        self._turn, self._quiet = QTimer(self), QTimer(self)
        for timer, ms, slot in ((self._turn, 0, self._go_on), (self._quiet, QUIET_MS, self._reserve)):
            timer.setSingleShot(True)
            timer.setInterval(ms)
            timer.timeout.connect(slot)

    def begin(self) -> None:
        """The wheel has turned."""
        self._quiet.stop()
        if not self.on:
            self.on, self._far = True, False
            kept, inks = self._kept, self.view.canvas.inks
            if kept is not None and not (kept.pictures == inks.pictures and self._covers(kept)):
                self._kept = None
            if self._kept is None and not inks.level:
                self._kept = of_view(self.view, at_once=True)

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
        view, inks = self.view, self.view.canvas.inks
        if self._kept is not None and self._kept.version != inks.version:  # something in it looks different by now
            self._kept = None
        if not inks.level and self._all_ready() and self._kept is not None and level_at(self._kept.zoom):
            self._kept = None  # what it shows of blocks from near would be a patch among those from far away
        self._far = self._kept is None and (self._far or not inks.level) and self._all_ready()
        if self._kept is None and not self._far:
            self._kept = of_view(view, at_once=True)
        kept, world, room = self._kept, view.viewportTransform(), view.viewport().rect()
        target = QRectF() if kept is None else world.mapRect(kept.seen)
        painter = QPainter(view.viewport())
        painter.setRenderHints(view.renderHints())
        bare = (QRegion(room) - QRegion(_inner(target))) & asked
        if not bare.isEmpty():
            self._paint_around(painter, bare)
        if kept is not None:
            painter.drawPixmap(target, kept.pixmap, QRectF(kept.pixmap.rect()))
        painter.end()
        if self._next is None and (kept is None or kept.seen != view.seen_exactly()):
            self._next = of_view(view)
        if not self._all_holds():
            self._all = of_all(view)
        if self._next is not None or not self._all_ready():
            self._turn.start()

    def _paint_around(self, painter: QPainter, bare: QRegion) -> None:
        """What no picture shows, as from far away; from the picture of everything once that is made."""
        view, scene = self.view, self.view.canvas
        world = view.viewportTransform()
        painter.setClipRegion(bare)
        if self._all_ready() and (whole := self._all) is not None:
            target = world.mapRect(whole.seen)
            for rect in _rects(bare - QRegion(_inner(target))):
                painter.fillRect(rect, scene.inks.canvas)
            painter.drawPixmap(target, whole.pixmap, QRectF(whole.pixmap.rect()))
        else:
            inverse = world.inverted()[0]
            painter.setWorldTransform(world)
            paint_ground(painter, scene.inks, inverse.mapRect(QRectF(bare.boundingRect())), view.zoom)
            exposed = [inverse.mapRect(QRectF(rect).adjusted(-1, -1, 1, 1)) for rect in _rects(bare)]
            from_far(painter, scene, exposed, thin=scene.inks.level > 0)
        painter.resetTransform()
        painter.setClipping(False)

    def _all_holds(self) -> bool:
        return self._all is not None and self._all.version == self.view.canvas.inks.far_version

    def _all_ready(self) -> bool:
        return self._all is not None and not self._all.tiles and self._all_holds()

    def _covers(self, picture: Picture) -> bool:
        seen = self.view.seen_exactly()
        both = seen.intersected(picture.seen)
        return both.width() * both.height() >= LEAST_SHARE * seen.width() * seen.height()

    def _reserve(self) -> None:
        if self.view.slow and self.view.isVisible():
            self._kept, self._next = None, of_view(self.view)
            if not self._all_holds():
                self._all = of_all(self.view)
            self._turn.start()

    def _go_on(self) -> None:
        """Paint as much of the pictures to come as a turn of the event loop bears."""
        inks, end = self.view.canvas.inks, time.perf_counter() + SLICE_S
        if self._next is not None and self._next.version != inks.version:
            self._next = None
        if not self._all_holds():
            self._all = None
        # What shows everything comes first, for it stays: what changes from near seldom does from far away.
        picture = self._all if self._all is not None and self._all.tiles else self._next
        if picture is None or not self.view.isVisible():
            return
        while picture.tiles and time.perf_counter() < end:
            paint_tile(self.view, picture)
        if not picture.tiles and picture is self._next:
            self._kept, self._next = picture, None
            if self.on:
                self.view.viewport().update()
        if self._next is not None or (self._all is not None and self._all.tiles):
            self._turn.start()


def _inner(rect: QRectF) -> QRect:
    """The whole pixels within a rectangle."""
    left, top = math.ceil(rect.left()), math.ceil(rect.top())
    return QRect(left, top, math.floor(rect.right()) - left, math.floor(rect.bottom()) - top)


def _rects(region: QRegion) -> Iterable[QRect]:
    return cast(Iterable[QRect], region)  # the stubs do not say that it can be gone through
