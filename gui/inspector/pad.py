"""The pad to draw on: strokes with a soft brush, an eraser, undo.

Not for: what becomes of the drawing (`tryit`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme

SIDE = 392  # pixels of the drawing: fourteen times a digit's 28, so that it shrinks without a rest
BRUSH = 30  # pixels of the drawing: a pen as thick as in MNIST


@dataclass
class Stroke:
    """One pull of the brush.

    Attributes:
        points: In pixels of the drawing.
        width: Pixels of the drawing.
        erase: Whether it takes away.
    """

    points: list[QPointF] = field(default_factory=list)
    width: float = BRUSH
    erase: bool = False


class DrawPad(QWidget):
    """White ink on black, or a picture with ink on it.

    Attributes:
        changed: What is drawn is another; emitted while a stroke is pulled, too.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pad")
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription("Draw with the mouse; Ctrl+Z takes back a stroke, Delete clears.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 220)
        self.brush = BRUSH
        self.erasing = False
        self.background: QImage | None = None
        self._strokes: list[Stroke] = []
        self._drawing = self._ground()
        self._pulling: Stroke | None = None

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return self.background is None and not self._strokes

    @property
    def strokes(self) -> int:
        """How many strokes there are."""
        return len(self._strokes)

    def picture(self) -> NDArray[np.uint8]:
        """What is drawn: uint8 [H,W,1], or [H,W,3] on a picture in colours."""
        image = self._drawing.convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
        grey = bool((pixels[:, :, :1] == pixels[:, :, 1:]).all())
        return np.array(pixels[:, :, :1] if grey else pixels)

    def set_background(self, image: QImage | None) -> None:
        """Draw on a picture from now on, or on nothing."""
        self.background = image
        self._strokes.clear()
        self._redraw()

    def clear(self) -> None:
        """Take everything away."""
        if not self.blank:
            self.set_background(None)

    def undo(self) -> None:
        """Take the last stroke back; after the first one, the picture."""
        if self._strokes:
            self._strokes.pop()
            self._redraw()
        elif self.background is not None:
            self.set_background(None)

    def _ground(self) -> QImage:
        if self.background is not None:
            room = QSize(SIDE, SIDE)
            size = self.background.size()
            if size.width() > SIDE or size.height() > SIDE:
                aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                shown = self.background.scaled(room, aspect, smooth)
            else:
                factor = max(1, min(SIDE // max(1, size.width()), SIDE // max(1, size.height())))
                shown = self.background.scaled(size * factor)
            return shown.convertToFormat(QImage.Format.Format_RGB32)
        image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        return image

    def _redraw(self) -> None:
        self._drawing = self._ground()
        for stroke in self._strokes:
            self._draw(stroke, 0)
        self.update()
        self.changed.emit()

    def _draw(self, stroke: Stroke, start: int) -> None:
        """Put a stroke's points from `start` on into the drawing."""
        painter = QPainter(self._drawing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor("black" if stroke.erase else "white")
        points = stroke.points[max(0, start) :]
        if len(stroke.points) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(stroke.points[0], stroke.width / 2, stroke.width / 2)
        elif len(points) > 1:
            round_, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(colour, stroke.width, Qt.PenStyle.SolidLine, round_, join))
            path = QPainterPath()
            path.addPolygon(QPolygonF(points))
            painter.drawPath(path)
        painter.end()

    # --- geometry

    def place(self) -> QRectF:
        """Where the drawing is painted."""
        size = self._drawing.size()
        factor = min((self.width() - 4) / size.width(), (self.height() - 4) / size.height())
        width, height = size.width() * factor, size.height() * factor
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _inside(self, point: QPointF) -> QPointF:
        place = self.place()
        factor = self._drawing.width() / place.width()
        return (point - place.topLeft()) * factor

    # --- events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        erase = self.erasing or event.button() == Qt.MouseButton.RightButton
        self._pulling = Stroke([self._inside(event.position())], float(self.brush), erase)
        self._strokes.append(self._pulling)
        self._draw(self._pulling, 0)
        self.update()
        self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pulling is None:
            return
        self._pulling.points.append(self._inside(event.position()))
        self._draw(self._pulling, len(self._pulling.points) - 2)
        self.update()
        self.changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pulling = None

    def event(self, event: QEvent) -> bool:
        # The window's own undo must not take a block away while a person means a stroke.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _ours(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self.place()
        painter.drawImage(place, self._drawing)
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.border_strong), 2 if self.hasFocus() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-1, -1, 1, 1))
        if self.blank:
            painter.setFont(theme.font(14))
            painter.setPen(QColor("#a7b0c0"))
            words = "Draw here\n\nor drop a picture, or paste one (Ctrl+V)"
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


def _ours(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
