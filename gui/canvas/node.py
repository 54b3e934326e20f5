"""One block on the canvas: a single item that paints its card, its ports and its marks in three levels of detail.

Not for: editing; the item shows what it is given and answers where its ports are.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from engine.blocks.spec import Port
from engine.errors import Problem, SettingError
from engine.graph.check import BlockReport
from engine.graph.model import End, Node
from engine.training.messages import BlockHealth
from gui.canvas import card as cards
from gui.canvas import flags, geometry, texts, vitals
from gui.canvas.card import INSET, PortLook, Severity
from gui.canvas.geometry import HEADER, WIDTH
from gui.canvas.inks import Inks, Stroke
from gui.canvas.lines import Line

MARGIN = 12.0  # around the card: ports, selection ring, badge
THUMBNAIL = 42.0  # side of the picture on the face
BADGE = QRectF(WIDTH - 15, -7, 22, 22)
THOUSAND = 1000
DIM = 0.4  # opacity of what a wire in hand does not fit


def short(count: int) -> str:
    """A count for a block's face: 320, 12.8 K, 1.2 M."""
    if count < THOUSAND:
        return str(count)
    value, units = count / THOUSAND, [" K", " M", " G", " T"]
    while value >= THOUSAND and len(units) > 1:
        value /= THOUSAND
        units.pop(0)
    return f"{value:.0f}{units[0]}" if value >= 100 else f"{value:.1f}{units[0]}"


class NodeItem(QGraphicsRectItem):
    """The picture of one block; a rectangle to Qt, which asks hundreds of items where they are for each strip that it paints.

    Attributes:
        node: The block as the document has it.
        chosen, hovered: Whether it is selected, whether the mouse is over it.
        dim: Whether it is faded because a wire in hand does not fit it.
        hot: The port that is lit, if one is.
        fits: Ports that a wire in hand may end at.
    """

    def __init__(self, node: Node, inks: Inks) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)  # nothing of it lies outside its rectangle
        self.inks = inks
        self.chosen = self.hovered = self.dim = False
        self.hot: tuple[str, bool] | None = None  # (port, whether it is an input)
        self.fits: frozenset[tuple[str, bool]] = frozenset()
        self._report: BlockReport | None = None
        self._problems: tuple[Problem, ...] = ()
        self._far_look: tuple[object, ...] = ()
        self._thumbnail: QPixmap | None = None
        self.health: BlockHealth | None = None
        self.stack = 0
        self._texts: list[tuple[QPointF, Line, QPen]] | None = None
        self._kin: int | None = None
        self._far: tuple[QPointF, Line] | None = None
        self.inputs: tuple[Port, ...] = ()
        self.outputs: tuple[Port, ...] = ()
        self._resize(geometry.HEIGHT)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.set_node(node)

    # --- what it shows

    def set_node(self, node: Node) -> None:
        """Show a block's new state: name, settings, place."""
        self.node, self.passes = node, bool(node.bypassed)
        inputs: tuple[Port, ...]
        outputs: tuple[Port, ...]
        try:
            block = node.block()
        except SettingError:  # a block of a kind that this version does not know
            self.title, self.family_name, self.face = node.kind, "", ""
            inputs, outputs = (Port("x"),), (Port("y"),)
        else:
            self.title, self.family_name, self.face = block.title, block.family, block.face()
            self.stack = 0 if node.composite is None else 1 + (getattr(block, "repeat", 1) > 1)
            inputs, outputs = block.inputs(), block.outputs()
        self.inputs, self.outputs = inputs, outputs
        height = geometry.height_of(max(len(inputs), len(outputs)))
        if height != self.height:
            self._resize(height)
        geometry.put(self, node.x, node.y)
        self.refresh()

    def _resize(self, height: float) -> None:
        self.height = height
        self._card = QRectF(0, 0, WIDTH, height)
        self._picture_rect = QRectF(WIDTH - THUMBNAIL - 8, height - THUMBNAIL - 5, THUMBNAIL, THUMBNAIL)
        self._rect = self._card.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setRect(self._rect)

    def set_report(self, report: BlockReport | None, problems: tuple[Problem, ...]) -> None:
        """Show what the checker found out."""
        if report == self._report and problems == self._problems:
            return
        self._report, self._problems = report, problems
        self._tell()
        self.refresh()

    def show_here(self, face: str, bypassed: bool) -> None:
        """Show what the settings come to in the repetition that is open, and whether the block is left out there."""
        if (face, bypassed) != (self.face, self.passes):
            self.face, self.passes = face, bypassed
            self.refresh()

    def set_health(self, health: BlockHealth | None) -> None:
        """Show how the block fares while it learns, or nothing of it."""
        if health != self.health:
            sign = (self.health and self.health.state) != (health and health.state)
            self.health = health
            self._tell()
            if sign:
                self._update_picture(vitals.place(self._card))

    def _tell(self) -> None:
        self.setToolTip(vitals.tip("\n".join(problem.text for problem in self._problems), self.health))

    def set_thumbnail(self, image: QImage | None) -> None:
        """Show a picture of what the block answers, or none."""
        had = self._thumbnail is not None
        self._thumbnail = QPixmap.fromImage(image) if image is not None else None
        if had == (image is not None):
            self._update_picture(self._picture_rect)
        else:
            self.refresh()

    def _update_picture(self, rect: QRectF) -> None:
        self.inks.pictures += 1
        self.inks.picture_changed(rect.translated(self.pos()))
        if self.inks.level:
            super().update(rect)

    def refresh(self) -> None:
        """Make the texts anew at the next painting."""
        self._texts = self._far = self._kin = None
        self.update()

    @property
    def severity(self) -> Severity:
        """The worst of its problems: "error", "warning", or "" where it has none."""
        if not self._problems:
            return ""
        return "error" if any(problem.severity == "error" for problem in self._problems) else "warning"

    @property
    def far_stroke(self) -> Stroke:
        """What its card is outlined as from far away."""
        if self.chosen:
            return "chosen"
        if self._problems:
            return "error" if self.severity == "error" else "warning"
        return "some" if self.dim else ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems it carries."""
        return self._problems

    # --- where things are

    def card(self) -> QRectF:
        """The card without ports and ring, in its own coordinates."""
        return self._card

    def place(self) -> QRectF:
        """The card in the scene."""
        return self._card.translated(self.pos())

    def reading_order(self) -> tuple[float, float]:
        """What blocks are sorted by to go through them row by row."""
        return self.y(), self.x()

    def update(self, *rect: Any) -> None:  # any of Qt's forms
        """Have it painted anew: by itself, or from far away by the scene, which paints it then."""
        self.inks.version += 1
        look = (self.far_stroke, self.dim, self.passes, self.family_name)
        if look != self._far_look:  # a shape or a number cannot be read from there
            self._far_look = look
            self.inks.far_changed(self._rect.translated(self.pos()), self)
        if self.inks.level:
            super().update(*rect)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.card())
        return path

    def port_at(self, place: QPointF, reach: float) -> tuple[str, bool] | None:
        """The port nearest to a scene point within `reach`, as (name, whether it is an input)."""
        best, found = reach, None
        for is_input, ports in ((True, self.inputs), (False, self.outputs)):
            for index in range(len(ports)):
                away = (self._local(index, is_input) + self.pos() - place).manhattanLength() * 0.75
                if away <= best:
                    best, found = away, (ports[index].name, is_input)
        return found

    def port_place(self, port: str, is_input: bool) -> QPointF:
        """Where a port is in the scene."""
        ports = self.inputs if is_input else self.outputs
        if ports and ports[0].name == port:
            return self._local(0, is_input) + self.pos()
        index = next((i for i, p in enumerate(ports) if p.name == port), 0)
        return self._local(index, is_input) + self.pos()

    def port_help(self, port: str, is_input: bool) -> Port | None:
        """The declaration of a port."""
        return next((p for p in (self.inputs if is_input else self.outputs) if p.name == port), None)

    def end(self, port: str) -> End:
        """The document's name of a port."""
        return End(self.node.id, port)

    def _local(self, index: int, is_input: bool) -> QPointF:
        return QPointF(0 if is_input else WIDTH, geometry.port_y(index))

    # --- painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint as much as can be read at this zoom."""
        if self.dim:
            painter.setOpacity(DIM)
        stamped = widget is not None or self.inks.stamps.always
        self._paint_card(painter, stamped)
        if self.passes and not self.dim:
            painter.setOpacity(flags.PASSED)
        if self.inks.level == 1:
            self._paint_name(painter)
        else:
            self._paint_texts(painter)
        self._paint_thumbnail(painter, stamped)
        if self.node.bypassed:
            painter.setOpacity(DIM if self.dim else 1.0)
            flags.paint_bypass(painter, self.inks, self.node, self.height, passes=self.passes)
        self._paint_badge(painter, stamped)
        if self.health is not None:
            vitals.paint(painter, self.health.state, self._card)
        if self.node.pinned:
            flags.paint_pin(painter, self.inks)
        if self.node.frozen:
            flags.paint_freeze(painter, self.inks, beside=self.node.pinned)

    def _paint_card(self, painter: QPainter, stamped: bool) -> None:
        """The card and its ports, with a stamp where the painter is the view's; a file gets shapes."""
        if stamped:
            key = (self.inks.level, self.chosen, self.hovered, self.hot, self.fits, self._kinship())
            self.inks.stamps.paint(painter, key, self._rect, self._draw_card)
        else:
            self._draw_card(painter)

    def _draw_card(self, painter: QPainter) -> None:
        inputs, outputs = ([self._port_look(port, side) for port in ports] for ports, side in
                           ((self.inputs, True), (self.outputs, False)))  # fmt: skip
        look = cards.Look(
            self.inks.level,
            self.family_name,
            self.height,
            self.severity,
            self.chosen,
            self.hovered,
            self.stack,
            tuple(inputs),
            tuple(outputs),
        )
        cards.paint(painter, self.inks, look)

    def _kinship(self) -> int:
        """A number for all that its card shares with those that look alike, but for what changes with the mouse."""
        if self._kin is None:
            bad = frozenset(problem.port for problem in self._problems if problem.port)
            self._kin = self.inks.number(
                (self.family_name, self.height, self.severity, bad, self.stack, self.inputs, self.outputs)
            )
        return self._kin

    def _port_look(self, port: Port, is_input: bool) -> PortLook:
        if self.hot == (port.name, is_input):
            return "hot"
        if (port.name, is_input) in self.fits:
            return "fits"
        if is_input and any(problem.port == port.name for problem in self._problems):
            return "bad"
        return "optional" if port.optional else "needed"

    def _paint_name(self, painter: QPainter) -> None:
        inks = self.inks
        if self._far is None:
            room = WIDTH - 2 * INSET - (THUMBNAIL if self._thumbnail is not None else 0)
            place = QPointF(INSET, (self.height + HEADER) / 2 - 14)
            self._far = (place, inks.line(self.node.name, inks.far_font, room))
        painter.setPen(inks.text)
        self._far[1].paint(painter, self._far[0])

    def _paint_texts(self, painter: QPainter) -> None:
        if self._texts is None:
            self._texts = self._made_texts()
        for place, line, pen in self._texts:
            painter.setPen(pen)
            line.paint(painter, place)

    def _made_texts(self) -> list[tuple[QPointF, Line, QPen]]:
        report = self._report
        told = texts.Told(
            name=self.node.name,
            title=self.title,
            face=self.face,
            shape=str(report.output) if report is not None and report.output is not None else "",
            count=short(report.parameters) if report is not None and report.parameters else "",
            inputs=self.inputs,
            outputs=self.outputs,
            height=self.height,
            picture=THUMBNAIL if self._thumbnail is not None else 0.0,
        )
        return texts.written(told, self.inks)

    def _paint_thumbnail(self, painter: QPainter, stamped: bool) -> None:
        if self._thumbnail is None:
            return
        room, whole = self._picture_rect, QRectF(self._thumbnail.rect())
        if stamped:  # on whole pixels, so that it has the same edges wherever it is cut
            on_screen = painter.worldTransform().mapRect(room).toRect()
            painter.setWorldMatrixEnabled(False)
            painter.drawPixmap(QRectF(on_screen), self._thumbnail, whole)
            painter.setWorldMatrixEnabled(True)
        else:
            painter.drawPixmap(room, self._thumbnail, whole)
        if self.inks.level == 1:  # the rim costs more than the picture
            return
        painter.setBrush(self.inks.no_fill)
        painter.setPen(self.inks.border)
        painter.drawRect(room)

    def _paint_badge(self, painter: QPainter, stamped: bool) -> None:
        if stamped and self._problems:
            self.inks.stamps.paint(painter, self.severity, BADGE, self._draw_badge)
        elif self._problems:
            self._draw_badge(painter)

    def _draw_badge(self, painter: QPainter) -> None:
        severity = self.severity
        inks, centre = self.inks, QPointF(WIDTH - 4, 4)
        painter.setPen(inks.badge_rim)
        painter.setBrush(inks.badge_bad if severity == "error" else inks.badge_warn)
        if severity == "error":
            painter.drawEllipse(centre, 9, 9)
        else:  # another form, not only another colour
            painter.drawRoundedRect(QRectF(centre.x() - 9, centre.y() - 9, 18, 18), 4, 4)
        painter.setPen(inks.badge_text)
        painter.setFont(inks.badge_font)
        painter.drawText(QRectF(centre.x() - 9, centre.y() - 9, 18, 18), Qt.AlignmentFlag.AlignCenter, "!")
