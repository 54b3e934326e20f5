"""Pens, brushes and fonts of the canvas, made once a theme: painting a block makes none.

Not for: the colours themselves (`gui.theme`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from gui import theme
from gui.canvas.lines import Line
from gui.canvas.stamps import Stamps

Stroke = Literal["", "some", "warning", "error", "chosen"]  # what a far card is outlined as
Level = Literal[0, 1, 2]  # of detail: 0 a coloured card, 1 with its name, 2 everything
FULL_FROM = 0.6  # zoom from which text of 12 px can still be read
NAME_FROM = 0.35  # zoom from which a name of 22 px can
LINES_KEPT = 20_000


def level_at(zoom: float) -> Level:
    """How much a block shows at a zoom."""
    return 2 if zoom >= FULL_FROM else 1 if zoom >= NAME_FROM else 0


def mix(one: str, two: str, share: float) -> QColor:
    """A colour between two: `share` of the first, the rest of the second."""
    a, b = QColor(one), QColor(two)
    return QColor(
        round(a.red() * share + b.red() * (1 - share)),
        round(a.green() * share + b.green() * (1 - share)),
        round(a.blue() * share + b.blue() * (1 - share)),
    )


def _pen(colour: str | QColor, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


@dataclass(frozen=True)
class FamilyInk:
    """What a block family is painted with."""

    colour: QColor
    stripe: QBrush
    header: QBrush
    far: QBrush


class Inks:
    """All pens, brushes, fonts and metrics of one theme.

    Attributes:
        level: How much blocks show at the current zoom; the view sets it.
        version, far_version: Go up when something looks different from near, or from far away, so that pictures of it are
            known to be old.
        pictures: Goes up when a picture on a block's face, or a block's health, is another one.
        far_changed: Told the rectangle of the scene where something looks different, while level 0 is painted in one go.
        picture_changed: Told the rectangle where a block shows another picture or another health.
    """

    def __init__(self) -> None:
        self.level: Level = 2
        self.version = self.far_version = self.pictures = 0
        self.far_changed: Callable[..., None] = _unheard
        self.picture_changed: Callable[[QRectF], None] = _unheard
        self.renew()

    def renew(self) -> None:
        """Take the colours of the theme as it is now."""
        self.changed()
        t = theme.current()
        self.card = QBrush(QColor(t.raised))
        self.canvas = QBrush(QColor(t.canvas))
        self.shadow = [QBrush(QColor(0, 0, 0, alpha)) for alpha in (10, 14)]
        self.border, self.border_hover = _pen(t.border_strong, 1.0), _pen(t.muted, 1.0)
        self.border_far = _pen(t.border_strong, 0)
        self.ring_far, self.bad_far, self.warn_far = _pen(t.accent, 2.0), _pen(t.bad, 1.6), _pen(t.warn, 1.6)
        for pen in (self.ring_far, self.bad_far, self.warn_far):
            pen.setCosmetic(True)  # seen from any distance
        self.warn_far.setStyle(Qt.PenStyle.DashLine)  # told from an error without its colour
        self.ring, self.halo = _pen(t.accent, 2.0), QBrush(_faded(t.accent, 46))
        self.bad, self.warn = _pen(t.bad, 1.6), _pen(t.warn, 1.6)
        self.badge_bad, self.badge_warn, self.badge_text = (
            QBrush(QColor(t.bad)),
            QBrush(QColor(t.warn)),
            _pen(t.raised, 1),
        )
        self.badge_rim = _pen(t.canvas, 2.0)
        self.text, self.muted, self.faint = _pen(t.text, 1), _pen(t.muted, 1), _pen(t.faint, 1)
        self.accent, self.bad_text = _pen(t.accent, 1), _pen(t.bad, 1)
        self.port_rim, self.port_fill, self.port_hollow = (
            _pen(t.muted, 1.5),
            QBrush(QColor(t.muted)),
            QBrush(QColor(t.raised)),
        )
        self.port_hot, self.port_hot_fill = _pen(t.accent, 2.0), QBrush(QColor(t.accent))
        self.port_bad, self.port_bad_fill = _pen(t.bad, 2.0), QBrush(QColor(t.bad))
        wire = mix(t.muted, t.canvas, 0.72)
        self.wire, self.wire_hover, self.wire_selected = _pen(wire, 1.8), _pen(t.text, 2.2), _pen(t.accent, 2.6)
        self.wire_bad, self.wire_bad_selected = _pen(t.bad, 2.2), _pen(t.bad, 4.4)
        self.wire_unknown = _pen(wire, 1.8)
        self.wire_unknown.setStyle(Qt.PenStyle.DashLine)
        self.wire_new = _pen(t.accent, 2.4)
        self.band_pen, self.band = _pen(t.accent, 1), QBrush(_faded(t.accent, 30))
        self.dots = _pen(t.grid, 2.0)
        self.dots.setCosmetic(True)
        self.dots.setCapStyle(Qt.PenCapStyle.SquareCap)
        self.nothing, self.no_fill = QPen(Qt.PenStyle.NoPen), QBrush(Qt.BrushStyle.NoBrush)
        self.families = {name: _family(colour, t.raised) for name, colour in t.family.items()}
        self.plain = _family(t.muted, t.raised)
        self.stamps = Stamps()
        self._lines: dict[tuple[str, int, float], Line] = {}
        self._numbers: dict[Hashable, int] = {}
        self._fonts()

    def changed(self) -> None:
        """Something looks different, from near and from far away."""
        self.version += 1
        self.far_version += 1

    def _fonts(self) -> None:
        self.name_font, self.kind_font = theme.font(13, 600), theme.font(11, 400)
        self.face_font, self.shape_font = theme.font(12, 500), theme.font(11, 400)
        self.far_font, self.label_font = theme.font(22, 600), theme.font(11, 500)
        self.badge_font = theme.font(11, 600)
        self.metrics = {id(font): QFontMetricsF(font) for font in self._all_fonts()}

    def _all_fonts(self) -> tuple[QFont, ...]:
        return (self.name_font, self.kind_font, self.face_font, self.shape_font, self.far_font, self.label_font)

    def elided(self, text: str, font: QFont, width: float) -> str:
        """`text` cut with an ellipsis where it is wider than `width`."""
        return self.metrics[id(font)].elidedText(text, Qt.TextElideMode.ElideRight, width)

    def line(self, text: str, font: QFont, room: float = math.inf) -> Line:
        """A text laid out, cut with an ellipsis where it is wider than `room`; texts that many blocks share are laid out once."""
        key = (text, id(font), room)
        made = self._lines.get(key)
        if made is None:
            if len(self._lines) > LINES_KEPT:
                self._lines.clear()
            cut = text if self.width(text, font) <= room else self.elided(text, font, room)
            made = self._lines[key] = Line(cut, font, self.width(cut, font))
        return made

    def number(self, look: Hashable) -> int:
        """A number that stands for something that is slow to compare."""
        return self._numbers.setdefault(look, len(self._numbers))

    def width(self, text: str, font: QFont) -> float:
        """How wide `text` is."""
        return self.metrics[id(font)].horizontalAdvance(text)

    def family(self, name: str) -> FamilyInk:
        """What a family is painted with; one that the theme does not know is grey."""
        return self.families.get(name, self.plain)


def _unheard(_rect: QRectF, _item: object = None) -> None:
    """Nobody paints from far away yet."""


def _faded(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def _family(colour: str, card: str) -> FamilyInk:
    return FamilyInk(
        QColor(colour), QBrush(QColor(colour)), QBrush(mix(colour, card, 0.14)), QBrush(mix(colour, card, 0.42))
    )
