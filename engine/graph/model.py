"""The document: a graph of blocks and wires, and the edits that change it.

`Graph.apply` is the only mutator; it returns the inverse edit. A refused edit raises `GraphError` and leaves no trace.
Listeners hear `changed(edit)` and never know whether it was done, undone or loaded.

Not for: whether the network makes sense (`engine.graph.check`) nor for files (`engine.graph.store`). No torch.
"""

from __future__ import annotations

import heapq
import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.blocks.spec import make, spec_of
from engine.declare import Json, to_json, unknown
from engine.errors import GraphError, SettingError
from engine.graph.edits import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Disconnect,
    Edit,
    End,
    Move,
    Node,
    RemoveBlock,
    Rename,
    SetSection,
    Wire,
)
from engine.observe import Signal

__all__ = [
    "AddBlock", "Batch", "Configure", "Connect", "Disconnect", "Edit", "End", "Graph", "Move", "Node", "RemoveBlock", "Rename",
    "SetSection", "Wire",
]  # fmt: skip

NAME_LENGTH = 64  # letters in a block's name; it has to be readable on a canvas and in code
# Names that a network's module has already; a block of that name would hide them in the exported class.
# The list is torch 2.13's `dir(nn.Module())` without underscores; a test compares the two.
RESERVED = frozenset(
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval "
    "extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia "
    "named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook "
    "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory "
    "state_dict to to_empty train training type xpu zero_grad self torch nn layers main math".split()
)


SECTIONS = ("about", "data", "training")


class Graph:
    """Blocks, wires and the project's sections.

    Attributes:
        changed: Emits each edit after it has been applied.
    """

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._wires: dict[End, Wire] = {}
        self._sections: dict[str, Mapping[str, Json]] = {name: {} for name in SECTIONS}
        self._used = 0  # the largest number given to an id so far
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

    def wires_from(self, block: str) -> list[Wire]:
        """Wires that start at the block."""
        return [wire for wire in self._wires.values() if wire.source.block == block]

    def wires_into(self, block: str) -> list[Wire]:
        """Wires that end at the block."""
        return [wire for wire in self._wires.values() if wire.target.block == block]

    def fresh_id(self) -> str:
        """An id that was never given before in this graph; giving it uses it up."""
        self._used += 1
        return f"b{self._used}"

    def coming_ids(self, count: int) -> list[str]:
        """The ids that `fresh_id` would give next, without giving them; for edits that are only proposed."""
        return [f"b{self._used + number}" for number in range(1, count + 1)]

    def fresh_name(self, kind: str, *, taken: Iterable[str] = ()) -> str:
        """The first free name for a block of this kind: conv1, conv2..."""
        stem = spec_of(kind).stem
        names = {node.name for node in self._nodes.values()} | set(taken)
        # Blocks that a network normally has once carry no number until there is a second one.
        if spec_of(kind).role != "layer" and stem not in names:
            return stem
        number = 1
        while f"{stem}{number}" in names:
            number += 1
        return f"{stem}{number}"

    def new_node(self, kind: str, settings: Mapping[str, Json] | None = None, *, name: str = "", x: float = 0.0,
                 y: float = 0.0) -> Node:  # fmt: skip
        """A node with a fresh id and name, ready for `AddBlock`."""
        return Node(self.fresh_id(), kind, name or self.fresh_name(kind), dict(settings or {}), x, y)

    def order(self) -> list[str]:
        """Ids so that every block comes after those that feed it; file order where that is free. Blocks on a cycle, and
        those behind one, are left out."""
        pairs = {(wire.source.block, wire.target.block) for wire in self._wires.values()}
        waiting = dict.fromkeys(self._nodes, 0)
        following: dict[str, list[str]] = {}
        for source, target in pairs:
            waiting[target] += 1
            following.setdefault(source, []).append(target)
        position = {id_: index for index, id_ in enumerate(self._nodes)}
        ready = [(position[id_], id_) for id_, count in waiting.items() if count == 0]
        heapq.heapify(ready)
        out = []
        while ready:
            _, id_ = heapq.heappop(ready)
            out.append(id_)
            for target in following.get(id_, ()):
                waiting[target] -= 1
                if waiting[target] == 0:
                    heapq.heappush(ready, (position[target], target))
        return out

    def copy(self) -> Graph:
        """An independent graph of equal value, without listeners."""
        other = Graph()
        other._nodes = dict(self._nodes)
        other._wires = dict(self._wires)
        other._sections = dict(self._sections)
        other._used = self._used
        return other

    def same_as(self, other: Graph) -> bool:
        """Whether both hold equal blocks, wires and sections."""
        return (
            list(self._nodes.items()) == list(other._nodes.items())
            and self._wires == other._wires
            and self._sections == other._sections
        )

    # --- changing

    def apply(self, edit: Edit) -> Edit:
        """Carry out an edit and tell the listeners.

        Returns:
            The inverse: applied next, it leads back to an equal graph.

        Raises:
            GraphError: The edit is refused; nothing has changed.
        """
        inverse = self._run(edit)
        self.changed.emit(edit)
        return inverse

    def _run(self, edit: Edit) -> Edit:
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
            case Rename():
                return self._rename(edit)
            case Move():
                return self._move(edit)
            case SetSection():
                return self._set_section(edit)
            case Batch():
                return self._batch(edit)

    def _add(self, edit: AddBlock) -> Edit:
        node = edit.node
        if node.id in self._nodes:
            raise GraphError(f'the id "{node.id}" is taken.')
        if not isinstance(node.id, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", node.id):
            raise GraphError("a block's id is 1 to 64 letters, digits, - or _.")
        name = self._checked_name(node.name, None)
        settings = self._checked(node.kind, node.settings)
        _check_place(node.x, node.y)
        node = replace(node, name=name, settings=settings, x=float(node.x), y=float(node.y))
        at = len(self._nodes) if edit.at is None else edit.at
        items = list(self._nodes.items())
        items.insert(at, (node.id, node))
        self._nodes = dict(items)
        if match := re.fullmatch(r"b(\d{1,15})", node.id):
            self._used = max(self._used, int(match[1]))
        return RemoveBlock(node.id)

    def _remove(self, edit: RemoveBlock) -> Edit:
        node = self.node(edit.block)
        at = list(self._nodes).index(node.id)
        wires = [w for w in self._wires.values() if node.id in (w.source.block, w.target.block)]
        for wire in wires:
            del self._wires[wire.target]
        del self._nodes[node.id]
        back: tuple[Edit, ...] = (AddBlock(node, at), *(Connect(wire) for wire in wires))
        return Batch(back)

    def _connect(self, edit: Connect) -> Edit:
        source, target = edit.wire.source, edit.wire.target
        giver, taker = self.node(source.block), self.node(target.block)
        ports = [port.name for port in giver.block().outputs()]
        if source.port not in ports:
            raise GraphError(f"{giver.name}: {unknown(source.port, ports, 'output')}")
        ports = [port.name for port in taker.block().inputs()]
        if target.port not in ports:
            raise GraphError(f"{taker.name}: {unknown(target.port, ports, 'input')}")
        if self._reaches(taker.id, giver.id):
            raise GraphError(
                f"a wire from {giver.name} to {taker.name} would close a loop; a network's wires run one way, from its inputs "
                "to its outputs."
            )
        before = self._wires.get(target)
        self._wires[target] = edit.wire
        return Disconnect(target) if before is None else Connect(before)

    def _disconnect(self, edit: Disconnect) -> Edit:
        if edit.target not in self._wires:
            name = self.node(edit.target.block).name
            raise GraphError(f'no wire ends in "{edit.target.port}" of {name}.')
        return Connect(self._wires.pop(edit.target))

    def _configure(self, edit: Configure) -> Edit:
        node = self.node(edit.block)
        settings = self._checked(node.kind, {**node.settings, **edit.values})
        block = make(node.kind, settings)
        # Fewer ports than before: wires into ports that are gone go with them.
        gone = [w for w in self.wires_into(node.id) if w.target.port not in {p.name for p in block.inputs()}]
        old = to_json(node.block(), all_of_them=True)
        back: Edit = Configure(node.id, {name: old[name] for name in edit.values})
        for wire in gone:
            del self._wires[wire.target]
        self._nodes[node.id] = replace(node, settings=settings)
        return Batch((back, *(Connect(wire) for wire in gone))) if gone else back

    def _rename(self, edit: Rename) -> Edit:
        node = self.node(edit.block)
        name = self._checked_name(edit.name, node.id)
        self._nodes[node.id] = replace(node, name=name)
        return Rename(node.id, node.name)

    def _move(self, edit: Move) -> Edit:
        before = {}
        for id_, (x, y) in edit.places.items():
            node = self.node(id_)
            _check_place(x, y)
            before[id_] = (node.x, node.y)
        for id_, (x, y) in edit.places.items():
            self._nodes[id_] = replace(self._nodes[id_], x=float(x), y=float(y))
        return Move(before)

    def _set_section(self, edit: SetSection) -> Edit:
        if edit.name not in SECTIONS:
            raise GraphError(unknown(edit.name, SECTIONS, "section"))
        before = self._sections[edit.name]
        self._sections[edit.name] = dict(edit.values)
        return SetSection(edit.name, before)

    def _batch(self, edit: Batch) -> Edit:
        undone: list[Edit] = []
        try:
            for part in edit.edits:
                undone.append(self._run(part))
        except GraphError:
            for back in reversed(undone):
                self._run(back)
            raise
        return Batch(tuple(reversed(undone)))

    # --- refusing

    def _checked(self, kind: str, settings: Mapping[str, Json]) -> dict[str, Json]:
        try:
            return to_json(make(kind, settings))
        except SettingError as error:
            raise GraphError(str(error)) from error

    def _checked_name(self, name: Any, own: str | None) -> str:
        """The name as Python reads it (PEP 3131: identifiers are the same when their NFKC forms are)."""
        if isinstance(name, str):
            name = unicodedata.normalize("NFKC", name)
        if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or len(name) > NAME_LENGTH:
            raise GraphError(
                f"a block cannot be called {str(name)[:60]!r}: a name is letters, digits and _, does not start with a digit, and "
                f"has at most {NAME_LENGTH} characters, because it becomes the layer's name in code."
            )
        if name in RESERVED or name.startswith("_"):
            raise GraphError(
                f"a block cannot be called {name!r}: the exported network uses that name itself; try {name}1."
            )
        if any(node.name == name and node.id != own for node in self._nodes.values()):
            raise GraphError(
                f"there is already a block called {name!r}; names are unique because weights are stored under them."
            )
        return name

    def _reaches(self, start: str, goal: str) -> bool:
        """Whether wires lead from `start` to `goal` (or they are the same)."""
        if start == goal:
            return True
        if not any(wire.source.block == start for wire in self._wires.values()):
            return False  # the usual case while a file is read
        following: dict[str, list[str]] = {}
        for wire in self._wires.values():
            following.setdefault(wire.source.block, []).append(wire.target.block)
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            if here == goal:
                return True
            for there in following.get(here, ()):
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)
        return False


def _check_place(x: Any, y: Any) -> None:
    for value in (x, y):
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not abs(value) <= 1e7  # also what is not a number
        ):
            raise GraphError("a block's place is two finite numbers, at most ten million units from the origin.")
