"""Making a composite of blocks that stand in a drawing: the selection becomes a definition, one instance takes its place.

Shapes and counts stay what they were. Not for: the way back (`engine.graph.dissolving`), nor for carrying edits out. No torch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.errors import GraphError
from engine.graph.carrying import fresh_definition_id, fresh_definition_name
from engine.graph.composite import stem
from engine.graph.edits import COMPOSITE
from engine.graph.expression import is_expression, parse
from engine.graph.layout import Spacing
from engine.graph.model import (
    AddBlock,
    Batch,
    Connect,
    Define,
    Definition,
    Edit,
    End,
    Graph,
    Mark,
    Node,
    Parameter,
    RemoveBlock,
    RemoveMark,
    Wire,
)
from engine.graph.naming import NAME_LENGTH, RUNNING

NAME = "Block"  # what composites are called until somebody says better; as published code does
SIZE = Spacing()
STEP = SIZE.width + SIZE.gap_x  # canvas units from one block to the next
PITCH = SIZE.height + SIZE.gap_y


@dataclass(frozen=True)
class _Port:
    """A port that the composite gets.

    Attributes:
        end: The end outside that feeds it, or the end inside that it gives; of a loose input the input itself.
        wires: The wires that cross here.
        id, name: Of its block inside.
    """

    end: End
    wires: tuple[Wire, ...]
    id: str = ""
    name: str = ""


def group(graph: Graph, ids: Iterable[str], name: str = "") -> tuple[Edit, str]:
    """Make a composite of blocks.

    Args:
        graph: The drawing that they stand in.
        ids: The blocks.
        name: Of the composite; one that is free if it is not given.

    Returns:
        The edit of that drawing (with a `Define`, which is of the project), and the id of the instance.

    Raises:
        GraphError: They cannot be a composite; the sentence says why.
    """
    wanted = set(ids)
    members = [node for node in graph if node.id in wanted]
    chosen = {node.id for node in members}
    _check(graph, members, chosen)
    name = name or fresh_definition_name(graph, NAME)
    entries, exits = _ports(graph, members, chosen)
    marks = [mark for mark in graph.marks.values() if mark.kind == "frame" and _frames(mark, graph, chosen)]
    settings, passed = _read(graph, members)
    left, top = min(node.x for node in members), min(node.y for node in members)
    definition = Definition(
        fresh_definition_id(graph), name, "", settings,
        *_inside(graph, members, entries, exits, (left - STEP, top)),
        marks=tuple(_moved_mark(mark, left - STEP, top) for mark in marks),
    )  # fmt: skip
    right, bottom = max(node.x for node in members), max(node.y for node in members)
    instance = Node(
        graph.coming_ids(1)[0], COMPOSITE + definition.id, _free_node_name(graph, stem(name), chosen), passed,
        (left + right) / 2, (top + bottom) / 2,
    )  # fmt: skip
    edits: list[Edit] = [Define(definition), *(RemoveMark(mark.id) for mark in marks)]
    edits += [RemoveBlock(node.id) for node in members]
    edits.append(AddBlock(instance, _position(graph, chosen)))
    for port in entries:
        if port.end.block not in chosen:  # not a loose input
            via = port.wires[0].via if len(port.wires) == 1 else ()
            edits.append(Connect(Wire(port.end, End(instance.id, port.name), via)))
    for port in exits:
        edits += [Connect(Wire(End(instance.id, port.name), wire.target, wire.via)) for wire in port.wires]
    return Batch(tuple(edits)), instance.id


def _check(graph: Graph, members: Sequence[Node], chosen: Collection[str]) -> None:
    if not members:
        raise GraphError("nothing is selected; select the blocks that the composite is to be made of.")
    for node in members:
        if node.spec.role != "layer":
            raise GraphError(
                f"{node.name} cannot go into a composite: inputs, outputs, losses and ports stay where they are; select the "
                "layers only."
            )
    inside_again = _reached(chosen, graph.wires_from, lambda wire: wire.target.block)
    back = _reached(chosen, graph.wires_into, lambda wire: wire.source.block)
    between = [node.name for node in graph if node.id in inside_again & back]
    if between:
        raise GraphError(
            f"wires leave the selection and come back into it through {', '.join(between[:3])}, so that the composite would feed "
            "itself; select what lies between as well."
        )


def _reached(chosen: Collection[str], wires: Callable[[str], list[Wire]], far: Callable[[Wire], str]) -> set[str]:
    """Blocks outside that wires lead to from the chosen ones, one way."""
    waiting, seen = list(chosen), set[str]()
    while waiting:
        for wire in wires(waiting.pop()):
            there = far(wire)
            if there not in seen and there not in chosen:
                seen.add(there)
                waiting.append(there)
    return seen


def _ports(
    graph: Graph, members: Sequence[Node], chosen: Collection[str]
) -> tuple[tuple[_Port, ...], tuple[_Port, ...]]:
    """What comes in, one port a source outside and one a required input without a wire; what goes out, one a source inside."""
    entering: dict[End, list[Wire]] = {}
    leaving: dict[End, list[Wire]] = {}
    for node in members:
        block = node.block()
        for port in block.inputs():
            wire = graph.wires.get(End(node.id, port.name))
            if wire is not None and wire.source.block not in chosen:
                entering.setdefault(wire.source, []).append(wire)
            elif wire is None and not port.optional:
                entering[End(node.id, port.name)] = []
        for port in block.outputs():
            end = End(node.id, port.name)
            used = [wire for wire in graph.wires_from(node.id) if wire.source == end]
            outside = [wire for wire in used if wire.target.block not in chosen]
            if outside or not used:
                leaving[end] = outside
    if not leaving:
        raise GraphError("nothing leaves the selection, so that the composite would have no output.")
    taken = {node.name for node in members}
    number = iter(_ids(members, len(entering) + len(leaving)))
    entries = [_named(graph, _Port(end, tuple(wires), next(number)), "x", len(entering), taken)
               for end, wires in entering.items()]  # fmt: skip
    exits = [_named(graph, _Port(end, tuple(wires), next(number)), "y", len(leaving), taken)
             for end, wires in leaving.items()]  # fmt: skip
    return tuple(entries), tuple(exits)


def _named(graph: Graph, port: _Port, plain: str, count: int, taken: set[str]) -> _Port:
    """A port by its plain name where it is alone, else by the block that it comes from."""
    source = graph.node(port.end.block)
    name = plain
    if count > 1:
        several = len(source.block().outputs()) > 1 or not port.wires
        name = source.name + (f"_{port.end.port}" if several or plain == "y" else "")
    name = _free(name[: NAME_LENGTH - 4], taken)
    taken.add(name)
    return replace(port, name=name)


def _ids(members: Sequence[Node], count: int) -> list[str]:
    held = {node.id for node in members}
    out: list[str] = []
    number = 0
    while len(out) < count:
        number += 1
        if f"b{number}" not in held:
            out.append(f"b{number}")
    return out


def _inside(
    graph: Graph, members: Sequence[Node], entries: Sequence[_Port], exits: Sequence[_Port], corner: tuple[float, float]
) -> tuple[tuple[Node, ...], tuple[Wire, ...]]:
    """Blocks and wires of the definition: ports at the left and the right of what was selected."""
    x, y = corner
    moved = {node.id: replace(node, x=node.x - x, y=node.y - y, given=None, names=None) for node in members}
    right = max(node.x for node in moved.values()) + STEP
    inputs = _column(entries, moved, 0.0)
    outputs = _column(exits, moved, right)
    wires: list[Wire] = []
    for port in entries:
        targets = [wire.target for wire in port.wires] or [port.end]
        wires += [Wire(End(port.id, "y"), target) for target in targets]
    for wire in graph.wires.values():
        if wire.source.block in moved and wire.target.block in moved:
            wires.append(replace(wire, via=tuple((px - x, py - y) for px, py in wire.via)))
    wires += [Wire(port.end, End(port.id, "x")) for port in exits]
    return (*inputs, *moved.values(), *outputs), tuple(wires)


def _column(ports: Sequence[_Port], moved: dict[str, Node], x: float) -> list[Node]:
    """Ports as blocks under each other, level with what they belong to as far as there is room."""
    inputs = x == 0.0
    levels: dict[str, float] = {}
    for port in ports:
        near = [wire.target.block for wire in port.wires] if inputs and port.wires else [port.end.block]
        levels[port.id] = min(moved[id_].y for id_ in near)
    placed: dict[str, float] = {}
    below = -float("inf")
    for port in sorted(ports, key=lambda port: levels[port.id]):
        placed[port.id] = below = max(levels[port.id], below + PITCH)
    kind = "port_in" if inputs else "port_out"
    return [Node(port.id, kind, port.name, {}, x, placed[port.id]) for port in ports]


def _read(graph: Graph, members: Sequence[Node]) -> tuple[tuple[Parameter, ...], dict[str, str]]:
    """Settings of the composite around that expressions of the members read: the new one has them too, and is given them."""
    reads = {name: node for node in members for name in reads_around(node)}
    running = sorted(reads.keys() & RUNNING.keys())
    if running:
        raise GraphError(
            f'{reads[running[0]].name} reads "{running[0]}", which counts repetitions of the composite around it and would count '
            "those of the new one; give it a number first."
        )
    if graph.owner is None:
        return (), {}
    kept = tuple(parameter for parameter in graph.composite(graph.owner).settings if parameter.name in reads)
    for parameter in kept:
        if parameter.kind == "text":
            raise GraphError(
                f'{reads[parameter.name].name} reads the text "{parameter.name}", which cannot be handed on.'
            )
    return kept, {parameter.name: f"={parameter.name}" for parameter in kept}


def reads_around(node: Node) -> frozenset[str]:
    """Names that a block reads of the composite that it stands in; an instance's settings count its own repetitions."""
    if node.composite is None:
        return node.reads
    known = node.spec.settings
    of_both = {"repeat": node.settings.get("repeat"), "": node.bypassed}
    own = {name for text in of_both.values() if is_expression(text) for name in parse(str(text)).names}
    rest = {name for setting, value in node.settings.items() if setting != "repeat" and is_expression(value, known.get(setting))
            for name in parse(str(value)).names}  # fmt: skip
    return frozenset(own | (rest - RUNNING.keys()))


def _frames(mark: Mark, graph: Graph, chosen: Collection[str]) -> bool:
    """Whether a frame holds some of the chosen blocks and no other."""
    held = {
        node.id for node in graph
        if mark.x <= node.x + SIZE.width / 2 <= mark.x + mark.width and mark.y <= node.y + SIZE.height / 2 <= mark.y + mark.height
    }  # fmt: skip
    return bool(held) and held <= set(chosen)


def _moved_mark(mark: Mark, x: float, y: float) -> Mark:
    return replace(mark, x=mark.x - x, y=mark.y - y)


def _position(graph: Graph, chosen: Collection[str]) -> int:
    """Place of the instance in the file: where the last of the blocks stood, so that what feeds it comes before."""
    last = max(index for index, id_ in enumerate(graph.nodes) if id_ in chosen)
    return last - len(chosen) + 1


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the first of name2, name3... that is free."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found


def _free_node_name(graph: Graph, stem_: str, chosen: Collection[str]) -> str:
    """A name for an instance, as `Graph.fresh_name` gives it."""
    names = {node.name for node in graph if node.id not in chosen}
    number = 1
    while f"{stem_}{number}" in names:
        number += 1
    return f"{stem_}{number}"
