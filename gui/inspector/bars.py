"""Answers as bars: the class, its share, and whether it is the right one, told by a sign as well as by colour.

Not for: finding the answers (`engine.probes.answers`).
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.probes.data import Bars
from gui import theme
from gui.pictures import number

ROW = 30  # pixels a bar, with the room around it
THICK = 6  # pixels


class AnswerBars(QWidget):
    """One row a class: its name, its share, and a bar under both."""

    def __init__(self, parent: QWidget | None = None, *, rows: int = 5, name: str = "Answers") -> None:
        super().__init__(parent)
        self.bars: Bars | None = None
        self.truth: int | None = None
        self._rows = rows
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def set_bars(self, bars: Bars | None, truth: int | None = None) -> None:
        """Show answers; `truth` is the index of the right class, None where it is not known."""
        self.bars, self.truth = bars, truth
        if bars is not None and len(bars.values) != self._rows:
            self._rows = len(bars.values)
            self.updateGeometry()
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """What is shown, as a line."""
        if self.bars is None:
            return ""
        return ", ".join(f"{label} {self._figure(k)}" for k, label in enumerate(self.bars.labels))

    def sizeHint(self) -> QSize:
        return QSize(220, self._rows * ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self._rows * ROW)

    def best(self) -> int | None:
        """Place of the largest bar."""
        if self.bars is None or not self.bars.values:
            return None
        return max(range(len(self.bars.values)), key=lambda k: self.bars.values[k] if self.bars else 0.0)

    def _figure(self, k: int) -> str:
        assert self.bars is not None
        value = self.bars.values[k]
        if not self.bars.probabilities:
            return number(value)
        return f"{100 * value:.1f} %" if value >= 0.0005 else "< 0.1 %"

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.bars is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        best = self.best()
        top = max((abs(v) for v in self.bars.values), default=0.0) or 1.0
        for k in range(len(self.bars.values)):
            self._row(painter, k, best=k == best, share=self._share(k, top))
        painter.end()

    def _share(self, k: int, top: float) -> float:
        assert self.bars is not None
        value = self.bars.values[k]
        share = value if self.bars.probabilities else abs(value) / top
        return min(1.0, max(0.0, share)) if share == share else 0.0

    def _row(self, painter: QPainter, k: int, *, best: bool, share: float) -> None:
        assert self.bars is not None
        t = theme.current()
        top = k * ROW
        right = bool(self.bars.indices) and self.truth is not None and self.bars.indices[k] == self.truth
        wrong = best and self.truth is not None and not right
        sign, colour = ("check-circle", t.good) if right else ("close-circle", t.bad) if wrong else ("", t.accent)
        font = theme.font(13, 600 if best else 400)
        painter.setFont(font)
        figure = self._figure(k)
        wide = QFontMetrics(font).horizontalAdvance(figure)
        left = 0.0
        if self.truth is not None:
            left = 20.0
            if sign:
                theme.icon(sign, color=colour).paint(painter, QRectF(0, top + 2, 15, 15).toRect())
        painter.setPen(QColor(t.text if best or right else t.muted))
        room = QRectF(left, top, self.width() - wide - left - 10, 19)
        label = QFontMetrics(font).elidedText(self.bars.labels[k], Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        place = QRectF(self.width() - wide - 2, top, wide + 2, 19)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)
        rail = QRectF(0, top + 20, self.width(), THICK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.border))
        painter.drawRoundedRect(rail, THICK / 2, THICK / 2)
        if share >= 0.002:  # less than a pixel's worth is nothing to see
            filled = QColor(colour if right or wrong or best else t.faint)
            painter.setBrush(filled)
            painter.drawRoundedRect(QRectF(0, top + 20, max(THICK, share * self.width()), THICK), THICK / 2, THICK / 2)
