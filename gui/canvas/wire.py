"""One wire on the canvas, painted by Qt itself, and the label that says what shape goes through it.

Not for: which wires there are (`gui.canvas.scene`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from engine.graph.model import Wire
from gui.canvas import geometry
from gui.canvas.cells import Cells
from gui.canvas.inks import Inks
from gui.canvas.lines import Line

PAD_X, LABEL_HEIGHT = 5.0, 18.0
DOT = 3.0  # radius of a reroute point, canvas units
ROOM = 1.0  # free canvas units that a label needs besides
EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)  # canvas units


class WireLabel:
    """A shape in the middle of a wire, on a patch of canvas so that the line seems to pass behind it.

    No item of its own: `Labels` paints those that are seen.
    """

    def __init__(self, inks: Inks, layer: Labels) -> None:
        self.inks, self.layer = inks, layer
        self.text = ""
        self.bad = False
        self._shown = False
        self._pos = QPointF()
        self._width = 0.0
        self._line: Line | None = None

    def set_text(self, text: str, bad: bool) -> None:
        """Show a shape, in the problem colour where it does not fit."""
        if text == self.text and bad == self.bad:
            return
        self.text, self.bad = text, bad
        self.remake()

    def remake(self) -> None:
        """Make the text anew, for a new theme too."""
        self._line = self.inks.line(self.text, self.inks.label_font)
        self._width = self._line.width + 2 * PAD_X
        self._enter()

    @property
    def width(self) -> float:
        """How wide the patch is."""
        return self._width

    def pos(self) -> QPointF:
        """Its middle in the scene."""
        return self._pos

    def set_pos(self, middle: QPointF) -> None:
        """Stand with the middle at a point of the scene."""
        if middle != self._pos:
            self._pos = middle
            self._enter()

    def set_shown(self, shown: bool) -> None:
        """Stand on the canvas, or not; whether it is seen depends on the zoom too."""
        if shown != self._shown:
            self._shown = shown
            self._enter()

    def is_visible(self) -> bool:
        """Whether it can be seen at this zoom."""
        return self._shown and self.layer.isVisible()

    def rect(self) -> QRectF:
        """What it covers of the scene."""
        return QRectF(
            self._pos.x() - self._width / 2 - 1, self._pos.y() - LABEL_HEIGHT / 2 - 1, self._width + 2, LABEL_HEIGHT + 2
        )

    def _enter(self) -> None:
        self.layer.put(self, self.rect() if self._shown else None)

    def paint(self, painter: QPainter, stamped: bool) -> None:
        """The patch and the text, in scene coordinates; most wires of a drawing carry one of a few shapes."""
        if stamped:
            self.inks.stamps.paint(painter, (self.text, self.bad), self.rect(), self._draw)
        else:
            self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        left, top = self._pos.x() - self._width / 2, self._pos.y() - LABEL_HEIGHT / 2
        painter.setPen(self.inks.bad if self.bad else self.inks.nothing)
        painter.setBrush(self.inks.canvas)
        painter.drawRoundedRect(QRectF(left, top, self._width, LABEL_HEIGHT), 4, 4)
        painter.setPen(self.inks.bad_text if self.bad else self.inks.muted)
        if self._line is not None:
            self._line.paint(painter, QPointF(left + PAD_X, top + 2.5))


class Labels(QGraphicsItem):
    """All labels: one item, which one call hides when they are too small to read, and which paints what is exposed.

    Children of a layer would each be asked for their rectangle at every painting.

    Attributes:
        exposed: The rectangles of the scene that are being painted; the view sets them. None: everything.
    """

    def __init__(self, inks: Inks, repaint_soon: Callable[[QRectF], None]) -> None:
        super().__init__()
        self.inks, self._repaint_soon = inks, repaint_soon
        self.exposed: list[QRectF] | None = None
        self._labels: dict[int, WireLabel] = {}
        self._cells: Cells[int] = Cells()
        self.setZValue(-0.5)

    def put(self, label: WireLabel, rect: QRectF | None) -> None:
        """A label covers another rectangle, or none."""
        key = id(label)
        before = self._cells.rect(key)
        if before is None and rect is None:
            return
        if before is not None:
            self._repaint(before)
        if rect is None:
            self._cells.drop(key)
            del self._labels[key]
        else:
            self._cells.put(key, rect)
            self._labels[key] = label
            self._repaint(rect)

    def _repaint(self, rect: QRectF) -> None:
        """Qt would paint everything anew for a part of an item as large as this."""
        if self.isVisible():
            self._repaint_soon(rect)

    def clear(self) -> None:
        """Forget all labels."""
        self._cells.clear()
        self._labels.clear()

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The labels in what is exposed."""
        found = self._labels.keys() if self.exposed is None else self._cells.touching_any(self.exposed)
        for key in found:
            self._labels[key].paint(painter, widget is not None or self.inks.stamps.always)


class WireItem(QGraphicsPathItem):
    """The line of one wire.

    Attributes:
        wire: The wire as the document has it.
        label: The label in its middle, a sibling item.
        bad: Whether a fault arises on it.
        known: Whether a shape goes through it.
        chosen, hovered: Whether it is selected, whether the mouse is over it.
        style: The name of the ink it is drawn with.
        course: The line alone, without the dots of its reroute points.
        room: The rectangle that it covered when it was laid; of a bad or chosen one, its line is a little wider.
    """

    def __init__(self, wire: Wire, inks: Inks, label: WireLabel) -> None:
        super().__init__()
        self.wire = wire
        self.inks = inks
        self.label = label
        self.bad = self.chosen = self.hovered = False
        self.known = True
        self.style = "wire"
        self.line: list[QPointF] = []
        self.corners: QPolygonF | None = None  # its course with straight lines for curves, made when it is wanted
        self.course = QPainterPath()
        self._room = 0.0
        # Qt strokes the line anew for each question after what it covers; the span is a little more than that.
        self.room = self._span = QRectF()
        self.setZValue(-1)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.restyle()

    def lay(self, start: QPointF, end: QPointF, over: float | None, via: Sequence[QPointF] = ()) -> None:
        """Draw it from port to port, through the points that it is led through."""
        path, middle = geometry.course(start, end, over, via)
        self.course = QPainterPath(path)
        for point in via:
            path.addEllipse(point, DOT, DOT)
        if path != self.path():
            self._far()  # where it was before
            self.setPath(path)
            self.room = self.boundingRect()
            self._span = self.room.adjusted(-2, -2, 2, 2)
            self._far()
            self.line, self.corners = [], None
        self.label.set_pos(middle)
        # A label shows where the wire runs level for longer than the text is.
        self._room = abs(end.x() - start.x()) - 2 * geometry.PORT_RADIUS
        self._fit_label()

    def say(self, shape: str, bad: bool) -> None:
        """What goes through it, and whether that is a fault."""
        self.label.set_text(shape, bad)
        self.mark(bool(shape), bad)
        self._fit_label()

    def mark(self, known: bool, bad: bool) -> None:
        """Whether something goes through it, and whether that is a fault: all that can be seen from far away."""
        if (bad, known) != (self.bad, self.known):
            self.bad, self.known = bad, known
            self.restyle()

    def restyle(self) -> None:
        """Take the pen that fits its state."""
        if self.chosen:
            self.style = "wire_bad_selected" if self.bad else "wire_selected"
        elif self.bad:
            self.style = "wire_bad"
        elif self.hovered:
            self.style = "wire_hover"
        else:
            self.style = "wire" if self.known else "wire_unknown"
        pen = getattr(self.inks, self.style)
        if self.pen() != pen:
            self.setPen(pen)
            self._far()

    def _far(self) -> None:
        """Have the place painted anew where the scene paints it from far away."""
        if not self._span.isEmpty():
            self.inks.far_changed(self._span, self)

    def setVisible(self, visible: bool) -> None:
        """Be there to see, or not."""
        super().setVisible(visible)
        self._far()

    def distance(self, place: QPointF) -> float:
        """How far a scene point is from the line."""
        if not self.line:
            self.line = geometry.samples(self.course)
        return geometry.distance(place, self.line)

    def _fit_label(self) -> None:
        self.label.set_shown(bool(self.label.text) and self._room >= self.label.width + ROOM)
