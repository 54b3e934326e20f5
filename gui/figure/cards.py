"""One block of a figure: its card, the words on it, its ports.

Not for: wires and what stands around the drawing (`gui.figure.plan`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from engine.blocks.spec import Port
from engine.errors import SettingError
from engine.graph.check import Report
from engine.graph.model import Node
from gui import figures
from gui.canvas import geometry
from gui.canvas.geometry import HEADER, WIDTH
from gui.figure.style import Show, fitted, width

INSET = 12.0  # of text from the card's edge
ROW = 16.0  # height of a line of text in the body
AIR = 8.0  # what the lines leave free of the body, for a composite's second border
BADGE, MARK = 9.0, 11.0  # radius of the discs on a card's corners: of a fault, of a difference
GAP = 9.0  # least space between two texts of one line
NAME, KIND = 13, 11  # sizes of the letters in the header
STACK = 4.0  # how far the cards behind a repeated composite stand out


@dataclass(frozen=True)
class Word:
    """A text at a place.

    Attributes:
        x, y: Where it begins, on its base line.
        size, weight: Of the font, in canvas units.
        ink: "text", "muted" or "bad".
    """

    text: str
    x: float
    y: float
    size: int
    weight: int
    ink: str = "text"


@dataclass(frozen=True)
class Card:
    """A block.

    Attributes:
        id: The block's.
        rect: The card.
        family: Of the block.
        words: All that is written on it.
        inputs, outputs: Port names and places.
        open: Places of inputs that miss a wire.
        severity: "error", "warning" or "".
        mark: "added", "removed", "changed" or "".
        header: Whether a line separates the name from the rest.
        bypassed: Whether its input is passed on.
        copies: How many times it is repeated, in a chain.
        composite: Whether it is made of blocks.
    """

    id: str
    rect: QRectF
    family: str
    words: tuple[Word, ...]
    inputs: tuple[tuple[str, QPointF], ...]
    outputs: tuple[tuple[str, QPointF], ...]
    open: tuple[QPointF, ...] = ()
    severity: str = ""
    mark: str = ""
    header: bool = True
    bypassed: bool = False
    copies: int = 1
    composite: bool = False

    def port(self, name: str, *, is_input: bool) -> QPointF:
        """Where a port is; the first one where there is none of that name."""
        ports = self.inputs if is_input else self.outputs
        found = [place for port, place in ports if port == name] or [place for _, place in ports[:1]]
        return found[0] if found else self.rect.center()

    def outline(self) -> QRectF:
        """The card with all that stands out of it."""
        rect = QRectF(self.rect)
        if self.copies > 1:
            rect.adjust(0, -2 * STACK, 2 * STACK, 0)
        if self.severity or self.mark:
            rect.adjust(-MARK, -MARK, BADGE, 0)
        return rect


@dataclass(frozen=True)
class _Told:
    """What a block is, in words."""

    title: str
    family: str
    face: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    copies: int = 1


def _told(node: Node) -> _Told:
    try:
        block = node.block()
    except SettingError:  # a block of a kind that this version does not know
        return _Told(node.kind, "", "", (Port("x"),), (Port("y"),))
    copies = int(getattr(block, "repeat", 1)) if node.composite is not None else 1
    return _Told(block.title, block.family, block.face(), block.inputs(), block.outputs(), copies)


def kind_size(nodes: Iterable[Node], *, patterned: bool) -> int:
    """The size at which kinds stand beside names: one for the whole figure, so that it looks set, not squeezed."""
    size = KIND
    for node in nodes:
        kind, free = _told(node).title, _beside(node, patterned)
        text, fit = fitted(kind, size, 400, free)
        if text == kind:
            size = fit
    return size


def _beside(node: Node, patterned: bool) -> float:
    """The room for the kind beside a name."""
    return WIDTH - _left(patterned) - INSET - width(node.name, NAME, 600) - GAP


def _left(patterned: bool) -> float:
    """Where the name begins: behind a pattern or a stripe of colour."""
    return INSET + (14 if patterned else 4)


def card_of(
    node: Node, report: Report, show: Show, *, mark: str = "", patterned: bool = True, kind: int = KIND
) -> Card:
    """The card of a block; `kind` is the size of the kind's letters."""
    told = _told(node)
    rect = QRectF(node.x, node.y, WIDTH, geometry.height_of(max(len(told.inputs), len(told.outputs))))
    problems = report.of(node.id) if show.problems else ()
    open_ports = {problem.port for problem in problems if problem.code == "input-open"}
    severity = (
        "" if not problems else "error" if any(problem.severity == "error" for problem in problems) else "warning"
    )
    inputs = tuple((port.name, rect.topLeft() + QPointF(0, geometry.port_y(i))) for i, port in enumerate(told.inputs))
    outputs = tuple(
        (port.name, rect.topLeft() + QPointF(WIDTH, geometry.port_y(i))) for i, port in enumerate(told.outputs)
    )
    rows = _rows(node, told, report, show)
    bypassed = node.bypassed is True or node.id in report.bypassed
    title = f"{told.title} (bypassed)" if bypassed else told.title
    texts = (node.name if show.names else title if show.kinds else "", title if show.kinds and show.names else "")
    words, header = _words(texts, rect, rows, _left(patterned), kind, "muted" if bypassed else "text")
    return Card(
        node.id, rect, told.family, words, inputs, outputs,
        open=tuple(place for name, place in inputs if name in open_ports),
        severity=severity, mark=mark, header=header, bypassed=bypassed, copies=told.copies, composite=node.composite is not None,
    )  # fmt: skip


Row = tuple[tuple[str, int, int, str], tuple[str, int, int, str] | None]  # left and right: text, size, weight, ink


def _rows(node: Node, told: _Told, report: Report, show: Show) -> list[Row]:
    """The lines of the body."""
    about = report.blocks.get(node.id)
    rows: list[Row] = []
    if show.faces and told.face:
        rows.append(((told.face, 12, 500, "text"), None))
    shape = str(about.output) if show.shapes and about is not None and about.output is not None else ""
    count = figures.short(about.parameters) if show.counts and about is not None and about.parameters else ""
    if shape or count:
        right = (count, 11, 400, "muted") if count else None
        rows.append(((shape, 11, 400, "muted"), right))
    return rows


def _words(
    texts: tuple[str, str], rect: QRectF, rows: list[Row], left: float, kind: int, ink: str
) -> tuple[tuple[Word, ...], bool]:  # fmt: skip
    """All words of a card, and whether there is a body under the header."""
    first, second = texts
    room = WIDTH - left - INSET
    if second and width(second, kind, 400) > room - width(first, NAME, 600) - GAP:
        rows = [
            ((second, 11, 400, "muted"), None),
            *rows,
        ]  # beside the name there is no room: it gets a line of its own
        second = ""
    base = rect.top() + (18.5 if rows else rect.height() / 2 + NAME * 0.36)
    out: list[Word] = []
    if first:
        text, size = fitted(first, NAME, 600, room)
        out.append(Word(text, rect.left() + left, base, size, 600, ink))
    if second:
        out.append(Word(second, rect.right() - INSET - width(second, kind, 400), base, kind, 400, "muted"))
    body = rect.height() - HEADER
    pitch = min(ROW, (body - AIR) / max(1, len(rows)))
    top = rect.top() + HEADER + (body - pitch * len(rows)) / 2
    for number, row in enumerate(rows):
        out += _row(row, rect, top + pitch * (number + 0.75))
    return tuple(out), bool(rows)


def _row(row: Row, rect: QRectF, y: float) -> list[Word]:
    """A line of the body: left, and flush right."""
    (text, size, weight, ink), right = row
    room = WIDTH - 2 * INSET
    out: list[Word] = []
    if right is not None:
        wide = width(right[0], right[1], right[2])
        out.append(Word(right[0], rect.right() - INSET - wide, y, *right[1:]))
        room -= wide + GAP
    if text:
        shown, fit = fitted(text, size, weight, room)
        out.insert(0, Word(shown, rect.left() + INSET, y, fit, weight, ink))
    return out
