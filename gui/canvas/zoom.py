"""A graphics view that zooms at the mouse, pans, fits, and paints the dotted canvas.

Not for: editing (`gui.canvas.view`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QRegion, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsView, QWidget

from gui.canvas.ahead import Ahead
from gui.canvas.convoy import Convoy
from gui.canvas.glide import Glide
from gui.canvas.ground import paint_ground
from gui.canvas.inks import FULL_FROM, level_at
from gui.canvas.scene import CanvasScene

ZOOM_STEP = 1.2
LEAST_ZOOM, MOST_ZOOM = 0.05, 3.0
FIT_MOST = 1.25  # a drawing of two blocks is not blown up
BAR_ROOM = 40  # pixels at the lower edge that a fitted drawing leaves to the zoom bar
CRUMBS_ROOM = 44  # pixels at the upper edge that it leaves to the breadcrumbs, inside a composite
FIT_MARGIN = 40.0  # canvas units around a fitted drawing
WATCH_MS = 60  # between two looks at frames, notes and marks, while they are far away
CALM_MS = 140  # after the last movement, until edges are smooth again
MANY = 150  # blocks from which edges are left rough while the view moves


class ZoomView(QGraphicsView):
    """Sees a part of the scene.

    Attributes:
        canvas: The scene.
        whole: Whether the whole drawing was fitted into the view and nobody has zoomed or moved it since.
        seen_changed: Emits when another part is seen, or the same at another zoom.
    """

    seen_changed = Signal()

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = scene
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.whole = False
        self._scrolling, self._carried = False, QPoint()
        self._zooming = False
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setMinimumSize(320, 240)
        self._others_seen: dict[QGraphicsItem, QRectF] = {}
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._follow_others)
        self.glide, self.ahead = Glide(self), Ahead(self)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self._calmed)

    @property
    def zoom(self) -> float:
        """Pixels a canvas unit takes."""
        return self.transform().m11()

    def seen(self) -> QRectF:
        """The part of the scene that the view shows."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def seen_exactly(self) -> QRectF:
        """The part of the scene that the view shows, to a fraction of a pixel."""
        return self.viewportTransform().inverted()[0].mapRect(QRectF(self.viewport().rect()))

    def readable(self) -> list[str]:
        """Ids of the blocks that the view shows, none where they are too small for more than a colour."""
        return [item.node.id for item in self.canvas.nodes_in(self.seen())] if self.canvas.inks.level else []

    def set_zoom(self, zoom: float, at: QPoint | None = None) -> None:
        """Zoom so that the scene under a point of the viewport (its middle by default) stays there."""
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        at = at if at is not None else self.viewport().rect().center()
        before = self.mapToScene(at)
        self._zooming = True
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)  # no pixel can be moved
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self._zoomed()
        self.scroll_by(at - self.mapFromScene(before))
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self._zooming = False

    def _zoomed(self) -> None:
        level = level_at(self.zoom)
        self.canvas.labels.setVisible(self.zoom >= FULL_FROM)
        if level != self.canvas.inks.level:
            self.canvas.inks.level = level
            if level == 0:
                self._others_seen = self.others_seen()
                self._watch.start()
            else:
                self._watch.stop()
            self.viewport().update()

    def others_seen(self) -> dict[QGraphicsItem, QRectF]:
        """Where what is no block and no wire is in the scene, as far as it is shown."""
        return {item: item.sceneBoundingRect() for item in self.canvas.others if item.isVisible()}

    def _follow_others(self) -> None:
        """From far away Qt paints no items and so does not know which have moved: look after what is no block and no wire."""
        before, now = self._others_seen, self.others_seen()
        if now != before:
            self._others_seen = now
            for item in before.keys() | now.keys():
                one, two = before.get(item, QRectF()), now.get(item, QRectF())
                if one != two:
                    self.canvas.repaint(one.united(two))

    def viewportEvent(self, event: QEvent) -> bool:
        """What the mouse has changed from far away is painted at once."""
        done = super().viewportEvent(event)
        if isinstance(event, QMouseEvent) and self.canvas.inks.level == 0:
            self._follow_others()
        return done

    def zoom_in(self) -> None:
        """One step nearer."""
        self.set_zoom(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step further away."""
        self.set_zoom(self.zoom / ZOOM_STEP)

    def reset_zoom(self) -> None:
        """100 %."""
        self.set_zoom(1.0)

    def fit(self, ids: Iterable[str] | None = None) -> None:
        """Show the whole drawing, or some blocks."""
        rect = self.canvas.content() if ids is None else self.canvas.around(ids)
        if rect.isEmpty():
            self.set_zoom(1.0)
            self.centerOn(0, 0)
            self.seen_changed.emit()
            return
        rect = rect.adjusted(-FIT_MARGIN, -FIT_MARGIN, FIT_MARGIN, FIT_MARGIN)
        top = CRUMBS_ROOM if self.canvas.document.graph.owner is not None else 0
        room = self.viewport().rect().adjusted(0, top, 0, -BAR_ROOM)
        zoom = min(room.width() / rect.width(), room.height() / rect.height(), FIT_MOST)
        self.set_zoom(zoom)
        self.centerOn(rect.center() + QPointF(0, (BAR_ROOM - top) / 2 / zoom))
        self.whole = ids is None
        self.seen_changed.emit()

    def show_blocks(self, ids: Iterable[str]) -> None:
        """Bring blocks into view if they are not; the zoom stays."""
        rect = self.canvas.around(ids)
        if not rect.isEmpty() and not self.seen().adjusted(16, 16, -16, -16).contains(rect):
            self.centerOn(rect.center())
            self.whole = False
            self.seen_changed.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted already and paint the rest; what floats over the drawing stays where it is."""
        if self._scrolling:  # both directions at once, later: Qt moves the pixels of the whole view for each
            self._carried += QPoint(dx, dy)
        else:
            self._carry(QPoint(dx, dy))

    def _carry(self, by: QPoint) -> None:
        super().scrollContentsBy(by.x(), by.y())
        if not self._zooming:
            for child in self.viewport().children():
                if isinstance(child, QWidget):
                    child.move(child.pos() - by)

    def scroll_by(self, delta: QPoint) -> None:
        """Move the drawing by pixels."""
        self.whole = False
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        self._scrolling = True
        bars[0].setValue(bars[0].value() - delta.x())
        bars[1].setValue(bars[1].value() - delta.y())
        self._scrolling, carried, self._carried = False, self._carried, QPoint()
        if not carried.isNull():
            self._carry(carried)
        self.glide.moved()
        self.ahead.moved(delta)
        self.seen_changed.emit()

    @property
    def slow(self) -> bool:
        """Whether the drawing is too large to be painted with care while it moves."""
        return len(self.canvas.nodes) >= MANY

    def hasten(self) -> None:
        """Leave edges rough while a large drawing moves."""
        if self.slow:
            self.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._calm.start()

    def _calmed(self) -> None:
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.glide.end()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is exposed; from far away blocks and wires are painted in one go, and nobody asks the items."""
        self.canvas.due.clear()
        if self.canvas.convoy is not None:
            self._paint_convoy(self.canvas.convoy)
            return
        if self.glide.on:
            self.glide.paint(event.region())
            return
        ready = self.ahead.ready(event.region())
        left = event.region()
        for part, _corner, _tile in ready:
            left -= QRegion(part)
        if not left.isEmpty():
            self._paint(QPaintEvent(left) if ready else event)
        if ready:
            self.ahead.paint(ready)

    def _paint(self, event: QPaintEvent) -> None:
        inverse = self.viewportTransform().inverted()[0]
        exposed = [
            inverse.mapRect(QRectF(rect).adjusted(-1, -1, 1, 1)) for rect in cast(Iterable[QRect], event.region())
        ]
        self.canvas.inks.stamps.ratio = self.devicePixelRatioF()
        if self.canvas.inks.level:
            self.canvas.labels.exposed = exposed
            super().paintEvent(event)
            self.canvas.labels.exposed = None
            return
        painter = QPainter(self.viewport())
        painter.setRenderHints(self.renderHints())
        self._paint_far(painter, inverse.mapRect(QRectF(event.rect()).adjusted(-1, -1, 1, 1)), exposed)

    def _paint_far(self, painter: QPainter, around: QRectF, exposed: list[QRectF]) -> None:
        painter.setWorldTransform(self.viewportTransform())
        self.drawBackground(painter, around)
        self.canvas.far.paint(painter, exposed)

    def _paint_convoy(self, convoy: Convoy) -> None:
        """The rest as a picture, which is made when the view shows another part, and the cards over it."""
        seen = self.seen()
        if convoy.still is None or convoy.still[0] != seen:
            ratio = self.devicePixelRatioF()
            picture = QPixmap(self.viewport().size() * ratio)
            picture.setDevicePixelRatio(ratio)
            still = QPainter(picture)
            still.setRenderHints(self.renderHints())
            if self.canvas.inks.level:
                self.canvas.labels.exposed = [seen]
                self.canvas.inks.stamps.always = True
                self.render(still, QRectF(self.viewport().rect()), self.viewport().rect())
                self.canvas.inks.stamps.always = False
                self.canvas.labels.exposed = None
            else:
                self._paint_far(still, seen, [seen])
            still.end()
            convoy.still = (seen, picture)
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, convoy.still[1])
        painter.setWorldTransform(self.viewportTransform())
        convoy.paint(painter)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The canvas with its dots."""
        paint_ground(painter, self.canvas.inks, QRectF(rect), self.zoom)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse; Shift scrolls sideways."""
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scroll_by(QPoint(delta.y() or delta.x(), 0))
        else:
            self.hasten()
            if self.slow:
                self.glide.begin()
            self.set_zoom(self.zoom * ZOOM_STEP ** (delta.y() / 120), event.position().toPoint())
        event.accept()
