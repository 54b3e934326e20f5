"""The document: a graph of blocks and wires, and the edits that change it.

`Graph.apply` is the only mutator; it returns the inverse edit. A refused edit raises `GraphError` and leaves no trace.
Listeners hear `changed(edit)` and never know whether it was done, undone or loaded.

Not for: whether the network makes sense (`engine.graph.check`) nor for files (`engine.graph.store`). No torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.declare import Json, to_json, unknown
from engine.errors import GraphError, SettingError
from engine.graph.composite import Composite
from engine.graph.edits import (
    COMPOSITE,
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    Disconnect,
    Edit,
    End,
    Inside,
    Mark,
    Move,
    Node,
    Parameter,
    RemoveBlock,
    RemoveMark,
    Rename,
    SetFlags,
    SetMark,
    SetSection,
    Undefine,
    Wire,
)
from engine.graph.expression import is_expression
from engine.graph.naming import RESERVED, checked_id, checked_name
from engine.graph.topology import Topology
from engine.observe import Signal

__all__ = [
    "COMPOSITE", "RESERVED", "AddBlock", "Batch", "Composite", "Configure", "Connect", "Define", "Definition", "Disconnect",
    "Edit", "End", "Graph", "Inside", "Mark", "Move", "Node", "Parameter", "RemoveBlock", "RemoveMark", "Rename", "SetFlags",
    "SetMark", "SetSection", "Undefine", "Wire",
]  # fmt: skip

SECTIONS = ("about", "data", "training")
LONGEST_MARK = 100_000  # characters of a note
_FLAGS = ("bypassed", "pinned")


class Graph:
    """Blocks, wires, marks, the definitions of composites, and the project's sections.

    Attributes:
        changed: Emits each edit after it has been applied.
        owner: Id of the composite whose drawing this is; None for the network itself.
        topology: What the wires alone say: neighbours, order.
    """

    def __init__(self, *, root: Graph | None = None, owner: str | None = None) -> None:
        self._nodes: dict[str, Node] = {}
        self._wires: dict[End, Wire] = {}
        self._marks: dict[str, Mark] = {}
        self._sections: dict[str, Mapping[str, Json]] = {name: {} for name in SECTIONS}
        self._used = 0  # the largest number given to an id so far
        self._names: set[str] = set()
        self.topology = Topology()
        self._composites: dict[str, Composite] = {} if root is None else root._composites
        self.owner = owner
        self.changed: Signal[Edit] = Signal()

    # --- reading

    @property
    def nodes(self) -> Mapping[str, Node]:
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
        """What the project knows besides the graph: "about", "data", "training"."""
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
        names = self.names if given is not None or any(
            is_expression(value) for value in (node.bypassed, *node.settings.values())
        ) else None  # fmt: skip
        if node.given is given and node.names == names:
            return node
        return replace(node, given=given, names=names)

    @property
    def names(self) -> Mapping[str, Json]:
        """What expressions of this drawing read when no instance says otherwise."""
        from engine.graph.naming import RUNNING

        return self._composites[self.owner].defaults if self.owner in self._composites else RUNNING

    def order(self) -> list[str]:
        """Ids so that every block comes after those that feed it; file order where that is free. Blocks on a cycle, and
        those behind one, are left out."""
        return list(self.topology.order(self._nodes))

    def copy(self) -> Graph:
        """An independent graph of equal value, without listeners."""
        from engine.graph import linked

        other = Graph(owner=self.owner)
        linked.copy_definitions(self, other)
        other._nodes = {id_: other.bound(node) for id_, node in self._nodes.items()}
        other._wires, other._marks = dict(self._wires), dict(self._marks)
        for wire in self._wires.values():
            other.topology.lay(wire)
        other._names, other._used = set(self._names), self._used
        other._sections = dict(self._sections)
        return other

    def same_as(self, other: Graph) -> bool:
        """Whether both hold equal blocks, wires, marks, definitions and sections."""
        return (
            list(self._nodes.items()) == list(other._nodes.items())
            and self._wires == other._wires
            and list(self._marks.items()) == list(other._marks.items())
            and self._sections == other._sections
            and list(self._composites) == list(other._composites)
            and all(c.same_as(other._composites[id_]) for id_, c in self._composites.items())
        )

    # --- changing

    def apply(self, edit: Edit) -> Edit:
        """Carry out an edit and tell the listeners.

        Returns:
            The inverse: applied next, it leads back to an equal graph.

        Raises:
            GraphError: The edit is refused; nothing has changed.
        """
        if self.owner is not None:
            raise GraphError("a composite's drawing is edited through the project that it belongs to.")
        inverse = self.run(edit)
        self.changed.emit(edit)
        return inverse

    def run(self, edit: Edit) -> Edit:
        """`apply` without telling anybody; for `engine.graph` itself, which puts drawings into drawings."""
        from engine.graph import linked

        match edit:
            case AddBlock():
                return self._add(edit)
            case RemoveBlock():
                return self._remove(edit)
            case Connect():
                return self._connect(edit)
            case Disconnect():
                return self._disconnect(edit)
            case Configure():
                return self._configure(edit)
            case SetFlags():
                return self._set_flags(edit)
            case Rename():
                return self._rename(edit)
            case Move():
                return self._move(edit)
            case SetMark():
                return self._set_mark(edit)
            case RemoveMark():
                return self._remove_mark(edit)
            case SetSection():
                return self._set_section(edit)
            case Batch():
                return self._batch(edit)
            case Define() | Undefine() | Inside() if self.owner is not None:
                raise GraphError("definitions belong to the project, not to a composite's drawing.")
            case Define():
                return linked.define(self, edit)
            case Undefine():
                return linked.undefine(self, edit)
            case Inside():
                return linked.inside(self, edit)

    def _add(self, edit: AddBlock) -> Edit:
        node = edit.node
        if node.id in self._nodes:
            raise GraphError(f'the id "{node.id}" is taken.')
        checked_id(node.id, "a block")
        name = checked_name(node.name, self._names)
        self._check_kind(node)
        node = self.bound(node)
        settings = _checked(node, node.settings)
        _check_place(node.x, node.y)
        node = replace(node, name=name, settings=settings, x=float(node.x), y=float(node.y))
        _check_flags(node)
        if edit.at is None or edit.at >= len(self._nodes):
            self._nodes[node.id] = node
        else:
            items = list(self._nodes.items())
            items.insert(edit.at, (node.id, node))
            self._nodes = dict(items)
        if match := re.fullmatch(r"b(\d{1,15})", node.id):
            self._used = max(self._used, int(match[1]))
        self._names.add(name)
        self.topology.stale()
        return RemoveBlock(node.id)

    def _check_kind(self, node: Node) -> None:
        """Refuse what cannot stand in this drawing."""
        from engine.graph import linked

        if node.composite is not None:
            linked.check_no_loop(self, node.composite)
            return
        try:
            role = node.spec.role
        except SettingError as error:
            raise GraphError(str(error)) from error
        if self.owner is None and role in ("entry", "exit"):
            raise GraphError(
                f"{node.spec.title} is a port of a composite and stands inside one; open or make one first."
            )
        if self.owner is not None and role not in ("layer", "entry", "exit"):
            raise GraphError(
                f"{node.spec.title} stands in the network itself, not inside a composite; a composite's ends are composite inputs "
                "and composite outputs."
            )

    def _remove(self, edit: RemoveBlock) -> Edit:
        node = self.node(edit.block)
        at = list(self._nodes).index(node.id)
        wires = [*self.wires_into(node.id), *self.wires_from(node.id)]
        self._cut(wires)
        del self._nodes[node.id]
        self._names.discard(node.name)
        self.topology.stale()
        back: tuple[Edit, ...] = (AddBlock(node, at), *(Connect(wire) for wire in wires))
        return Batch(back)

    def _cut(self, wires: Iterable[Wire]) -> None:
        for wire in wires:
            self.topology.take(self._wires.pop(wire.target))

    def _connect(self, edit: Connect) -> Edit:
        source, target = edit.wire.source, edit.wire.target
        giver, taker = self.node(source.block), self.node(target.block)
        ports = [port.name for port in giver.block().outputs()]
        if source.port not in ports:
            raise GraphError(f"{giver.name}: {unknown(source.port, ports, 'output')}")
        ports = [port.name for port in taker.block().inputs()]
        if target.port not in ports:
            raise GraphError(f"{taker.name}: {unknown(target.port, ports, 'input')}")
        if self.topology.reaches(taker.id, giver.id):
            raise GraphError(
                f"a wire from {giver.name} to {taker.name} would close a loop; a network's wires run one way, from its inputs "
                "to its outputs."
            )
        for x, y in edit.wire.via:
            _check_place(x, y)
        before = self._wires.get(target)
        self._wires[target] = edit.wire
        self.topology.lay(edit.wire)
        return Disconnect(target) if before is None else Connect(before)

    def _disconnect(self, edit: Disconnect) -> Edit:
        if edit.target not in self._wires:
            name = self.node(edit.target.block).name
            raise GraphError(f'no wire ends in "{edit.target.port}" of {name}.')
        wire = self._wires[edit.target]
        self._cut([wire])
        return Connect(wire)

    def _configure(self, edit: Configure) -> Edit:
        node = self.node(edit.block)
        fresh = replace(node, settings=_checked(self.bound(node), {**node.settings, **edit.values}))
        back: Edit = Configure(node.id, {name: _held(node, name) for name in edit.values})
        gone = self.replace(self.bound(fresh))
        return Batch((back, *(Connect(wire) for wire in gone))) if gone else back

    def replace(self, node: Node) -> list[Wire]:
        """Put a block in the place of the one of that id; wires into and from ports that are gone go with them.

        For `engine.graph` itself: nothing is checked. Gives the wires that have gone.
        """
        before = self._nodes[node.id]
        block = node.block()
        takes, gives = {port.name for port in block.inputs()}, {port.name for port in block.outputs()}
        gone = [wire for wire in self.wires_into(node.id) if wire.target.port not in takes]
        gone += [wire for wire in self.wires_from(node.id) if wire.source.port not in gives]
        self._cut(gone)
        self._nodes[node.id] = node
        if before.name != node.name:
            self._names.discard(before.name)
            self._names.add(node.name)
        return gone

    def _set_flags(self, edit: SetFlags) -> Edit:
        node = self.node(edit.block)
        for name in edit.values:
            if name not in _FLAGS:
                raise GraphError(unknown(name, _FLAGS, "flag of a block"))
        fresh = self.bound(replace(node, **dict(edit.values)))
        _check_flags(fresh)
        self._nodes[node.id] = fresh
        return SetFlags(node.id, {name: getattr(node, name) for name in edit.values})

    def _rename(self, edit: Rename) -> Edit:
        node = self.node(edit.block)
        name = checked_name(edit.name, self._names - {node.name})
        if name != node.name:
            self.replace_name(node, name)
        return Rename(node.id, node.name)

    def replace_name(self, node: Node, name: str) -> None:
        """Give a block another name and keep what is known about it."""
        self._names.discard(node.name)
        self._names.add(name)
        self._nodes[node.id] = replace(node, name=name)

    def _move(self, edit: Move) -> Edit:
        before = {}
        for id_, (x, y) in edit.places.items():
            node = self.node(id_)
            _check_place(x, y)
            before[id_] = (node.x, node.y)
        for id_, (x, y) in edit.places.items():
            node = self._nodes[id_]
            moved = replace(node, x=float(x), y=float(y))
            if "_block" in node.__dict__:  # the same block elsewhere
                object.__setattr__(moved, "_block", node.__dict__["_block"])
            self._nodes[id_] = moved
        return Move(before)

    def _set_mark(self, edit: SetMark) -> Edit:
        mark = edit.mark
        checked_id(mark.id, "a mark")
        _check_mark(mark)
        before = self._marks.get(mark.id)
        if before is not None:
            self._marks[mark.id] = mark
            return SetMark(before)
        items = list(self._marks.items())
        items.insert(len(items) if edit.at is None else edit.at, (mark.id, mark))
        self._marks = dict(items)
        return RemoveMark(mark.id)

    def _remove_mark(self, edit: RemoveMark) -> Edit:
        if edit.mark not in self._marks:
            raise GraphError(f'there is no frame or note with the id "{str(edit.mark)[:60]}".')
        at = list(self._marks).index(edit.mark)
        return SetMark(self._marks.pop(edit.mark), at)

    def _set_section(self, edit: SetSection) -> Edit:
        if edit.name not in SECTIONS or self.owner is not None:
            raise GraphError(unknown(edit.name, SECTIONS, "section"))
        before = self._sections[edit.name]
        self._sections[edit.name] = dict(edit.values)
        return SetSection(edit.name, before)

    def _batch(self, edit: Batch) -> Edit:
        undone: list[Edit] = []
        try:
            for part in edit.edits:
                undone.append(self.run(part))
        except GraphError:
            for back in reversed(undone):
                self.run(back)
            raise
        return Batch(tuple(reversed(undone)))


def _held(node: Node, name: str) -> Json:
    """A setting as it is stored, the default where it is absent."""
    if name in node.settings:
        return node.settings[name]
    default = node.spec.settings[name].default
    return list(default) if isinstance(default, tuple) else default


def _checked(node: Node, settings: Mapping[str, Json]) -> dict[str, Json]:
    """Settings in their normal form: those that differ from their default, expressions as they are."""
    known = node.spec.settings
    try:
        values = to_json(replace(node, settings=settings).block())
    except SettingError as error:
        raise GraphError(str(error)) from error
    texts = {name: value for name, value in settings.items() if is_expression(value, known.get(name))}
    return {name: texts.get(name, values.get(name)) for name in known if name in texts or name in values}


def _check_flags(node: Node) -> None:
    if not isinstance(node.pinned, bool):
        raise GraphError("a block is pinned or not: true or false is wanted.")
    if node.bypassed is False:
        return
    try:
        if not is_expression(node.bypassed) and node.bypassed is not True:
            raise GraphError(
                'a block is bypassed or not: true, false or an expression such as "=not projection" is wanted.'
            )
        node.bypassed_with(node.names or {})
    except SettingError as error:
        raise GraphError(str(error)) from error
    block = node.block()
    if block.role != "layer" or not block.inputs() or not block.outputs():
        raise GraphError(f"{node.name} cannot be bypassed: only a block with an input and an output can be left out.")


def _check_mark(mark: Mark) -> None:
    if mark.kind not in ("frame", "note"):
        raise GraphError("a mark is a frame or a note.")
    if not isinstance(mark.text, str) or len(mark.text) > LONGEST_MARK or not isinstance(mark.colour, str):
        raise GraphError(
            f"a mark's text has at most {LONGEST_MARK} characters, and its colour is the name of a family."
        )
    _check_place(mark.x, mark.y)
    _check_place(mark.width, mark.height)
    if mark.width <= 0 or mark.height <= 0:
        raise GraphError("a frame or note has a width and a height above 0.")


def _check_place(x: Any, y: Any) -> None:
    for value in (x, y):
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not abs(value) <= 1e7  # also what is not a number
        ):
            raise GraphError("a block's place is two finite numbers, at most ten million units from the origin.")
