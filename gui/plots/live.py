"""`LivePlot`: the loss or the accuracy of one run or several, drawn while it grows.

Colour says what (training or validation), the kind of line says which run. Ranges are set here and never by pyqtgraph's
auto-range, which costs 2 ms a frame.

Not for: when to draw. `gui.plots.board` collects what changed and calls `refresh` once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import theme
from gui.plots.axes import EpochAxis, PlotView, StepAxis, ValueAxis
from gui.plots.readout import Readout, readout_html
from gui.plots.series import Numbers, Quantity, RunCurves, Smooth, is_share
from gui.plots.strokes import faint_pen, run_pen, run_symbol, step_pen, tone

ANTIALIAS_RAW_UP_TO = 600  # steps; the faint line is noise by then, and rough edges do not show in noise
ANTIALIAS_UP_TO = 5_000  # steps; above, lines without it look the same and cost a third
FLOOR = 1e-8  # a loss drawn on a logarithmic scale is at least this
# Samples drawn for one pixel of width; each bin keeps its least and its greatest, so one shows all there is to see.
DENSITY = 1.0
SAMPLE = 4000  # numbers looked at to choose the range of y
LAYERS = {"raw": 1, "smooth": 3, "train": 4, "val": 5, "best": 6}  # what is drawn over what


@dataclass
class _Drawn:
    """One run on the plot: its items by `LAYERS`, and up to where they show it."""

    curves: RunCurves
    items: dict[str, Any]
    smooth: Smooth = field(default_factory=Smooth)
    version: int = -1
    turns: int = -1
    rewinds: int = 0

    def outdate(self) -> None:
        """Let the next refresh draw everything."""
        self.version = self.turns = -1


class Canvas(pg.PlotWidget):
    """A plot that knows what painting it costs.

    Attributes:
        paint_ms: Milliseconds that the last painting took.
    """

    paint_ms = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, by the clock."""
        begun = time.perf_counter()
        super().paintEvent(event)
        self.paint_ms = (time.perf_counter() - begun) * 1000.0


class LivePlot(QWidget):
    """One plot.

    Attributes:
        hovered: Emits the step under the cursor, or None when it leaves.
        x_zoomed: Emits (first, last) step when a person zooms along x, None when they fit.
        menu_wanted: Emits the global position at which a context menu is wanted.
    """

    hovered = Signal(object)
    x_zoomed = Signal(object)
    menu_wanted = Signal(object)

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity: Quantity = quantity
        self.setObjectName(f"plot_{quantity}")
        self.setAccessibleName(f"Plot of the {quantity}")
        self.log = False
        self.smoothing = 0.0
        self.own_x = False
        self.own_y = False
        self._drawn: list[_Drawn] = []
        self._cursor: float | None = None
        self.view = PlotView()
        self.epoch_axis, self.value_axis = EpochAxis(), ValueAxis(percent=is_share(quantity))
        self.step_axis = StepAxis()
        axes = {"bottom": self.step_axis, "top": self.epoch_axis, "left": self.value_axis}
        self.canvas = Canvas(viewBox=self.view, axisItems=axes)
        self.plot = self.canvas.getPlotItem()
        self._dress()
        self.readout = Readout(self.canvas)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.view.zoomed.connect(self._zoomed)
        self.view.fit_wanted.connect(self.fit)
        self.canvas.scene().sigMouseMoved.connect(self._mouse_moved)
        self.canvas.viewport().installEventFilter(self)
        theme.notifier().changed.connect(self.restyle)
        self.restyle()

    def _dress(self) -> None:
        self.canvas.setMenuEnabled(False)
        self.canvas.hideButtons()
        self.canvas.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.showAxis("top")
        self.line = pg.InfiniteLine(angle=90, movable=False)
        self.line.setZValue(50)
        self.line.hide()
        self.plot.addItem(self.line, ignoreBounds=True)

    # --- what is shown

    @property
    def runs(self) -> list[RunCurves]:
        """The runs shown, the main one first."""
        return [drawn.curves for drawn in self._drawn]

    def show_runs(self, runs: Sequence[RunCurves]) -> None:
        """Draw these runs; the first is the main one, with its raw steps."""
        for drawn in self._drawn:
            for item in drawn.items.values():
                self.plot.removeItem(item)
        self._drawn = [_Drawn(curves, self._items(main=index == 0)) for index, curves in enumerate(runs)]
        self.restyle()
        self.fit()

    def _items(self, *, main: bool) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for name, z in LAYERS.items():
            if name == "raw" and not main:
                continue
            thin = name in ("raw", "smooth")  # many points: downsampled and clipped; a few points stay as they are
            # Raw steps keep their peaks; what is smoothed already has none, and a point for every other pixel shows all of it.
            method, density = ("mean", DENSITY / 2) if name == "smooth" else ("peak", DENSITY)
            item = pg.PlotDataItem(autoDownsample=thin, downsampleMethod=method, clipToView=thin, connect="finite")
            if thin:
                item.opts["autoDownsampleFactor"] = density
            if name == "smooth" and main:
                item.curve.setSegmentedLineMode("on")
            item.setZValue(z)
            self.plot.addItem(item, ignoreBounds=True)
            items[name] = item
        return items

    def set_smoothing(self, weight: float) -> None:
        """Smooth the training curve; 0 shows it as it is, 0.99 very smooth."""
        self.smoothing = weight
        self._draw_anew()

    def set_log(self, on: bool) -> None:
        """Show values on a logarithmic scale."""
        self.log = self.value_axis.log = on
        self.own_y = False
        self._draw_anew()

    def set_quantity(self, quantity: Quantity) -> None:
        """Show another metric."""
        if quantity == self.quantity:
            return
        self.quantity = quantity
        self.setAccessibleName(f"Plot of the {quantity.replace('_', ' ')}")
        self.value_axis.percent = is_share(quantity)
        self.own_y = False
        for drawn in self._drawn:
            drawn.rewinds = -1  # the running means are those of another metric
        self._draw_anew()

    def _draw_anew(self) -> None:
        for drawn in self._drawn:
            drawn.outdate()
        self.value_axis.picture = None
        self.refresh()

    # --- drawing

    def refresh(self) -> None:
        """Bring the picture up to the numbers; cheap where nothing has changed."""
        changed = False
        for drawn in self._drawn:
            if drawn.version != drawn.curves.version:
                drawn.version = drawn.curves.version
                self._draw(drawn)
                changed = True
        if not changed:
            return
        each = self._drawn[0].curves.steps_per_epoch
        if self.epoch_axis.steps_per_epoch != each:
            self.epoch_axis.steps_per_epoch = each
            self.epoch_axis.picture = None
        self._set_ranges()
        # Otherwise pyqtgraph works the new ranges out while it paints, and asks for a second painting.
        self.canvas.scene().prepareForPaint()
        if self._cursor is not None:
            self.point_at(self._cursor)

    def _scaled(self, values: Numbers) -> Numbers:
        return np.log10(np.maximum(values, FLOOR)) if self.log else values

    def _draw(self, drawn: _Drawn) -> None:
        curves, items = drawn.curves, drawn.items
        steps, raw = curves.step.values, curves.per_step(self.quantity)
        smooth = drawn.smooth
        if smooth.weight != self.smoothing or drawn.rewinds != curves.rewinds or len(smooth) > len(raw):
            smooth.restart(self.smoothing, raw)
            drawn.rewinds = curves.rewinds
        else:
            smooth.extend(raw[len(smooth) :])
        crisp = len(steps) <= ANTIALIAS_UP_TO
        self._line(items["smooth"], steps, smooth.values, crisp=crisp)
        if "raw" in items:
            items["raw"].setVisible(self.smoothing > 0)
            if self.smoothing > 0:
                self._line(items["raw"], steps, raw, crisp=len(steps) <= ANTIALIAS_RAW_UP_TO)
        if drawn.turns != curves.turns:
            drawn.turns = curves.turns
            self._draw_epochs(drawn)

    def _line(self, item: Any, steps: Numbers, values: Numbers, *, crisp: bool) -> None:
        if len(values) and not np.isfinite(values[-1]) and not np.isfinite(values).any():
            steps = values = steps[:0]  # a network without an accuracy: pyqtgraph warns of bounds that are all NaN
        # A line of one point has no length: the first step is a dot until the second comes.
        item.setData(steps, self._scaled(values), antialias=crisp, symbol="o" if len(values) == 1 else None)

    def _draw_epochs(self, drawn: _Drawn) -> None:
        curves, items = drawn.curves, drawn.items
        ends, train = curves.per_epoch("train", self.quantity)
        _, val = curves.per_epoch("val", self.quantity)
        for name, values in (("train", train), ("val", val)):
            known = np.isfinite(values)
            items[name].setData(ends[known], self._scaled(values[known]), antialias=True)
        best = curves.best_epoch()
        there = best is not None and bool(np.isfinite(val[best]))
        here = slice(best, best + 1) if there and best is not None else slice(0, 0)
        items["best"].setData(ends[here], self._scaled(val[here]), antialias=True)

    # --- ranges

    def fit(self) -> None:
        """Show everything, and go on showing everything while it grows."""
        self.own_x = self.own_y = False
        for drawn in self._drawn:
            drawn.outdate()
        self.refresh()
        if not self._drawn:
            self.view.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
        self.x_zoomed.emit(None)

    @property
    def zoomed(self) -> bool:
        """Whether a person has taken a range into their own hands."""
        return self.own_x or self.own_y

    def set_x(self, span: tuple[float, float] | None) -> None:
        """Follow another plot's zoom along x, without telling of it."""
        self.own_x = span is not None
        if span is not None:
            self.view.setXRange(*span, padding=0)
        self._set_ranges()

    def x_span(self) -> tuple[float, float]:
        """The steps in view."""
        low, high = self.view.viewRange()[0]
        return float(low), float(high)

    def _zoomed(self, along_x: bool, along_y: bool) -> None:
        self.own_y = self.own_y or along_y
        if along_x:
            self.own_x = True
            self._set_ranges()
            self.x_zoomed.emit(self.x_span())

    def _set_ranges(self) -> None:
        if not self.own_x:
            last = max((drawn.curves.last_step for drawn in self._drawn), default=0)
            self.view.setXRange(0, max(10.0, last * 1.015), padding=0)
        if not self.own_y:
            low, high = self._y_span()
            self.view.setYRange(low, high, padding=0)

    def _y_span(self) -> tuple[float, float]:
        """What values in view need, without letting a few wild steps squash the rest."""
        first, last = self.x_span()
        found = []
        for drawn in self._drawn:
            steps, smooth = drawn.curves.step.values, drawn.smooth.values
            lo, hi = np.searchsorted(steps, (first, last))
            stride = max(1, (hi - lo) // SAMPLE)
            found.append(smooth[lo:hi:stride])
            if "raw" in drawn.items and hi > lo:
                raw = drawn.curves.per_step(self.quantity)[lo:hi:stride]
                known = raw[np.isfinite(raw)]
                found.append(np.percentile(known, (2, 98)) if len(known) else known)
            for part in ("train", "val"):
                ends, values = drawn.curves.per_epoch("train" if part == "train" else "val", self.quantity)
                found.append(values[(ends >= first) & (ends <= last)])
        values = np.concatenate(found) if found else np.empty(0)
        values = self._scaled(values[np.isfinite(values)])
        if not len(values):
            return (-3.0, 0.5) if self.log else (0.0, 1.0)
        low, high = float(values.min()), float(values.max())
        room = max((high - low) * 0.06, 0.02 if self.log else max(1e-6, abs(high) * 0.01))
        low, high = low - room, high + room
        if is_share(self.quantity) and not self.log:
            return low, min(1.0 + room, high)
        return low, high

    # --- the cursor

    def point_at(self, step: float | None, *, at: QPointF | None = None) -> None:
        """Put the crosshair at a step and tell the values there; None takes it away.

        Args:
            step: The step.
            at: Where the readout stands, in the canvas's pixels; None where only the line is wanted (another plot has
                the cursor), the readout then stands in the corner.
        """
        runs = self.runs
        index = runs[0].index_at(step) if runs and step is not None else None
        if step is None or index is None:
            self._cursor = None
            self.line.hide()
            self.readout.hide()
            return
        self._cursor = step
        self.line.setValue(float(runs[0].step.values[index]))
        self.line.show()
        smooths = [drawn.smooth.values for drawn in self._drawn]
        html = readout_html(runs, smooths, self.quantity, step=step)
        area = self.canvas.mapFromScene(self.view.sceneBoundingRect()).boundingRect()
        self.readout.tell(html, area, at, low=is_share(self.quantity))

    def _mouse_moved(self, scene_at: QPointF) -> None:
        if not self.view.sceneBoundingRect().contains(scene_at):
            self.leave()
            return
        step = self.view.mapSceneToView(scene_at).x()
        self.point_at(step, at=QPointF(self.canvas.mapFromScene(scene_at)))
        self.hovered.emit(step)

    def leave(self) -> None:
        """The cursor has gone."""
        self.point_at(None)
        self.hovered.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when the cursor leaves, and where a menu is wanted."""
        if event.type() == QEvent.Type.Leave:
            self.leave()
        elif isinstance(event, QContextMenuEvent):
            self.menu_wanted.emit(event.globalPos())
            return True
        return super().eventFilter(watched, event)

    # --- colours

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        tokens = theme.current()
        self.canvas.setBackground(tokens.raised)
        for axis in (self.step_axis, self.epoch_axis, self.value_axis):
            axis.setStyle(tickLength=0, tickTextOffset=7, tickFont=theme.font(11, 400))
            axis.setPen(pg.mkPen(tokens.border))
            axis.setTextPen(pg.mkPen(tokens.muted))
            axis.setZValue(-100)  # the grid belongs behind the curves
        self.epoch_axis.setTickPen(pg.mkPen(tokens.border))
        self.value_axis.setTickPen(pg.mkPen(tokens.border))
        self.value_axis.setGrid(255)
        self.epoch_axis.setGrid(255)
        self.value_axis.setWidth(56)
        self.line.setPen(pg.mkPen(tokens.muted, width=1, style=Qt.PenStyle.DashLine))
        for index, drawn in enumerate(self._drawn):
            train, val = tone(tokens, "train", index), tone(tokens, "val", index)
            if "raw" in drawn.items:
                drawn.items["raw"].setPen(faint_pen(train, tokens.raised))
            drawn.items["smooth"].setPen(step_pen(train, index))
            drawn.items["val"].setPen(run_pen(val, index))
            drawn.items["train"].setPen(None)
            for name, colour, filled in (("train", train, False), ("val", val, True)):
                run_symbol(drawn.items[name], colour, tokens.raised, index=index, filled=filled)
            run_symbol(drawn.items["best"], val, tokens.raised, index=index, filled=False, size=15)
            drawn.items["best"].setPen(None)
        self.readout.restyle()
