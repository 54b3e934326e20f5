"""Frames and notes on the canvas: one item each, kept equal to the document, and which of them is selected.

A frame lies behind what stands on it and takes it along when it is moved; a note is Markdown on a card. Neither means anything to
the network. Not for: dragging and editing them (`gui.canvas.frame_commands`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QBrush,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.graph.model import Mark
from gui import theme
from gui.canvas.geometry import put
from gui.canvas.inks import NAME_FROM, mix

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene
    from gui.canvas.view import Canvas

HEADER = 30.0  # canvas units of a frame's title
CORNER = 16.0  # side of the square in the lower right that a mark is made larger by
PAD = 12.0
RADIUS = 8.0
LEAST = (120.0, 60.0)  # the smallest frame or note that can still be taken hold of
READABLE = 11.0  # pixels: a frame's title is never smaller, so that it names a region from far away

Part = Literal["body", "corner"]


class _Text(QTextDocument):
    """Markdown without HTML; a picture that it names is never loaded."""

    def loadResource(self, kind: int, name: object) -> object:
        return None


def _semibold(document: QTextDocument) -> None:
    """Set what is bold in the boldest cut that comes along; Qt would smear a bolder one."""
    block = document.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            piece = fragments.fragment()
            if piece.charFormat().fontWeight() > QFont.Weight.DemiBold:
                cursor = QTextCursor(document)
                cursor.setPosition(piece.position())
                cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                form = QTextCharFormat()
                form.setFontWeight(QFont.Weight.DemiBold)
                cursor.mergeCharFormat(form)
            fragments += 1
        block = block.next()


class MarkItem(QGraphicsItem):
    """One frame or note.

    Attributes:
        mark: What the document has.
        chosen: Whether it is selected.
    """

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.chosen = False
        self._text: _Text | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.set_mark(mark)

    def set_mark(self, mark: Mark) -> None:
        """Show another state of it."""
        self.repaint()
        self.prepareGeometryChange()
        self.mark = mark
        put(self, mark.x, mark.y)
        self.setZValue(-3 if mark.kind == "frame" else -0.4)
        self._text = None
        self.repaint()

    def move_to(self, x: float, y: float) -> None:
        """Show it elsewhere without telling the document: a drag is one edit, at its end."""
        self.repaint()
        self.setPos(x, y)
        self.repaint()

    def repaint(self) -> None:
        """Have the scene paint its place anew: Qt knows no place of what has come into view from a picture."""
        scene = self.scene()
        if scene is not None:
            cast("CanvasScene", scene).repaint(self.sceneBoundingRect())

    def stretch(self, width: float, height: float) -> None:
        """Show it in another size without telling the document: a drag is one edit, at its end."""
        self.repaint()
        self.prepareGeometryChange()
        self.mark = Mark(
            self.mark.id, self.mark.kind, self.mark.text, self.mark.x, self.mark.y, width, height, self.mark.colour
        )
        if self._text is not None:
            self._text.setTextWidth(width - 2 * PAD)
        self.repaint()

    def rect(self) -> QRectF:
        """Its card, in its own coordinates."""
        return QRectF(0, 0, self.mark.width, self.mark.height)

    def place(self) -> QRectF:
        """Its card in the scene."""
        return self.rect().translated(self.pos())

    def part_at(self, place: QPointF, reach: float) -> Part | None:
        """What of it lies under a point of the scene: a frame is held by its title and its rim, a note anywhere."""
        rect = self.place()
        if not rect.adjusted(-reach, -reach, reach, reach).contains(place):
            return None
        corner = max(CORNER, 2 * reach)
        if place.x() > rect.right() - corner and place.y() > rect.bottom() - corner:
            return "corner"
        if self.mark.kind == "note" or place.y() < rect.top() + HEADER:
            return "body"
        rim = reach / 2
        return None if rect.adjusted(rim, rim, -rim, -rim).contains(place) else "body"

    def boundingRect(self) -> QRectF:
        return self.rect().adjusted(-3, -3, 3, 3)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A tinted field with a title, or a card with text."""
        tokens = theme.current()
        colour = tokens.family.get(self.mark.colour, tokens.muted)
        zoom = painter.worldTransform().m11()
        frame = self.mark.kind == "frame"
        ground = mix(colour, tokens.canvas if frame else tokens.raised, 0.10 if frame else 0.08)
        pen = QPen(QColor(tokens.accent) if self.chosen else mix(colour, tokens.canvas, 0.55), 2 if self.chosen else 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(QBrush(ground))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        if frame and zoom * HEADER >= READABLE:
            self._paint_title(painter, colour)
        elif not frame and zoom >= NAME_FROM:
            self._paint_text(painter)
        if self.chosen:
            painter.setPen(pen)
            right, bottom = self.mark.width, self.mark.height
            for step in (5, 10):
                painter.drawLine(QPointF(right - step, bottom - 3), QPointF(right - 3, bottom - step))

    def _paint_title(self, painter: QPainter, colour: str) -> None:
        size = min(
            READABLE / max(painter.worldTransform().m11(), 0.001), HEADER * 0.8
        )  # as large as the strip lets it be
        painter.setFont(theme.font(round(max(14.0, size)), 600))
        painter.setPen(mix(colour, theme.current().text, 0.45))
        room = QRectF(PAD, 2, self.mark.width - 2 * PAD, HEADER - 2)
        text = painter.fontMetrics().elidedText(
            self.mark.text or "Frame", Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def paint_name(self, painter: QPainter) -> None:
        """The title of a frame on a plate, over the blocks: from far away its strip is too low for letters that can be read."""
        zoom = painter.worldTransform().m11()
        high = READABLE * 1.5 / max(zoom, 0.001)
        if self.mark.kind != "frame" or zoom * HEADER >= READABLE or self.mark.height < high:
            return
        tokens = theme.current()
        colour = tokens.family.get(self.mark.colour, tokens.muted)
        painter.setFont(theme.font(round(READABLE / zoom), 600))
        metrics, pad = painter.fontMetrics(), high / 4
        text = metrics.elidedText(self.mark.text, Qt.TextElideMode.ElideRight, int(self.mark.width - 2 * pad))
        if not text.strip("…"):
            return
        plate = QRectF(0, 0, min(metrics.horizontalAdvance(text) + 2 * pad, self.mark.width), high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colour, tokens.canvas, 0.10))
        painter.drawRoundedRect(plate, RADIUS, RADIUS)
        painter.setPen(mix(colour, tokens.text, 0.45))
        painter.drawText(plate.adjusted(pad, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_text(self, painter: QPainter) -> None:
        if self._text is None:
            self._text = _Text()
            self._text.setDefaultFont(theme.font(13, 400))
            self._text.setDocumentMargin(0)
            self._text.setIndentWidth(18)  # of a list; Qt's 40 leave little of a note's width
            self._text.setMarkdown(self.mark.text, QTextDocument.MarkdownFeature.MarkdownNoHTML)
            _semibold(self._text)
            self._text.setTextWidth(self.mark.width - 2 * PAD)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().text))
        room = QRectF(0, 0, self.mark.width - 2 * PAD, self.mark.height - 2 * PAD)
        painter.save()
        painter.setClipRect(self.rect().adjusted(PAD / 2, PAD / 2, -PAD / 2, -PAD / 2), Qt.ClipOperation.IntersectClip)
        painter.translate(PAD, PAD)
        context.clip = room
        self._text.documentLayout().draw(painter, context)
        painter.restore()


class Marks(QObject):
    """All frames and notes of the open drawing.

    Attributes:
        items: By id, the hindmost first.
        chosen: Id of the selected one, None for none.
    """

    def __init__(self, view: Canvas) -> None:
        super().__init__(view)
        self.view = view
        self.items: dict[str, MarkItem] = {}
        self.chosen: str | None = None
        document = view.document
        document.edited.connect(self.sync)
        document.replaced.connect(self.sync)
        document.scope_changed.connect(self.sync)
        document.selected.connect(self._blocks_selected)
        theme.notifier().changed.connect(self._repaint)
        self.sync()

    def sync(self, _edit: object = None) -> None:
        """Make items equal to the document."""
        scene, marks = self.view.canvas, self.view.document.graph.marks
        changed = list(self.items) != list(marks)
        for id_ in [id_ for id_ in self.items if id_ not in marks]:
            scene.removeItem(self.items.pop(id_))
        for id_, mark in marks.items():
            item = self.items.get(id_)
            if item is None:
                item = self.items[id_] = MarkItem(mark)
                scene.addItem(item)
                changed = True
            elif item.mark is not mark or item.pos() != QPointF(mark.x, mark.y):
                item.set_mark(mark)
                changed = True
        self.items = {id_: self.items[id_] for id_ in marks}
        if self.chosen is not None and self.chosen not in self.items:
            self.chosen = None
        if changed:
            scene.marked = self.around()
            scene.laid_out.emit()

    def choose(self, id_: str | None) -> None:
        """Select one, or none; blocks and wires are not selected then."""
        if id_ is not None:
            self.view.choose_wire(None)
            self.view.document.select(())
        for which in {self.chosen, id_} - {None}:
            if which in self.items:
                self.items[which].chosen = which == id_
                self.items[which].repaint()
        if id_ != self.chosen:
            self.chosen = id_
            self.view.say()

    def at(self, place: QPointF, reach: float, *, kind: str) -> tuple[MarkItem, Part] | None:
        """The topmost frame (or note) under a point of the scene, and which part of it."""
        for item in reversed(self.items.values()):
            if item.mark.kind == kind and (part := item.part_at(place, reach)) is not None:
                return item, part
        return None

    def around(self) -> QRectF:
        """The rectangle around all of them."""
        rect = QRectF()
        for item in self.items.values():
            rect = rect.united(item.place())
        return rect

    def _blocks_selected(self, ids: tuple[str, ...]) -> None:
        if ids:
            self.choose(None)

    def _repaint(self) -> None:
        for item in self.items.values():
            item.set_mark(item.mark)
