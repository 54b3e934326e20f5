"""A widget that shows a plan: fitted, zoomed at the mouse, moved by dragging or with the arrow keys.

Not for: choosing what is in the plan.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gui import theme
from gui.figure.paint import Ink, paint
from gui.figure.plan import Plan

LEAST, MOST = 0.02, 6.0  # pixels a canvas unit
STEP, PAN = 1.2, 60.0  # of one zoom, and pixels of one arrow key
EDGE = 14.0  # pixels around a fitted figure
FIT_MOST = 1.6  # a figure of two blocks is not blown up
READABLE = 0.3  # zoom under which words are left out
SQUARE = 9  # pixels of the squares that stand for no ground


class FigureView(QWidget):
    """See the module.

    Attributes:
        zoom: Pixels a canvas unit.
        fitted: Whether the whole figure is kept in view.
        empty: What it says while it has no figure.
        clicked: Emits the id of a block that was clicked, "" beside all blocks.
        moved: Emits when a person has zoomed or moved the figure.
    """

    clicked = Signal(str)
    moved = Signal()

    def __init__(self, parent: QWidget | None = None, *, name: str = "Figure") -> None:
        super().__init__(parent)
        self.plan = Plan()
        self._ink: Ink | None = None
        self.zoom = 1.0
        self.centre = QPointF()
        self.fitted = True
        self.empty = ""
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setToolTip("Wheel: zoom. Drag: move. F: fit.")
        theme.notifier().changed.connect(self._redraw)

    def _redraw(self, _name: str = "") -> None:
        self.update()

    def set_plan(self, plan: Plan, ink: Ink) -> None:
        """Show a figure; the part on view stays, unless the whole was."""
        self.plan, self._ink = plan, ink
        if self.fitted:
            self.fit()
        self.update()

    def choose(self, block: str) -> None:
        """Put a ring around a block and bring it into view; "" for none."""
        if self._ink is None:
            return
        ink = self._ink
        self._ink = replace(ink, chosen=block, focus=theme.current().accent)
        card = next((card for card in self.plan.cards if card.id == block), None)
        if card is not None and not self.seen().contains(card.rect):
            self.centre = card.rect.center()
            self.fitted = False
        self.update()

    @property
    def chosen(self) -> str:
        """The block with the ring, "" where there is none."""
        return self._ink.chosen if self._ink is not None else ""

    # --- what is seen

    def seen(self) -> QRectF:
        """The part of the figure that is on view."""
        size = QPointF(self.width() / self.zoom, self.height() / self.zoom)
        return QRectF(self.centre - size / 2, self.centre + size / 2)

    def fit(self) -> None:
        """Show the whole figure."""
        bounds = self.plan.bounds
        self.fitted = True
        if not bounds.isEmpty():
            room = (self.width() - 2 * EDGE) / bounds.width(), (self.height() - 2 * EDGE) / bounds.height()
            self.zoom = max(LEAST, min(*room, FIT_MOST))
            self.centre = bounds.center()
        self.update()

    def look(self, centre: QPointF, zoom: float) -> None:
        """Look at a point."""
        self.centre, self.zoom, self.fitted = QPointF(centre), max(LEAST, min(MOST, zoom)), False
        self.update()

    def place(self, point: QPointF) -> QPointF:
        """Where a point of the widget is in the figure."""
        return (point - QPointF(self.rect().center())) / self.zoom + self.centre

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the figure under a point of the widget stays there."""
        at = at if at is not None else QPointF(self.rect().center())
        before = self.place(at)
        self.zoom = max(LEAST, min(MOST, zoom))
        self.centre = self.centre + before - self.place(at)
        self._moved()

    def _moved(self) -> None:
        self.fitted = False
        self.update()
        self.moved.emit()

    def block_at(self, point: QPointF) -> str:
        """The block under a point of the widget, "" where there is none."""
        place = self.place(point)
        return next((card.id for card in reversed(self.plan.cards) if card.rect.contains(place)), "")

    # --- Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.fitted:
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t.window))
        if self._ink is not None and not self.plan.bounds.isEmpty():
            self._paint_figure(painter, self._ink)
        elif self.empty:
            painter.setPen(QColor(t.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.empty)
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.border), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_figure(self, painter: QPainter, ink: Ink) -> None:
        corner = QPointF(self.rect().center()) + (self.plan.bounds.topLeft() - self.centre) * self.zoom
        sheet = QRectF(corner, self.plan.bounds.size() * self.zoom)
        if ink.transparent:
            self._paint_squares(painter, sheet.intersected(QRectF(self.rect())), dark=ink.style.name == "dark")
        painter.save()
        painter.translate(QPointF(self.rect().center()))
        painter.scale(self.zoom, self.zoom)
        painter.translate(-self.centre)
        far = self.zoom < READABLE
        paint(painter, self.plan, replace(ink, far=far), self.seen())
        painter.restore()
        painter.setPen(QPen(QColor(theme.current().border_strong), 1))
        painter.drawRect(sheet)

    def _paint_squares(self, painter: QPainter, rect: QRectF, *, dark: bool) -> None:
        """The usual sign for what is transparent, dark for a figure that is meant to stand on something dark."""
        t = theme.tokens_of("dark" if dark else "light")
        painter.fillRect(rect, QColor(t.panel))
        for row, y in enumerate(range(int(rect.top()), int(rect.bottom()) + 1, SQUARE)):
            for x in range(int(rect.left()) + (row % 2) * SQUARE, int(rect.right()) + 1, 2 * SQUARE):
                painter.fillRect(QRectF(x, y, SQUARE, SQUARE).intersected(rect), QColor(t.border))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.set_zoom(self.zoom * STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        delta = event.position() - self._pressed
        if self._dragged or delta.manhattanLength() >= QApplication.startDragDistance():
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._pressed = event.position()
            self.centre = self.centre - delta / self.zoom
            self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self.clicked.emit(self.block_at(event.position()))
        self._pressed = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        key = Qt.Key(event.key())
        if key in ways:
            self.centre = self.centre + QPointF(*ways[key]) * (PAN / self.zoom)
            self._moved()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.set_zoom(self.zoom * (1 / STEP if key == Qt.Key.Key_Minus else STEP))
        elif key in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
            self.moved.emit()
        else:
            super().keyPressEvent(event)
