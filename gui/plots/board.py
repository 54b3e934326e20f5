"""The two plots of a training side by side, with their controls: legend, smoothing, scale, fit, export.

It draws at most once a frame, less often where drawing is slow, and not at all while hidden.

Not for: where numbers come from; a place feeds `RunCurves` and calls `touch`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.files import write_atomic
from gui import theme
from gui.background import in_background
from gui.plots.exporting import csv_text, picture_of, png_bytes, table_of
from gui.plots.legend import Legend
from gui.plots.live import LivePlot
from gui.plots.readout import value_text
from gui.plots.series import Quantity, RunCurves, quantity_title
from gui.widgets import Card, EmptyState, IconButton

FRAME_MS = 16
SHARE = 4  # drawing and painting that took t ms is followed by at least SHARE · t ms for everything else
LONGEST_MS = 400  # however slow the drawing, the plots are at most this old
SMOOTHING = 80  # the slider's start, per cent
PLOTS: tuple[Quantity, Quantity] = (
    "loss",
    "accuracy",
)  # the second shows another metric where that is measured instead


class _Panel(Card):
    """One plot with its title and its latest numbers."""

    def __init__(self, quantity: Quantity) -> None:
        super().__init__(margin=0)
        self.plot = LivePlot(quantity)
        self.title = QLabel(quantity_title(quantity))
        self.choice = QComboBox()
        self.choice.setObjectName(f"metric_{quantity}")
        self.choice.setAccessibleName("Metric that is plotted")
        self.choice.setToolTip("Which metric this plot shows")
        self.choice.hide()
        self.choice.activated.connect(self._chosen)
        self.latest = QLabel()
        self.latest.setTextFormat(Qt.TextFormat.RichText)
        self.latest.setObjectName(f"latest_{quantity}")
        head = QHBoxLayout()
        head.setContentsMargins(theme.SPACE * 2, theme.SPACE + 4, theme.SPACE * 2, 0)
        head.addWidget(self.title)
        head.addWidget(self.choice)
        head.addStretch(1)
        head.addWidget(self.latest)
        self.box.setContentsMargins(0, 0, theme.SPACE, theme.SPACE)
        self.box.addLayout(head)
        self.box.addWidget(self.plot, 1)

    def offer(self, measures: tuple[Quantity, ...]) -> None:
        """Let a person choose among these metrics; one that is not measured gives way to the first that is."""
        if not measures:
            return
        known = tuple(self.choice.itemData(place) for place in range(self.choice.count()))
        if known != measures:
            self.choice.clear()
            for quantity in measures:
                self.choice.addItem(quantity_title(quantity), quantity)
        if self.plot.quantity not in measures:
            self._show(measures[0])
        self.choice.setCurrentIndex(measures.index(self.plot.quantity))
        self.choice.setVisible(len(measures) > 1)
        self.title.setVisible(len(measures) == 1)
        self.title.setText(quantity_title(self.plot.quantity))

    def _chosen(self, place: int) -> None:
        self._show(self.choice.itemData(place))

    def _show(self, quantity: Quantity) -> None:
        self.plot.set_quantity(quantity)
        self.tell()

    def draw(self) -> None:
        """Bring plot and head up to the numbers."""
        if self.plot.quantity != "loss" and self.plot.runs:
            self.offer(self.plot.runs[0].measures)
            self.setVisible(not all(curves.bare for curves in self.plot.runs))
        self.plot.refresh()
        self.tell()

    def tell(self) -> None:
        """The last epoch's numbers in the head."""
        tokens = theme.current()
        runs = self.plot.runs
        parts = []
        for part, mark, colour in (("train", "○", tokens.train), ("val", "●", tokens.val)):
            column = runs[0].epochs.get(f"{part}_{self.plot.quantity}") if runs else None
            values = column.values if column is not None and np.isfinite(column.values[-1:]).all() else None
            if values is not None and len(values):
                text = value_text(float(values[-1]), self.plot.quantity)
                parts.append(f'<span style="color:{colour}">{mark}</span> {text}')
        told = "&nbsp;&nbsp;&nbsp;".join(parts)
        if told != self.latest.text():
            self.latest.setText(told)

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        self.title.setFont(theme.font(14, 600))
        self.latest.setFont(theme.font(13, 500))
        self.tell()


class PlotBoard(QWidget):
    """Loss and accuracy.

    Attributes:
        said: Emits a sentence about an export (done, or why not).
        smoothing: The slider, per cent.
        drawn: How often the plots have been drawn; for tests.
    """

    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot_board")
        self.drawn = 0
        self.panels = {quantity: _Panel(quantity) for quantity in PLOTS}
        self.legend = Legend()
        self.empty = EmptyState(
            "chart-line", "No training to show yet", "Press Train. The loss and the accuracy appear here while it runs."
        )
        self._stack = QStackedWidget()
        plots = QWidget()
        row = QHBoxLayout(plots)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE * 2)
        for panel in self.panels.values():
            row.addWidget(panel, 1)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(plots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        self._bar = self._controls()
        layout.addWidget(self._bar)
        layout.addWidget(self._stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._waiting: list[_Panel] = []
        self._cost_ms = 0.0
        self._stale = False
        self._wire()
        theme.notifier().changed.connect(self.restyle)
        self.show_runs([])
        self._smoothing_moved(self.smoothing.value())
        self.restyle()

    def _controls(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(SMOOTHING)
        self.smoothing.setFixedWidth(110)
        self.smoothing.setObjectName("smoothing")
        self.smoothing.setAccessibleName("Smoothing of the training curve")
        self.smoothing.setToolTip(
            "How much of the running mean each step keeps. The raw curve stays visible behind it."
        )
        self.smoothing_text = QLabel()
        self.smoothing_label = QLabel("Smoothing")
        self.log = QToolButton()
        self.log.setText("Log")
        self.log.setCheckable(True)
        self.log.setObjectName("log_scale")
        self.log.setAccessibleName("Logarithmic scale of the loss")
        self.log.setToolTip("Show the loss on a logarithmic scale")
        self.fit = IconButton("fit-to-page-outline", "Show everything (double-click in a plot)")
        self.fit.setObjectName("fit_plots")
        self.more = IconButton("dots-horizontal", "Save the picture or the numbers")
        self.more.setObjectName("plot_menu")
        row.addWidget(self.legend, 1)
        for widget in (self.smoothing_label, self.smoothing, self.smoothing_text, self.log, self.fit, self.more):
            row.addWidget(widget)
        return bar

    def _wire(self) -> None:
        self.smoothing.valueChanged.connect(self._smoothing_moved)
        self.log.toggled.connect(self._log_toggled)
        self.fit.clicked.connect(self.fit_all)
        self.more.clicked.connect(self._menu_at_button)
        for quantity, panel in self.panels.items():
            plot = panel.plot
            plot.menu_wanted.connect(self._menu_at)
            if quantity == "loss":
                plot.hovered.connect(self.panels["accuracy"].plot.point_at)
                plot.x_zoomed.connect(self.panels["accuracy"].plot.set_x)
            else:
                plot.hovered.connect(self.panels["loss"].plot.point_at)
                plot.x_zoomed.connect(self.panels["loss"].plot.set_x)

    # --- what is shown

    @property
    def runs(self) -> list[RunCurves]:
        """The runs shown, the main one first."""
        return self.panels["loss"].plot.runs

    def show_runs(self, runs: Sequence[RunCurves]) -> None:
        """Show these runs; the first is the main one."""
        for panel in self.panels.values():
            panel.plot.show_runs(runs)
            if panel.plot.quantity != "loss" and runs:
                panel.offer(runs[0].measures)
                panel.setVisible(not all(curves.bare for curves in runs))
            panel.tell()
        self.legend.set_names([curves.name for curves in runs])
        self._stack.setCurrentIndex(1 if runs else 0)
        self._bar.setVisible(bool(runs))

    def touch(self) -> None:
        """Something has changed: draw in the next frame, or later where drawing is slow."""
        self._stale = True
        if not self._timer.isActive() and self.isVisible():
            self._stale = False
            self._waiting = list(self.panels.values())
            painting = sum(panel.plot.canvas.paint_ms for panel in self._waiting)
            self._timer.start(max(FRAME_MS, min(LONGEST_MS, round(SHARE * (self._cost_ms + painting)))))

    def _tick(self) -> None:
        """Draw one plot, the other one in the next frame: that halves the time for which the window is busy at once."""
        if not self.isVisible() or not self._waiting:
            return
        begun = time.perf_counter()
        self._waiting.pop(0).draw()
        self._cost_ms = 2000.0 * (time.perf_counter() - begun)
        if self._waiting:
            self._timer.start(FRAME_MS)
            return
        self.drawn += 1
        if self._stale:  # something came between the two
            self.touch()

    def redraw(self) -> None:
        """Draw what has changed at once, if anybody can see it."""
        if self.isVisible():
            for panel in self.panels.values():
                panel.draw()
            self.drawn += 1

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        self.touch()

    def fit_all(self) -> None:
        """Show everything in both plots."""
        for panel in self.panels.values():
            panel.plot.fit()

    def _smoothing_moved(self, percent: int) -> None:
        weight = percent / 100.0
        self.smoothing_text.setText(f"{weight:.2f}")
        for panel in self.panels.values():
            panel.plot.set_smoothing(weight)

    def _log_toggled(self, on: bool) -> None:
        self.panels["loss"].plot.set_log(on)

    # --- export

    def _menu_at_button(self) -> None:
        self._menu_at(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _menu_at(self, position: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def menu(self) -> QMenu:
        """What can be done with the plots."""
        menu = QMenu(self)
        menu.addAction(theme.icon("fit-to-page-outline"), "Show everything", self.fit_all)
        action = menu.addAction("Logarithmic loss")
        action.setCheckable(True)
        action.setChecked(self.log.isChecked())
        action.toggled.connect(self.log.setChecked)
        menu.addSeparator()
        menu.addAction(theme.icon("content-copy"), "Copy picture", self.copy_picture)
        menu.addAction(theme.icon("image-outline"), "Save picture…", self._ask_picture)
        menu.addAction(theme.icon("file-delimited-outline"), "Save numbers as CSV…", self._ask_numbers)
        return menu

    def copy_picture(self) -> None:
        """Put the picture of both plots on the clipboard."""
        QGuiApplication.clipboard().setImage(picture_of(self))
        self.said.emit("The picture of the plots is on the clipboard.")

    def _ask_picture(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the picture of the plots", "training.png", "PNG pictures (*.png)"
        )
        if path:
            self.save_picture(Path(path))

    def _ask_numbers(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, "Save the numbers of the plots", "training.csv", "CSV tables (*.csv)"
        )
        if path:
            self.save_numbers(Path(path))

    def save_picture(self, path: Path) -> None:
        """Write both plots with their legend as a PNG."""
        data = png_bytes(picture_of(self))
        in_background(self, lambda: _written(path, data), self.said.emit, self.said.emit)

    def save_numbers(self, path: Path) -> None:
        """Write the numbers of all runs shown as CSV."""
        tables = [table_of(curves) for curves in self.runs]
        in_background(self, lambda: _written(path, csv_text(tables)), self.said.emit, self.said.emit)

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        for label in (self.smoothing_label, self.smoothing_text):
            label.setFont(theme.font(12, 400))
            label.setProperty("hint", True)
        self.smoothing_text.setFixedWidth(30)
        for panel in self.panels.values():
            panel.restyle()


def _written(path: Path, data: bytes | str) -> str:
    write_atomic(path, data)
    return f"Saved {path.name}."
