"""The pictures that a network makes while it trains: made from noise or codes, or made again beside their originals.

Not for: making them (`engine.training.gallery`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from engine.training.messages import Pictures
from gui import theme
from gui.pictures import to_qimage
from gui.widgets import Card

GAP = 16  # so many pixels of a picture make one of the gap to the next
SIDE = 260  # pixels, at least


def atlas(pictures: NDArray[np.uint8], beside: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """All pictures as one, in about as many rows as columns; each to the right of its original where there is one.

    Args:
        pictures: [N, H, W, C].
        beside: The originals, as many and as large, or None.
    """
    cells = pictures
    if beside is not None and beside.shape[0] == pictures.shape[0] and beside.shape[1:3] == pictures.shape[1:3]:
        channels = max(beside.shape[3], pictures.shape[3])
        both = [np.broadcast_to(each, (*each.shape[:3], channels)) for each in (beside, pictures)]
        cells = np.concatenate(both, axis=2)
    count, height, width, channels = cells.shape
    gap = max(1, height // GAP)
    columns = max(1, round((count * height / width) ** 0.5))
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 128, np.uint8)
    for place, cell in enumerate(cells):
        top, left = (place // columns) * (height + gap), (place % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = cell
    return sheet


class _Sheet(QWidget):
    """One picture as large as fits, its pixels kept square and sharp."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self.setMinimumSize(SIDE, SIDE // 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """As wide as it is high."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture in the middle."""
        if self.image is None:
            return
        painter = QPainter(self)
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())
        painter.drawImage(place, self.image)
        painter.end()


class PictureSheet(Card):
    """The newest pictures of the training under way; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__(margin=0)
        self.setObjectName("picture_sheet")
        self.title, self.when = QLabel(), QLabel()
        self.when.setProperty("hint", True)
        self.sheet = _Sheet()
        self.sheet.setAccessibleName("Pictures that the network makes")
        self.box.setContentsMargins(theme.SPACE * 2, theme.SPACE + 4, theme.SPACE * 2, theme.SPACE * 2)
        self.box.addWidget(self.title)
        self.box.addWidget(self.when)
        self.box.addWidget(self.sheet, 1)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def tell(self, pictures: Pictures) -> None:
        """Show the newest pictures."""
        self.title.setText(pictures.title)
        also = ": originals on the left of each pair" if pictures.beside is not None else ""
        self.when.setText(f"after step {pictures.step:,}{also}")
        self.sheet.image = to_qimage(atlas(pictures.images, pictures.beside))
        self.sheet.setAccessibleDescription(f"{pictures.title}, {self.when.text()}")
        self.sheet.update()
        self.show()

    def clear(self) -> None:
        """Show nothing: another training begins."""
        self.sheet.image = None
        self.hide()

    def _restyle(self, *_: object) -> None:
        self.title.setFont(theme.font(14, 600))
        self.when.setFont(theme.font(12, 400))
