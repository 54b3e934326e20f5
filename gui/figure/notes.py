"""Frames and notes of a figure: their rectangles and the words in them, Markdown brought down to lines of text.

Not for: blocks (`gui.figure.cards`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from engine.graph.edits import Mark
from gui.figure.cards import Word
from gui.figure.style import fitted, wrapped

PAD = 12.0  # of text from a frame's or a note's edge
FRAME_TITLE, NOTE_TEXT = 14, 12  # sizes of letters
HEADINGS = {1: 17, 2: 15, 3: 13}
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"(\s*)(?:[-*+]|(\d+[.)]))\s+(.*)")
_INLINE = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(\*\*|__)(.+?)\1"), r"\2"),
    (re.compile(r"(?<!\w)([*_])(.+?)\1(?!\w)"), r"\2"),
    (re.compile(r"`([^`]*)`"), r"\1"),
)


@dataclass(frozen=True)
class Panel:
    """A frame or a note.

    Attributes:
        rect: Its place; a note is as high as its text needs.
        frame: Whether it is a frame.
        family: Whose colour it takes, "" for none.
        words: Its title or its text.
    """

    rect: QRectF
    frame: bool
    family: str
    words: tuple[Word, ...]


def panel_of(mark: Mark) -> Panel:
    """A frame or note with its words laid out."""
    rect = QRectF(mark.x, mark.y, mark.width, mark.height)
    room = max(24.0, mark.width - 2 * PAD)
    if mark.kind == "frame":
        title, size = fitted(mark.text.strip(), FRAME_TITLE, 600, room)
        words = (Word(title, rect.left() + PAD, rect.top() + 22, size, 600),) if title else ()
        return Panel(rect, True, mark.colour, words)
    written = tuple(_written(mark.text, rect.topLeft() + QPointF(PAD, PAD), room))
    bottom = max((word.y for word in written), default=rect.top()) + PAD
    rect.setBottom(max(rect.bottom(), bottom))
    return Panel(rect, False, mark.colour, written)


def _written(text: str, at: QPointF, room: float) -> Iterator[Word]:
    """The lines of a Markdown text, one word a line."""
    y = at.y()
    for indent, sign, line, size, weight in _lines(text):
        pitch = size * 1.45
        if not line:
            y += pitch * 0.6
            continue
        for number, part in enumerate(wrapped(line, size, weight, room - indent)):
            y += pitch
            if sign and number == 0:
                yield Word(sign, at.x() + indent - 14, y - pitch * 0.25, size, weight)
            yield Word(part, at.x() + indent, y - pitch * 0.25, size, weight)


def _lines(text: str) -> Iterator[tuple[float, str, str, int, int]]:
    """Each line as (indent, sign before it, text, size, weight)."""
    for line in text.strip().splitlines():
        heading, item = _HEADING.fullmatch(line.strip()), _ITEM.fullmatch(line)
        if heading:
            yield 0.0, "", _plain(heading[2]), HEADINGS.get(len(heading[1]), 13), 600
        elif item:
            yield 14.0 + 7 * len(item[1]), item[2] or "•", _plain(item[3]), NOTE_TEXT, 400
        else:
            bold = re.fullmatch(r"\s*\*\*(.+)\*\*\s*", line)
            yield 0.0, "", _plain(line.strip().removeprefix("> ")), NOTE_TEXT, 600 if bold else 400


def _plain(text: str) -> str:
    for sign, kept in _INLINE:
        text = sign.sub(kept, text)
    return text.strip()


def panels_of(marks: Sequence[Mark], cards: QRectF, *, whole: bool) -> list[Panel]:
    """The frames and notes of a figure, frames first and large ones under small ones; of a part, those that touch it."""
    chosen = [mark for mark in marks if whole or _touches(mark, cards)]
    chosen.sort(key=lambda mark: (mark.kind != "frame", -mark.width * mark.height))
    return [panel_of(mark) for mark in chosen]


def _touches(mark: Mark, cards: QRectF) -> bool:
    rect = QRectF(mark.x, mark.y, mark.width, mark.height)
    return rect.contains(cards) if mark.kind == "frame" else cards.contains(rect.center())
