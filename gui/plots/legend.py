"""The legend over the plots: what the colours mean, and with several runs which line is whose."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.plots.strokes import paint_stroke, tone

STROKE = 26  # pixels of a line sample
GAP = 8
BETWEEN = 14
NAME_WIDTH = 190  # pixels; a longer run name is shortened in its middle


class Legend(QWidget):
    """One line: training, validation, then the runs by name where there are several."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()
        theme.notifier().changed.connect(self.update)

    @property
    def names(self) -> tuple[str, ...]:
        """The runs shown, the main one first."""
        return self._names

    @property
    def labels(self) -> tuple[str, ...]:
        """What is written: where all runs are of one title ("LeNet · 14:02"), what follows it."""
        titles = {name.rpartition(" · ")[0] for name in self._names}
        ends = tuple(name.rpartition(" · ")[2] for name in self._names)
        return ends if len(titles) == 1 and "" not in titles and len(set(ends)) == len(ends) else self._names

    def set_names(self, names: Sequence[str]) -> None:
        """Show these runs."""
        self._names = tuple(names)
        self._tell()
        self.updateGeometry()
        self.update()

    def _tell(self) -> None:
        runs = f"; runs: {', '.join(self._names)}" if len(self._names) > 1 else ""
        self.setAccessibleName(f"Legend: training and validation{runs}")
        self.setToolTip("\n".join(self._names) if len(self._names) > 1 else "")

    def sizeHint(self) -> QSize:
        """One line of text high."""
        return QSize(220, 24)

    def minimumSizeHint(self) -> QSize:
        """The two parts are always legible; names give way."""
        return QSize(210, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Samples and names, from the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12, 400))
        tokens = theme.current()
        x = 0.0
        x = self._entry(painter, x, "Training", tone(tokens, "train", 0), mark="hollow")
        x = self._entry(painter, x, "Validation", tone(tokens, "val", 0), mark="filled")
        if len(self._names) < 2:
            return
        x += 4
        painter.setPen(theme.current().border_strong)
        painter.drawLine(int(x), 5, int(x), self.height() - 5)
        x += BETWEEN
        room = (self.width() - x) / len(self._names) - STROKE - GAP - BETWEEN
        for index, name in enumerate(self.labels):
            short = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideMiddle, max(38, int(min(room, NAME_WIDTH)))
            )
            x = self._entry(painter, x, short, tokens.text, index=index, mark="hollow")

    def _entry(self, painter: QPainter, x: float, text: str, colour: str, *, index: int = 0, mark: str = "") -> float:
        height = float(self.height())
        paint_stroke(painter, QRectF(x, 0, STROKE, height), colour, index=index, mark=mark)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.setPen(theme.current().text)
        painter.drawText(QRectF(x + STROKE + GAP, 0, width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
        return x + STROKE + GAP + width + BETWEEN
