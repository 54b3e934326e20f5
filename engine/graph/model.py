"""The document: a graph of blocks and wires, and the edits that change it.

`Graph.apply` is the only mutator; it returns the inverse edit. A refused edit raises `GraphError` and leaves no trace.
Listeners hear `changed(edit)` and never know whether it was done, undone or loaded.

Not for: whether the network makes sense (`engine.graph.check`) nor for files (`engine.graph.store`). No torch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.declare import unknown
from engine.errors import GraphError, SettingError
from engine.graph.composite import Composite
from engine.graph.drawing import SECTIONS, Drawing
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
    Point,
    RemoveBlock,
    RemoveMark,
    Rename,
    SetFlags,
    SetMark,
    SetSection,
    Undefine,
    Wire,
)
from engine.graph.naming import RESERVED, checked_id, checked_name
from engine.graph.refuse import check_flags, check_mark, check_place, checked_settings, held
from engine.observe import Signal

__all__ = [
    "COMPOSITE", "RESERVED", "SECTIONS", "AddBlock", "Batch", "Composite", "Configure", "Connect", "Define",
    "Definition", "Disconnect", "Edit", "End", "Graph", "Inside", "Mark", "Move", "Node", "Parameter", "RemoveBlock",
    "RemoveMark", "Rename", "SetFlags", "SetMark", "SetSection", "Undefine", "Wire",
]  # fmt: skip

_COUNTED = re.compile(r"b(\d{1,15})")
_FLAGS = ("bypassed", "pinned", "frozen")


class Graph(Drawing):
    """A drawing that can be changed.

    Attributes:
        changed: Emits each edit after it has been applied.
    """

    def __init__(self, *, root: Graph | None = None, owner: str | None = None) -> None:
        super().__init__(root=root, owner=owner)
        self.changed: Signal[Edit] = Signal()

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

    def part(self, blocks: Collection[str]) -> Graph:
        """A copy that holds only these blocks and the wires among them; also of a composite's drawing."""
        other = self.copy()
        for id_ in [id_ for id_ in other.nodes if id_ not in blocks]:
            other.run(RemoveBlock(id_))
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
            case Define() | Undefine() | Inside():
                return self._link(edit)

    def _link(self, edit: Define | Undefine | Inside) -> Edit:
        from engine.graph import linked  # here, for a thousand edits of other kinds would each ask for it

        if self.owner is not None:
            raise GraphError("definitions belong to the project, not to a composite's drawing.")
        match edit:
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
        settings = checked_settings(node, node.settings)
        check_place(node.x, node.y)
        made = node.block()
        node = node.but(name=name, settings=settings, x=float(node.x), y=float(node.y))
        node.take(made)
        check_flags(node)
        if edit.at is None or edit.at >= len(self._nodes):
            self._nodes[node.id] = node
        else:
            items = list(self._nodes.items())
            items.insert(edit.at, (node.id, node))
            self._nodes = dict(items)
        if match := _COUNTED.fullmatch(node.id):
            self._used = max(self._used, int(match[1]))
        self._names.add(name)
        self.topology.stale()
        return RemoveBlock(node.id)

    def _check_kind(self, node: Node) -> None:
        """Refuse what cannot stand in this drawing."""
        if node.composite is not None:
            from engine.graph import linked

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
        ports = giver.block().output_names
        if source.port not in ports:
            raise GraphError(f"{giver.name}: {unknown(source.port, ports, 'output')}")
        ports = taker.block().port_names
        if target.port not in ports:
            raise GraphError(f"{taker.name}: {unknown(target.port, ports, 'input')}")
        if self.topology.reaches(taker.id, giver.id):
            raise GraphError(
                f"a wire from {giver.name} to {taker.name} would close a loop; a network's wires run one way, from its inputs "
                "to its outputs."
            )
        for x, y in edit.wire.via:
            check_place(x, y)
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
        wanted = {**node.settings, **edit.values}
        fresh = replace(node, settings=checked_settings(self.bound(replace(node, settings=wanted)), wanted))
        back: Edit = Configure(node.id, {name: held(node, name) for name in edit.values})
        gone = self.replace(self.bound(fresh))
        return Batch((back, *(Connect(wire) for wire in gone))) if gone else back

    def replace(self, node: Node) -> list[Wire]:
        """Put a block in the place of the one of that id; wires into and from ports that are gone go with them.

        For `engine.graph` itself: nothing is checked. Gives the wires that have gone.
        """
        block = node.block()
        takes, gives = {port.name for port in block.inputs()}, {port.name for port in block.outputs()}
        gone = [wire for wire in self.wires_into(node.id) if wire.target.port not in takes]
        gone += [wire for wire in self.wires_from(node.id) if wire.source.port not in gives]
        self._cut(gone)
        self._nodes[node.id] = node
        return gone

    def rename_ports(self, block: str, takes: Mapping[str, str], gives: Mapping[str, str]) -> None:
        """Let an instance's wires follow ports that are called otherwise now (old name -> new); for `engine.graph` itself."""
        for wire in [*self.wires_into(block), *self.wires_from(block)]:
            source, target = wire.source, wire.target
            if target.block == block:
                target = End(block, takes.get(target.port, target.port))
            if source.block == block:
                source = End(block, gives.get(source.port, source.port))
            if (source, target) != (wire.source, wire.target):
                self._cut([wire])
                self._wires[target] = replace(wire, source=source, target=target)
                self.topology.lay(self._wires[target])

    def _set_flags(self, edit: SetFlags) -> Edit:
        node = self.node(edit.block)
        for name in edit.values:
            if name not in _FLAGS:
                raise GraphError(unknown(name, _FLAGS, "flag of a block"))
        flags: dict[str, Any] = dict(edit.values)
        fresh = self.bound(replace(node, **flags))
        check_flags(fresh)
        self._nodes[node.id] = fresh
        return SetFlags(node.id, {name: getattr(node, name) for name in edit.values})

    def _rename(self, edit: Rename) -> Edit:
        node = self.node(edit.block)
        name = checked_name(edit.name, self._names - {node.name})
        self._names.discard(node.name)
        self._names.add(name)
        self._nodes[node.id] = replace(node, name=name)
        return Rename(node.id, node.name)

    def _move(self, edit: Move) -> Edit:
        before: dict[str, Point] = {}
        for id_, (x, y) in edit.places.items():
            node = self.node(id_)
            check_place(x, y)
            before[id_] = (node.x, node.y)
        for id_, (x, y) in edit.places.items():
            node = self._nodes[id_]
            moved = node.but(x=float(x), y=float(y))
            moved.take(node.block())
            self._nodes[id_] = moved
        bent = self._bend(before)
        return Batch((Move(before), *(Connect(wire) for wire in bent))) if bent else Move(before)

    def _bend(self, before: Mapping[str, Point]) -> list[Wire]:
        """Let reroute points go along where both ends of a wire went the same way; gives those wires as they were."""
        bent = []
        for target, wire in self._wires.items():
            if not wire.via or target.block not in before or wire.source.block not in before:
                continue
            ways = [(self._nodes[id_].x - before[id_][0], self._nodes[id_].y - before[id_][1])
                    for id_ in (wire.source.block, target.block)]  # fmt: skip
            if ways[0] == ways[1]:
                bent.append(wire)
        for wire in bent:
            x, y = before[wire.target.block]
            node = self._nodes[wire.target.block]
            self._wires[wire.target] = replace(wire, via=tuple((a + node.x - x, b + node.y - y) for a, b in wire.via))
            self.topology.lay(self._wires[wire.target])
        return bent

    def _set_mark(self, edit: SetMark) -> Edit:
        mark = edit.mark
        checked_id(mark.id, "a mark")
        check_mark(mark)
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
