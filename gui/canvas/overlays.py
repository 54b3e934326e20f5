"""What floats over the canvas: minimap, zoom bar, the hint on an empty canvas, the field for a new name.

What stays in its place while the drawing scrolls is a child of the viewport: a sibling that covers part of it would make Qt
paint the whole viewport at every step of a scroll instead of the strip that comes into view. `gui.canvas.zoom` puts the
children back after each scroll, which carries them along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QIcon,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.canvas.geometry import WIDTH
from gui.widgets import IconButton

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

MAP = QSize(168, 108)  # pixels
SEEN_FROM = 2.5  # pixels of the map that a block takes at least
STALE_MS = 80  # the map waits so long for further changes


class Minimap(QWidget):
    """The whole drawing in small; a click or drag moves the view there."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.setFixedSize(MAP)
        self.setObjectName("minimap")
        self.setAccessibleName("Overview of the drawing")
        self.setToolTip("Overview: click to go there")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else Qt paints the drawing under it each time
        self._picture = QPixmap()
        self._shown = QRectF()  # of the map: what the view shows
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(STALE_MS)
        self._later.timeout.connect(self._redraw)
        theme.notifier().changed.connect(self.stale)
        view.canvas.laid_out.connect(self.stale)
        view.document.reported.connect(self.stale)

    def stale(self, _what: object = None) -> None:
        """The blocks have changed: paint them anew, when nothing has changed for a moment: not while something is dragged."""
        self._later.start()

    def follow(self) -> None:
        """The view may show another part of the drawing."""
        if self.isVisible() and self._seen() != self._shown:
            self.update()

    def _seen(self) -> QRectF:
        """What the view shows, on the map."""
        room = QRectF(2, 2, self.width() - 4, self.height() - 4)
        return self._transform().mapRect(self.view.seen()).intersected(room)

    def _transform(self) -> QTransform:
        """From the scene to the map."""
        content = self.view.canvas.content()
        scale = min((MAP.width() - 20) / max(1.0, content.width()), (MAP.height() - 20) / max(1.0, content.height()))
        made = QTransform()
        made.translate(MAP.width() / 2, MAP.height() / 2)
        made.scale(scale, scale)
        made.translate(-content.center().x(), -content.center().y())
        return made

    def _redraw(self) -> None:
        """All blocks as rectangles of their family's colour, a family at a time."""
        t, canvas = theme.current(), self.view.canvas
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(MAP * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(QColor(t.canvas))
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 8, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setTransform(self._transform(), True)
        small = WIDTH * self._transform().m11() < SEEN_FROM
        for (stroke, _, family), rects in canvas.far.looks():
            colour = QColor(t.bad) if stroke == "error" else canvas.inks.family(family).colour
            rim = QPen(colour, SEEN_FROM / 2)
            rim.setCosmetic(True)
            painter.setPen(rim if small else Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects(rects)
        painter.end()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The blocks, and what the view shows of them."""
        if self._picture.isNull():
            self._redraw()
        t = theme.current()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.accent), 1.2))
        soft = QColor(t.accent)
        soft.setAlpha(26)
        painter.setBrush(soft)
        self._shown = self._seen()
        painter.drawRoundedRect(self._shown, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _go(self, at: QPointF) -> None:
        inverse, ok = self._transform().inverted()
        if ok:
            self.view.centerOn(inverse.map(at))
            self.view.whole = False
            self.view.seen_changed.emit()


class ZoomBar(QFrame):
    """Zoom out, the zoom in per cent (a click: 100 %), zoom in, fit, tidy."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view.viewport())
        self.setObjectName("zoom-bar")
        self.setProperty("card", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(1)
        self.value = QPushButton("100 %")
        self.value.setFlat(True)
        self.value.setAccessibleName("Zoom: click for 100 %")
        self.value.setToolTip("Show at 100 % (Ctrl+0)")
        self.value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.value.setFixedWidth(56)
        self.value.setStyleSheet("QPushButton { border: none; background: transparent; padding: 2px; }")
        self.value.setFont(theme.font(12, 500))
        buttons = (
            ("minus", "Zoom out (Ctrl+-)", view.zoom_out),
            (None, "", None),
            ("plus", "Zoom in (Ctrl++)", view.zoom_in),
            ("fit-to-screen-outline", "Fit the drawing (F)", view.fit),
            ("sitemap-outline", "Tidy up (Ctrl+L)", view.tidy),
        )
        for icon, tip, run in buttons:
            if icon is None or run is None:
                row.addWidget(self.value)
                continue
            button = _StillButton(icon, tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(run)
            row.addWidget(button)
        self.value.clicked.connect(view.reset_zoom)
        self.adjustSize()

    def show_zoom(self, zoom: float) -> None:
        """Say the zoom."""
        self.value.setText(f"{round(zoom * 100)} %")


class _StillButton(IconButton):
    """A button whose icon is painted once: the bar is painted at every step of a scroll."""

    def _redraw(self) -> None:
        made, still = theme.icon(self._icon), QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Disabled):
            for ratio in (1, 2):
                still.addPixmap(made.pixmap(self.iconSize(), ratio, mode), mode)
        self.setIcon(still)


class EmptyHint(QWidget):
    """What an empty canvas says; the mouse goes through it."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view.viewport())
        self.setObjectName("empty-hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.picture, self.title, self.text = QLabel(), QLabel("Start your network"), QLabel()
        self.title.setFont(theme.font(17, 600))
        self.text.setText(
            "Drag a block here from the palette,\nor press <b>Space</b> and type its name.".replace("\n", "<br>")
        )
        self.text.setProperty("hint", True)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        for label in (self.picture, self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(label)
        theme.notifier().changed.connect(self._draw)
        self._draw()
        self.adjustSize()

    def _draw(self) -> None:
        self.picture.setPixmap(theme.icon("graph-outline", color=theme.current().faint).pixmap(QSize(44, 44)))
