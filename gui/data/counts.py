"""How many samples each class has in each part, as horizontal bars with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QWidget

from engine.data import DataSet
from engine.graph.facts import Column
from gui import theme
from gui.data.colours import class_colour
from gui.pictures import number

PARTS = {"train": "Training", "val": "Validation", "test": "Test"}
ROW = 26  # pixels of one class
NAME_WIDTH = 120  # pixels at most for a class name
BAR = 12
MOST = 120  # rows; of more classes, as of a vocabulary, the most frequent are shown
BINS = 16  # of a histogram of numbers
OF = {"label": "samples", "mask": "pixels", "tags": "steps", "tokens": "steps", "number": "samples"}


def countable(data: DataSet) -> tuple[Column, ...]:
    """The columns to be predicted whose values can be counted."""
    return tuple(
        column for column in data.facts.targets
        if column.classes or (column.kind == "number" and column.dims == (1,))
    )  # fmt: skip


def counted(data: DataSet, column: Column) -> tuple[tuple[str, ...], dict[str, NDArray[np.int64]]]:
    """Names and counts for each part: of classes, the most frequent first where they are many, or of spans of numbers."""
    if not column.classes:
        values = data.columns[column.name][:, 0]
        edges = np.histogram_bin_edges(values, bins=BINS)
        names = tuple(f"{number(float(lo))} to {number(float(hi))}" for lo, hi in pairwise(edges))
        parts = {part: np.histogram(values[rows], edges)[0].astype(np.int64) for part, rows in data.splits.items()}
        return names, parts
    counts = data.class_counts(column.name)
    shown = tuple(name.replace("\n", "⏎").replace(" ", "␣") or "empty" for name in column.classes)
    if column.kind == "label" and len(column.classes) <= MOST * 8 and column.pad is None:
        return column.classes, counts
    totals = np.sum(list(counts.values()), axis=0)
    first = np.argsort(-totals, kind="stable")
    first = (
        first[totals[first] > 0][:MOST] if len(shown) > BINS else np.flatnonzero(np.arange(len(shown)) != column.pad)
    )
    return tuple(shown[row] for row in first), {part: values[first] for part, values in counts.items()}


def part_colour(part: str) -> str:
    """The colour of a part, the same everywhere."""
    tokens = theme.current()
    return {"train": tokens.train, "val": tokens.val}.get(part, tokens.faint)


class CountBars(QWidget):
    """The bars. Validation is hatched and test is grey, so that parts are not told by colour alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("class_counts")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.classes: tuple[str, ...] = ()
        self.counts: dict[str, NDArray[np.int64]] = {}
        self.coloured = False
        theme.notifier().changed.connect(self.update)

    def show_counts(
        self, classes: tuple[str, ...], counts: Mapping[str, NDArray[np.int64]], *, coloured: bool = False
    ) -> None:
        """Show these numbers; `coloured`: with the colour that each class has in masks."""
        self.classes, self.counts, self.coloured = classes, dict(counts), coloured
        totals = ", ".join(f"{PARTS[part].lower()} {int(numbers.sum()):,}" for part, numbers in self.counts.items())
        self.setAccessibleName(f"Samples of each class: {totals}")
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, len(self.classes) * ROW + 4)

    def row_text(self, row: int) -> str:
        """The numbers of one class, in words."""
        numbers = " · ".join(f"{PARTS[part]} {int(values[row]):,}" for part, values in self.counts.items())
        return f"{self.classes[row]}: {numbers}"

    def event(self, event: QEvent) -> bool:
        """The numbers of a class in words, under the cursor."""
        if isinstance(event, QHelpEvent):
            row = event.pos().y() // ROW
            if 0 <= row < len(self.classes):
                QToolTip.showText(event.globalPos(), self.row_text(row), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, stacked bar, total: only the rows in view."""
        if not self.counts:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12, 400))
        metrics = painter.fontMetrics()
        totals = np.sum(list(self.counts.values()), axis=0)
        most = max(1, int(totals.max()))
        first, last = event.rect().top() // ROW, min(len(self.classes) - 1, event.rect().bottom() // ROW)
        name_width = min(
            NAME_WIDTH, max((metrics.horizontalAdvance(name) for name in self.classes[:200]), default=0) + 4
        )
        number_width = metrics.horizontalAdvance(f"{most:,}") + 4
        room = self.width() - name_width - number_width - (44 if self.coloured else 24)
        for row in range(first, last + 1):
            top = row * ROW
            painter.setPen(QColor(tokens.text))
            name = metrics.elidedText(self.classes[row], Qt.TextElideMode.ElideRight, name_width)
            painter.drawText(
                QRectF(0, top, name_width, ROW), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name
            )
            x = float(name_width + 12)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.coloured:
                if row:
                    painter.setBrush(QColor(class_colour(row)))
                    painter.drawRoundedRect(QRectF(x, top + (ROW - BAR) / 2, BAR, BAR), 3, 3)
                x += BAR + 8
            for part, values in self.counts.items():
                width = room * int(values[row]) / most
                self._bar(painter, QRectF(x, top + (ROW - BAR) / 2, max(0.0, width - 1), BAR), part)
                x += width
            painter.setPen(QColor(tokens.muted))
            place = QRectF(x + 6, top, number_width, ROW)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"{int(totals[row]):,}")

    @staticmethod
    def _bar(painter: QPainter, area: QRectF, part: str) -> None:
        if area.width() <= 0:
            return
        colour = QColor(part_colour(part))
        painter.setBrush(colour)
        painter.drawRect(area)
        if part == "val":
            painter.setBrush(QBrush(QColor(theme.current().raised), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(area)


class PartsLegend(QWidget):
    """What the bars mean, with the size of each part."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("parts_legend")
        self._sizes: dict[str, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def show_sizes(self, sizes: Mapping[str, int]) -> None:
        """Show these sizes."""
        self._sizes = dict(sizes)
        self.setAccessibleName(self.text())
        self.update()

    def text(self) -> str:
        """The legend in words."""
        return " · ".join(f"{PARTS[part]} {size:,}" for part, size in self._sizes.items())

    def sizeHint(self) -> QSize:
        return QSize(260, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A swatch and a number for each part."""
        painter = QPainter(self)
        painter.setFont(theme.font(12, 400))
        x = 0.0
        for part, size in self._sizes.items():
            painter.setPen(Qt.PenStyle.NoPen)
            CountBars._bar(painter, QRectF(x, 6, 14, 10), part)
            painter.setPen(QColor(theme.current().text))
            text = f"{PARTS[part]} {size:,}"
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(x + 20, 0, width + 2, 22), Qt.AlignmentFlag.AlignVCenter, text)
            x += 20 + width + 14


def scrolled(widget: QWidget) -> QScrollArea:
    """The widget in a frameless area that scrolls up and down."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area
