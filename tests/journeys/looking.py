"""What journeys look at: painted pixels, counted; and what they find on the disk: a run of the day before.

Not for: driving the window, which the tests do by key and mouse.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QTextEdit,
    QWidget,
)

from engine.graph.model import Node
from engine.training.record import Record
from gui.canvas import Canvas
from gui.document import Document
from gui.window import Window

ENTERED = (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QGraphicsView, QLineEdit, QPlainTextEdit, QSlider,
    QTextEdit,
)  # fmt: skip
SPEAKERS = (QAbstractSpinBox, QComboBox, QAbstractItemView)  # what they are made of, Qt tells with them
Picture = NDArray[np.int64]  # height, width, (red, green, blue)


def seen(widget: QWidget, rect: QRect | None = None) -> Picture:
    """What is painted there."""
    QApplication.processEvents()
    image = (widget.grab(rect) if rect is not None else widget.grab()).toImage()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., :3].astype(np.int64)


def card(canvas: Canvas, node: Node) -> QRect:
    """Where a block is on the viewport, without its rim."""
    return canvas.mapFromScene(canvas.canvas.nodes[node.id].place().adjusted(6, 6, -6, -6)).boundingRect()


def of_colour(picture: Picture, colour: str) -> int:
    """How many pixels have a colour, or nearly."""
    wanted = np.array(QColor(colour).getRgb()[:3])
    return int((np.abs(picture - wanted).max(axis=2) < 10).sum())


def of_hue(picture: Picture, colour: str) -> int:
    """How many pixels are coloured as a colour is, however faintly."""
    hue = QColor(colour).hue()
    colours = (QColor(*(int(part) for part in pixel)) for pixel in picture.reshape(-1, 3))
    return sum(abs(one.hue() - hue) < 12 and one.saturation() > 20 for one in colours)


def ink(picture: Picture) -> float:
    """The share of pixels that are as dark as text is in the light theme."""
    return float((grey(picture) < 90).mean())


def grey(picture: Picture) -> NDArray[np.float64]:
    """What is left of a picture without its colours."""
    return picture @ np.array([0.299, 0.587, 0.114])


def stands_out(picture: Picture, before: Picture) -> int:
    """How many pixels differ to one who sees no colours."""
    return int((np.abs(grey(picture) - grey(before)) > 40).sum())


def wheel(canvas: Canvas, notches: int) -> None:
    """Turn the wheel over the middle of the canvas."""
    at = canvas.viewport().rect().center()
    turn = QWheelEvent(
        QPointF(at), QPointF(canvas.viewport().mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), turn)


def trained_yesterday(document: Document, runs: Path) -> None:
    """A run of three epochs, as training leaves it."""
    settings = {"epochs": 3, "batch_size": 64, "optimizer": "adam", "learning_rate": 0.002, "seed": 0}
    info = {"title": document.title, "created": "2026-01-01T12:00:00+00:00", "settings": settings, "data": {}}
    record = Record.create(runs / "yesterday", document.root, info, b"")
    for epoch in (1, 2, 3):
        first, values = 20 * (epoch - 1), [2.0 / (1 + step / 10) for step in range(20 * (epoch - 1), 20 * epoch)]
        right = [1 - value / 2 for value in values]
        record.write("steps", {"first": first + 1, "loss": values, "accuracy": right})
        record.write("epoch", {
            "epoch": epoch, "step": 20 * epoch, "train_loss": values[-1], "train_accuracy": right[-1],
            "val_loss": values[-1] + 0.4, "val_accuracy": right[-1] - 0.1, "seconds": 1.0,
            "samples_per_second": 1000.0, "best": epoch == 3,
        })  # fmt: skip
    record.set_state("done")
    record.close()


def palette_row(window: Window, kind: str) -> QRect:
    """The row of a kind in the palette, in view."""
    list_ = window.parts.places["design"].palette_panel.list  # type: ignore[attr-defined]
    items = (list_.item(row) for row in range(list_.count()))
    item = next(item for item in items if list_.kind_at(item) == kind and not item.isHidden())
    list_.scrollToItem(item)
    place: QRect = list_.visualItemRect(item)
    return place


def to_enter(window: Window) -> list[QWidget]:
    """Everything in view that is pressed, chosen from or written in."""
    return [
        widget for widget in window.findChildren(QWidget)
        if isinstance(widget, ENTERED) and widget.isVisible() and not isinstance(widget.parent(), SPEAKERS)
        and not widget.objectName().startswith("qt_")
    ]  # fmt: skip


def nameless(widgets: list[QWidget]) -> list[str]:
    """Those that a screen reader has no name for."""
    told = [QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip() for widget in widgets]
    return [
        f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}"
        for widget, name in zip(widgets, told, strict=True) if not name
    ]  # fmt: skip
