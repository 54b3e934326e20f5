"""Receptive fields: which pixels of the picture one number of a block comes from.

Size, jump and start as in Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, Distill 2019
(https://distill.pub/2019/computing-receptive-fields), over branches, dilation, pooling and padding; what a convolution, a
pooling or a linear layer looks at is declared by the block (`Block.window`). It is the theoretical field: the hull of all
pixels that can have an influence. Statistics that a normalisation takes over a batch, and rims that are filled from the
map itself (reflected, circular), are left out, as usual. Not for: torch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.blocks.spec import Block, Shape
from engine.blocks.window import Looks, Span
from engine.graph.check import BlockReport, Report
from engine.graph.model import End, Graph, Node

Number = int | Fraction


@dataclass(frozen=True)
class Line:
    """A field along one side: position i sees `size` pixels from start + jump · i on.

    Attributes:
        jump: Pixels from one position's field to the next one's; also called the stride of the network so far.
        start: First pixel of position 0; negative where that lies in the rim.
        size: Pixels.
    """

    jump: Number
    start: Number
    size: int


@dataclass(frozen=True)
class Side:
    """Field and map along one side.

    Attributes:
        lines: The fields whose hull it is. More than one only where branches come with different jumps.
        count: Positions of the map.
        seen: First and last pixel that any position sees.
        picture: Pixels of the input along this side.
    """

    lines: tuple[Line, ...]
    count: int
    seen: tuple[int, int]
    picture: int

    @property
    def size(self) -> int:
        """Pixels that a position sees, rim included; the most where positions differ (the hull is widest at an end)."""
        return max(last - first + 1 for first, last in (self._hull(0), self._hull(self.count - 1)))

    @property
    def jump(self) -> Number | None:
        """Pixels from one position to the next; None where branches do not agree."""
        return self.lines[0].jump if len(self.lines) == 1 else None

    @property
    def start(self) -> int:
        """First pixel of position 0, negative in the rim."""
        return self._hull(0)[0]

    def at(self, position: int) -> tuple[int, int]:
        """First and last pixel that a position sees, within the picture; the last lies before the first where it sees none."""
        first, last = self._hull(position)
        return max(first, self.seen[0]), min(last, self.seen[1])

    def _hull(self, position: int) -> tuple[int, int]:
        if len(self.lines) == 1:
            line = self.lines[0]
            begin = line.start + line.jump * position
            return math.floor(begin), math.ceil(begin + line.size - 1)
        firsts = [line.start + line.jump * position for line in self.lines]
        lasts = [first + line.size - 1 for first, line in zip(firsts, self.lines, strict=True)]
        return math.floor(min(firsts)), math.ceil(max(lasts))

    @property
    def whole(self) -> bool:
        """Whether every position sees every pixel."""
        everything = (0, self.picture - 1)
        return self.at(0) == everything and self.at(self.count - 1) == everything


@dataclass(frozen=True)
class Field:
    """What one number of a block sees of one picture.

    Attributes:
        source: Id of the input block whose picture it is.
        height, width: The two sides.
    """

    source: str
    height: Side
    width: Side

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels; more than the picture where rims count in."""
        return self.height.size, self.width.size

    @property
    def pixels(self) -> int:
        """How many pixels that is, for sorting."""
        return self.height.size * self.width.size

    @property
    def whole(self) -> bool:
        """Whether every number sees the whole picture."""
        return self.height.whole and self.width.whole

    @property
    def covers(self) -> bool:
        """Whether it is at least as large as the picture, so that a number in the middle sees all of it."""
        return self.height.size >= self.height.picture and self.width.size >= self.width.picture

    @property
    def text(self) -> str:
        """As in a table: "18×18", "300×300 (covers the picture)", "483×483 (whole picture)", "whole picture"."""
        if self.whole and 0 in (self.height.jump, self.width.jump):
            return "whole picture"
        height, width = self.size
        note = " (whole picture)" if self.whole else " (covers the picture)" if self.covers else ""
        return f"{height}×{width}{note}"

    @property
    def sentence(self) -> str:
        """In full, for a tool tip."""
        if self.whole and 0 in (self.height.jump, self.width.jump):
            return "Each number sees the whole picture."
        height, width = self.size
        apart = _pair(self.height.jump, self.width.jump)
        where = f"; the next one sees those {apart} further on" if apart else ""
        rim = min(self.height.start, self.width.start) < 0
        first = (
            f" The first begins at row {self.height.start}, column {self.width.start}{', in the rim' if rim else ''}."
        )
        more = " So each sees the whole picture." if self.whole else " That covers the picture." if self.covers else ""
        return f"Each number sees {height} × {width} pixels{where}.{first}{more}"


def _pair(height: Number | None, width: Number | None) -> str:
    if height is None or width is None or 0 in (height, width):
        return ""
    texts = [str(jump) if jump == int(jump) else f"about {float(jump):.3g}" for jump in (height, width)]
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} × {texts[1]}"


Fields = Mapping[str, Field]  # by the id of the input block


@dataclass(frozen=True)
class Seen:
    """The fields in a drawing: the network, or one repetition of a composite.

    Attributes:
        blocks: For every block that pictures lead to, its field in each of them; of several outputs, the first.
        inner: Of each instance of a composite, by id: one `Seen` a repetition.
        exits: Of a composite: the fields of its outputs by the port's name.
    """

    blocks: Mapping[str, Fields]
    inner: Mapping[str, tuple[Seen, ...]]
    exits: Mapping[str, Fields]

    def field(self, block: str) -> Field | None:
        """The field of a block, in the picture of which it sees most; None where no picture leads to it."""
        fields = self.blocks.get(block)
        if fields is not None and len(fields) == 1:
            return next(iter(fields.values()))
        return max(fields.values(), key=lambda field: field.pixels) if fields else None


NOTHING = Seen({}, {}, {})


def receptive(graph: Graph, report: Report) -> Mapping[str, Field]:
    """The receptive field of every block that a picture leads to, by block id; of a composite, the field behind it.

    Where several pictures lead to a block, the field in the one of which it sees most. Blocks behind a fault have none.
    """
    seen = all_fields(graph, report)
    return {id_: field for id_ in seen.blocks if (field := seen.field(id_)) is not None}


def all_fields(
    graph: Graph, report: Report, entries: Mapping[str, Fields] | None = None, *, until: str | None = None
) -> Seen:
    """The fields of every block, those inside composites too.

    Args:
        graph: The drawing.
        report: What the checker said of it.
        entries: Of a composite's drawing: the fields that arrive, by the port's name.
        until: Only this block's field is wanted, and of the others as many as it takes.
    """
    into: dict[str, list[tuple[str, End]]] = {}
    for target, wire in graph.wires.items():
        into.setdefault(target.block, []).append((target.port, wire.source))
    blocks: dict[str, Fields] = {}
    ports: dict[End, Fields] = {}  # of blocks with several outputs
    inner: dict[str, tuple[Seen, ...]] = {}
    exits: dict[str, Fields] = {}
    nodes, composites = graph.nodes, graph.composites
    for id_ in report.order if until is None else _leading_to(graph, report, until):
        about, node = report.blocks.get(id_), nodes.get(id_)
        if node is None or about is None or about.output is None:
            continue
        block = report.made.get(id_) or node.block()
        arriving = {
            port: fields
            for port, source in into.get(id_, ())
            if (fields := (ports and ports.get(source)) or blocks.get(source.block)) is not None
        }
        match block.role:
            case "input":
                if len(about.output.dims) == 3:
                    blocks[id_] = {id_: _pixel(id_, about.output)}
            case "entry":
                if entries and entries.get(node.name):
                    blocks[id_] = entries[node.name]
            case "loss" | "metric":
                pass
            case _ if not arriving:
                pass
            case "exit":
                blocks[id_] = exits[node.name] = next(iter(arriving.values()))
            case _ if id_ in report.bypassed:
                first = block.inputs()[0].name
                if first in arriving:
                    blocks[id_] = arriving[first]
            case _ if id_ in report.inner and node.composite in composites:
                inner[id_], left = _repeated(graph, node, block, report.inner[id_], arriving)
                ports.update({End(id_, name): fields for name, fields in left.items()})
                if left:
                    first = block.outputs()[0].name
                    blocks[id_] = left.get(first) or next(iter(left.values()))
            case _:
                blocks[id_] = _behind_block(block, about, list(arriving.values()))
    return Seen(blocks, inner, exits)


def _leading_to(graph: Graph, report: Report, block: str) -> list[str]:
    """A block and those that feed it, in the order of the network."""
    wanted = graph.topology.above((block,))
    return [id_ for id_ in report.order if id_ in wanted]


def _behind_block(block: Block, about: BlockReport, arriving: list[Fields]) -> Fields:
    shapes = [shape for shape in about.inputs if shape is not None]
    assert about.output is not None
    looks = _looks(block.window(*shapes), shapes[0], about.output)
    return _through(arriving[0] if len(arriving) == 1 else _union(arriving), looks, about.output)


def _repeated(
    graph: Graph, node: Node, block: Block, reports: Iterable[Report], arriving: Mapping[str, Fields]
) -> tuple[tuple[Seen, ...], Mapping[str, Fields]]:  # fmt: skip
    """What is seen inside a composite, repetition after repetition, and what leaves it."""
    body = graph.composites[str(node.composite)].body
    names = [port.name for port in block.inputs()]
    outputs = [port.name for port in block.outputs()]
    found: list[Seen] = []
    given = dict(arriving)
    for report in reports:
        seen = all_fields(body, report, given)
        found.append(seen)
        # What leaves one repetition arrives at the next, port by port; the others arrive as before.
        given.update({
            name: seen.exits[port] for name, port in zip(names, outputs, strict=False) if port in seen.exits
        })  # fmt: skip
    return tuple(found), found[-1].exits if found else {}


def _pixel(source: str, shape: Shape) -> Field:
    """What the input block itself sees: each pixel itself."""
    _, height, width = shape.dims
    sides = [Side((Line(1, 0, 1),), side, (0, side - 1), side) for side in (height, width)]
    return Field(source, sides[0], sides[1])


def _looks(looks: Looks, arrives: Shape, leaves: Shape) -> Looks:
    """What a block declares; everything where it declares nothing and positions cannot be what they were."""
    if looks is None and arrives.dims[1:] != leaves.dims[1:] and arrives.size != leaves.size:
        return "whole"
    return looks


def _through(fields: Fields, looks: Looks, leaves: Shape) -> Fields:
    """The fields behind a block."""
    if looks is None:
        return fields
    counts: tuple[int, ...] = leaves.dims[1:] if len(leaves.dims) == 3 else (1, 1)
    if looks != "whole" and looks.last:
        counts = leaves.dims[:2]
    spans: tuple[Span | None, Span | None] = (None, None) if looks == "whole" else looks.sides
    out = {}
    for source, field in fields.items():
        height = _behind(field.height, spans[0], counts[0])
        alike = field.height == field.width and spans[0] == spans[1] and counts[0] == counts[1]
        out[source] = Field(source, height, height if alike else _behind(field.width, spans[1], counts[1]))
    return out


def _behind(side: Side, span: Span | None, count: int) -> Side:
    """The field behind a sliding window; behind what looks at everything where there is no window."""
    return _whole(side, count) if span is None else _slide(side, span, count)


def _whole(side: Side, count: int) -> Side:
    """All that the side's map has seen, at every position."""
    first, last = side.seen
    return Side((Line(0, first, last - first + 1),), count, side.seen, side.picture)


def _slide(side: Side, span: Span, count: int) -> Side:
    """The field behind a sliding window."""
    reach = span.reach - 1
    lines = tuple([
        Line(line.jump * span.stride, line.start - line.jump * span.padding, line.size + math.ceil(line.jump * reach))
        for line in side.lines
    ])  # fmt: skip
    made = Side(lines, count, side.seen, side.picture)
    # Windows may end before the map does; what they leave over is never seen again.
    return Side(lines, count, (made.at(0)[0], made.at(count - 1)[1]), side.picture)


def _union(arriving: Iterable[Fields]) -> Fields:
    """The hull of what branches see, for each picture."""
    out: dict[str, Field] = {}
    for fields in arriving:
        for source, field in fields.items():
            have = out.get(source)
            out[source] = field if have is None else Field(
                source, _hull(have.height, field.height), _hull(have.width, field.width)
            )  # fmt: skip
    return out


def _hull(one: Side, other: Side) -> Side:
    if one == other:
        return one
    seen = (min(one.seen[0], other.seen[0]), max(one.seen[1], other.seen[1]))
    if one.count != other.count:  # flattened maps of different sizes: there are no common positions any more
        return _whole(Side(one.lines, max(one.count, other.count), seen, one.picture), max(one.count, other.count))
    by_jump: dict[Number, Line] = {}
    for line in (*one.lines, *other.lines):
        have = by_jump.get(line.jump)
        if have is None:
            by_jump[line.jump] = line
            continue
        start = min(have.start, line.start)
        end = max(have.start + have.size, line.start + line.size)
        by_jump[line.jump] = Line(line.jump, start, math.ceil(end - start))
    return Side(tuple(by_jump.values()), one.count, seen, one.picture)
