"""A line of text laid out once and painted at any zoom.

`QStaticText` lays its text out anew at every other zoom, which is most of what a step of the wheel would cost.
Not for: where texts stand, nor how they are cut (`gui.canvas.inks`).
"""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QGlyphRun, QPainter, QTextLayout


class Line:
    """A text in a font, ready to be painted with its upper left corner at a point.

    Attributes:
        text: What is painted, cut where it was too wide.
        width: How wide that is.
    """

    def __init__(self, text: str, font: QFont, width: float) -> None:
        self.text, self.width = text, width
        layout = QTextLayout(text, font)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        self._runs: list[QGlyphRun] = layout.glyphRuns()

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Paint it with the painter's pen."""
        for run in self._runs:
            painter.drawGlyphRun(at, run)
