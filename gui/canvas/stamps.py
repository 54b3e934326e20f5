"""Pictures of cards that look alike, painted once a zoom and stamped wherever such a card stands.

Most blocks of a drawing share a dozen looks; a stamp costs a twentieth of the round corners and shadows it shows. Stamps stand
on whole pixels, so at 100 % they show what painting would. Not for: texts, which differ from block to block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

KEPT = 256  # stamps of one zoom; more are painted anew


class Stamps:
    """The pictures of one zoom, by a key that says everything they depend on besides.

    Attributes:
        ratio: Pixels of the screen to one of the window's; the view sets it.
        always: Whether also a painter that is no widget's is given stamps.
    """

    def __init__(self) -> None:
        self.ratio = 1.0
        self.always = False
        self._scale = (0.0, 0.0)
        self._kept: dict[Hashable, QPixmap] = {}

    def paint(self, painter: QPainter, key: Hashable, rect: QRectF, draw: Callable[[QPainter], None]) -> None:
        """Show what `draw` paints within a rectangle of the painter's coordinates, which may be scaled but not turned."""
        world, ratio = painter.worldTransform(), self.ratio
        zoom = world.m11()
        if self._scale != (zoom, ratio) or len(self._kept) > KEPT:
            self._scale = (zoom, ratio)
            self._kept.clear()
        picture = self._kept.get(key)
        if picture is None:
            picture = self._kept[key] = _painted(rect, zoom, ratio, draw)
        x = math.floor((world.dx() + rect.x() * zoom) * ratio + 0.5) / ratio
        y = math.floor((world.dy() + rect.y() * zoom) * ratio + 0.5) / ratio
        painter.setWorldMatrixEnabled(False)
        if ratio == 1:
            painter.drawPixmap(QPoint(int(x), int(y)), picture)
        else:
            painter.drawPixmap(
                QRectF(x, y, picture.width() / ratio, picture.height() / ratio), picture, QRectF(picture.rect())
            )
        painter.setWorldMatrixEnabled(True)


def _painted(rect: QRectF, zoom: float, ratio: float, draw: Callable[[QPainter], None]) -> QPixmap:
    scale = zoom * ratio
    picture = QPixmap(math.ceil(rect.width() * scale) + 1, math.ceil(rect.height() * scale) + 1)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(-rect.topLeft())
    draw(painter)
    painter.end()
    return picture
