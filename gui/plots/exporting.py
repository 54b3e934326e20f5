"""A plot's numbers as CSV text, and a widget's picture as PNG bytes.

Not for: where they go; that is asked in `gui.plots.board`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.plots.series import Numbers, RunCurves

SHARPNESS = 2  # pixels of the picture for one of the screen, so that it prints well
HEAD = ("run", "kind", "epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy")


@dataclass(frozen=True)
class Table:
    """The numbers of one run at one moment, safe to hand to another thread."""

    name: str
    steps_per_epoch: int
    steps: tuple[Numbers, ...]
    epochs: dict[str, Numbers]
    metrics: tuple[str, ...] = ()


def table_of(curves: RunCurves) -> Table:
    """Copies of a run's numbers."""
    metrics = tuple(name for name in curves.measures if name != "accuracy")
    columns = (curves.step, curves.loss, curves.accuracy)
    steps = (*(column.values.copy() for column in columns), *(curves.per_step(name).copy() for name in metrics))
    epochs = {name: history.values.copy() for name, history in curves.epochs.items()}
    return Table(curves.name, curves.steps_per_epoch, steps, epochs, metrics)


def _cell(value: float) -> str:
    return "" if not np.isfinite(value) else repr(float(value))


def csv_text(tables: Sequence[Table]) -> str:
    """One row a step and one row an epoch, all digits kept; empty where there is no number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = tuple(dict.fromkeys(name for table in tables for name in table.metrics))
    head = (*HEAD, *(f"{part}_{name}" for name in names for part in ("train", "val")))
    writer.writerow(head)
    for table in tables:
        held = dict(zip(table.metrics, table.steps[3:], strict=True))
        nothing = np.full(len(table.steps[0]), np.nan)
        more = [held.get(name, nothing) for name in names]
        for step, loss, accuracy, *others in zip(*table.steps[:3], *more, strict=True):
            epoch = (int(step) - 1) // table.steps_per_epoch + 1 if table.steps_per_epoch else ""
            cells = [text for value in others for text in (_cell(value), "")]
            writer.writerow((table.name, "step", epoch, int(step), _cell(loss), _cell(accuracy), "", "", *cells))
        nothing = np.full(len(table.epochs["epoch"]), np.nan)
        columns = [table.epochs.get(name, nothing) for name in ("epoch", "step", *head[4:])]
        for epoch, step, *values in zip(*columns, strict=True):
            writer.writerow((table.name, "epoch", int(epoch), int(step), *map(_cell, values)))
    return out.getvalue()


def picture_of(widget: QWidget) -> QImage:
    """The widget as it stands, twice as fine as on the screen."""
    image = QImage(widget.size() * SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SHARPNESS)
    painter = QPainter(image)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return image


def png_bytes(image: QImage) -> bytes:
    """An image as the bytes of a PNG file."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(held.data())
