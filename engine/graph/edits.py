"""What a graph is made of, and the edits that change it: values only.

`Edit` is a closed union, so that a view that forgets a kind of edit fails the type checker. Not for: carrying edits out
(`engine.graph.model`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.spec import Block, make
from engine.declare import Json


@dataclass(frozen=True, order=True)
class End:
    """One end of a wire: a port of a block.

    Attributes:
        block: The block's id.
        port: The port's name.
    """

    block: str
    port: str


@dataclass(frozen=True)
class Wire:
    """What `source` gives goes into `target`. An input takes one wire, so the target names the wire."""

    source: End
    target: End


@dataclass(frozen=True)
class Node:
    """A placed block.

    Attributes:
        id: Given once, never used again, survives undo.
        kind: What is placed.
        name: Unique in the graph and a Python identifier: it becomes the attribute in code and the key of the weights.
        settings: Those that differ from their default, as JSON.
        x, y: Place of the upper left corner on the canvas, in canvas units.
    """

    id: str
    kind: str
    name: str
    settings: Mapping[str, Json] = field(default_factory=dict)
    x: float = 0.0
    y: float = 0.0

    def block(self) -> Block:
        """The declared block with these settings; made once, since neither it nor the node ever changes."""
        made: Block | None = self.__dict__.get("_block")
        if made is None:
            made = make(self.kind, self.settings)
            object.__setattr__(self, "_block", made)
        return made


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
class Rename:
    """Give a block another name."""

    block: str
    name: str


@dataclass(frozen=True)
class Move:
    """Put blocks at places: id -> (x, y)."""

    places: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class SetSection:
    """Replace a section of the project that is not the graph: "data", "training" or "about"."""

    name: str
    values: Mapping[str, Json]


@dataclass(frozen=True)
class Batch:
    """Several edits as one step: all of them or none."""

    edits: tuple[Edit, ...]


Edit = AddBlock | RemoveBlock | Connect | Disconnect | Configure | Rename | Move | SetSection | Batch
