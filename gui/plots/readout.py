"""The card that follows the cursor over a plot and says the values there.

Not for: which step the cursor is at; the plot says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui import theme
from gui.plots.series import Numbers, Quantity, RunCurves, is_share
from gui.plots.strokes import tone

GAP = 14  # pixels between the cursor and the card


def value_text(value: float | None, quantity: Quantity) -> str:
    """A loss with four significant digits, an accuracy (or another share) in per cent; a dash where there is none."""
    if value is None or not np.isfinite(value):
        return "–"
    if is_share(quantity):
        return f"{value * 100:.2f} %"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e3 or value == 0 else f"{value:.3e}"


def _row(colour: str, mark: str, name: str, value: str, note: str = "") -> str:
    muted = theme.current().muted
    return (
        f'<tr><td width="16" style="color:{colour}">{mark}</td><td>{escape(name)}&nbsp;&nbsp;</td>'
        f'<td align="right"><b>{value}</b></td><td style="color:{muted}">&nbsp;&nbsp;{note}</td></tr>'
    )


def readout_html(runs: Sequence[RunCurves], smooths: Sequence[Numbers], quantity: Quantity, *, step: float) -> str:
    """The values of every curve at a step.

    Training is told at the very step, validation at the end of the epoch that is nearest, and named with it: nothing is
    interpolated.

    Args:
        runs: The runs shown, the main one first.
        smooths: Their smoothed training curves, a value a step.
        quantity: What the plot shows.
        step: The step the cursor is at.
    """
    tokens = theme.current()
    blocks = []
    head = ""
    for order, (curves, smooth) in enumerate(zip(runs, smooths, strict=True)):
        train, val = tone(tokens, "train", order), tone(tokens, "val", order)
        rows = []
        if len(runs) > 1:
            blocks.append(f'<div style="color:{tokens.muted}; margin-top:4px">{escape(curves.name)}</div>')
        index = curves.index_at(step)
        if index is not None:
            number = int(curves.step.values[index])
            each = curves.steps_per_epoch
            if not head:
                head = f"Step {number:,}" + (f" · epoch {(number - 1) // each + 1}" if each else "")
            raw = curves.per_step(quantity)[index]
            shown = smooth[index] if index < len(smooth) else np.nan
            note = f"smoothed {value_text(float(shown), quantity)}" if abs(shown - raw) > 0 else ""
            rows.append(_row(train, "○", "Training", value_text(float(raw), quantity), note))
        epoch = curves.epoch_at(step)
        if epoch is not None:
            number = int(curves.epochs["epoch"].values[epoch])
            _, values = curves.per_epoch("val", quantity)
            rows.append(_row(val, "●", "Validation", value_text(float(values[epoch]), quantity), f"epoch {number}"))
        blocks.append(f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>')
    title = f'<div style="color:{tokens.muted}">{head}</div>' if head else ""
    return title + "".join(blocks)


class Readout(QLabel):
    """The card."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("readout")
        self.setAccessibleName("Values under the cursor")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAutoFillBackground(True)
        self.hide()

    def restyle(self) -> None:
        """Take colours and fonts from the theme."""
        tokens = theme.current()
        self.setFont(theme.font(12, 400))
        self.setStyleSheet(
            f"#readout {{ background: {tokens.raised}; color: {tokens.text}; border: 1px solid {tokens.border_strong};"
            f" border-radius: {theme.RADIUS}px; padding: 6px 10px; }}"
        )

    def tell(self, html: str, area: QRect, at: QPointF | None, *, low: bool = False) -> None:
        """Show values beside the cursor; where it is elsewhere (`at` is None) in the upper or the lower right corner."""
        if html != self.text():
            self.setText(html)
            self.adjustSize()
        if at is None:
            x = area.right() - self.width() - GAP
            y = area.bottom() - self.height() - GAP if low else area.top() + GAP // 2
        else:
            x, y = round(at.x()) + GAP, round(at.y()) - self.height() - GAP
            if x + self.width() > area.right():
                x = round(at.x()) - GAP - self.width()
            if y < area.top():
                y = round(at.y()) + GAP
        self.move(max(area.left(), x), max(area.top(), min(y, area.bottom() - self.height())))
        self.show()
        self.raise_()
