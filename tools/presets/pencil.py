"""A pencil for drawings that are written down: blocks in rows, a frame around each row, wires from what was said before.

Not for: particular networks, and not for the program, in which people draw with the mouse.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.blocks.spec import make
from engine.declare import Json, from_json, to_json
from engine.graph.edits import COMPOSITE, Definition, Mark, Node, Parameter, Wire
from engine.graph.expression import is_expression
from engine.graph.model import AddBlock, Batch, Connect, Define, Edit, End, Graph, SetMark, SetSection
from engine.training.settings import TrainingSettings

COLUMN, ROW = 256, 144  # from block to block, canvas units
MARGIN, TITLE = 10, 44  # of a frame around its blocks, and above them where its title stands
WIDTH, HEIGHT = 160, 80  # of a block
PORT_DEPTH = 40  # of the first port under a block's upper edge
PORT = 20  # what every input beyond the second adds to a block's height
GAP = 112  # from the blocks of a row to those of the next: a wire runs between the frames


@dataclass
class _Frame:
    """A row of blocks that belong together, as far as it is drawn."""

    title: str
    colour: str
    nodes: list[Node] = field(default_factory=list)


class Sheet:
    """A drawing in the making: the network, or a composite's inside.

    Blocks go from left to right; `row` begins a new row under the last, `lane` another line in the same row.
    """

    def __init__(self, composites: Iterable[Definition] = ()) -> None:
        self.nodes: dict[str, Node] = {}
        self.wires: list[Wire] = []
        self.marks: list[Mark] = []
        self.composites = {each.id: each for each in composites}
        self._frames: list[_Frame] = []
        self._column = 0.0
        self._top = 0.0  # of the row
        self._line = 0.0  # of the lane
        self._floor = 0.0  # lowest edge so far
        self._last = ""
        self._loose = False

    def row(self, title: str = "", *, colour: str = "", column: float = 0) -> None:
        """Begin a row under everything drawn so far, with a frame around it if it has a title."""
        self._top = self._line = self._floor + GAP if self.nodes else 0.0
        self._column = column
        self._loose = False
        self._frames.append(_Frame(title, colour))

    def lane(self, column: float) -> None:
        """Begin another line of the row, at a column."""
        self._line += ROW
        self._column = column
        self._loose = False

    def beside(self, name: str, columns: float = 1) -> None:
        """Go on in the line of a block, so many columns to its right, outside any frame."""
        self._line = self.nodes[name].y
        self._column = self.nodes[name].x / COLUMN + columns
        self._loose = True

    def enter(self, *names: str) -> None:
        """Ports of a composite, to the left of the row that has just begun and one under the other."""
        column, line = self._column, self._line
        for number, name in enumerate(names):
            self._column, self._line, self._loose = column - 1, line + number * ROW, True
            self.put(name, "port_in")
        self._column, self._line, self._loose = column, line, False
        self._last = names[0]

    def skip(self, columns: float = 1) -> None:
        """Leave room."""
        self._column += columns

    def frame(self, title: str, *, colour: str = "") -> None:
        """Begin another frame in the same row; none without a title."""
        self._frames.append(_Frame(title, colour))

    def bend(self, source: str, target: str, *points: tuple[float, float]) -> None:
        """Lead the wire between two blocks over points of the row: a column, and a line at whose ports it passes."""
        via = tuple((column * COLUMN, self._top + line * ROW + PORT_DEPTH) for column, line in points)
        for index, wire in enumerate(self.wires):
            if (wire.source.block, wire.target.block) == (source, target):
                self.wires[index] = replace(wire, via=via)

    def place(self, column: float, line: float) -> None:
        """Go on at a place of the row: a column, and a line, of which the first is 0."""
        self._column, self._line = column, self._top + line * ROW

    def last(self, *names: str) -> None:
        """Put blocks at the end of the file as far as it is written: weights stand in this order, wherever blocks are drawn."""
        for name in names:
            self.nodes[name] = self.nodes.pop(name)

    def put(
        self, name: str, kind: str, *sources: str, bypassed: str = "", under: str = "", straight: str = "", **settings: Json
    ) -> str:  # fmt: skip
        """Place a block and wire it.

        Args:
            name: Its name; also its id.
            kind: The block, or the id of a composite.
            *sources: Where its wires come from, in the order of its ports: "conv1", or "split.y2" for a certain output; "" leaves
                an input open. None at all: the block placed before.
            under: The source whose wire runs below everything drawn so far.
            straight: The source whose wire runs level and comes down just before the block.
            bypassed: An expression that says when it passes its input on.
            **settings: Its settings; an expression begins with "=".
        """
        kind = COMPOSITE + kind if kind in self.composites else kind
        node = Node(name, kind, name, settings, self._column * COLUMN, self._line, bypassed or False)
        inputs, _ = self._ports(node)
        if not sources and inputs:
            sources = (self._last,)
        self.nodes[name] = node
        for port, source in zip(inputs, sources, strict=False):
            if source:
                block, _, output = source.partition(".")
                end = End(block, output or self._ports(self.nodes[block])[1][0])
                via = self._way(block, node, under=source == under, straight=source == straight)
                self.wires.append(Wire(end, End(name, port), via))
        if not self._loose and self._frames:
            self._frames[-1].nodes.append(node)
        self._floor = max(self._floor, self._line + HEIGHT + PORT * max(0, len(inputs) - 2))
        self._column += 1
        self._last = name
        return name

    def _way(self, source: str, target: Node, *, under: bool, straight: bool) -> tuple[tuple[float, float], ...]:
        """Reroute points of a wire."""
        start = self.nodes[source]
        left = target.x - 40
        if under:
            level = self._floor + 36
            return (start.x + WIDTH + 40, level), (left, level)
        return ((left, start.y + HEIGHT / 2),) if straight else ()

    def _ports(self, node: Node) -> tuple[list[str], list[str]]:
        if node.composite is not None:
            inside = self.composites[node.composite].blocks
            return [n.name for n in inside if n.kind == "port_in"], [n.name for n in inside if n.kind == "port_out"]
        known = {
            name: value
            for name, value in node.settings.items()
            if not is_expression(value, node.spec.settings.get(name))
        }
        block = make(node.kind, known)
        return [port.name for port in block.inputs()], [port.name for port in block.outputs()]

    def note(self, text: str, *, columns: float = 2, height: float = 136) -> None:
        """A note at the next place of the row."""
        x, y = self._column * COLUMN, self._line - TITLE
        width = (columns - 1) * COLUMN + WIDTH + MARGIN
        self.marks.append(Mark(f"note{len(self.marks)}", "note", text, x, y, width, height))
        self._floor = max(self._floor, y + height)
        self._column += columns

    def _drawn(self) -> tuple[Mark, ...]:
        frames = []
        for number, frame in enumerate(self._frames):
            if not frame.title or not frame.nodes:
                continue
            left, right = min(n.x for n in frame.nodes), max(n.x for n in frame.nodes)
            top = min(n.y for n in frame.nodes)
            bottom = max(n.y + PORT * max(0, len(self._ports(n)[0]) - 2) for n in frame.nodes)
            frames.append(
                Mark(f"frame{number}", "frame", frame.title, left - MARGIN, top - TITLE, right - left + WIDTH + 2 * MARGIN,
                     bottom - top + HEIGHT + TITLE + 12, frame.colour)
            )  # fmt: skip
        return (*frames, *self.marks)

    def definition(self, id_: str, name: str, about: str, settings: Sequence[Parameter] = ()) -> Definition:
        """The sheet as a composite.

        Args:
            id_: Its id.
            name: What it is called on the canvas and as a class.
            about: What it is.
            settings: What its instances set.
        """
        return Definition(
            id_, name, about, tuple(settings), tuple(self.nodes.values()), tuple(self.wires), self._drawn()
        )

    def network(
        self, about: Mapping[str, Json], *, data: str | Mapping[str, Json], training: TrainingSettings,
        sections: Mapping[str, Mapping[str, Json]] | None = None,
    ) -> Graph:  # fmt: skip
        """The sheet as a project.

        Args:
            about: title, text, year and paper.
            data: The data set's name, or the whole choice.
            training: The recipe.
            sections: Further sections of the file.
        """
        chosen = {"name": data} if isinstance(data, str) else dict(data)
        edits: list[Edit] = [Define(each) for each in self.composites.values()]
        edits += [*map(AddBlock, self.nodes.values()), *map(Connect, self.wires), *map(SetMark, self._drawn())]
        edits += [
            SetSection("about", dict(about)), SetSection("data", chosen), SetSection("training", to_json(training)),
        ]  # fmt: skip
        edits += [SetSection(name, dict(values)) for name, values in (sections or {}).items()]
        graph = Graph()
        graph.apply(Batch(tuple(edits)))
        return graph


def recipe(**settings: Json) -> TrainingSettings:
    """Training settings; what is not named is as usual."""
    made: TrainingSettings = from_json(TrainingSettings, settings)
    return made


def about(family: str, name: str) -> dict[str, Json]:
    """What a preset says of itself: title, text, year, paper; from the family's .toml file, a text's lines joined."""
    said = tomllib.loads((Path(__file__).parent / f"{family}.toml").read_text(encoding="utf-8"))[name]
    return {
        "title": said["title"],
        "text": " ".join(said["text"].split()),
        "year": said["year"],
        "paper": said["paper"],
    }


def named(where: str, names: Mapping[str, str]) -> dict[str, dict[str, Json]]:
    """The section that says what a reference implementation calls the weights: our names, or patterns of them, to its own."""
    return {"weights": {"names": {where: dict(names)}}}


def whole(name: str, default: int, about: str, *, lo: int = 1) -> Parameter:
    """A setting that is a whole number."""
    return Parameter(name, "integer", default, lo=lo, help=about)


def share(name: str, default: float, about: str, *, lo: float = 0.0, hi: float = 1.0) -> Parameter:
    """A setting that is a number with a fraction."""
    return Parameter(name, "real", default, lo=lo, hi=hi, help=about)


def switch(name: str, about: str, *, default: bool = False) -> Parameter:
    """A setting that is on or off."""
    return Parameter(name, "flag", default, help=about)


def size(name: str, default: int, about: str, *, lo: int = 1) -> Parameter:
    """A setting that is a height and a width."""
    return Parameter(name, "size", default, lo=lo, help=about)
