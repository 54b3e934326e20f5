"""One-click mends: for each kind of fault the edits that would put it right.

Every function returns proposals and changes nothing. Not for: finding faults (`engine.graph.check`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.blocks.python import ReadAndTrust
from engine.blocks.spec import Shape, pair, spec_of
from engine.errors import BlockError, Fix, SettingError
from engine.graph import layout
from engine.graph.model import AddBlock, Configure, Connect, Edit, End, Graph, Move, Node, RemoveBlock, Wire

STEP = 256.0  # canvas units from one block to the next, as engine.graph.layout spaces them


def for_block(graph: Graph, node: Node, error: BlockError, xs: tuple[Shape, ...]) -> tuple[Fix, ...]:
    """Mends for what a block's shape rule refused."""
    wire = graph.wires.get(End(node.id, error.port or _first_port(node)))
    match error.code:
        case "wants-vector" | "wants-logits" if wire and len(xs[0].dims) == 3:
            return (
                insert(graph, wire, "flatten", title="Insert flatten"),
                insert(graph, wire, "global_avgpool", title="Insert global average pooling"),
            )
        case "wants-map" if node.kind == "batchnorm2d" and len(xs[0].dims) == 1:
            return (replace_kind(graph, node, "batchnorm1d"),)
        case "wants-vector" if node.kind == "batchnorm1d" and len(xs[0].dims) == 3:
            return (replace_kind(graph, node, "batchnorm2d"),)
        case "shapes-differ" if wire and node.kind == "add" and error.port:
            return _match_channels(graph, node, wire, error.port, xs)
        case "kernel-too-large" | "window-too-large":
            return _smaller_window(node, xs[0])
        case "same-with-stride" if len(xs[0].dims) != 3:
            return (
                *set_values(node, "Set stride to 1", {"stride": 1}),
                *set_values(node, "Give up keeping the size", {"same": False}),
            )
        case "same-with-stride":
            kernel = pair(getattr(node.block(), "kernel_size", 1))
            rim = [side // 2 for side in kernel]
            return (
                *set_values(node, "Set stride to 1", {"stride": 1}),
                *set_values(node, f"Pad by {rim[0]}×{rim[1]} pixels instead", {"padding": rim}),
            )
        case "untrusted":
            return (Fix("Read and trust…", (ReadAndTrust(str(getattr(node.block(), "code", ""))),)),)
        case "groups-differ":
            return set_values(node, "Set groups to 1", {"groups": 1})
        case "padding-too-large":
            return set_values(node, "Set padding to 0", {"padding": 0})
        case _:
            return ()


def _first_port(node: Node) -> str:
    ports = node.block().inputs()
    return ports[0].name if ports else ""


def insert(graph: Graph, wire: Wire, kind: str, settings: Mapping[str, Any] | None = None, *, title: str) -> Fix:
    """Put a new block into a wire."""
    return Fix(title, insert_edits(graph, wire, kind, settings))


def insert_edits(graph: Graph, wire: Wire, kind: str, settings: Mapping[str, Any] | None = None) -> tuple[Edit, ...]:
    """The edits that put a new block into a wire, behind what feeds it, making room there."""
    source = graph.nodes[wire.source.block]
    place = (source.x + STEP, source.y)
    node = Node(graph.coming_ids(1)[0], kind, graph.fresh_name(kind), dict(settings or {}), *place)
    block = node.block()
    pushed = layout.room(graph, place)
    return (
        AddBlock(node),
        *((Move(pushed),) if pushed else ()),
        Connect(Wire(wire.source, End(node.id, block.inputs()[0].name))),
        Connect(Wire(End(node.id, block.outputs()[0].name), wire.target)),
    )


def _match_channels(graph: Graph, node: Node, wire: Wire, port: str, xs: tuple[Shape, ...]) -> tuple[Fix, ...]:
    names = [p.name for p in node.block().inputs()]
    first, other = xs[0], xs[names.index(port)]
    if len(first.dims) != 3 or len(other.dims) != 3 or first.dims[1:] != other.dims[1:]:
        return ()
    settings = {"out_channels": first.dims[0], "kernel_size": 1}
    return (insert(graph, wire, "conv2d", settings, title=f"Insert a 1×1 convolution to {first.dims[0]} channels"),)


def _smaller_window(node: Node, x: Shape) -> tuple[Fix, ...]:
    block = node.block()
    out: list[Fix] = []
    if len(x.dims) != 3:
        length = x.dims[-1]
        shorter = len(x.dims) == 2 and getattr(block, "dilation", 1) == 1 and getattr(block, "padding", 0) == 0
        return set_values(node, f"Set the window to {length}", {"kernel_size": length}) if shorter else ()
    if node.kind == "conv2d" and pair(getattr(block, "stride", 1)) == (1, 1):
        out += set_values(node, 'Set padding to "same"', {"padding": "same"})
    kernel = pair(getattr(block, "kernel_size", 1))
    fitting = [min(side, limit) for side, limit in zip(kernel, x.dims[1:], strict=True)]
    if pair(getattr(block, "dilation", 1)) == (1, 1) and getattr(block, "padding", 0) == 0 and fitting != list(kernel):
        out += set_values(node, f"Set the window to {fitting[0]}×{fitting[1]}", {"kernel_size": fitting})
    return tuple(out)


def set_values(node: Node, title: str, values: Mapping[str, Any]) -> tuple[Fix, ...]:
    """Set settings of a block."""
    return (Fix(title, (Configure(node.id, dict(values)),)),)


def loose_ends(graph: Graph) -> list[Node]:
    """Blocks that something arrives at and that lead nowhere."""
    leading = {id_ for id_, wires in graph.topology.leaving.items() if wires}
    ends = [node for node in graph if node.id not in leading and node.spec.role in ("layer", "input", "entry")]
    return [node for node in ends if _fed(graph, node)]


def _fed(graph: Graph, node: Node) -> bool:
    """Whether a block has an output and a wire at each input that needs one."""
    try:
        block = node.block()
    except SettingError:  # nobody knows its ports
        return False
    return bool(block.outputs()) and all(
        one.optional or End(node.id, one.name) in graph.wires for one in block.inputs()
    )


def for_open_input(graph: Graph, node: Node, port: str, loose: Sequence[Node]) -> tuple[Fix, ...]:
    """Wire an open input to the one block among the loose ends that it does not lead to, if there is exactly one."""
    behind = graph.topology.downstream(node.id) if loose else frozenset()
    fitting = [one for one in loose if one.id not in behind]
    if len(fitting) != 1:
        return ()
    source = fitting[0]
    wire = Wire(End(source.id, source.block().outputs()[0].name), End(node.id, port))
    return (Fix(f"Wire {source.name} to {node.name}", (Connect(wire),)),)


def add_output(graph: Graph, last: str) -> tuple[Fix, ...]:
    """Place an output block behind the last layer."""
    source = graph.nodes[last]
    node = Node(graph.coming_ids(1)[0], "output", graph.fresh_name("output"), {}, source.x + STEP, source.y)
    wire = Wire(End(last, source.block().outputs()[0].name), End(node.id, "x"))
    return (Fix(f"Add an output behind {source.name}", (AddBlock(node), Connect(wire))),)


def set_width(graph: Graph, block: str, width: int) -> tuple[Fix, ...]:
    """Make the last layer give `width` numbers: found by going up through blocks that keep the shape."""
    here: str | None = block
    while here is not None:
        node = graph.nodes[here]
        if node.kind == "linear":
            return set_values(node, f"Set {node.name} to {width} outputs", {"out_features": width})
        if node.spec.family not in ("Activation", "Regularisation", "Normalisation"):
            break
        into = graph.wires_into(here)
        here = into[0].source.block if len(into) == 1 else None
    source = graph.nodes[block]
    wires = [wire for wire in graph.wires_from(block) if graph.nodes[wire.target.block].spec.role != "layer"]
    if not wires or not source.block().outputs():
        return ()
    return (
        insert(graph, wires[0], "linear", {"out_features": width}, title=f"Insert a linear layer of {width} outputs"),
    )


def set_channels(graph: Graph, wire: Wire, channels: int) -> tuple[Fix, ...]:
    """Make the last convolution give `channels` maps, or put a 1×1 convolution of so many into the wire."""
    here: str | None = wire.source.block
    while here is not None:
        node = graph.nodes[here]
        if node.kind == "conv2d":
            return set_values(node, f"Set {node.name} to {channels} channels", {"out_channels": channels})
        if node.spec.family not in ("Activation", "Regularisation"):
            break
        into = graph.wires_into(here)
        here = into[0].source.block if len(into) == 1 else None
    settings = {"out_channels": channels, "kernel_size": 1}
    return (insert(graph, wire, "conv2d", settings, title=f"Insert a 1×1 convolution to {channels} channels"),)


def add_head(graph: Graph, wire: Wire, arriving: Shape, classes: int) -> tuple[Fix, ...]:
    """Turn a map into one number a class: global average pooling and a linear layer, put into the wire."""
    if len(arriving.dims) != 3:
        return ()
    first, second = graph.coming_ids(2)
    source = graph.nodes[wire.source.block]
    pool = Node(first, "global_avgpool", graph.fresh_name("global_avgpool"), {}, source.x, source.y + STEP * 0.6)
    fc = Node(
        second, "linear", graph.fresh_name("linear"), {"out_features": classes}, source.x + STEP, source.y + STEP * 0.6
    )
    return (
        Fix(
            f"Insert global average pooling and a linear layer of {classes} outputs",
            (
                AddBlock(pool),
                AddBlock(fc),
                Connect(Wire(wire.source, End(first, "x"))),
                Connect(Wire(End(first, "y"), End(second, "x"))),
                Connect(Wire(End(second, "y"), wire.target)),
            ),
        ),
    )


def remove(graph: Graph, node: Node) -> tuple[Fix, ...]:
    """Take a block out of its chain and close the gap."""
    return (Fix(f"Remove {node.name}", heal(graph, [node.id])),)


def heal(graph: Graph, blocks: list[str]) -> tuple[Edit, ...]:
    """The edits that remove blocks and let what fed them feed what they fed, where each has one input wire."""
    gone = set(blocks)

    def origin(end: End) -> End | None:
        seen = set()
        while end.block in gone:
            into = graph.wires_into(end.block)
            if len(into) != 1 or end.block in seen:
                return None
            seen.add(end.block)
            end = into[0].source
        return end

    bridges: list[Edit] = []
    for wire in graph.wires.values():
        if wire.source.block in gone and wire.target.block not in gone:
            start = origin(wire.source)
            if start is not None:
                bridges.append(Connect(Wire(start, wire.target)))
    return (*(RemoveBlock(id_) for id_ in blocks), *bridges)


def replace_kind(graph: Graph, node: Node, kind: str) -> Fix:
    """Put a block of another kind in the place of one, with the settings that both know and the same wires."""
    known = set(spec_of(kind).settings)
    name = node.name
    new = Node(
        graph.coming_ids(1)[0], kind, name, {k: v for k, v in node.settings.items() if k in known}, node.x, node.y
    )
    block = new.block()
    edits: list[Edit] = [RemoveBlock(node.id), AddBlock(new, list(graph.nodes).index(node.id))]
    for wire in graph.wires_into(node.id):
        if wire.target.port in {p.name for p in block.inputs()}:
            edits.append(Connect(Wire(wire.source, End(new.id, wire.target.port))))
    for wire in graph.wires_from(node.id):
        edits.append(Connect(Wire(End(new.id, block.outputs()[0].name), wire.target)))
    return Fix(f"Replace by {spec_of(kind).title.lower()}", tuple(edits))
