"""Bypassed, pinned and frozen blocks: the commands that make them so, and the marks on the canvas that say so.

Not for: what a bypass means to shapes and training (`engine.graph.check`), what a pin means to tidying (`engine.graph.layout`), nor
what freezing means to a training (`engine.compiler.module`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform

from engine.graph.model import Batch, Node, SetFlags
from gui.canvas.geometry import HEIGHT, WIDTH, port_y
from gui.canvas.inks import Inks

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

PILL_HEIGHT, PILL_PAD = 18.0, 7.0
PASSED = 0.42  # opacity of what a bypassed block would do
PIN = 9.0  # radius of the pin's mark


def can_bypass(node: Node) -> bool:
    """Whether a block can be left out: it has an input and an output."""
    block = node.block()
    return node.spec.role == "layer" and bool(block.inputs()) and bool(block.outputs())


def all_bypassed(view: Canvas) -> bool:
    """Whether every selected block that can be left out is."""
    nodes = [view.document.graph.node(id_) for id_ in view.document.selection]
    return any(node.bypassed for node in nodes) and all(node.bypassed or not can_bypass(node) for node in nodes)


def all_pinned(view: Canvas) -> bool:
    """Whether every selected block is pinned."""
    selection = view.document.selection
    return bool(selection) and all(view.document.graph.node(id_).pinned for id_ in selection)


def bypass(view: Canvas) -> None:
    """Leave the selected blocks out of the network, with their wires in place; or take them in again."""
    document, graph = view.document, view.document.graph
    on = not all_bypassed(view)
    able = [id_ for id_ in document.selection if can_bypass(graph.node(id_))]
    if not able:
        names = ", ".join(graph.node(id_).name for id_ in document.selection[:3])
        document.refused.emit(f"{names} cannot be bypassed: only a layer with an input and an output can be left out.")
        return
    edits = tuple(SetFlags(id_, {"bypassed": on}) for id_ in able if bool(graph.node(id_).bypassed) != on)
    document.do(edits[0] if len(edits) == 1 else Batch(edits), "Bypass" if on else "Take in again")


def pin(view: Canvas) -> None:
    """Keep the selected blocks where they are when the drawing is tidied, or let go of them again."""
    document = view.document
    on = not all_pinned(view)
    edits = tuple(SetFlags(id_, {"pinned": on}) for id_ in document.selection if document.graph.node(id_).pinned != on)
    if edits:
        document.do(edits[0] if len(edits) == 1 else Batch(edits), "Pin" if on else "Unpin")


def all_frozen(view: Canvas) -> bool:
    """Whether every selected block that learns is frozen."""
    able = _learning(view)
    return bool(able) and all(view.document.graph.node(id_).frozen for id_ in able)


def freeze(view: Canvas) -> None:
    """Have trainings leave the weights of the selected blocks as they are, or change them again."""
    document, graph = view.document, view.document.graph
    able, on = _learning(view), not all_frozen(view)
    if not able:
        names = ", ".join(graph.node(id_).name for id_ in document.selection[:3])
        document.refused.emit(f"{names} cannot be frozen: there are no weights in it that a training changes.")
        return
    edits = tuple(SetFlags(id_, {"frozen": on}) for id_ in able if graph.node(id_).frozen != on)
    document.do(edits[0] if len(edits) == 1 else Batch(edits), "Freeze" if on else "Thaw")


def _learning(view: Canvas) -> list[str]:
    """Selected blocks with learned numbers, and those that are frozen whatever they hold."""
    document = view.document
    found = document.report.blocks
    return [
        id_
        for id_ in document.selection
        if document.graph.node(id_).frozen or (id_ in found and found[id_].parameters > 0)
    ]


# --- on the canvas ------------------------------------------------------------------------------------------------------


def paint_bypass(painter: QPainter, inks: Inks, node: Node, height: float = HEIGHT, *, passes: bool = True) -> None:
    """A dashed line from input to output, through everything the block would do, and the word for it at the lower edge.

    Where an expression decides and does not leave it out here (not `passes`), the word alone.
    """
    level = port_y(0)
    pen = QPen(inks.muted.color(), 1.8)
    pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    if passes:
        painter.drawLine(QLineF(0, level, WIDTH, level))
    if inks.level < 2:
        return
    text = "bypassed" if node.bypassed is True else "bypassed if…"
    width = inks.width(text, inks.label_font) + 2 * PILL_PAD
    pill = QRectF((WIDTH - width) / 2, height - PILL_HEIGHT / 2, width, PILL_HEIGHT)
    painter.setPen(inks.border)
    painter.setBrush(inks.card)
    painter.drawRoundedRect(pill, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
    painter.setPen(inks.text)
    painter.setFont(inks.label_font)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


def _pin_path() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(-3.2, -5.2, 6.4, 2.0), 1, 1)  # the head
    path.addRect(QRectF(-1.8, -3.4, 3.6, 3.6))
    path.addRoundedRect(QRectF(-4.0, 0.0, 8.0, 1.8), 0.9, 0.9)  # the collar
    path.addRect(QRectF(-0.6, 1.4, 1.2, 4.2))  # the needle
    return path


_PIN = _pin_path()


def _flake_path() -> QPainterPath:
    """A snowflake: six arms with two twigs each."""
    path = QPainterPath()
    for turn in range(6):
        arm = QTransform().rotate(60 * turn)
        for start, end in (((0, 0), (0, -6)), ((0, -3.6), (-1.9, -5.4)), ((0, -3.6), (1.9, -5.4))):
            path.moveTo(arm.map(QPointF(*start)))
            path.lineTo(arm.map(QPointF(*end)))
    return path


_FLAKE = _flake_path()


def paint_freeze(painter: QPainter, inks: Inks, *, beside: bool) -> None:
    """A snowflake at the upper left corner; `beside` a pin where there is one."""
    centre = QPointF(4 + (2 * PIN + 3 if beside else 0), 4)
    painter.setPen(inks.border_hover)
    painter.setBrush(inks.card)
    painter.drawEllipse(centre, PIN, PIN)
    painter.setPen(QPen(inks.text.color(), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_FLAKE.translated(centre))


def paint_pin(painter: QPainter, inks: Inks) -> None:
    """A pin at the upper left corner."""
    centre = QPointF(4, 4)
    painter.setPen(inks.border_hover)
    painter.setBrush(inks.card)
    painter.drawEllipse(centre, PIN, PIN)
    painter.save()
    painter.translate(centre)
    painter.rotate(35)
    painter.fillPath(_PIN, inks.text.color())
    painter.restore()
