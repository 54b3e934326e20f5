"""A block's card and ports as pictures: everything about a block that other blocks share with it.

Not for: its texts, thumbnail and marks (`gui.canvas.node`), nor for where ports are hit (there too).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gui.canvas import geometry
from gui.canvas.geometry import HEADER, PORT_RADIUS, WIDTH
from gui.canvas.inks import Inks, Level

RADIUS = 8.0
INSET = 12.0  # of text from the card's edge
Severity = Literal["", "warning", "error"]
PortLook = Literal["needed", "optional", "hot", "fits", "bad"]


@dataclass(frozen=True)
class Look:
    """What a card and its ports are painted from."""

    level: Level
    family: str
    height: float
    severity: Severity
    chosen: bool
    hovered: bool
    stack: int  # cards in the pile: none for a block, one for a composite, two for one that repeats
    inputs: tuple[PortLook, ...]
    outputs: tuple[PortLook, ...]


def paint(painter: QPainter, inks: Inks, look: Look) -> None:
    """Paint a card and its ports with the card's corner at the origin."""
    card, family = QRectF(0, 0, WIDTH, look.height), inks.family(look.family)
    if look.chosen:
        painter.setPen(inks.ring if look.severity else inks.nothing)
        painter.setBrush(inks.halo)
        painter.drawRoundedRect(card.adjusted(-5, -5, 5, 5), RADIUS + 5, RADIUS + 5)
    elif look.level == 2:
        painter.setPen(inks.nothing)
        for grow, shadow in zip((2.0, 0.5), inks.shadow, strict=True):
            painter.setBrush(shadow)
            painter.drawRoundedRect(
                card.adjusted(-grow, 1.5 - grow / 2, grow, 2.0 + grow), RADIUS + grow, RADIUS + grow
            )
    for number in range(look.stack, 0, -1):  # what lies under it, to the right and below
        under = card.translated(3.5 * number, 3.5 * number)
        painter.setPen(inks.border_hover if look.hovered else inks.border)
        painter.setBrush(inks.card)
        painter.drawRoundedRect(under, RADIUS, RADIUS)
        painter.setPen(inks.nothing)
        painter.setBrush(family.header)
        painter.drawRoundedRect(under.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
    painter.setPen(inks.nothing)
    if look.stack:
        painter.setBrush(inks.card)
        painter.drawRoundedRect(card, RADIUS, RADIUS)
    painter.setBrush(family.header)
    painter.drawRoundedRect(card, RADIUS, RADIUS)
    painter.setBrush(inks.card)
    painter.drawRoundedRect(QRectF(0, HEADER, WIDTH, look.height - HEADER), RADIUS, RADIUS)
    painter.drawRect(QRectF(0, HEADER, WIDTH, RADIUS + 1))
    painter.setBrush(family.stripe)
    painter.drawRoundedRect(QRectF(INSET - 4, 8, 3, HEADER - 16), 1.5, 1.5)
    painter.setBrush(inks.no_fill)
    match look.severity:
        case "error":
            painter.setPen(inks.bad)
        case _ if look.chosen:
            painter.setPen(inks.ring)
        case "warning":
            painter.setPen(inks.warn)
        case _:
            painter.setPen(inks.border_hover if look.hovered else inks.border)
    painter.drawRoundedRect(card, RADIUS, RADIUS)
    for x, ports in ((0.0, look.inputs), (WIDTH, look.outputs)):
        for index, port in enumerate(ports):
            _paint_port(painter, inks, QPointF(x, geometry.port_y(index)), port)


def _paint_port(painter: QPainter, inks: Inks, place: QPointF, look: PortLook) -> None:
    radius = PORT_RADIUS
    match look:
        case "hot":
            painter.setPen(inks.port_hot)
            painter.setBrush(inks.port_hot_fill)
            radius += 2
        case "fits":
            painter.setPen(inks.port_hot)
            painter.setBrush(inks.port_hollow)
            radius += 0.5
        case "bad":
            painter.setPen(inks.port_bad)
            painter.setBrush(inks.port_bad_fill)
        case _:
            painter.setPen(inks.port_rim)
            painter.setBrush(inks.port_hollow if look == "optional" else inks.port_fill)
    painter.drawEllipse(place, radius, radius)
