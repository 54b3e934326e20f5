"""`SampleViews`: samples as what they are: pictures, points, curves, text, or a table of numbers.

Not for: the figures of the data (`gui.data.summary`) and their classes (`gui.data.counts`).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from engine.data import DataSet
from gui import theme
from gui.background import in_background
from gui.data.colours import class_rgb
from gui.data.counts import scrolled
from gui.data.curves import CurveGrid
from gui.data.points import PointPlot
from gui.data.samples import SampleGrid, Sheet, mask_of, pick
from gui.data.texts import TextTable
from gui.data.values import ValueTable

HINTS = {
    "pictures": "click one to enlarge it",
    "values": "the first of the training part",
    "points": "filled marks are trained on",
    "curves": "windows of the training part",
    "texts": "of the training part",
}


class SampleViews(QStackedWidget):
    """The views, one of them on show.

    Attributes:
        failed: Emits a sentence when pictures cannot be drawn.
    """

    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.grid, self.values = SampleGrid(), ValueTable()
        self.points, self.curves, self.texts = PointPlot(), CurveGrid(), TextTable()
        self.masks = True
        self._data: DataSet | None = None
        self._seed = 0
        area = scrolled(self.grid)
        self.grid.follow(area.viewport())
        self._pages = {
            "pictures": area,
            "values": self.values,
            "points": self.points,
            "curves": scrolled(self.curves),
            "texts": self.texts,
        }
        for page in self._pages.values():
            self.addWidget(page)
        theme.notifier().changed.connect(self._restyle)

    @property
    def shuffles(self) -> bool:
        """Whether other samples can be drawn."""
        return self._data is not None and kind_of_view(self._data) in ("pictures", "curves", "texts")

    @property
    def has_masks(self) -> bool:
        """Whether the pictures have masks."""
        return self._data is not None and "image" in self._data.columns and mask_of(self._data) is not None

    def show_data(self, data: DataSet) -> str:
        """Show samples; gives what is said of them."""
        self._data = data
        kind = kind_of_view(data)
        self.setCurrentWidget(self._pages[kind])
        if kind != "pictures":
            self.grid.show_sheet(None)
        self._show()
        return HINTS[kind]

    def shuffle(self) -> None:
        """Show other samples."""
        self._seed += 1
        self._show()

    def set_masks(self, shown: bool) -> None:
        """Lay masks over the pictures, or leave them bare."""
        self.masks = shown
        self._show()

    def _restyle(self) -> None:
        if self.has_masks:
            self._show()

    def _show(self) -> None:
        data = self._data
        if data is None:
            return
        match kind_of_view(data):
            case "pictures":
                mask = mask_of(data)
                colours = class_rgb(len(mask.classes)) if mask is not None and self.masks else None
                in_background(self, partial(_picked, data, self._seed, colours), self._drawn, self.failed.emit)
            case "points":
                self.points.show_data(data)
            case "curves":
                self.curves.show_data(data, self._seed)
            case "texts":
                self.texts.show_data(data, self._seed)
            case _:
                self.values.show_data(data)

    def _drawn(self, found: tuple[DataSet, Sheet | None]) -> None:
        if found[0] is self._data:
            self.grid.show_sheet(found[1])


def kind_of_view(data: DataSet) -> str:
    """How samples are best shown."""
    column, target = data.facts.input, data.facts.target
    if "image" in data.columns:
        return "pictures"
    if column is None:
        return "values"
    if column.kind == "tokens":
        return "texts"
    if len(column.dims) == 2:
        return "curves"
    plane = column.name == "features" and column.dims == (2,)
    return "points" if plane and target is not None and target.name == "label" and target.classes else "values"


def _picked(data: DataSet, seed: int, colours: NDArray[np.float32] | None) -> tuple[DataSet, Sheet | None]:
    return data, pick(data, seed, colours)
