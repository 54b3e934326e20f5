"""Axes and the view of a live plot: steps below, epochs above, values at the left; zoom that keeps what was asked for.

Not for: what is drawn between them.
"""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal

WHEEL_STEP = 1.0 / 240.0  # exponent for one wheel unit: a notch of 120 zooms by sqrt(2)
EPOCH_ROOM = 58  # pixels from one epoch mark to the next; the first carries the word as well


def short_number(value: float) -> str:
    """A count as an axis writes it: 950, 12 k, 1.5 M."""
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:.4g} M"
    if size >= 1e4:
        return f"{value / 1e3:.4g} k"
    return f"{value:.4g}"


def marks(size: float, room: float) -> float:
    """How many marks an axis of that many pixels carries, `room` pixels each; a long axis carries ten, not thirty."""
    return max(1.0, min(10.0, size / room))


def nice_spacing(rough: float) -> float:
    """The first of 1, 2, 5 times a power of ten that is not below `rough`; 1 where that is not positive."""
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    decade = 10.0 ** math.floor(math.log10(rough))
    return next(step for step in (1, 2, 5, 10) if step * decade >= rough * 0.999) * decade


class StepAxis(pg.AxisItem):
    """Steps: whole numbers, short."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:
        """One level of round numbers, about one in 62 pixels."""
        spacing = max(1.0, nice_spacing((maxVal - minVal) / marks(size, 62)))
        first = max(1, math.ceil(minVal / spacing))
        ticks = [spacing * place for place in range(first, math.floor(maxVal / spacing) + 1)]
        return [(spacing, ticks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Short counts; the first mark says what they are."""
        numbers = [short_number(value) for value in values]
        return [f"step {number}" if place == 0 else number for place, number in enumerate(numbers)]


class EpochAxis(pg.AxisItem):
    """Ends of epochs, as marks above the plot and faint lines through it.

    Attributes:
        steps_per_epoch: Steps of one epoch; 0 shows no marks.
    """

    def __init__(self) -> None:
        super().__init__("top")
        self.steps_per_epoch = 0

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:
        """Every first, second, fifth, tenth... epoch, as many as have room."""
        each = self.steps_per_epoch
        if each <= 0 or maxVal <= minVal or size <= 0:
            return []
        wanted = (maxVal - minVal) / each / max(1.0, size / EPOCH_ROOM)
        stride = 1
        while stride < wanted:
            decade = 10 ** int(math.log10(stride))
            stride = {1: 2, 2: 5, 5: 10}[stride // decade] * decade
        first = max(1, math.ceil(minVal / each / stride)) * stride if minVal > 0 else stride
        marks = [each * epoch for epoch in range(first, math.floor(maxVal / each) + 1, stride)]
        return [(each * stride, marks)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The epochs that end there; the first mark says what they are."""
        numbers = [str(round(value / self.steps_per_epoch)) for value in values]
        return [f"epoch {number}" if place == 0 else number for place, number in enumerate(numbers)]


class ValueAxis(pg.AxisItem):
    """Losses, plain or logarithmic, or shares as per cent.

    Attributes:
        percent: Whether values from 0 to 1 are written as per cent.
        log: Whether positions are powers of ten.
    """

    def __init__(self, *, percent: bool) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.percent = percent
        self.log = False

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:
        """On a logarithmic scale 1, 2, 5 of every power while there is room, else powers."""
        if not self.log:
            return super().tickValues(minVal, maxVal, size)[:1]  # type: ignore[no-any-return]
        decades = maxVal - minVal
        factors = (1, 2, 5) if decades < 2.5 else (1,)
        low, high = math.floor(minVal), math.ceil(maxVal)
        stride = max(1, round((high - low) / 8))
        ticks = [power + math.log10(f) for power in range(low, high + 1, stride) for f in factors]
        return [(1.0, [tick for tick in ticks if minVal <= tick <= maxVal])]

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> Any:
        """Round numbers, about one mark in 36 pixels and ten at most."""
        return [(nice_spacing((maxVal - minVal) / marks(size, 36)), 0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Numbers with as many decimals as the spacing needs."""
        if self.log:
            return [f"{10.0**value:.4g}" for value in values]
        step = spacing * (100.0 if self.percent else 1.0)
        if step >= 10_000 or step < 1e-6:
            return [f"{value:.3g}" for value in values]
        decimals = min(8, max(0, math.ceil(-math.log10(step) - 1e-9))) if step > 0 else 0
        if self.percent:
            return [f"{value * 100:.{decimals}f} %" for value in values]
        return [f"{value:.{decimals}f}" for value in values]


class PlotView(pg.ViewBox):
    """The drawing area: the wheel zooms along x at the cursor (with Shift along y), a drag zooms to its rectangle, the
    middle button pans, a double click fits.

    Attributes:
        zoomed: Emits (x, y): which directions a person has just taken into their own hands.
        fit_wanted: Emits on a double click.
    """

    zoomed = Signal(bool, bool)
    fit_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseMode(pg.ViewBox.RectMode)
        self.disableAutoRange()

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom at the cursor."""
        along_y = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier) or axis == 1
        factor = 2.0 ** (-ev.delta() * WHEEL_STEP)
        centre = (
            self.mapSceneToView(ev.scenePos())
            if hasattr(ev, "scenePos")
            else QPointF(*self.viewRect().center().toTuple())
        )
        self.scaleBy((1.0, factor) if along_y else (factor, 1.0), center=centre)
        ev.accept()
        self.zoomed.emit(not along_y, along_y)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Pyqtgraph's rectangle zoom and pan, told to whoever sets the ranges."""
        super().mouseDragEvent(ev, axis)
        moved = ev.button() != Qt.MouseButton.LeftButton
        if ev.isFinish() or moved:
            self.zoomed.emit(True, True)

    def mouseDoubleClickEvent(self, ev: Any) -> None:
        """Back to everything."""
        ev.accept()
        self.fit_wanted.emit()

    def mouseClickEvent(self, ev: Any) -> None:
        """No menu of pyqtgraph's; the plot has its own."""
        ev.ignore()
