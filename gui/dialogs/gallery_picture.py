"""Pictures of a preset's drawing: a small one for its frame on the wall, a large one to stand before.

Both are painted from a figure's plan, on whatever thread. Not for: figures of papers (`gui.dialogs.figure`).
"""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from engine.graph.check import Report
from engine.graph.model import Graph
from gui import theme
from gui.figure.cards import Card
from gui.figure.notes import Panel
from gui.figure.paint import Ink, paint
from gui.figure.plan import Plan, Request, plan
from gui.figure.style import Show, Style, font, mixed, style_of, width

SMALL = QSize(560, 340)  # pixels of a small picture
SHOWN = 0.36  # of its size, on the narrowest wall
EDGE = 20.0  # pixels around a drawing
MOST = 1.15  # pixels a canvas unit: the drawing of three blocks is not blown up
READABLE = 0.78  # pixels a canvas unit from which a figure's own letters can be read; under it the blocks bear their names alone
LETTERS, LEAST_LETTERS = 12.0, 11.0  # pixels of those names, as large as they fit
BARE = Show(kinds=False, faces=False, shapes=False, counts=False, problems=False, title=False, caption=False)
PILE = 9.0  # canvas units that the blocks behind a repeated one stand out
FULL = Show(problems=False, title=False, caption=False)


def miniature(graph: Graph, report: Report, themed: theme.ThemeName) -> QImage:
    """A drawing from far away: its blocks in their families' colours, its wires and frames; shown at a part of its size."""
    image = _ground(SMALL)
    _poster(image, plan(graph, report, Request(BARE, patterned=False)), style_of(themed), shown=SHOWN)
    return image


def large(found: Plan, themed: theme.ThemeName, size: QSize, ratio: float) -> QImage:
    """A plan painted into a place of that size, with all its words where they can be read there."""
    image = _ground(size * ratio)
    image.setDevicePixelRatio(ratio)
    if not found.cards or size.isEmpty():
        return image
    style, around = style_of(themed), found.around
    scale = _scale(around, size)
    if scale < READABLE:
        _poster(image, found, style)
        return image
    painter = QPainter(image)
    _centre(painter, size, scale, around)
    paint(painter, found, Ink(style, transparent=True))
    painter.end()
    return image


def _scale(around: QRectF, size: QSize) -> float:
    return min((size.width() - 2 * EDGE) / around.width(), (size.height() - 2 * EDGE) / around.height(), MOST)


def _centre(painter: QPainter, size: QSize, scale: float, around: QRectF) -> None:
    painter.translate(QPointF(size.width() / 2, size.height() / 2))
    painter.scale(scale, scale)
    painter.translate(-around.center())


def _poster(image: QImage, found: Plan, style: Style, shown: float = 1.0) -> None:
    """Blocks, wires and frames, and of words only what can be read; `shown`: how much smaller the picture will be seen."""
    if not found.cards:
        return
    size, around = image.deviceIndependentSize().toSize(), _hull(found)
    scale = _scale(around, size)
    unit = 1 / scale / shown  # canvas units a pixel that is seen
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _centre(painter, size, scale, around)
    for panel in found.panels:
        if panel.frame:
            _frame(painter, panel, style)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(style.wire), max(1.6, unit)))
    for line in found.lines:
        painter.drawPath(line.path)
    _titles(painter, found, style, unit)
    named = shown == 1.0 or all(_letters(card, unit) for card in found.cards)  # small, all have their names or none
    for card in found.cards:
        _block(painter, card, style, unit, named=named)
    painter.end()


def _hull(found: Plan) -> QRectF:
    """What of a plan is shown small: notes are left out, for nobody could read them."""
    around = QRectF()
    for rect in [*(card.outline() for card in found.cards), *(panel.rect for panel in found.panels if panel.frame),
                 *(line.path.boundingRect() for line in found.lines)]:  # fmt: skip
        around = around.united(rect)
    return around


def _frame(painter: QPainter, panel: Panel, style: Style) -> None:
    tone = style.family(panel.family) if panel.family else style.muted
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(tone, style.ground, 0.1))
    painter.drawRoundedRect(panel.rect, 12, 12)


def _titles(painter: QPainter, found: Plan, style: Style, unit: float) -> None:
    """The titles of frames, where they can be read and stand free of the blocks."""
    size = round(LETTERS * unit)
    blocks = [card.rect.adjusted(0, -2 * PILE * (card.copies > 1), 0, 0) for card in found.cards]
    for panel in found.panels:
        place = QRectF(panel.rect.left() + 12, panel.rect.top() + 4, panel.rect.width() - 20, 1.25 * size)
        if panel.frame and panel.words and not any(place.intersects(block) for block in blocks):
            _write(painter, panel.words[0].text, place, size, style.muted, Qt.AlignmentFlag.AlignLeft)


def _name(card: Card) -> str:
    """What stands on a block."""
    name = card.words[0].text if card.words else ""
    return f"{name} ×{card.copies}" if card.copies > 1 else name


def _letters(card: Card, unit: float) -> int:
    """The size of a block's name, 0 where it would be too small to be read or too wide."""
    inside = card.rect.adjusted(9, 4, -9, -4)
    for pixels in (LETTERS, (LETTERS + LEAST_LETTERS) / 2, LEAST_LETTERS):
        size = round(pixels * unit)
        if size <= inside.height() and width(_name(card), size, 600) <= inside.width():
            return size
    return 0


def _block(painter: QPainter, card: Card, style: Style, unit: float, *, named: bool) -> None:
    family = style.family(card.family)
    painter.setPen(QPen(QColor(family), max(1.5, unit)))
    painter.setBrush(mixed(family, style.card, 0.3))
    for behind in (2, 1) if card.copies > 1 else ():
        painter.drawRoundedRect(card.rect.translated(behind * PILE, -behind * PILE), 9, 9)
    painter.drawRoundedRect(card.rect, 9, 9)
    if card.composite:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(card.rect.adjusted(7, 7, -7, -7), 5, 5)
    size = _letters(card, unit) if named else 0
    if size:
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        _write(painter, _name(card), card.rect, size, style.text, centre)
        return
    painter.setPen(Qt.PenStyle.NoPen)  # a header's line, so that it still reads as a block
    painter.setBrush(mixed(family, style.card, 0.7))
    painter.drawRoundedRect(QRectF(card.rect.left() + 18, card.rect.center().y() - 5, card.rect.width() - 36, 10), 4, 4)


def _write(painter: QPainter, text: str, place: QRectF, size: int, ink: str, where: Qt.AlignmentFlag) -> None:
    painter.setFont(font(size, 600))
    painter.setPen(QColor(ink))
    fit = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, where, fit)


def views(graph: Graph, report: Report) -> list[tuple[str, Plan]]:
    """What can be looked at of a network: its drawing, and the inside of each composite, first the one that is met first."""
    request = Request(FULL, patterned=False)
    found = [("The network", plan(graph, report, request))]
    met: dict[str, tuple[Graph, Report]] = {}
    waiting = [(graph, report)]
    while waiting:
        drawing, told = waiting.pop(0)
        for id_ in told.order:
            owner = drawing.nodes[id_].composite
            if owner is not None and owner not in met and told.inner.get(id_):
                # The last repetition is the usual one: what the first does otherwise is the exception.
                met[owner] = (graph.composite(owner).body, told.inner[id_][-1])
                waiting.append(met[owner])
    return [*found, *((graph.composite(owner).name, plan(*inside, request)) for owner, inside in met.items())]


def _ground(size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def as_png(image: QImage) -> bytes:
    """A picture as the bytes of a file."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(held.data())
