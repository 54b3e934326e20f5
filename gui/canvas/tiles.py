"""Pictures of a drawing that are painted a tile at a time.

Not for: when they are made and shown (`gui.canvas.ahead` while the view moves, `gui.canvas.glide` while the wheel turns).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from gui.canvas.ground import paint_ground
from gui.canvas.inks import NAME_FROM, level_at

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene
    from gui.canvas.zoom import ZoomView

ACROSS, DOWN = 10, 8  # tiles of a picture of the view
BANDS, BAND_BLOCKS = 10, 100  # tiles of a picture of the whole drawing, at least; blocks in one, about
RIM = 64.0  # canvas units around the blocks that belong to the whole drawing: wires that run outside


@dataclass
class Picture:
    """A part of a scene, as far as it is painted.

    Attributes:
        seen: The part of the scene.
        version: What `Inks.version` was when it was begun; of the whole drawing: `Inks.far_version`.
        pictures: What `Inks.pictures` was.
        tiles: Those that are not painted yet, in pixels of the view.
    """

    pixmap: QPixmap
    seen: QRectF
    zoom: float
    version: int
    pictures: int
    tiles: list[QRect] = field(default_factory=list)


def of_view(view: ZoomView, *, at_once: bool = False) -> Picture:
    """A picture of what a view shows now, painted `at_once` or with nothing painted."""
    size = view.viewport().size()
    if at_once:
        return of_part(view, view.seen_exactly(), size)
    return _bare(view, view.seen_exactly(), size, _tiles(size, ACROSS, DOWN))


def of_part(view: ZoomView, seen: QRectF, size: QSize) -> Picture:
    """A picture of a part of the scene at the zoom of a view, painted at once; the size is in pixels of the window."""
    picture = _bare(view, seen, size, [QRect(QPoint(), size)])
    paint_tile(view, picture)
    return picture


def _bare(view: ZoomView, seen: QRectF, size: QSize, tiles: list[QRect]) -> Picture:
    inks, ratio = view.canvas.inks, view.devicePixelRatioF()
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    return Picture(pixmap, seen, view.zoom, inks.version, inks.pictures, tiles)


def of_all(view: ZoomView) -> Picture:
    """A picture of the whole drawing that is about as large as the view, with nothing painted."""
    inks, room = view.canvas.inks, view.viewport().size()
    content = view.canvas.content().adjusted(-RIM, -RIM, RIM, RIM)
    zoom = min(room.width() / content.width(), room.height() / content.height(), 0.99 * NAME_FROM)
    size = QSize(math.ceil(content.width() * zoom), math.ceil(content.height() * zoom))
    bands = max(BANDS, len(view.canvas.nodes) // BAND_BLOCKS)
    content.setSize(size.toSizeF() / zoom)  # as much as whole pixels show
    return Picture(QPixmap(size), content, zoom, inks.far_version, inks.pictures, _tiles(size, 1, bands))


def paint_tile(view: ZoomView, picture: Picture) -> None:
    """Paint the next tile of a picture."""
    scene, zoom, tile = view.canvas, picture.zoom, picture.tiles.pop()
    inks, corner = scene.inks, picture.seen.topLeft()
    source = QRectF(
        corner.x() + tile.x() / zoom, corner.y() + tile.y() / zoom, tile.width() / zoom, tile.height() / zoom
    )
    painter = QPainter(picture.pixmap)
    painter.setRenderHints(view.renderHints())
    painter.setClipRect(tile)
    painter.setWorldTransform(QTransform(zoom, 0, 0, zoom, -corner.x() * zoom, -corner.y() * zoom))
    paint_ground(painter, inks, source.adjusted(-1, -1, 1, 1), zoom)
    level, inks.level = inks.level, level_at(zoom)
    if inks.level:
        painter.resetTransform()
        inks.stamps.always, inks.stamps.ratio = True, view.devicePixelRatioF()
        scene.labels.exposed = [source]
        scene.render(painter, QRectF(tile), source, Qt.AspectRatioMode.IgnoreAspectRatio)
        scene.labels.exposed = None
        inks.stamps.always = False
    else:
        from_far(painter, scene, [source])
    inks.level = level
    painter.end()


def from_far(painter: QPainter, scene: CanvasScene, exposed: Sequence[QRectF], *, thin: bool = False) -> None:
    """Paint as from far away, at any zoom: without labels, and with wires a pixel wide where they are to be `thin`."""
    scene.labels.exposed = []  # none
    scene.far.paint(painter, list(exposed), thin=thin)
    scene.labels.exposed = None


def _tiles(size: QSize, across: int, down: int) -> list[QRect]:
    width, height = math.ceil(size.width() / across), math.ceil(size.height() / down)
    return [QRect(x * width, y * height, width, height) for y in range(down) for x in range(across)]
