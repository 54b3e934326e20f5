"""One wire on the canvas, painted by Qt itself, and the label that says what shape goes through it.

Not for: which wires there are (`gui.canvas.scene`).
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from engine.graph.model import Wire
from gui.canvas import geometry
from gui.canvas.inks import Inks

PAD_X, LABEL_HEIGHT = 5.0, 18.0
ROOM = 1.0  # free canvas units that a label needs besides


class WireLabel(QGraphicsItem):
    """A shape in the middle of a wire, on a patch of canvas so that the line seems to pass behind it."""

    def __init__(self, inks: Inks) -> None:
        super().__init__()
        self.inks = inks
        self.text = ""
        self.bad = False
        self._width = 0.0
        self._rect = QRectF()
        self._static = QStaticText()
        self.setZValue(0.5)
        self.hide()

    def set_text(self, text: str, bad: bool) -> None:
        """Show a shape, in the problem colour where it does not fit."""
        if text == self.text and bad == self.bad:
            return
        self.text, self.bad = text, bad
        self.remake()

    def remake(self) -> None:
        """Make the text anew, for a new theme too."""
        self._static = QStaticText(self.text)
        self._static.setTextFormat(Qt.TextFormat.PlainText)
        self.prepareGeometryChange()
        self._width = self.inks.width(self.text, self.inks.label_font) + 2 * PAD_X
        self._rect = QRectF(-self._width / 2 - 1, -LABEL_HEIGHT / 2 - 1, self._width + 2, LABEL_HEIGHT + 2)
        self.update()

    @property
    def width(self) -> float:
        """How wide the patch is."""
        return self._width

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The patch and the text."""
        painter.setPen(self.inks.bad if self.bad else self.inks.nothing)
        painter.setBrush(self.inks.canvas)
        painter.drawRoundedRect(QRectF(-self._width / 2, -LABEL_HEIGHT / 2, self._width, LABEL_HEIGHT), 4, 4)
        painter.setFont(self.inks.label_font)
        painter.setPen(self.inks.bad_text if self.bad else self.inks.muted)
        painter.drawStaticText(QPointF(-self._width / 2 + PAD_X, -LABEL_HEIGHT / 2 + 2.5), self._static)


class WireItem(QGraphicsPathItem):
    """The line of one wire.

    Attributes:
        wire: The wire as the document has it.
        label: The label in its middle, a sibling item.
        bad: Whether a fault arises on it.
        known: Whether a shape goes through it.
        chosen, hovered: Whether it is selected, whether the mouse is over it.
    """

    def __init__(self, wire: Wire, inks: Inks, label: WireLabel) -> None:
        super().__init__()
        self.wire = wire
        self.inks = inks
        self.label = label
        self.bad = self.chosen = self.hovered = False
        self.known = True
        self.line: list[QPointF] = []
        self._room = 0.0
        self.setZValue(-1)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.restyle()

    def lay(self, start: QPointF, end: QPointF, over: float | None) -> None:
        """Draw it from port to port."""
        path, middle = geometry.course(start, end, over)
        self.setPath(path)
        self.line = []
        self.label.setPos(middle)
        # A label shows where the wire runs level for longer than the text is.
        self._room = abs(end.x() - start.x()) - 2 * geometry.PORT_RADIUS
        self._fit_label()

    def say(self, shape: str, bad: bool) -> None:
        """What goes through it, and whether that is a fault."""
        self.label.set_text(shape, bad)
        if (bad, bool(shape)) != (self.bad, self.known):
            self.bad, self.known = bad, bool(shape)
            self.restyle()
        self._fit_label()

    def restyle(self) -> None:
        """Take the pen that fits its state."""
        inks = self.inks
        if self.chosen:
            pen = inks.wire_selected
        elif self.bad:
            pen = inks.wire_bad
        elif self.hovered:
            pen = inks.wire_hover
        else:
            pen = inks.wire if self.known else inks.wire_unknown
        if self.pen() != pen:
            self.setPen(pen)

    def distance(self, place: QPointF) -> float:
        """How far a scene point is from the line."""
        if not self.line:
            self.line = geometry.samples(self.path())
        return geometry.distance(place, self.line)

    def _fit_label(self) -> None:
        self.label.setVisible(bool(self.label.text) and self._room >= self.label.width + ROOM)
