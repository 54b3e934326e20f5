"""A mosaic of tiles that can be pointed at: filters and activation maps, with whole-number zoom.

Not for: making the mosaic (`engine.probes.render`) nor for single pictures (`gui.pictures`).
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from engine.probes.render import Atlas
from gui import theme
from gui.pictures import number, to_qimage

LARGEST_ZOOM = 48  # screen pixels a picture pixel
LARGEST_FIT = 44  # screen pixels a value, where the mosaic is fitted by itself: larger squares say no more


class _Mosaic(QWidget):
    """What the scroll area of `AtlasView` moves."""

    hovered = Signal(object)  # (tile, row, column) or None
    picked = Signal(int)
    zoomed = Signal(int)  # steps

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.atlas: Atlas | None = None
        self.zoom = 1
        self.current = 0
        self._image: QImage | None = None
        self._under: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_atlas(self, atlas: Atlas | None) -> None:
        self.atlas = atlas
        self._image = to_qimage(atlas.image) if atlas is not None else None
        self.current = min(self.current, len(atlas.tiles) - 1) if atlas is not None else 0
        self.update()

    def origin(self) -> QPoint:
        """Upper left corner of the picture."""
        if self._image is None:
            return QPoint(0, 0)
        shown = self._image.size() * self.zoom
        return QPoint(max(0, (self.width() - shown.width()) // 2), max(0, (self.height() - shown.height()) // 2))

    def box(self, index: int) -> QRect:
        """Where a tile is on this widget."""
        if self.atlas is None:
            return QRect()
        x, y, width, height = self.atlas.box(index)
        return QRect(self.origin() + QPoint(x, y) * self.zoom, QSize(width, height) * self.zoom)

    def at(self, position: QPoint) -> tuple[int, int, int] | None:
        """(tile, row, column) of the value at a place."""
        if self.atlas is None:
            return None
        inside = position - self.origin()
        return self.atlas.at(inside.x() / self.zoom, inside.y() / self.zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None or self.atlas is None or not len(self.atlas.tiles):
            return
        painter = QPainter(self)
        origin = self.origin()
        # Only the part that is seen: a large layer's mosaic has many megapixels.
        seen = event.rect().translated(-origin)
        zoom = self.zoom
        left, top = max(0, seen.left() // zoom), max(0, seen.top() // zoom)
        right = min(self._image.width(), seen.right() // zoom + 1)
        bottom = min(self._image.height(), seen.bottom() // zoom + 1)
        if right > left and bottom > top:
            part = QRect(left, top, right - left, bottom - top)
            painter.drawImage(QRect(origin + part.topLeft() * zoom, part.size() * zoom), self._image, part)
        t = theme.current()
        if self._under is not None and self._under < len(self.atlas.tiles):
            self._frame(painter, self._under, t.muted, 1)
        if self.hasFocus():
            self._frame(painter, self.current, t.accent, 2)
        painter.end()

    def _frame(self, painter: QPainter, index: int, colour: str, width: int) -> None:
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.box(index)).adjusted(-1.0, -1.0, 1.0, 1.0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position().toPoint())
        index = found[0] if found else None
        if index != self._under:
            self._under = index
            self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
            self.update()
        self.hovered.emit(found)

    def leaveEvent(self, event: object) -> None:
        self._under = None
        self.update()
        self.hovered.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the release picks; unaccepted, the press would go to the scroll area

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = found[0]
            self.update()
            self.picked.emit(found[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.atlas is None:
            return
        columns = self.atlas.columns
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                step = -1
            case Qt.Key.Key_Right:
                step = 1
            case Qt.Key.Key_Up:
                step = -columns
            case Qt.Key.Key_Down:
                step = columns
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.picked.emit(self.current)
                return
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoomed.emit(1)
                return
            case Qt.Key.Key_Minus:
                self.zoomed.emit(-1)
                return
            case _:
                super().keyPressEvent(event)
                return
        if 0 <= self.current + step < len(self.atlas.tiles):
            self.current += step
            self.update()
            self.hovered.emit((self.current, 0, 0))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)


class AtlasView(QScrollArea):
    """A mosaic with whole-number zoom, fitted to its place until a person zooms.

    Attributes:
        picked: Emits the tile that was clicked, or chosen with Enter.
        hovered: Emits a line about the value under the mouse, or nothing.
    """

    picked = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "Mosaic") -> None:
        super().__init__(parent)
        self.canvas = _Mosaic(self)
        self.canvas.setAccessibleName(name)
        self.canvas.setObjectName("mosaic")
        self.setWidget(self.canvas)
        self.setWidgetResizable(False)
        self.setCornerWidget(QWidget())  # else the style paints a mark where the scroll bars meet
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusProxy(self.canvas)
        self._zoom: int | None = None  # None: fitted
        self.canvas.picked.connect(self.picked)
        self.canvas.hovered.connect(self._tell)
        self.canvas.zoomed.connect(self.zoom_by)
        self._pointed: tuple[int, int, int] | None = None

    @property
    def atlas(self) -> Atlas | None:
        """What is on show."""
        return self.canvas.atlas

    @property
    def zoom(self) -> int:
        """Screen pixels a picture pixel."""
        return self.canvas.zoom

    @property
    def aspect(self) -> float:
        """Width through height of the place, for whoever lays out the mosaic."""
        return max(0.3, min(6.0, self.viewport().width() / max(1, self.viewport().height())))

    def set_atlas(self, atlas: Atlas | None) -> None:
        """Show a mosaic, or none. The zoom stays where the mosaic has the same size."""
        before = self.canvas.atlas
        if atlas is None or before is None or before.image.shape != atlas.image.shape:
            self._zoom = None
        self.canvas.set_atlas(atlas)
        self._lay_out()
        if self._pointed is not None:
            self._tell(self._pointed)

    def zoom_by(self, steps: int) -> None:
        """Zoom in or out by whole pixels."""
        step = 1 if self.zoom < 8 else 2
        self._zoom = max(1, min(LARGEST_ZOOM, self.zoom + steps * step))
        self._lay_out()

    def fit(self) -> None:
        """Zoom so that everything is seen, if whole pixels allow it."""
        self._zoom = None
        self._lay_out()

    def _lay_out(self) -> None:
        atlas = self.canvas.atlas
        room = self.maximumViewportSize()
        if atlas is None:
            self.canvas.resize(room)
            return
        height, width = atlas.image.shape[:2]
        fitting = max(1, min(room.width() // width, room.height() // height, LARGEST_FIT // atlas.zoom))
        self.canvas.zoom = self._zoom or fitting
        shown = QSize(width, height) * self.canvas.zoom
        fits = shown.width() <= room.width() and shown.height() <= room.height()
        self.canvas.resize(room if fits else shown)
        self.canvas.update()

    def _tell(self, found: tuple[int, int, int] | None) -> None:
        self._pointed = found
        atlas = self.canvas.atlas
        if found is None or atlas is None or found[0] >= len(atlas.tiles):
            self.hovered.emit("")
            return
        self.hovered.emit(describe(atlas, *found))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)


def describe(atlas: Atlas, index: int, row: int, column: int) -> str:
    """A line about one value: its tile, its place, itself."""
    values = atlas.tiles.values
    value = values[index, row, column]
    title = atlas.tiles.titles[index]
    if values.ndim == 4:
        red, green, blue = (number(float(part)) for part in value)
        return f"{title}   row {row}, column {column}   R {red}  G {green}  B {blue}"
    if values.shape[1:3] == (1, 1):
        return f"{title}   {number(float(value))}"
    return f"{title}   row {row}, column {column}   {number(float(value))}"
