"""How figures look: three styles, what can be shown, and the one font with its measures.

Print is black on white with thin lines; families are told by pattern and word there, never by colour. Not for: where things
stand (`gui.figure.plan`), nor for painting them (`gui.figure.paint`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from gui import theme

StyleName = Literal["print", "light", "dark"]
STYLES: tuple[tuple[StyleName, str], ...] = (("print", "Print"), ("light", "Light"), ("dark", "Dark"))
LEAST_SIZE = 9  # canvas units; what would need smaller letters is cut


@dataclass(frozen=True)
class Show:
    """What a figure shows.

    Attributes:
        names, kinds, faces, shapes, counts: On blocks: the name, the kind, the settings that matter, the output's shape, the
            number of parameters.
        wires: Shapes on wires.
        problems: Signs where the drawing has faults.
        marks: Frames and notes.
        title, caption, legend: Above, below, and the key of the families.
    """

    names: bool = True
    kinds: bool = True
    faces: bool = True
    shapes: bool = True
    wires: bool = False
    counts: bool = True
    problems: bool = True
    marks: bool = True
    title: bool = True
    caption: bool = True
    legend: bool = False


PARTS = tuple(field.name for field in fields(Show))


@dataclass(frozen=True)
class Style:
    """Colours as #rrggbb and widths in canvas units.

    Attributes:
        patterned: Families are told by a pattern instead of a colour.
        tint: Share of a family's colour in a block's header.
    """

    name: StyleName
    ground: str
    card: str
    text: str
    muted: str
    border: str
    wire: str
    bad: str
    warn: str
    added: str
    removed: str
    changed: str
    on_sign: str  # the sign on a disc of one of the colours above
    border_width: float
    wire_width: float
    tint: float
    patterned: bool

    def family(self, name: str) -> str:
        """The colour of a block family."""
        if self.patterned:
            return self.text
        tokens = theme.tokens_of("dark" if self.name == "dark" else "light")
        return tokens.family.get(name, tokens.muted)

    def mark(self, sign: str) -> str:
        """The colour of "added", "removed" or "changed"."""
        return {"added": self.added, "removed": self.removed}.get(sign, self.changed)


def style_of(name: StyleName) -> Style:
    """One of the three styles."""
    if name == "print":
        black = "#000000"
        return Style(
            "print", "#ffffff", "#ffffff", black, "#3c3c3c", black, black, black, black, black, black, black, "#ffffff",
            0.8, 0.9, 0.0, True,
        )  # fmt: skip
    t = theme.tokens_of(name)
    ground = "#ffffff" if name == "light" else t.canvas
    wire = "#7d8696" if name == "light" else "#7c8698"
    return Style(
        name, ground, t.raised, t.text, t.muted, t.border_strong, wire, t.bad, t.warn, t.good, t.bad, t.warn,
        "#ffffff" if name == "light" else "#10131a", 1.0, 1.5, 0.14, False,
    )  # fmt: skip


def mixed(one: str, two: str, share: float) -> QColor:
    """A colour between two: `share` of the first, the rest of the second."""
    a, b = QColor(one), QColor(two)
    parts = zip((a.red(), a.green(), a.blue()), (b.red(), b.green(), b.blue()), strict=True)
    red, green, blue = (round(x * share + y * (1 - share)) for x, y in parts)
    return QColor(red, green, blue)


def font(size: int, weight: int) -> QFont:
    """The figure's font, unhinted, so that it is as wide at every scale."""
    made = theme.font(size, weight)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(
        QFont.Tag("calt"), 0
    )  # alternates such as a raised × have no letter of their own: a PDF would lose them
    return made


_own = threading.local()  # Qt keeps a font's measures by thread


def metrics(size: int, weight: int) -> QFontMetricsF:
    """Measures of the font, this thread's own."""
    made: dict[tuple[int, int], QFontMetricsF] | None = getattr(_own, "made", None)
    if made is None:
        theme.load_fonts()
        made = _own.made = {}
    found = made.get((size, weight))
    if found is None:
        found = made[size, weight] = QFontMetricsF(font(size, weight))
    return found


@lru_cache(maxsize=32_768)
def width(text: str, size: int, weight: int) -> float:
    """How wide a text is."""
    return metrics(size, weight).horizontalAdvance(text)


def fitted(text: str, size: int, weight: int, room: float) -> tuple[str, int]:
    """A text with the size that fits into `room`: smaller letters first, then an ellipsis."""
    for smaller in range(size, LEAST_SIZE - 1, -1):
        if width(text, smaller, weight) <= room:
            return text, smaller
    least = min(size, LEAST_SIZE)
    return metrics(least, weight).elidedText(text, Qt.TextElideMode.ElideRight, room), least


def wrapped(text: str, size: int, weight: int, room: float) -> list[str]:
    """A text in lines of at most `room`; a single word that is longer is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and width(longer, size, weight) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    measure = metrics(size, weight)
    return [measure.elidedText(line, Qt.TextElideMode.ElideRight, room + 1) for line in lines]
