"""Pictures in the window: numpy to QImage, one picture enlarged, the legend of a mosaic.

Every pixel of a picture becomes a square of whole screen pixels; nothing is smoothed, because a filter of 3×3 has nine values and
no more. Not for: making pictures of numbers (`engine.probes.render`), nor for mosaics (`gui.atlas`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.probes.render import Atlas, legend
from gui import theme

Pixels = NDArray[np.uint8]


def to_qimage(picture: Pixels) -> QImage:
    """uint8 [H,W,3] RGB, [H,W,1] or [H,W] grey as a QImage with a buffer of its own."""
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.shape[2] == 1:
        picture = picture.repeat(3, axis=2)
    data = np.ascontiguousarray(picture[:, :, :3])
    height, width = data.shape[:2]
    shared = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    # The conversion copies, so the array may go.
    return shared.convertToFormat(QImage.Format.Format_RGB32)


def sample_image(sample: Pixels) -> QImage:
    """A data set's picture, uint8 [C,H,W]; of more than three channels the first, of two the first."""
    channels = sample.shape[0]
    shown = sample[:3] if channels >= 3 else sample[:1]
    return to_qimage(np.ascontiguousarray(shown.transpose(1, 2, 0)))


def number(value: float) -> str:
    """A value with three figures that count: 0.123, -1.20, 1.2e-05."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        figures = max(0, 2 - int(np.floor(np.log10(abs(value)))))
        return f"{value:.{min(figures, 5)}f}".replace("-", "−")
    return f"{value:.1e}".replace("-", "−")


class PictureView(QWidget):
    """One picture, as large as whole pixels allow, in the middle.

    With `square` the place is never higher than it is wide.
    """

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "Picture", least: int = 96, square: bool = False
    ) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._square = square
        self.setAccessibleName(name)
        self.setMinimumSize(least, least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, or none."""
        self._image = image
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture on show."""
        return self._image

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._square:
            self.setMaximumHeight(max(self.minimumHeight(), self.width()))

    def target(self) -> QRect:
        """Where the picture is painted."""
        if self._image is None:
            return QRect()
        size = self._image.size()
        room = min(self.width() / size.width(), self.height() / size.height())
        if room >= 1:
            shown = size * int(room)
        else:
            shown = QSize(max(1, int(size.width() * room)), max(1, int(size.height() * room)))
        return QRect(QPoint((self.width() - shown.width()) // 2, (self.height() - shown.height()) // 2), shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        t = theme.current()
        if self._image is not None:
            rect = self.target()
            # Only a picture larger than its place is smoothed: leaving pixels out would invent patterns.
            smooth = rect.width() < self._image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(rect, self._image)
            painter.setPen(QPen(QColor(t.border), 1))
            painter.drawRect(rect.adjusted(-1, -1, 0, 0))
        painter.end()


class Legend(QWidget):
    """The scale of a mosaic: its colours, with the lower end, zero and the upper end in figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strip: QImage | None = None
        self.labels: tuple[str, ...] = ()
        self.setFixedHeight(34)
        self.setMinimumWidth(150)
        self.setMaximumWidth(260)
        self.setAccessibleName("Colour scale")

    def set_atlas(self, atlas: Atlas | None, *, each: bool = False) -> None:
        """Show the scale of a mosaic; `each`: every tile has its own, so the ends are words."""
        if atlas is None:
            self._strip, self.labels = None, ()
        else:
            dark = theme.current().name == "dark"
            self._strip = to_qimage(legend(atlas, dark=dark))
            high = "max" if each else number(atlas.hi)
            low = ("−max" if each else number(atlas.lo)) if atlas.lo < 0 else "0"
            self.labels = (low, "0", high) if atlas.lo < 0 else ("0", high)
        self.setAccessibleDescription(" to ".join(self.labels))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._strip is None:
            return
        painter = QPainter(self)
        t = theme.current()
        bar = QRect(0, 3, self.width() - 1, 10)
        painter.drawImage(bar, self._strip)
        painter.setPen(QPen(QColor(t.border_strong), 1))
        painter.drawRect(bar)
        painter.setFont(theme.font(11))
        painter.setPen(QColor(t.muted))
        place = QRect(0, 16, self.width(), 16)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        for label, side in zip(self.labels, sides if len(self.labels) == 3 else (sides[0], sides[2]), strict=True):
            painter.drawText(place, side, label)
        painter.end()
