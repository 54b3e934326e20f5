"""One tile by itself: large, with its extremes, its mean and the value under the mouse; small filters with their numbers.

Not for: several tiles (`gui.pictures.AtlasView`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.probes.render import Atlas, one
from gui import theme
from gui.atlas import describe
from gui.pictures import Legend, number, to_qimage
from gui.widgets import Heading, Hint, IconButton

SIDE = 448  # pixels: sixteen times a digit's 28
WITH_NUMBERS = 11  # values a side up to which each is printed in its square


class _Tile(QWidget):
    """The tile, every value a square."""

    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._atlas: Atlas | None = None
        self._index = 0
        self.setFixedSize(SIDE, SIDE)
        self.setMouseTracking(True)
        self.setAccessibleName("Enlarged tile")

    def show_tile(self, atlas: Atlas, index: int) -> None:
        self._atlas, self._index = atlas, index
        dark = theme.current().name == "dark"
        self._colours = one(atlas, index, dark=dark)
        self._image = to_qimage(self._colours)
        self.update()

    def _place(self) -> tuple[QRect, int]:
        """Where the tile is painted, and pixels a value."""
        width, height = self._image.width(), self._image.height()
        each = max(1, min(SIDE // width, SIDE // height))
        shown_w, shown_h = min(SIDE, width * each), min(SIDE, height * each)
        return QRect((SIDE - shown_w) // 2, (SIDE - shown_h) // 2, shown_w, shown_h), each

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._atlas is None:
            return
        painter = QPainter(self)
        place, each = self._place()
        painter.drawImage(place, self._image)
        values = self._atlas.tiles.values[self._index]
        if values.ndim == 2 and max(values.shape) <= WITH_NUMBERS:
            painter.setFont(theme.font(max(11, min(16, each // 5)), 500))
            for (row, column), value in np.ndenumerate(values):
                light = int(self._colours[row, column].astype(int) @ [299, 587, 114]) > 140_000
                painter.setPen(QColor("#000000" if light else "#ffffff"))
                box = QRectF(place.left() + column * each, place.top() + row * each, each, each)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, number(float(value)))
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._atlas is None:
            return
        place, each = self._place()
        point = event.position().toPoint()
        if not place.contains(point):
            self.hovered.emit("")
            return
        row, column = (point.y() - place.top()) // each, (point.x() - place.left()) // each
        values = self._atlas.tiles.values[self._index]
        if row < values.shape[0] and column < values.shape[1]:
            self.hovered.emit(describe(self._atlas, self._index, row, column).split("   ", 1)[-1])

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit("")


class Enlarged(QDialog):
    """See the module. Arrow keys and the two buttons go to the neighbours; it follows while the network trains."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enlarged")
        self.index = 0
        self._atlas: Atlas | None = None
        self._kind = ""
        self.heading = Heading("")
        self.tile = _Tile()
        self.figures = Hint()
        self.readout = QLabel(" ")
        self.legend = Legend()
        self._before, self._after = (
            IconButton("chevron-left", "The one before"),
            IconButton("chevron-right", "The next one"),
        )
        self._before.clicked.connect(self.before)
        self._after.clicked.connect(self.after)
        self.tile.hovered.connect(self._hovered)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self._before)
        head.addWidget(self._after)
        foot = QGridLayout()
        foot.setHorizontalSpacing(2 * theme.SPACE)
        foot.addWidget(self.figures, 0, 0)
        foot.addWidget(self.readout, 1, 0)
        foot.addWidget(self.legend, 0, 1, 2, 1)
        foot.setColumnStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(12)
        box.addLayout(head)
        box.addWidget(self.tile)
        box.addLayout(foot)
        box.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        theme.notifier().changed.connect(self._theme_changed)

    def show_tile(self, atlas: Atlas, index: int, kind: str) -> None:
        """Open on one tile of a mosaic."""
        self._atlas, self.index, self._kind = atlas, index, kind
        self._fill()
        self.show()
        self.raise_()

    def set_atlas(self, atlas: Atlas) -> None:
        """Newer values of the same tiles."""
        self._atlas = atlas
        self.index = min(self.index, len(atlas.tiles) - 1)
        self._fill()

    def before(self) -> None:
        """The tile to the left, the last one before the first."""
        self._go(-1)

    def after(self) -> None:
        """The tile to the right, the first one after the last."""
        self._go(1)

    def _go(self, step: int) -> None:
        if self._atlas is not None:
            self.index = (self.index + step) % len(self._atlas.tiles)
            self._fill()

    def _fill(self) -> None:
        atlas = self._atlas
        if atlas is None:
            return
        title = atlas.tiles.titles[self.index]
        self.setWindowTitle(f"{self._kind}: {title}")
        self.heading.setText(title[:1].upper() + title[1:])
        values = atlas.tiles.values[self.index]
        least, most, mean = (number(float(v)) for v in (values.min(), values.max(), values.mean()))
        self.figures.setText(f"min {least}   max {most}   mean {mean}")
        self.tile.show_tile(atlas, self.index)
        self.legend.set_atlas(_alone(atlas, self.index))

    def _hovered(self, text: str) -> None:
        self.readout.setText(text or " ")

    def _theme_changed(self, _name: str) -> None:
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.before()
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.after()
            case _:
                super().keyPressEvent(event)


def _alone(atlas: Atlas, index: int) -> Atlas:
    """The mosaic with the ends of one tile's scale, for its legend."""
    hi = float(atlas.limits[index])
    return Atlas(
        atlas.image,
        atlas.tiles,
        atlas.columns,
        atlas.zoom,
        atlas.gutter,
        -hi if atlas.lo < 0 else 0.0,
        hi,
        atlas.limits,
    )
