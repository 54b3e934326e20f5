"""The sign of health at a block's lower left corner: a form and a colour for each state, and its words in the tool tip.

Not for: what the states mean (`engine.training.health`), nor for whose health is shown (`gui.health`).
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from engine.training.health import SIGNS, TITLES
from engine.training.messages import BlockHealth, HealthState
from gui import theme

RADIUS = 8.5  # canvas units; the sign in it is still told apart at a zoom of a half
QUIET = 7.0  # of a block that is well: most are, and those that are not should be seen
RIM = 2.0  # of the canvas's colour around it, so that it stands off the card's edge
# Strokes about the centre, in canvas units.
_STROKES: dict[HealthState, tuple[QLineF, ...]] = {
    "good": (QLineF(-3.4, 0.2, -1.0, 2.7), QLineF(-1.0, 2.7, 3.6, -2.6)),
    "silent": (),
    "vanishing": (QLineF(0, -4, 0, 4), QLineF(-3, 1, 0, 4), QLineF(3, 1, 0, 4)),
    "exploding": (QLineF(0, 4, 0, -4), QLineF(-3, -1, 0, -4), QLineF(3, -1, 0, -4)),
}


def words(health: BlockHealth) -> str:
    """A line for a tool tip: the sign, what it is called, and the sentence."""
    return f"{SIGNS[health.state]} {TITLES[health.state]}. {health.text}".strip()


def tip(problems: str, health: BlockHealth | None) -> str:
    """A block's whole tool tip."""
    return "\n".join(part for part in (problems, words(health) if health is not None else "") if part)


def place(card: QRectF) -> QRectF:
    """Where the sign is painted."""
    reach = RADIUS + RIM
    return QRectF(card.left() + 4 - reach, card.bottom() - 4 - reach, 2 * reach, 2 * reach)


def paint(painter: QPainter, state: HealthState, card: QRectF) -> None:
    """The sign of a state on a block's card."""
    rim, fill, stroke = _inks(theme.current().name, state)
    centre = place(card).center()
    painter.setPen(rim)
    painter.setBrush(fill)
    radius = QUIET if state == "good" else RADIUS
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(stroke)
    if state == "silent":
        painter.drawEllipse(centre, RADIUS - 3, RADIUS - 3)
    else:
        painter.drawLines([line.translated(centre) for line in _STROKES[state]])


@lru_cache(maxsize=16)
def _inks(_theme: theme.ThemeName, state: HealthState) -> tuple[QPen, QBrush, QPen]:
    """Rim, filling and stroke; asked for at every painting, made once a theme."""
    t = theme.current()
    colour = {"good": t.good, "silent": t.warn, "vanishing": t.warn, "exploding": t.bad}[state]
    hollow = state == "silent"
    stroke = QPen(QColor(colour if hollow else t.raised), 2.6 if hollow else 1.8)
    stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
    return QPen(QColor(t.canvas), RIM), QBrush(QColor(t.raised if hollow else colour)), stroke
