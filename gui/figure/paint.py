"""A plan painted, on whatever Qt can paint on: a page, a picture, a widget. Vectors and real text, no screenshot.

Not for: where things stand (`gui.figure.plan`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF

from gui.canvas.geometry import HEADER
from gui.figure.cards import BADGE, MARK, STACK, Card, Word
from gui.figure.notes import Panel
from gui.figure.patterns import pattern
from gui.figure.plan import Key, Line, Plan
from gui.figure.style import Style, font, mixed

RADIUS = 6.0  # of a card's corners
ARROW = (7.5, 3.2)  # length and half height of an arrow's head
COARSE, POINTS = 64, 400  # points of a line that are tried for where its label begins and ends
SIGNS = {"added": "+", "removed": "−", "changed": "~"}


@dataclass(frozen=True)
class Ink:
    """What a painting needs besides the plan.

    Attributes:
        style: Colours and widths.
        transparent: No ground is painted.
        chosen: The block with a ring around it, on the screen.
        focus: Colour of that ring.
        far: Whether it is seen from so far that words, rounding and arrow heads are left out, on the screen.
    """

    style: Style
    transparent: bool = False
    chosen: str = ""
    focus: str = ""
    far: bool = False


def paint(painter: QPainter, plan: Plan, ink: Ink, seen: QRectF | None = None) -> None:
    """Paint a plan in its own units; with `seen`, only what touches that rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not ink.far)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    fonts: dict[tuple[int, int], QFont] = {}
    write: Callable[[Word], None] = partial(_write, painter, ink.style, fonts) if not ink.far else _leave
    if not ink.transparent:
        painter.fillRect(plan.bounds if seen is None else plan.bounds.intersected(seen), QColor(ink.style.ground))
    _panels(painter, plan, ink, write, frames=True, seen=seen)
    for line in plan.lines:
        if seen is None or seen.intersects(line.path.boundingRect().united(line.patch).adjusted(-9, -9, 9, 9)):
            _line(painter, line, ink)
    for line in plan.lines if not ink.far else ():
        if line.label is not None and (seen is None or seen.intersects(line.patch)):
            _label(painter, line, ink, on_panel=any(panel.rect.intersects(line.patch) for panel in plan.panels))
            write(line.label)
    _panels(painter, plan, ink, write, frames=False, seen=seen)
    for card in plan.cards:
        if seen is None or seen.intersects(card.outline().adjusted(-9, -9, 9, 9)):
            if ink.far:
                _far_card(painter, card, ink)
                continue
            _card(painter, card, ink)
            for word in card.words:
                write(word)
            _signs(painter, card, ink.style, fonts)
    for key in plan.keys:
        _key(painter, key, ink.style)
        write(key.word)
    for word in plan.words:
        write(word)


def _leave(_word: Word) -> None:
    """Nothing."""


def _write(painter: QPainter, style: Style, fonts: dict[tuple[int, int], QFont], word: Word) -> None:
    face = fonts.get((word.size, word.weight))
    if face is None:
        face = fonts[word.size, word.weight] = font(word.size, word.weight)
    painter.setFont(face)
    painter.setPen(QColor({"bad": style.bad, "muted": style.muted}.get(word.ink, style.text)))
    painter.drawText(QPointF(word.x, word.y), word.text)


def _pen(colour: str | QColor, width: float, dash: tuple[float, ...] = ()) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
    if dash:
        pen.setDashPattern([part / width for part in dash])
    return pen


def _panels(
    painter: QPainter, plan: Plan, ink: Ink, write: Callable[[Word], None], *, frames: bool, seen: QRectF | None
) -> None:  # fmt: skip
    """Frames lie under the wires, notes over them."""
    for panel in plan.panels:
        if panel.frame == frames and (seen is None or seen.intersects(panel.rect)):
            _panel(painter, panel, ink)
            for word in panel.words:
                write(word)


def _panel(painter: QPainter, panel: Panel, ink: Ink) -> None:
    """A frame: a dashed outline with a breath of its colour; a note: a sheet with a line at its left."""
    rect, style = panel.rect, ink.style
    colour = style.family(panel.family) if panel.family else style.muted
    painter.setPen(Qt.PenStyle.NoPen)
    if style.tint:
        painter.setBrush(mixed(colour, style.ground, 0.07 if panel.frame else 0.1))
        painter.drawRoundedRect(rect, RADIUS + 2, RADIUS + 2)
    elif not panel.frame and not ink.transparent:
        painter.fillRect(rect, QColor(style.ground))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if panel.frame:
        painter.setPen(_pen(mixed(colour, style.ground, 0.6) if style.tint else colour, style.border_width, (6.0, 3.0)))
        painter.drawRoundedRect(rect, RADIUS + 2, RADIUS + 2)
        return
    painter.setPen(_pen(colour, 2.0))
    painter.drawLine(rect.topLeft() + QPointF(1, RADIUS), rect.bottomLeft() + QPointF(1, -RADIUS))


# --- wires


def _line(painter: QPainter, line: Line, ink: Ink) -> None:
    style = ink.style
    colour, wide = style.wire, style.wire_width
    dash: tuple[float, ...] = ()
    if line.mark:
        colour, wide = style.mark(line.mark), style.wire_width * 1.6
        dash = (5.0, 3.0) if line.mark == "removed" else ()
    elif line.bad:
        colour, wide, dash = style.bad, style.wire_width * 1.6, (2.0, 2.0) if style.patterned else ()
    elif not line.known:
        dash = (4.0, 3.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if line.label is None or ink.far:
        painter.setPen(_pen(colour, wide, dash))
        painter.drawPath(line.path)
    elif dash:
        painter.setPen(_pen(colour, wide, dash))
        painter.drawPath(_without(line.path, line.patch))
    else:
        painter.setPen(_pen(colour, wide, _gap(line.path, line.patch)))
        painter.drawPath(line.path)
    if not ink.far:
        _arrow(painter, line.path, colour)


def _arrow(painter: QPainter, path: QPainterPath, colour: str) -> None:
    tip = path.pointAtPercent(1.0)
    angle = math.radians(path.angleAtPercent(1.0))
    ahead = QPointF(math.cos(angle), -math.sin(angle))
    aside = QPointF(-ahead.y(), ahead.x())
    back = tip - ahead * ARROW[0]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF([tip, back + aside * ARROW[1], back - aside * ARROW[1]]))


def _gap(path: QPainterPath, patch: QRectF) -> tuple[float, ...]:
    """A line with a gap where its label stands, as one long dash, the gap, and the rest; nothing has to be painted over."""
    inside = [number for number in range(COARSE + 1) if patch.contains(path.pointAtPercent(number / COARSE))]
    if not inside:
        return ()
    length = path.length()
    ends = []
    for within, without in ((inside[0], inside[0] - 1), (inside[-1], inside[-1] + 1)):
        low, high = within / COARSE, min(1.0, max(0.0, without / COARSE))
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (middle, high) if patch.contains(path.pointAtPercent(middle)) else (low, middle)
        ends.append(low * length)
    return (ends[0], ends[1] - ends[0], length - ends[1] + 10, 10)


def _without(path: QPainterPath, patch: QRectF) -> QPainterPath:
    """The same for a dashed line: the parts of it beside the label."""
    out = QPainterPath()
    drawing = False
    for number in range(POINTS + 1):
        point = path.pointAtPercent(number / POINTS)
        if patch.contains(point):
            drawing = False
        elif drawing:
            out.lineTo(point)
        else:
            out.moveTo(point)
            drawing = True
    return out


def _label(painter: QPainter, line: Line, ink: Ink, *, on_panel: bool) -> None:
    """The ground under a label, for other lines that cross it, and a frame around one that tells of a fault."""
    if (ink.transparent or on_panel) and not line.bad:
        return
    painter.setPen(_pen(ink.style.bad, ink.style.border_width) if line.bad else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(Qt.BrushStyle.NoBrush if ink.transparent else QBrush(QColor(ink.style.ground)))
    painter.drawRoundedRect(line.patch, 3, 3)


# --- blocks


def _card(painter: QPainter, card: Card, ink: Ink) -> None:
    style, rect = ink.style, card.rect
    family = style.family(card.family)
    if ink.chosen == card.id:
        painter.setPen(_pen(ink.focus, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(-5, -5, 5, 5), RADIUS + 5, RADIUS + 5)
    border = _border(card, style)
    painter.setBrush(QColor(style.card))
    for behind in (2, 1) if card.copies > 1 else ():
        painter.setPen(border)
        painter.drawRoundedRect(rect.translated(behind * STACK, -behind * STACK), RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    if style.tint and card.header:
        painter.setBrush(mixed(family, style.card, style.tint))
        painter.drawPath(_top(rect, HEADER))
    if style.patterned:
        if card.header:
            painter.setPen(_pen(style.border, style.border_width * 0.75))
            painter.drawLine(rect.topLeft() + QPointF(0, HEADER), rect.topRight() + QPointF(0, HEADER))
        _swatch(painter, card.family, _swatch_place(card), style)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(family))
        middle = rect.top() + (HEADER if card.header else rect.height()) / 2
        painter.drawRoundedRect(QRectF(rect.left() + 8, middle - 6, 3, 12), 1.5, 1.5)
    painter.setPen(border)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    if card.composite:  # a second line: what is inside has lines of its own
        painter.setPen(_pen(border.color(), style.border_width * 0.75))
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), RADIUS - 3, RADIUS - 3)


def _far_card(painter: QPainter, card: Card, ink: Ink) -> None:
    """A block seen from far away: a rectangle of its colour, with its sign as a thick edge."""
    style = ink.style
    painter.fillRect(card.rect, mixed(style.family(card.family), style.card, 0.35 if style.tint else 0.12))
    if card.mark or card.severity or card.id == ink.chosen:
        painter.setPen(_pen(ink.focus, 10) if card.id == ink.chosen else QPen(_border(card, style).color(), 8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(card.rect)


def _swatch_place(card: Card) -> QRectF:
    middle = card.rect.top() + (HEADER if card.header else card.rect.height()) / 2
    return QRectF(card.rect.left() + 10, middle - 5.5, 11, 11)


def _border(card: Card, style: Style) -> QPen:
    if card.mark:
        return _pen(style.mark(card.mark), 2.0, (5.0, 3.0) if card.mark == "removed" else ())
    if card.severity:
        return _pen(style.bad if card.severity == "error" else style.warn, 1.6)
    return _pen(style.border, style.border_width, (3.0, 2.5) if card.bypassed else ())


def _top(rect: QRectF, height: float) -> QPainterPath:
    """The upper part of a card, with its two round corners."""
    left, right, top, low = rect.left(), rect.right(), rect.top(), rect.top() + height
    path = QPainterPath(QPointF(left, low))
    path.lineTo(left, top + RADIUS)
    path.arcTo(QRectF(left, top, 2 * RADIUS, 2 * RADIUS), 180, -90)
    path.lineTo(right - RADIUS, top)
    path.arcTo(QRectF(right - 2 * RADIUS, top, 2 * RADIUS, 2 * RADIUS), 90, -90)
    path.lineTo(right, low)
    path.closeSubpath()
    return path


def _swatch(painter: QPainter, family: str, square: QRectF, style: Style) -> None:
    painter.setPen(_pen(style.text, 0.7))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    strokes = pattern(family, square)
    if not strokes.isEmpty():
        painter.drawPath(strokes)
    painter.drawRect(square)


def _signs(painter: QPainter, card: Card, style: Style, fonts: dict[tuple[int, int], QFont]) -> None:
    """Hollow rings at inputs without a wire, the sign of a fault, the sign of a difference."""
    painter.setPen(_pen(style.bad, 1.4))
    painter.setBrush(QColor(style.ground))
    for place in card.open:
        painter.drawEllipse(place, 4, 4)
    if card.severity:
        colour = style.bad if card.severity == "error" else style.warn
        _disc(painter, card.rect.topRight(), colour, "!", style, fonts, square=card.severity == "warning")
    if card.mark:
        _disc(painter, card.rect.topLeft(), style.mark(card.mark), SIGNS[card.mark], style, fonts, radius=MARK)


def _disc(
    painter: QPainter, centre: QPointF, colour: str, sign: str, style: Style, fonts: dict[tuple[int, int], QFont],
    *, square: bool = False, radius: float = BADGE - 1,
) -> None:  # fmt: skip
    painter.setPen(_pen(style.ground, 1.5))
    painter.setBrush(QColor(colour))
    rect = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    if square:
        painter.drawRoundedRect(rect, 3, 3)
    else:
        painter.drawEllipse(rect)
    size = round(1.5 * radius)
    face = fonts.setdefault((size, 600), font(size, 600))
    painter.setFont(face)
    painter.setPen(QColor(style.on_sign))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, sign)


def _key(painter: QPainter, key: Key, style: Style) -> None:
    if style.patterned:
        _swatch(painter, key.family, key.swatch, style)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.family(key.family)))
    painter.drawRoundedRect(key.swatch, 3, 3)
