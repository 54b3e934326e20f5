"""Where everything of a figure stands: cards, lines, words, in canvas units. Nothing here is painted.

Any thread may plan, with measures of its own, once the window's has loaded the fonts; the plan is a value that any may paint.
Blocks stand as drawn, with the canvas's own geometry. Not for: how a figure looks (`gui.figure.style`), nor for painting
(`gui.figure.paint`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from engine.graph.check import Report
from engine.graph.model import End, Graph, Wire
from gui import figures
from gui.canvas import geometry
from gui.canvas.cells import Cells
from gui.canvas.geometry import CLEARANCE, HEIGHT, STUB, WIDTH
from gui.figure.cards import Card, Word, card_of, kind_size
from gui.figure.notes import Panel, panels_of
from gui.figure.style import Show, fitted, width, wrapped

MARGIN = 24.0  # around the drawing
LONG = WIDTH + 4 * STUB  # a wire this wide may have a block in its way
LABEL = 11  # size of a shape on a wire
LABEL_PAD, LABEL_HEIGHT = 4.0, 16.0
TITLE, CAPTION = 20, 12  # sizes of the words around the drawing
LEAST_WIDTH = 360.0  # of the words around a small drawing
STUB_SHOWN = 8.0  # free line left and right of a label


@dataclass(frozen=True)
class Line:
    """A wire.

    Attributes:
        target: The input it ends in.
        path: Its course.
        known: Whether a shape goes through it.
        bad: Whether a fault arises on it.
        mark: "added", "removed" or "".
        label: The shape on it, None where there is no room or none is wanted.
        patch: The place of the label, which the line leaves free.
    """

    target: End
    path: QPainterPath
    known: bool
    bad: bool
    mark: str = ""
    label: Word | None = None
    patch: QRectF = field(default_factory=QRectF)


@dataclass(frozen=True)
class Key:
    """An entry of the legend."""

    family: str
    swatch: QRectF
    word: Word


@dataclass(frozen=True)
class Request:
    """What is to be drawn, beside the drawing itself.

    Attributes:
        show: Which parts.
        patterned: Whether families are told by patterns, which take room on the cards.
        only: Blocks to draw; None means all.
        title, caption: Words above and below; empty for none.
        marks: Block id -> "added", "removed" or "changed".
        wire_marks: The input a wire ends in -> the same.
    """

    show: Show = field(default_factory=Show)
    patterned: bool = True
    only: Collection[str] | None = None
    title: str = ""
    caption: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    wire_marks: Mapping[End, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A figure, ready to be painted.

    Attributes:
        bounds: The figure's rectangle, margin included, in whole units.
        around: The rectangle of the drawing alone, without title and caption.
    """

    cards: tuple[Card, ...] = ()
    panels: tuple[Panel, ...] = ()
    lines: tuple[Line, ...] = ()
    words: tuple[Word, ...] = ()
    keys: tuple[Key, ...] = ()
    bounds: QRectF = field(default_factory=QRectF)
    around: QRectF = field(default_factory=QRectF)

    @property
    def least_size(self) -> int:
        """The size of its smallest letters, 0 where there are none."""
        words = [*self.words, *(key.word for key in self.keys), *(word for card in self.cards for word in card.words)]
        words += [line.label for line in self.lines if line.label is not None]
        words += [word for panel in self.panels for word in panel.words]
        return min((word.size for word in words if word.text), default=0)


def plan(graph: Graph, report: Report, request: Request) -> Plan:
    """Lay a figure out."""
    return framed(drawn(graph, report, request), request)


def drawn(graph: Graph, report: Report, request: Request) -> Plan:
    """The drawing alone, without the words around it."""
    chosen = set(graph.nodes) if request.only is None else set(request.only) & set(graph.nodes)
    size = kind_size((graph.nodes[id_] for id_ in chosen), patterned=request.patterned)
    cards = {
        id_: card_of(
            node, report, request.show, mark=request.marks.get(id_, ""), patterned=request.patterned, kind=size
        )
        for id_, node in graph.nodes.items()
        if id_ in chosen
    }
    lines = _lines(graph, report, request, cards)
    around = QRectF()
    for card in cards.values():
        around = around.united(card.outline())
    for line in lines:
        around = around.united(line.path.boundingRect()).united(line.patch)
    whole = len(chosen) == len(graph)
    panels = panels_of(list(graph.marks.values()), around, whole=whole) if request.show.marks else []
    for panel in panels:
        around = around.united(panel.rect)
    return Plan(tuple(cards.values()), tuple(panels), tuple(lines), around=around)


def title_of(graph: Graph, project: str) -> str:
    """What stands above a figure: the composite's name for the inside of one, else the project's title."""
    return project if graph.owner is None else graph.composite(graph.owner).name


def caption_of(report: Report, only: Collection[str] | None = None) -> str:
    """What stands below a figure: the totals, of some blocks where only they are drawn."""
    parameters, macs, problems = report.parameters, report.macs, len(report.problems)
    if only is not None:
        found = [report.blocks[id_] for id_ in only if id_ in report.blocks]
        parameters, macs = sum(one.parameters for one in found), sum(one.macs for one in found)
        problems = sum(len(report.of(id_)) for id_ in only)
    parts = [f"{parameters:,} parameters", f"{figures.short(macs)} multiply-adds"]
    if problems:
        parts.append("1 problem" if problems == 1 else f"{problems} problems")
    return " · ".join(parts)


# --- wires


def _lines(graph: Graph, report: Report, request: Request, cards: Mapping[str, Card]) -> list[Line]:
    cells: Cells[str] = Cells()
    for id_, card in cards.items():
        cells.put(id_, card.rect)
    faults = {
        (problem.block, problem.port)
        for problem in report.problems
        if problem.severity == "error" and request.show.problems
    }
    out = []
    for end, wire in graph.wires.items():
        if end.block not in cards or wire.source.block not in cards:
            continue
        start, stop = (
            cards[wire.source.block].port(wire.source.port, is_input=False),
            cards[end.block].port(end.port, is_input=True),
        )
        shape = report.shape_of(wire.source)
        over = _over(wire, start, stop, cells, cards) if not wire.via else None
        path, middle = geometry.course(start, stop, over, [QPointF(x, y) for x, y in wire.via])
        room = abs(stop.x() - start.x()) if not wire.via else path.length() / 2
        line = Line(
            end, path, shape is not None, shape is not None and (end.block, end.port) in faults,
            request.wire_marks.get(end, ""),
        )  # fmt: skip
        wanted = request.show.wires or line.bad
        out.append(_labelled(line, str(shape), middle, room) if wanted and shape is not None else line)
    return out


def _over(wire: Wire, start: QPointF, end: QPointF, cells: Cells[str], cards: Mapping[str, Card]) -> float | None:
    """The level at which a long wire passes over the blocks in its way."""
    if end.x() - start.x() < LONG or abs(end.y() - start.y()) > 1.5 * HEIGHT:
        return None
    upper, lower = min(start.y(), end.y()), max(start.y(), end.y())
    corridor = QRectF(QPointF(start.x() + STUB, upper - 4), QPointF(end.x() - STUB, lower + 4))
    ends = (wire.source.block, wire.target.block)
    in_way = [cards[id_].rect.top() for id_ in cells.touching(corridor) if id_ not in ends]
    return min(in_way) - CLEARANCE if in_way else None


def _labelled(line: Line, shape: str, middle: QPointF, room: float) -> Line:
    """A line with the shape on it, smaller where it has to be; without it where there is no room at all."""
    most = room - 2 * (STUB_SHOWN + LABEL_PAD)
    if most <= 0:
        return line
    text, size = fitted(shape, LABEL, 500, most)
    if text != shape:
        return line
    wide = width(text, size, 500)
    patch = QRectF(middle.x() - wide / 2 - LABEL_PAD, middle.y() - LABEL_HEIGHT / 2, wide + 2 * LABEL_PAD, LABEL_HEIGHT)
    word = Word(text, middle.x() - wide / 2, middle.y() + size * 0.36, size, 500, "bad" if line.bad else "muted")
    return replace(line, label=word, patch=patch)


# --- around the drawing


def framed(made: Plan, request: Request) -> Plan:
    """The drawing with title above, legend and caption below, and the margin."""
    show, around = request.show, made.around
    room = max(around.width(), LEAST_WIDTH)
    left, top, bottom = around.left(), around.top(), around.bottom()
    words: list[Word] = []
    if show.title and request.title:
        texts = wrapped(request.title, TITLE, 600, room)
        top -= 18 + len(texts) * 27
        words += [Word(text, left, top + 20 + 27 * number, TITLE, 600, "text") for number, text in enumerate(texts)]
    keys, bottom = _legend(made, left, bottom, room) if show.legend else ((), bottom)
    if show.caption and request.caption:
        texts = wrapped(request.caption, CAPTION, 400, room)
        words += [
            Word(text, left, bottom + 30 + 18 * number, CAPTION, 400, "muted") for number, text in enumerate(texts)
        ]
        bottom += 18 + 18 * len(texts)
    right = max([around.right(), *(w.x + width(w.text, w.size, w.weight) for w in (*words, *(k.word for k in keys)))])
    whole = QRectF(QPointF(left, top), QPointF(right, bottom)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    return replace(made, words=tuple(words), keys=keys, bounds=QRectF(whole.toAlignedRect()))


def _legend(made: Plan, left: float, bottom: float, room: float) -> tuple[tuple[Key, ...], float]:
    """The families in the drawing, in rows."""
    keys: list[Key] = []
    x, y = left, bottom + 34
    for family in dict.fromkeys(card.family for card in made.cards if card.family):
        wide = 20 + width(family, CAPTION, 400) + 22
        if x > left and x + wide - 22 > left + room:
            x, y = left, y + 22
        keys.append(Key(family, QRectF(x, y - 11, 12, 12), Word(family, x + 20, y, CAPTION, 400, "text")))
        x += wide
    return tuple(keys), y + 2 if keys else bottom
