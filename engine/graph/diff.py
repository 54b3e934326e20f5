"""What is different between two drawings: blocks, their settings, wires, composites, data and training, and the counts.

`diff` is pure and total; `lines` says it in words. Where blocks stand on the canvas is no difference. Not for: which block is
which (`engine.graph.matching`), nor for showing it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.declare import Json, to_json
from engine.graph.check import check
from engine.graph.composite import Composite
from engine.graph.edits import COMPOSITE, Parameter
from engine.graph.matching import match, related, sequence
from engine.graph.model import End, Graph, Node, Wire

SIGNS = {"added": "+", "removed": "−", "changed": "~"}
COMPARED_SECTIONS = ("data", "training")
DEFAULT = "(default)"  # stands for a field that a section does not name


@dataclass(frozen=True)
class Change:
    """One value that is another one.

    Attributes:
        name: What it is called: a setting, "name", "kind", "bypassed", "frozen", a field of a section.
        before, after: Its values; None where a side has none.
    """

    name: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.name} {worded(self.before)} → {worded(self.after)}"


@dataclass(frozen=True)
class Changed:
    """A block that both drawings have, not in the same way."""

    before: Node
    after: Node
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Counts:
    """The size of a network."""

    blocks: int
    parameters: int
    macs: int


@dataclass(frozen=True)
class Inside:
    """A composite's definition that is not the same on both sides.

    Attributes:
        name: As the later drawing calls it.
        sign: "added", "removed" or "changed".
        changes: Of its name, help and settings.
        body: What differs between the two inner drawings, for a changed one.
    """

    name: str
    sign: str
    changes: tuple[Change, ...] = ()
    body: Difference | None = None


@dataclass(frozen=True)
class Difference:
    """See the module.

    Attributes:
        pairs: Blocks that belong together: id before -> id after.
        added, removed: Blocks of one side only, in the order of their network.
        changed: Blocks of both sides with differences.
        wires_added: Wires of the later drawing that the earlier one has not, in its own ids.
        wires_removed: Wires of the earlier drawing that the later one has not, in its own ids.
        sections: "data" and "training" -> their changed fields.
        composites: Definitions that differ.
        before, after: The counts.
    """

    pairs: Mapping[str, str]
    added: tuple[Node, ...]
    removed: tuple[Node, ...]
    changed: tuple[Changed, ...]
    wires_added: tuple[Wire, ...]
    wires_removed: tuple[Wire, ...]
    sections: Mapping[str, tuple[Change, ...]]
    composites: tuple[Inside, ...]
    before: Counts
    after: Counts
    names: tuple[Mapping[str, str], Mapping[str, str]] = field(default=({}, {}), repr=False)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.added or self.removed or self.changed or self.wires_added or self.wires_removed or self.composites
            or any(self.sections.values())
        )  # fmt: skip

    def marks(self) -> tuple[dict[str, str], dict[str, str]]:
        """What to mark in the drawing before and in the one after: block id -> "added", "removed" or "changed"."""
        before = {node.id: "removed" for node in self.removed}
        after = {node.id: "added" for node in self.added}
        for entry in self.changed:
            before[entry.before.id] = after[entry.after.id] = "changed"
        return before, after

    def wire_marks(self) -> tuple[dict[End, str], dict[End, str]]:
        """The same for wires, by the input they end in."""
        before = {wire.target: "removed" for wire in self.wires_removed}
        return before, {wire.target: "added" for wire in self.wires_added}

    def told(self, wire: Wire, *, before: bool) -> str:
        """A wire in words: "conv1 → pool1", with port names where a block has several."""
        names = self.names[0 if before else 1]
        return f"{names.get(wire.source.block, '?')} → {names.get(wire.target.block, '?')}{_port(wire.target)}"


def diff(before: Graph, after: Graph) -> Difference:
    """Compare two drawings."""
    return _diff(before, after, _same_composites(before, after))


def _diff(before: Graph, after: Graph, kinds: Mapping[str, str]) -> Difference:
    pairs = match(before, after, kinds)
    back = {there: here for here, there in pairs.items()}
    changed = []
    for here, there in pairs.items():
        one, other = before.nodes[here], after.nodes[there]
        changes = tuple(_changes(one, other, kinds))
        if changes:
            changed.append(Changed(one, other, changes))
    kept = {carried for wire in before.wires.values() if (carried := _carried(before, after, pairs, wire)) is not None}
    there_now = {_ends(wire) for wire in after.wires.values()}
    return Difference(
        pairs=pairs,
        added=tuple(after.nodes[id_] for id_ in sequence(after) if id_ not in back),
        removed=tuple(before.nodes[id_] for id_ in sequence(before) if id_ not in pairs),
        changed=tuple(sorted(changed, key=_position(after))),
        wires_added=tuple(wire for wire in after.wires.values() if _ends(wire) not in kept),
        wires_removed=tuple(
            wire for wire in before.wires.values() if _carried(before, after, pairs, wire) not in there_now
        ),
        sections={name: tuple(_fields(before.sections[name], after.sections[name])) for name in COMPARED_SECTIONS},
        composites=tuple(_composites(before, after, kinds)),
        before=_counts(before),
        after=_counts(after),
        names=({node.id: node.name for node in before}, {node.id: node.name for node in after}),
    )


def _position(graph: Graph) -> Any:
    place = {id_: index for index, id_ in enumerate(sequence(graph))}
    return lambda entry: place[entry.after.id]


def _counts(graph: Graph) -> Counts:
    report = check(graph)
    return Counts(len(graph), report.parameters, report.macs)


def _changes(one: Node, other: Node, kinds: Mapping[str, str]) -> Iterator[Change]:
    """Name, kind, bypass, freezing, and the settings that both have."""
    if one.name != other.name:
        yield Change("name", one.name, other.name)
    if kinds.get(one.kind, one.kind) != other.kind:
        yield Change("kind", one.block().title, other.block().title)
    before, after = (to_json(node.block(), all_of_them=True) for node in (one, other))
    written = _written(one, before), _written(other, after)
    yield from (
        Change(name, written[0][name], written[1][name])
        for name in after
        if name in before and written[0][name] != written[1][name]
    )
    if one.bypassed != other.bypassed:
        yield Change("bypassed", one.bypassed, other.bypassed)
    if one.frozen != other.frozen:
        yield Change("frozen", one.frozen, other.frozen)


def _written(node: Node, values: Mapping[str, Json]) -> Mapping[str, Json]:
    """The values as a person wrote them: an expression stays one."""
    return {**values, **node.settings}


def _ends(wire: Wire) -> tuple[End, End]:
    return wire.source, wire.target


def _carried(before: Graph, after: Graph, pairs: Mapping[str, str], wire: Wire) -> tuple[End, End] | None:
    """Where a wire of the drawing before would run in the one after; None where one of its blocks is gone."""
    if wire.source.block not in pairs or wire.target.block not in pairs:
        return None
    return (
        _carried_end(before, after, pairs, wire.source, is_input=False),
        _carried_end(before, after, pairs, wire.target, is_input=True),
    )


def _carried_end(before: Graph, after: Graph, pairs: Mapping[str, str], end: End, *, is_input: bool) -> End:
    """The same port, or the one in the same place where the block is of another kind."""
    one, other = before.nodes[end.block].block(), after.nodes[pairs[end.block]].block()
    names = [[port.name for port in (block.inputs() if is_input else block.outputs())] for block in (one, other)]
    port = end.port
    if port not in names[1] and port in names[0] and names[0].index(port) < len(names[1]):
        port = names[1][names[0].index(port)]
    return End(pairs[end.block], port)


def _fields(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name, DEFAULT) != after.get(name, DEFAULT):
            yield Change(name, before.get(name, DEFAULT), after.get(name, DEFAULT))


# --- composites


def _same_composites(before: Graph, after: Graph) -> dict[str, str]:
    """Kinds of composites of the drawing before -> kinds after: by name, else by id in drawings of one history."""
    mine, theirs = before.composites, after.composites
    names = {composite.name: id_ for id_, composite in theirs.items()}
    found = {id_: names[composite.name] for id_, composite in mine.items() if composite.name in names}
    if related(before, after):
        taken = set(found.values())
        found |= {id_: id_ for id_ in mine if id_ not in found and id_ in theirs and id_ not in taken}
    return {COMPOSITE + here: COMPOSITE + there for here, there in found.items()}


def _composites(before: Graph, after: Graph, kinds: Mapping[str, str]) -> Iterator[Inside]:
    if before.owner is not None:  # definitions belong to the whole project
        return
    mine, theirs = before.composites, after.composites
    for id_, definition in mine.items():
        kind = kinds.get(COMPOSITE + id_)
        if kind is None:
            yield Inside(definition.name, "removed")
            continue
        other = theirs[kind.removeprefix(COMPOSITE)]
        changes = tuple(_definition_changes(definition, other))
        body = _diff(definition.body, other.body, kinds)
        if changes or not body.same:
            yield Inside(other.name, "changed", changes, body)
    known = {kind.removeprefix(COMPOSITE) for kind in kinds.values()}
    yield from (Inside(definition.name, "added") for id_, definition in theirs.items() if id_ not in known)


def _definition_changes(one: Composite, other: Composite) -> Iterator[Change]:
    if one.name != other.name:
        yield Change("name", one.name, other.name)
    before, after = ({setting.name: setting for setting in side.settings} for side in (one, other))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(name, _default(before.get(name)), _default(after.get(name)))


def _default(setting: Parameter | None) -> Any:
    return None if setting is None else setting.default


# --- in words


def worded(value: Any) -> str:
    """A value as a person reads it: "3×3", "on", "none"."""
    match value:
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case list() | tuple() if value and all(isinstance(part, int) for part in value):
            return "×".join(str(part) for part in value)
        case str():
            return value if value and " " not in value else f'"{value}"'
        case _:
            return str(value)


def _port(end: End) -> str:
    return "" if end.port == "x" else f" ({end.port})"


def lines(found: Difference) -> list[str]:
    """The difference as text, one change a line; counts first."""
    if found.same:
        return ["no differences"]
    out = [_counted("parameters", found.before.parameters, found.after.parameters),
           _counted("multiply-adds", found.before.macs, found.after.macs),
           _counted("blocks", found.before.blocks, found.after.blocks)]  # fmt: skip
    out += _block_lines(found)
    for name, changes in found.sections.items():
        out += [f"~ {name}: {change}" for change in changes]
    for inside in found.composites:
        changed = "; ".join(str(change) for change in inside.changes)
        out.append(f"{SIGNS[inside.sign]} composite {inside.name}" + (f": {changed}" if changed else ""))
        if inside.body is not None:
            out += ["    " + line for line in _block_lines(inside.body)]
    return out


def _block_lines(found: Difference) -> list[str]:
    out = [f"+ {block_words(node)}" for node in found.added]
    out += [f"− {block_words(node)}" for node in found.removed]
    out += [f"~ {entry.after.name}: {'; '.join(map(str, entry.changes))}" for entry in found.changed]
    out += [f"+ wire {found.told(wire, before=False)}" for wire in found.wires_added]
    out += [f"− wire {found.told(wire, before=True)}" for wire in found.wires_removed]
    return out


def block_words(node: Node) -> str:
    """A block in a line: "conv3, Convolution 2D, 64 @ 3×3"."""
    block = node.block()
    return ", ".join(part for part in (node.name, block.title, block.face()) if part)


def _counted(what: str, before: int, after: int) -> str:
    if before == after:
        return f"  {what}: {before:,}, the same"
    share = f", {(after - before) / before:+.1%}" if before else ""
    change = f"{after - before:+,}{share}".replace("-", "−")
    return f"  {what}: {before:,} → {after:,} ({change})"
