"""A drawing as it can be read: blocks, wires, marks, what they are called and what leads where.

Not for: changing it (`engine.graph.model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from engine.declare import Json, unknown
from engine.errors import GraphError
from engine.graph.composite import Composite
from engine.graph.edits import End, Mark, Node, Wire
from engine.graph.expression import is_expression
from engine.graph.naming import RUNNING
from engine.graph.topology import Topology

SECTIONS = ("about", "data", "training", "weights")


class Drawing:
    """Blocks, wires, marks, the definitions of composites, and the project's sections.

    Attributes:
        owner: Id of the composite whose drawing this is; None for the network itself.
        topology: What the wires alone say: neighbours, order.
    """

    def __init__(self, *, root: Drawing | None = None, owner: str | None = None) -> None:
        self._nodes: dict[str, Node] = {}
        self._wires: dict[End, Wire] = {}
        self._marks: dict[str, Mark] = {}
        self._sections: dict[str, Mapping[str, Json]] = {name: {} for name in SECTIONS}
        self._used = 0  # the largest number given to an id so far
        self._names: set[str] = set()
        self.topology = Topology()
        self._composites: dict[str, Composite] = {} if root is None else root._composites
        self.owner = owner

    @property
    def nodes(self) -> MappingProxyType[str, Node]:
        """Blocks by id, in the order of the file."""
        return MappingProxyType(self._nodes)

    @property
    def wires(self) -> Mapping[End, Wire]:
        """Wires by the input they end in, in the order in which they were laid."""
        return MappingProxyType(self._wires)

    @property
    def marks(self) -> Mapping[str, Mark]:
        """Frames and notes by id, the hindmost first."""
        return MappingProxyType(self._marks)

    @property
    def composites(self) -> Mapping[str, Composite]:
        """Definitions by id: those of the whole project, from whichever of its drawings one asks."""
        return MappingProxyType(self._composites)

    @property
    def sections(self) -> Mapping[str, Mapping[str, Json]]:
        """What the project knows besides the graph: "about", "data", "training", "weights"."""
        return MappingProxyType(self._sections)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def __len__(self) -> int:
        return len(self._nodes)

    def node(self, block: str) -> Node:
        """The block of an id.

        Raises:
            GraphError: There is none.
        """
        if block not in self._nodes:
            raise GraphError(f'there is no block with the id "{str(block)[:60]}".')
        return self._nodes[block]

    def named(self, name: str) -> Node:
        """The block of a name.

        Raises:
            GraphError: There is none; the nearest name is suggested.
        """
        for node in self._nodes.values():
            if node.name == name:
                return node
        raise GraphError(unknown(name, [node.name for node in self._nodes.values()], "block named"))

    def composite(self, id_: str) -> Composite:
        """The definition of an id.

        Raises:
            GraphError: There is none.
        """
        if id_ not in self._composites:
            raise GraphError(f'there is no composite with the id "{str(id_)[:60]}".')
        return self._composites[id_]

    def wires_from(self, block: str) -> list[Wire]:
        """Wires that start at the block."""
        return list(self.topology.leaving.get(block, {}).values())

    def wires_into(self, block: str) -> list[Wire]:
        """Wires that end at the block."""
        return list(self.topology.into.get(block, {}).values())

    def fresh_id(self) -> str:
        """An id that was never given before in this graph; giving it uses it up."""
        self._used += 1
        return f"b{self._used}"

    def coming_ids(self, count: int) -> list[str]:
        """The ids that `fresh_id` would give next, without giving them; for edits that are only proposed."""
        return [f"b{self._used + number}" for number in range(1, count + 1)]

    def fresh_name(self, kind: str, *, taken: Iterable[str] = ()) -> str:
        """The first free name for a block of this kind: conv1, conv2..."""
        spec = self.bound(Node("", kind, "")).spec
        names = self._names.union(taken)
        # Blocks that a network normally has once carry no number until there is a second one.
        if spec.role != "layer" and spec.stem not in names:
            return spec.stem
        number = 1
        while f"{spec.stem}{number}" in names:
            number += 1
        return f"{spec.stem}{number}"

    def new_node(self, kind: str, settings: Mapping[str, Json] | None = None, *, name: str = "", x: float = 0.0,
                 y: float = 0.0) -> Node:  # fmt: skip
        """A node with a fresh id and name, ready for `AddBlock`."""
        return self.bound(Node(self.fresh_id(), kind, name or self.fresh_name(kind), dict(settings or {}), x, y))

    def bound(self, node: Node) -> Node:
        """The node with what this graph knows: the class of its definition, and what its expressions read.

        Raises:
            GraphError: It is an instance of a composite that is not there.
        """
        id_ = node.composite
        given = self.composite(id_).spec if id_ is not None else None
        names = self.names if given is not None or is_expression(node.bypassed) or any(
            isinstance(value, str) and value.startswith("=") for value in node.settings.values()
        ) else None  # fmt: skip
        if node.given is given and (node.names is names or node.names == names):
            return node
        return node.but(given=given, names=names)

    @property
    def names(self) -> Mapping[str, Json]:
        """What expressions of this drawing read when no instance says otherwise."""
        return self._composites[self.owner].defaults if self.owner in self._composites else RUNNING

    def order(self) -> list[str]:
        """Ids so that every block comes after those that feed it; file order where that is free. Blocks on a cycle, and
        those behind one, are left out."""
        return list(self.topology.order(self._nodes))
