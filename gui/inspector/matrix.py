"""The table of a confusion matrix: counts on a heat, classes at the rims, recall and precision of each class.

Not for: the samples behind a cell (`confusion`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.probes.data import Confusion
from gui import theme

LARGEST = 88  # pixels a cell
WITH_COUNTS = 22  # pixels a cell from which counts are printed
RIM = 58  # pixels for recall and precision


class MatrixView(QWidget):
    """See the module. Rows are true classes, columns answers.

    Attributes:
        chosen: Emits (true class, answer) of a cell; (-1, -1) when the choice is taken back.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusion")
        self.setAccessibleName("Confusion matrix")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.found: Confusion | None = None
        self.cell: tuple[int, int] | None = None
        self._under: tuple[int, int] | None = None
        self._at = (0, 0)  # where the keyboard is
        theme.notifier().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(520, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 300)

    def set_confusion(self, found: Confusion | None) -> None:
        """Show counts; a chosen cell stays chosen if the classes are the same."""
        if found is None or self.found is None or found.classes != self.found.classes:
            self.cell = None
        if found is not None and found is not self.found and len(found.samples):
            self.cell = None
        self.found = found
        self.update()

    # --- geometry

    def _rim_left(self) -> int:
        """Room for the names of the rows."""
        if self.found is None:
            return 0
        metrics = QFontMetrics(theme.font(12, 500))
        return min(120, max((metrics.horizontalAdvance(name) for name in self.found.classes), default=0)) + 34

    def _rim_top(self) -> int:
        return 46

    def size_of_cell(self) -> int:
        """Pixels along a cell's edge."""
        if self.found is None or not self.found.classes:
            return 0
        count = len(self.found.classes)
        across = (self.width() - self._rim_left() - RIM) / count
        down = (self.height() - self._rim_top() - RIM + 22) / count
        return max(4, int(min(LARGEST, across, down)))

    def origin(self) -> QPoint:
        """Upper left corner of the cells; the whole stands in the middle."""
        count = len(self.found.classes) if self.found is not None else 0
        wide = self._rim_left() + count * self.size_of_cell() + RIM
        return QPoint(self._rim_left() + max(0, (self.width() - wide) // 2), self._rim_top())

    def box(self, truth: int, answer: int) -> QRectF:
        """Where a cell is."""
        size, origin = self.size_of_cell(), self.origin()
        return QRectF(origin.x() + answer * size, origin.y() + truth * size, size, size)

    def _at_point(self, point: QPoint) -> tuple[int, int] | None:
        if self.found is None:
            return None
        size, inside = self.size_of_cell(), point - self.origin()
        count = len(self.found.classes)
        if inside.x() < 0 or inside.y() < 0 or inside.x() >= count * size or inside.y() >= count * size:
            return None
        return inside.y() // size, inside.x() // size

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.found is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._paint_cells(painter, self.found)
        self._paint_rims(painter, self.found)
        t = theme.current()
        for cell, colour, width in ((self._under, t.text, 1), (self.cell, t.select, 2)):
            if cell is not None:
                painter.setPen(QPen(QColor(colour), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.box(*cell).adjusted(0, 0, -1, -1))
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 2, Qt.PenStyle.DotLine))
            painter.drawRect(self.box(*self._at).adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_cells(self, painter: QPainter, found: Confusion) -> None:
        t = theme.current()
        size = self.size_of_cell()
        sums = np.maximum(found.matrix.sum(axis=1, keepdims=True), 1)
        shares = found.matrix / sums
        painter.setFont(theme.font(11 if size < 34 else 13 if size < 60 else 15, 500))
        for (truth, answer), count in np.ndenumerate(found.matrix):
            box = self.box(truth, answer)
            # Rare mistakes must be seen beside thousands of right answers: the root lifts them.
            strength = float(shares[truth, answer]) ** 0.5
            colour = _blend(t.sunken, t.train if truth == answer else t.bad, 0.08 + 0.82 * strength if count else 0.0)
            painter.fillRect(box.adjusted(0, 0, -1, -1), colour)
            if size >= WITH_COUNTS:
                light = _brightness(colour) > 0.56
                ink = QColor("#10131a" if light else "#ffffff") if count else QColor(t.faint)
                painter.setPen(ink)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{int(count):,}" if count else "·")

    def _paint_rims(self, painter: QPainter, found: Confusion) -> None:
        t = theme.current()
        size, origin, count = self.size_of_cell(), self.origin(), len(found.classes)
        small, medium = theme.font(11), theme.font(12, 500)
        metrics = QFontMetrics(medium)
        middle = Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.setFont(small)
        painter.setPen(QColor(t.muted))
        painter.drawText(QRectF(origin.x(), 2, count * size, 16), middle, "answer")
        painter.drawText(QRectF(origin.x() + count * size + 6, 24, RIM, 18), middle, "recall")
        painter.save()
        painter.translate(origin.x() - self._rim_left() + 8, origin.y() + count * size / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-60, -8, 120, 16), middle, "true class")
        painter.restore()
        bottom = origin.y() + count * size + 6
        painter.drawText(QRectF(origin.x() - 90, bottom, 82, 18), right, "precision")
        if size < 13:
            return
        for index, name in enumerate(found.classes):
            row = QRectF(origin.x() - self._rim_left() + 20, origin.y() + index * size, self._rim_left() - 28, size)
            column = QRectF(origin.x() + index * size, 24, size, 18)
            painter.setFont(medium)
            painter.setPen(QColor(t.text))
            elide = Qt.TextElideMode.ElideRight
            painter.drawText(row, right, metrics.elidedText(name, elide, int(row.width())))
            painter.drawText(column, middle, metrics.elidedText(name, elide, size - 2))
            painter.setFont(small)
            self._share(
                painter, QRectF(origin.x() + count * size + 6, row.top(), RIM, size), float(found.recall[index])
            )
            if size >= 30:
                self._share(painter, QRectF(column.left(), bottom, size, 18), float(found.precision[index]))

    def _share(self, painter: QPainter, box: QRectF, share: float) -> None:
        t = theme.current()
        painter.setPen(QColor(t.faint if share != share else t.muted if share >= 0.9 else t.bad))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "–" if share != share else f"{100 * share:.0f} %")

    # --- pointing

    def words(self, truth: int, answer: int) -> str:
        """What a cell says, in a sentence."""
        if self.found is None:
            return ""
        names, count = self.found.classes, int(self.found.matrix[truth, answer])
        total = int(self.found.matrix[truth].sum())
        share = f" ({100 * count / total:.1f} %)" if total else ""
        return f"{count:,} of {total:,} samples of {names[truth]}{share} were answered as {names[answer]}."

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._at_point(event.position().toPoint())
        if found != self._under:
            self._under = found
            self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
            self.update()
            if found is not None:
                QToolTip.showText(event.globalPosition().toPoint(), self.words(*found), self)
            else:
                QToolTip.hideText()

    def leaveEvent(self, event: object) -> None:
        self._under = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at_point(event.position().toPoint())
        if found is not None:
            self._choose(found)

    def _choose(self, cell: tuple[int, int]) -> None:
        self._at = cell
        self.cell = None if cell == self.cell else cell
        self.update()
        self.chosen.emit(*(self.cell or (-1, -1)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.found is None:
            return
        count = len(self.found.classes)
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps:
            down, across = steps[key]
            self._at = (min(max(0, self._at[0] + down), count - 1), min(max(0, self._at[1] + across), count - 1))
            self.setAccessibleDescription(self.words(*self._at))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


def _brightness(colour: QColor) -> float:
    """How bright a colour looks, 0 to 1 (ITU-R BT.601)."""
    return 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF()


def _blend(ground: str, colour: str, share: float) -> QColor:
    a, b = QColor(ground), QColor(colour)

    def mix(one: int, other: int) -> int:
        return round(one + (other - one) * share)

    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()))
