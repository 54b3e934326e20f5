"""What is written on a block's card: its name, what it is, its settings, its shape, its count, and the names of its ports.

Not for: the card itself (`gui.canvas.card`), nor for when it is painted (`gui.canvas.node`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen

from engine.blocks.spec import Port
from gui.canvas import geometry
from gui.canvas.geometry import HEADER, WIDTH
from gui.canvas.inks import Inks
from gui.canvas.lines import Line

INSET = 12.0  # of text from the card's edge
GAP = 8.0  # between texts beside each other
FACE_PITCH, TIGHT_PITCH = 18, 16  # from line to line; the settings have more room where they are in one line
LEAST = 6  # letters of a title that is cut; with fewer it says nothing
PLAIN = re.compile(r"[xyt]\d*")  # names of ports that tell nothing

Written = list[tuple[QPointF, Line, QPen]]


@dataclass(frozen=True)
class Told:
    """What a card has to say.

    Attributes:
        name, title, face, shape, count: The texts; those that are empty are left out.
        inputs, outputs: The ports.
        height: Of the card.
        picture: Room at the right that a picture takes.
    """

    name: str
    title: str
    face: str
    shape: str
    count: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    height: float
    picture: float = 0.0


def labels(ports: Sequence[Port]) -> tuple[str, ...]:
    """What is written beside ports: the names that tell which is which, where there are several."""
    return tuple("" if len(ports) < 2 or PLAIN.fullmatch(port.name) else port.name for port in ports)


def written(told: Told, inks: Inks) -> Written:
    """All texts of a card, each with its place and pen."""
    left, right = INSET + 4, WIDTH - INSET
    name = inks.line(told.name, inks.name_font, right - left)
    kind = inks.line(told.title, inks.kind_font, right - left - name.width - 10)
    out: Written = [(QPointF(left, 6), name, inks.text)]
    whole = kind.text == told.title
    beside, behind = labels(told.inputs), labels(told.outputs)
    if whole or ((told.face or any(beside)) and len(kind.text) > LEAST):
        out.append((QPointF(right - kind.width, 7.5), kind, inks.muted))
    if any(beside) or any(behind):
        return out + _between_ports(told, inks, beside, behind)
    face = told.face or ("" if whole else told.title)
    return out + _in_the_middle(told, inks, face, inks.text if told.face else inks.muted)


def _in_the_middle(told: Told, inks: Inks, face: str, pen: QPen) -> Written:
    """Settings above shape and count, in the middle of the card's body."""
    out: Written = []
    right = WIDTH - INSET
    room = right - INSET - told.picture
    faces = _broken(face, inks, room) if face else ()
    pitch = FACE_PITCH if len(faces) < 2 else TIGHT_PITCH
    lines = max(1, len(faces) + bool(told.shape or told.count))
    low = HEADER + (told.height - HEADER - (pitch + TIGHT_PITCH * (lines - 1))) / 2
    for part in faces:
        out.append((QPointF(INSET, low), inks.line(part, inks.face_font, room), pen))
        low += pitch
    if told.shape:
        out.append((QPointF(INSET, low), inks.line(told.shape, inks.shape_font, room), inks.muted))
    if told.count and not told.picture:
        line = inks.line(told.count, inks.shape_font)
        out.append((QPointF(right - line.width, low), line, inks.muted))
    return out


def _broken(face: str, inks: Inks, room: float) -> tuple[str, ...]:
    """Settings in one line where they fit, else in two, broken behind a comma."""
    if inks.width(face, inks.face_font) <= room:
        return (face,)
    parts = face.split(", ")
    for first in range(len(parts) - 1, 0, -1):
        line = ", ".join(parts[:first]) + ","
        if inks.width(line, inks.face_font) <= room:
            return line, ", ".join(parts[first:])
    return (face,)


def _between_ports(told: Told, inks: Inks, beside: tuple[str, ...], behind: tuple[str, ...]) -> Written:
    """Names beside the ports; settings, shape and count level with the ports, between the names."""
    out: Written = []
    font = inks.shape_font
    if told.picture:
        behind = ()
    for names, is_input in ((beside, True), (behind, False)):
        for row, name in enumerate(names):
            line = inks.line(name, font, WIDTH / 2)
            x = INSET - 1 if is_input else WIDTH - INSET + 1 - line.width
            out.append((QPointF(x, geometry.port_y(row) - 8), line, inks.muted))
    column = INSET + GAP + max((inks.width(name, font) for name in beside), default=0.0)
    for row, (text, style, pen) in enumerate(
        [(text, style, pen) for text, style, pen in ((told.face, inks.face_font, inks.text),
         (told.shape if told.outputs else "", font, inks.muted)) if text]
    ):  # fmt: skip
        x = column if row < len(beside) and beside[row] else INSET
        line = inks.line(text, style, _right(told, inks, behind, row) - x)
        out.append((QPointF(x, geometry.port_y(row) - (9 if style is inks.face_font else 8)), line, pen))
    if told.count and not told.picture:
        row = max(len(beside), len(behind)) - 1
        line = inks.line(told.count, font)
        x = _right(told, inks, behind, row) - line.width
        taken = [place.x() + one.width for place, one, _ in out if abs(place.y() + 8 - geometry.port_y(row)) < 4
                 and place.x() < x]  # fmt: skip
        if x > max(taken, default=0.0) + GAP / 2:
            out.append((QPointF(x, geometry.port_y(row) - 8), line, inks.muted))
    return out


def _right(told: Told, inks: Inks, behind: tuple[str, ...], row: int) -> float:
    """Where the room of a row ends."""
    name = behind[row] if row < len(behind) else ""
    return WIDTH - INSET - told.picture - (inks.width(name, inks.shape_font) + GAP if name else 0.0)
