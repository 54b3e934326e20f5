"""What a person does on the canvas, said in edits of the document: pure functions from a graph to an edit.

Not for: the mouse (`gui.canvas.gestures`) nor for carrying edits out (`gui.document`). No Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from engine.blocks.spec import Block
from engine.errors import BlockError
from engine.graph import store
from engine.graph.check import Report
from engine.graph.layout import Spacing
from engine.graph.model import (
    AddBlock,
    Batch,
    Connect,
    Disconnect,
    Edit,
    End,
    Graph,
    Move,
    Node,
    RemoveBlock,
    SetSection,
    Wire,
)
from gui.canvas import carried
from gui.kinds import likely_first

GRID = 8.0  # canvas units that blocks snap to
PITCH = Spacing().width + Spacing().gap_x  # from one block of a row to the next
ROW = Spacing().height * 1.5  # blocks nearer than this in height stand in one row
INCOMING = "incoming"  # where the clipboard's text notes wires from outside: [source, its block's kind, target]
BIG_PASTE = 4_000_000  # characters; more on the clipboard is no network that was copied here


def snapped(value: float) -> float:
    """The nearest grid line."""
    return round(value / GRID) * GRID


def free_input(graph: Graph, block: str) -> End | None:
    """The first input of a block without a wire; the first of all where every one is taken; None where it has none."""
    ends = [End(block, port.name) for port in graph.node(block).block().inputs()]
    free = [end for end in ends if end not in graph.wires]
    return free[0] if free else ends[0] if ends else None


def first_output(graph: Graph, block: str) -> End | None:
    """The first output of a block, None where it has none."""
    ports = graph.node(block).block().outputs()
    return End(block, ports[0].name) if ports else None


def delete(graph: Graph, blocks: Collection[str]) -> Edit:
    """Take blocks away; where a removed one stood in a chain (one wire in), what fed it feeds what it fed."""
    removed = [id_ for id_ in graph.nodes if id_ in set(blocks)]
    gone = set(removed)
    healed: list[Edit] = []
    for wire in graph.wires.values():
        if wire.source.block not in gone or wire.target.block in gone:
            continue
        source: End | None = wire.source
        while source is not None and source.block in gone:
            into = graph.wires_into(source.block)
            source = into[0].source if len(into) == 1 else None
        if source is not None:
            healed.append(Connect(Wire(source, wire.target)))
    return Batch((*(RemoveBlock(id_) for id_ in removed), *healed))


def insert_on(graph: Graph, wire: Wire, node: Node) -> Edit | None:
    """Place a new block in the middle of a wire, making room in the row; None where it has no input or no output."""
    block = node.block()
    if not block.inputs() or not block.outputs():
        return None
    before, after = graph.node(wire.source.block), graph.node(wire.target.block)
    room: tuple[Edit, ...] = ()
    short = before.x + 2 * PITCH - after.x
    if after.x > before.x and abs(after.y - before.y) < ROW and short > 0:
        later = {id_ for id_ in _downstream(graph, after.id) if abs(graph.node(id_).y - after.y) < ROW}
        pushed = {id_ for id_ in later if graph.node(id_).x >= after.x}
        room = (moved(graph, pushed, snapped(short), 0.0),)
        node = replace(node, x=before.x + PITCH, y=snapped((before.y + after.y) / 2))
    return Batch(
        (
            *room,
            AddBlock(node),
            Connect(Wire(wire.source, End(node.id, block.inputs()[0].name))),
            Connect(Wire(End(node.id, block.outputs()[0].name), wire.target)),
        )
    )


def splice(graph: Graph, wire: Wire, block: str) -> Edit | None:
    """Put a block that is there already into a wire; None where it is wired, or is an end of the wire."""
    if graph.wires_into(block) or graph.wires_from(block) or block in (wire.source.block, wire.target.block):
        return None
    made = graph.node(block).block()
    if not made.inputs() or not made.outputs():
        return None
    return Batch(
        (
            Connect(Wire(wire.source, End(block, made.inputs()[0].name))),
            Connect(Wire(End(block, made.outputs()[0].name), wire.target)),
        )
    )


def add_wired(node: Node, *, source: End | None = None, target: End | None = None) -> Edit:
    """Place a new block and wire it to the end that a wire was drawn from."""
    block = node.block()
    edits: list[Edit] = [AddBlock(node)]
    if source is not None and block.inputs():
        edits.append(Connect(Wire(source, End(node.id, block.inputs()[0].name))))
    if target is not None and block.outputs():
        edits.append(Connect(Wire(End(node.id, block.outputs()[0].name), target)))
    return Batch(tuple(edits))


def rewire(taken: End | None, wire: Wire) -> Edit:
    """Lay a wire; where it was pulled off another input, take it away there in the same step."""
    if taken is not None and taken != wire.target:
        return Batch((Disconnect(taken), Connect(wire)))
    return Connect(wire)


def moved(graph: Graph, blocks: Collection[str], dx: float, dy: float) -> Move:
    """Shift blocks."""
    return Move({id_: (graph.node(id_).x + dx, graph.node(id_).y + dy) for id_ in blocks if id_ in graph.nodes})


# --- the clipboard ------------------------------------------------------------------------------------------------------


def copied(graph: Graph, blocks: Collection[str]) -> str:
    """Blocks and the wires among them as the text of a project file; wires that come from outside are noted in it."""
    chosen = set(blocks)
    part = carried.cut_out(graph, chosen)
    incoming = [
        [
            f"{wire.source.block}.{wire.source.port}",
            graph.node(wire.source.block).kind,
            f"{wire.target.block}.{wire.target.port}",
        ]
        for wire in graph.wires.values()
        if wire.target.block in chosen and wire.source.block not in chosen
    ]
    if incoming:
        part.apply(SetSection("about", {INCOMING: incoming}))
    return store.dumps(part)


def pasted(
    graph: Graph, text: str, at: tuple[float, float] | None = None, *, wired: bool = False
) -> tuple[Edit, tuple[str, ...]]:
    """An edit that places what `copied` wrote, with fresh ids and names, and the new ids.

    Args:
        graph: Where the blocks go.
        text: The clipboard.
        at: Where the upper left corner of all of them comes; None: a little beside the originals.
        wired: Whether wires that came from outside are laid again, where the same block is still there and still has the port.

    Raises:
        StoreError: The text is no project.
    """
    part = store.loads(text[:BIG_PASTE])
    drawing = carried.drawing_in(part)
    defined, nodes = carried.settled(graph, part)
    edit, fresh = placed_copy(graph, nodes, list(drawing.wires.values()), at)
    ids = dict(zip(drawing.nodes, fresh, strict=True))
    wires = _incoming(graph, part, ids) if wired else []
    return (Batch((*defined, edit, *wires)) if defined or wires else edit), fresh


def _incoming(graph: Graph, part: Graph, fresh: Mapping[str, str]) -> list[Edit]:
    """Wires from blocks of the drawing into pasted ones. The text may come from anywhere, so that each entry is looked at."""
    noted = part.sections["about"].get(INCOMING)
    wires: list[Edit] = []
    for entry in noted if isinstance(noted, list) else ():
        match entry:
            case [str(source), str(kind), str(target)]:
                pass
            case _:
                continue
        (giver, _, out), (taker, _, into) = source.rpartition("."), target.rpartition(".")
        if giver not in graph.nodes or graph.nodes[giver].kind != kind or taker not in fresh:
            continue
        gives = any(port.name == out for port in graph.nodes[giver].block().outputs())
        takes = any(port.name == into for port in carried.drawing_in(part).nodes[taker].block().inputs())
        if gives and takes:
            wires.append(Connect(Wire(End(giver, out), End(fresh[taker], into))))
    return wires


def placed_copy(graph: Graph, nodes: Sequence[Node], wires: Sequence[Wire],
                at: tuple[float, float] | None = None) -> tuple[Edit, tuple[str, ...]]:  # fmt: skip
    """An edit that places copies of nodes and of the wires among them, and the new ids."""
    left, top = min((n.x for n in nodes), default=0.0), min((n.y for n in nodes), default=0.0)
    dx, dy = (at[0] - left, at[1] - top) if at is not None else (4 * GRID, 4 * GRID)
    lying = _lying(graph)
    while any(lying(node.x + dx, node.y + dy) for node in nodes):
        dx, dy = dx + 4 * GRID, dy + 4 * GRID  # a copy that lies on a block exactly would not be seen
    fresh: dict[str, str] = {}
    taken: set[str] = {node.name for node in graph}
    edits: list[Edit] = []
    for node in nodes:
        name = node.name if node.name not in taken else _fresh_name(graph, node, taken)
        taken.add(name)
        fresh[node.id] = graph.fresh_id()
        edits.append(AddBlock(replace(node, id=fresh[node.id], name=name, x=node.x + dx, y=node.y + dy, pinned=False)))
    for wire in wires:
        if wire.source.block in fresh and wire.target.block in fresh:
            source, target = (
                End(fresh[wire.source.block], wire.source.port),
                End(fresh[wire.target.block], wire.target.port),
            )
            edits.append(Connect(Wire(source, target)))
    return Batch(tuple(edits)), tuple(fresh.values())


def _lying(graph: Graph) -> Callable[[float, float], bool]:
    """Whether a block of a drawing lies at a place, or nearly; by cells, for a thousand may be asked about a thousand."""
    side = 2.0 * GRID
    cells: dict[tuple[int, int], list[Node]] = {}
    for node in graph:
        cells.setdefault((int(node.x // side), int(node.y // side)), []).append(node)

    def lying(x: float, y: float) -> bool:
        column, row = int(x // side), int(y // side)
        return any(
            abs(x - node.x) < side and abs(y - node.y) < side
            for beside in (-1, 0, 1)
            for below in (-1, 0, 1)
            for node in cells.get((column + beside, row + below), ())
        )

    return lying


def _fresh_name(graph: Graph, node: Node, taken: Collection[str]) -> str:
    """A free name for a copy; of a composite that is only being defined, its own with a number."""
    if node.composite is None or node.composite in graph.composites:
        return graph.fresh_name(node.kind, taken=taken)
    stem, number = node.name.rstrip("0123456789") or node.name, 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def duplicated(
    graph: Graph, blocks: Collection[str], *, by: tuple[float, float] = (4 * GRID, 4 * GRID)
) -> tuple[Edit, tuple[str, ...]]:
    """An edit that places a copy of blocks and of the wires among them beside them, and the new ids."""
    chosen = set(blocks)
    inner = [w for w in graph.wires.values() if w.source.block in chosen and w.target.block in chosen]
    nodes = [node for node in graph if node.id in chosen]
    corner = min((n.x for n in nodes), default=0.0) + by[0], min((n.y for n in nodes), default=0.0) + by[1]
    return placed_copy(graph, nodes, inner, corner)


# --- what fits ----------------------------------------------------------------------------------------------------------


def fitting(
    kinds: Mapping[str, type[Block]], report: Report, *, source: End | None = None, target: End | None = None,
    after: str = "",
) -> list[str]:  # fmt: skip
    """Kinds that can stand at a loose wire end; those that take the shape that arrives come first, of these the ones that mostly
    follow a block of the family `after`."""
    shape = report.shape_of(source) if source is not None else None
    good: list[str] = []
    rest: list[str] = []
    for kind, spec in kinds.items():
        block = spec()
        if (source is not None and not block.inputs()) or (target is not None and not block.outputs()):
            continue
        fits = True
        if shape is not None and spec.role not in ("loss", "metric"):
            try:
                block.shapes(*(shape for port in block.inputs() if not port.optional))
            except BlockError:
                fits = False
        (good if fits else rest).append(kind)
    return (likely_first(good, after) if after else good) + rest


def closing(graph: Graph, block: str, *, forward: bool) -> set[str]:
    """Blocks that a wire from `block` (to it, where not `forward`) cannot lead to without closing a loop."""
    return _upstream(graph, block) if forward else _downstream(graph, block)


def _downstream(graph: Graph, block: str) -> set[str]:
    """A block and all that wires lead to from it."""
    return _reached(block, ((wire.source.block, wire.target.block) for wire in graph.wires.values()))


def _upstream(graph: Graph, block: str) -> set[str]:
    """A block and all that wires lead from to it."""
    return _reached(block, ((wire.target.block, wire.source.block) for wire in graph.wires.values()))


def _reached(block: str, steps: Iterable[tuple[str, str]]) -> set[str]:
    following: dict[str, list[str]] = {}
    for here, there in steps:
        following.setdefault(here, []).append(there)
    seen, waiting = {block}, [block]
    while waiting:
        fresh = [there for there in following.get(waiting.pop(), ()) if there not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return seen
