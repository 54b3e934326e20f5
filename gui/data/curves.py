"""Windows of series, each a small plot: the past as lines, what is to be predicted as dots behind or among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.data import DataSet
from gui import theme
from gui.data.colours import class_colour

_SHOWN = 24  # windows
_LINES = 6  # columns of a series drawn
_HEIGHT = 128  # pixels of a plot
_LEAST = 220  # pixels of its width at least
_HEAD = 24  # pixels of the legend
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class CurveGrid(QWidget):
    """The plots, as many in a row as have room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_curves")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.data: DataSet | None = None
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)
        theme.notifier().changed.connect(self.update)

    def show_data(self, data: DataSet | None, seed: int) -> None:
        """Show windows of the training part, others for another seed."""
        self.data = data
        if data is not None:
            train = data.splits["train"]
            drawn = np.random.default_rng(seed).choice(train, min(len(train), _SHOWN), replace=False)
            self.rows = np.sort(drawn)
            self.setAccessibleName(f"{len(self.rows)} windows of the series, with what follows them")
        self._fit()
        self.update()

    def _across(self) -> int:
        return max(1, self.width() // _LEAST)

    def _fit(self) -> None:
        self.setMinimumHeight(_HEAD + -(-len(self.rows) // self._across()) * _HEIGHT)

    def resizeEvent(self, event: object) -> None:
        """Another width has another number of plots in a row."""
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(520, 360)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plots in view."""
        data = self.data
        column = data.facts.input if data is not None else None
        if data is None or column is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fields = column.fields or tuple(f"column {place + 1}" for place in range(column.dims[-1]))
        self._legend(painter, fields[:_LINES])
        across = self._across()
        width = self.width() / across
        for place, row in enumerate(self.rows):
            box = QRectF(
                place % across * width, _HEAD + place // across * _HEIGHT, width - theme.SPACE, _HEIGHT - theme.SPACE
            )
            if box.intersects(QRectF(event.rect())):
                self._plot(painter, box, data, int(row))

    def _legend(self, painter: QPainter, fields: tuple[str, ...]) -> None:
        tokens = theme.current()
        painter.setFont(theme.font(12, 400))
        left = 2.0
        for place, name in enumerate((*fields, "to be predicted")):
            last = place == len(fields)
            if last:
                painter.setPen(QPen(QColor(tokens.raised), 1))
                painter.setBrush(QColor(tokens.val))
                painter.drawEllipse(QPointF(left + 9, 10), 4, 4)
            else:
                painter.setPen(_pen(place))
                painter.drawLine(QPointF(left, 10), QPointF(left + 18, 10))
            painter.setPen(QColor(tokens.text))
            width = painter.fontMetrics().horizontalAdvance(name)
            painter.drawText(QRectF(left + 24, 0, width + 4, 20), Qt.AlignmentFlag.AlignVCenter, name)
            left += width + 44

    @staticmethod
    def _plot(painter: QPainter, box: QRectF, data: DataSet, row: int) -> None:
        tokens = theme.current()
        series = data.columns[data.facts.inputs[0].name][row][:, :_LINES]
        fields = data.facts.inputs[0].fields
        target = data.facts.target
        future = data.columns[target.name][row] if target is not None and target.kind == "number" else None
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(box, 6, 6)
        inner = box.adjusted(8, 8, -12, -8)
        steps = len(series)
        ahead = 0 if future is None else max(1, round(steps * 0.08))
        every = future is not None and future.ndim == 2
        dots: list[tuple[float, float, int]] = []
        if future is not None and target is not None:
            for place, name in enumerate(target.fields or ("",)):
                line = fields.index(name) if name in fields[:_LINES] else -1
                values = future[:, place] if every else future[place : place + 1]
                start = _shift(series, future, line, place) if every else steps - 1 + ahead
                dots += [(float(start + at), float(value), line) for at, value in enumerate(values)]
        for line in range(series.shape[1]):
            own = [value for _, value, at in dots if at in (line, -1)]
            lo, hi = (float(f([*series[:, line], *own])) for f in (min, max))
            hi = hi if hi > lo else lo + 1

            def at(x: float, y: float, lo: float = lo, hi: float = hi) -> QPointF:
                share = x / max(steps - 1, *(x for x, _, _ in dots), 1)
                return QPointF(
                    inner.left() + share * inner.width(), inner.bottom() - (y - lo) / (hi - lo) * inner.height()
                )

            painter.setPen(_pen(line))
            painter.drawPolyline(QPolygonF([at(place, float(value)) for place, value in enumerate(series[:, line])]))
            painter.setPen(QPen(QColor(tokens.sunken), 0.8))
            painter.setBrush(QColor(tokens.val))
            for x, y, belongs in dots:
                if belongs == line or (belongs < 0 and line == 0):
                    painter.drawEllipse(at(x, y), 2.2 if every else 4, 2.2 if every else 4)


def _shift(series: NDArray[np.float32], future: NDArray[np.float32], line: int, place: int) -> int:
    """How many steps later each answer is, found by laying it over the series; 1 where it is no column of it."""
    steps = len(series)
    if line >= 0:
        for shift in range(1, steps):
            if np.array_equal(series[shift:, line], future[: steps - shift, place]):
                return shift
    return 1


def _pen(place: int) -> QPen:
    """A line's own colour and stroke; the second class's colour is too near that of what is predicted."""
    return QPen(QColor(class_colour(place + (place > 0))), 1.6, _STYLES[place // 2 % len(_STYLES)])
