"""What a graph is made of, and the edits that change it: values only.

`Edit` is a closed union, so that a view that forgets a kind of edit fails the type checker. Not for: carrying edits out
(`engine.graph.model`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, NamedTuple

from engine.blocks.spec import Block, made_of, spec_of
from engine.declare import Json, from_json
from engine.graph.expression import evaluate, is_expression, parse

COMPOSITE = "composite:"  # what the kind of an instance starts with; the definition's id follows

Point = tuple[float, float]  # canvas units


class End(NamedTuple):
    """One end of a wire: a port of a block. A tuple, since drawings keep thousands of them by value.

    Attributes:
        block: The block's id.
        port: The port's name.
    """

    block: str
    port: str


@dataclass(frozen=True)
class Wire:
    """What `source` gives goes into `target`. An input takes one wire, so the target names the wire.

    Attributes:
        source, target: Where it starts and ends.
        via: Reroute points that its drawing runs through, in order; they mean nothing to the network.
    """

    source: End
    target: End
    via: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Node:
    """A placed block.

    Attributes:
        id: Given once, never used again, survives undo.
        kind: What is placed; "composite:ID" for an instance of a composite.
        name: Unique in the graph and a Python identifier: it becomes the attribute in code and the key of the weights.
        settings: Those that differ from their default, as JSON; a text like "=width * 4" is worked out.
        x, y: Place of the upper left corner on the canvas, in canvas units.
        bypassed: Whether it passes its first input on unchanged; inside a composite also an expression ("=not projection").
        pinned: Whether tidying up leaves it where it is.
        frozen: Whether a training leaves its weights, and those of all blocks inside it, as they are.
        given: The class that a composite's definition makes; filled in by the graph.
        names: What expressions may read when nothing else is said; filled in by the graph.
    """

    id: str
    kind: str
    name: str
    settings: Mapping[str, Json] = field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0
    bypassed: bool | str = False
    pinned: bool = False
    frozen: bool = False
    given: type[Block] | None = field(default=None, compare=False, repr=False)
    names: Mapping[str, Json] | None = field(default=None, compare=False, repr=False)

    @property
    def composite(self) -> str | None:
        """Id of the definition that this is an instance of, None for a block."""
        return self.kind.removeprefix(COMPOSITE) if self.kind.startswith(COMPOSITE) else None

    @property
    def spec(self) -> type[Block]:
        """The block's class: its title, family, role and settings."""
        return self.given if self.given is not None else spec_of(self.kind)

    def block(self) -> Block:
        """The declared block with these settings; made once, for neither it nor the node ever changes; equal nodes share it."""
        made: Block | None = self.__dict__.get("_block")
        if made is None:
            made = self.block_with(self.names or {})
            object.__setattr__(self, "_block", made)
        return made

    def but(self, **fields: Any) -> Node:
        """The node with other fields, as `dataclasses.replace` gives it, in a tenth of the time."""
        made = object.__new__(Node)
        held = self.__dict__
        made.__dict__.update({name: held[name] for name in _FIELDS}, **fields)
        return made

    def take(self, block: Block) -> None:
        """The block with these settings is known already: it is that of an equal node."""
        object.__setattr__(self, "_block", block)

    def block_with(self, names: Mapping[str, Json]) -> Block:
        """The declared block, its expressions worked out with other names than usual.

        Raises:
            SettingError: An expression cannot be worked out, or gives a value that the setting cannot take.
        """
        if self.given is None:
            return made_of(self.spec, self.values_with(names))
        made: Block = from_json(self.given, self.values_with(names))
        return made

    def values_with(self, names: Mapping[str, Json]) -> Mapping[str, Json]:
        """The settings with every expression worked out.

        Raises:
            SettingError: An expression cannot be worked out.
        """
        texts = self.expressions
        return (
            {**self.settings, **{name: evaluate(text, names) for name, text in texts.items()}}
            if texts
            else self.settings
        )

    @cached_property
    def expressions(self) -> Mapping[str, str]:
        """The settings that are expressions, found out once."""
        if not any(isinstance(value, str) and value.startswith("=") for value in self.settings.values()):
            return {}
        known = self.spec.settings
        return {name: value for name, value in self.settings.items() if is_expression(value, known.get(name))}

    @property
    def has_expressions(self) -> bool:
        """Whether a setting is an expression, so that the block depends on where it stands."""
        return bool(self.expressions)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names that its expressions read."""
        texts = [*self.expressions.values(), *([self.bypassed] if isinstance(self.bypassed, str) else [])]
        return frozenset([name for text in texts for name in parse(text).names])

    def bypassed_with(self, names: Mapping[str, Json]) -> bool:
        """Whether it is bypassed when expressions read these names.

        Raises:
            SettingError: The expression cannot be worked out.
        """
        return self.bypassed if isinstance(self.bypassed, bool) else bool(evaluate(self.bypassed, names))


_FIELDS = tuple(item.name for item in fields(Node))


@dataclass(frozen=True)
class Mark:
    """Something drawn that is no block.

    Attributes:
        id: Given once, unique among the marks of a drawing.
        kind: "frame" groups what lies on it and moves it along; "note" is a text.
        text: A frame's title; a note's Markdown.
        x, y: Place of the upper left corner, in canvas units.
        width, height: Size in canvas units.
        colour: Name of a block family, whose colour it takes; empty for none.
    """

    id: str
    kind: Literal["frame", "note"]
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 320.0
    height: float = 160.0
    colour: str = ""


@dataclass(frozen=True)
class Parameter:
    """A setting of a composite, as its author declares it.

    Attributes:
        name: A Python identifier; the inside reads it in expressions.
        kind: "integer", "real", "flag", "choice", "text" or "size" (pixels, height × width).
        default: The value it has until somebody sets it.
        lo, hi: Bounds of a number.
        words: What a choice offers.
        help: One line that says what it does.
    """

    name: str
    kind: Literal["integer", "real", "flag", "choice", "text", "size"]
    default: Json
    lo: float | None = None
    hi: float | None = None
    words: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Definition:
    """A composite as a value: a named block made of blocks.

    Attributes:
        id: Given once; instances name it.
        name: A Python identifier: the class in exported code, the title on the canvas.
        help: What it does.
        settings: What its instances can set.
        blocks, wires, marks: Its own drawing. Blocks of the kinds "port_in" and "port_out" are its ports.
    """

    id: str
    name: str
    help: str = ""
    settings: tuple[Parameter, ...] = ()
    blocks: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class AddBlock:
    """Place a block. `at` is its position in the order of the file; None appends it."""

    node: Node
    at: int | None = None


@dataclass(frozen=True)
class RemoveBlock:
    """Take a block and all its wires away."""

    block: str


@dataclass(frozen=True)
class Connect:
    """Lay a wire; a wire that the target has already is replaced."""

    wire: Wire


@dataclass(frozen=True)
class Disconnect:
    """Take the wire away that ends in `target`."""

    target: End


@dataclass(frozen=True)
class Configure:
    """Set settings of a block; a value equal to the default is stored as absent."""

    block: str
    values: Mapping[str, Json]


@dataclass(frozen=True)
class SetFlags:
    """Set what a block is besides its settings: "bypassed", "pinned" and "frozen"."""

    block: str
    values: Mapping[str, bool | str]


@dataclass(frozen=True)
class Rename:
    """Give a block another name."""

    block: str
    name: str


@dataclass(frozen=True)
class Move:
    """Put blocks at places: id -> (x, y)."""

    places: Mapping[str, Point]


@dataclass(frozen=True)
class SetMark:
    """Draw a frame or a note, or replace the one of that id. `at` is its position among the marks; None: last, or where it was."""

    mark: Mark
    at: int | None = None


@dataclass(frozen=True)
class RemoveMark:
    """Take a frame or a note away; what lies on it stays."""

    mark: str


@dataclass(frozen=True)
class SetSection:
    """Replace a section of the project that is not the graph: "data", "training", "weights" or "about"."""

    name: str
    values: Mapping[str, Json]


@dataclass(frozen=True)
class Define:
    """Add a composite's definition, or replace the one of that id: every instance follows. `at` is its position in the file."""

    definition: Definition
    at: int | None = None


@dataclass(frozen=True)
class Undefine:
    """Take a definition away that nothing is an instance of."""

    composite: str


@dataclass(frozen=True)
class Inside:
    """An edit of a composite's own drawing: every instance follows."""

    composite: str
    edit: Edit


@dataclass(frozen=True)
class Batch:
    """Several edits as one step: all of them or none."""

    edits: tuple[Edit, ...]


Edit = (
    AddBlock | RemoveBlock | Connect | Disconnect | Configure | SetFlags | Rename | Move | SetMark | RemoveMark | SetSection
    | Define | Undefine | Inside | Batch
)  # fmt: skip
