"""The checker: a graph in, shapes, counts and problems out. It never raises.

One cause gives one problem: what lies behind a fault stays silent. What concerns the network's ends (is there an input, does the
last layer fit the data set's classes) is in `engine.graph.ends`; what stands inside composites in `engine.graph.inside`; the mends
that a click applies come from `engine.graph.mend`.
No torch: a graph of 1,000 blocks takes a few milliseconds, and an edit of it a part of that.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping

from engine.blocks.spec import Block, Shape
from engine.declare import Json
from engine.errors import BlockError, Problem, SettingError
from engine.graph import mend
from engine.graph.composite import CompositeBlock
from engine.graph.ends import check_ends, check_ports
from engine.graph.facts import DataFacts
from engine.graph.inside import chain, counting, raised
from engine.graph.model import Graph, Node, Wire
from engine.graph.walk import BlockReport, Report, Running, Walk

__all__ = ["BlockReport", "Report", "check"]

FLOAT_BYTES = 4  # activations are float32
# Blocks whose output is their input seen in another way, so that it takes no memory of its own.
_ENDS = ("output", "loss", "exit")
_VIEWS = frozenset({"flatten", "output", "image_input", "vector_input", "port_in", "port_out"})


def check(graph: Graph, facts: DataFacts | None = None, before: Report | None = None) -> Report:
    """Check a graph, and against the columns of a data set where `facts` are given.

    Args:
        graph: The network; of a composite's drawing, what can be said without knowing what arrives.
        facts: The data set.
        before: The report of an earlier state: what has not changed since is not worked out again. The result is the same.
    """
    if graph.owner is not None:
        return check_drawing(graph, names=graph.names, entries={}, running=Running(), depth=0)
    return check_drawing(
        graph, names=graph.names, entries=None, running=counting(graph), depth=0, facts=facts, before=before
    )


def check_drawing(
    graph: Graph, *, names: Mapping[str, Json], entries: Mapping[str, Shape | None] | None, running: Running, depth: int,
    facts: DataFacts | None = None, before: Report | None = None,
) -> Report:  # fmt: skip
    """Check one drawing: the network, or a composite's inside with what arrives at its ports.

    Args:
        graph: The drawing.
        names: What its expressions read.
        entries: Shapes that arrive, by the port's name; None for the network.
        running: Counts over the whole network.
        depth: How many composites it stands in.
        facts: The data set.
        before: The report of an earlier state of the same drawing.
    """
    topology = graph.topology
    nodes = dict(graph.nodes)
    order = topology.order(nodes)
    walk = Walk(graph, facts, names, entries, running, {}, topology.into, topology.leaving)
    own = entries is not None  # a composite's blocks depend on its names, so nothing is taken over
    waiting = set(order) if before is None or own or running.counted else _resume(walk, before, nodes)
    for id_ in waiting:
        walk.made[id_] = nodes[id_].block()
    ends = frozenset([id_ for id_, block in walk.made.items() if block.role in _ENDS])
    walk.needed = topology.upstream(ends)
    for id_ in order if waiting else ():
        if id_ in waiting:
            _visit(walk, nodes[id_], depth, waiting)
    if own:
        check_ports(walk, order)
    else:
        check_ends(walk, order)
    found = walk.blocks.values()
    return Report(
        blocks=walk.blocks,
        problems=tuple(sorted(walk.problems, key=lambda problem: problem.severity != "error")),
        order=order,
        parameters=sum([item.parameters for item in found]),
        macs=sum([item.macs for item in found]),
        activation_bytes=sum([item.activation_bytes for item in found]),
        inner=walk.inner,
        made=walk.made,
        bypassed=frozenset(walk.bypassed),
        exits=_exits(walk) if own else (),
        nodes=nodes,
        wires=before.wires if before is not None and before.wiring is topology.state else dict(graph.wires),
        wiring=topology.state,
    )


def _exits(walk: Walk) -> tuple[Shape | None, ...]:
    """The shapes that leave a composite, in the order of its file."""
    return tuple(
        walk.blocks[node.id].output for node in walk.graph if node.kind == "port_out" and node.id in walk.blocks
    )


def _resume(walk: Walk, before: Report, nodes: Mapping[str, Node]) -> set[str]:
    """Take over what an earlier report says; gives the blocks that have to be looked at again.

    These are blocks that are new or changed, blocks whose wires are, blocks with a problem (its mends name ids that may be taken
    by now) and composites, whose insides may have changed. What arrives somewhere anew is followed from there.
    """
    walk.blocks = {id_: report for id_, report in before.blocks.items() if id_ in nodes}
    walk.made = {id_: block for id_, block in before.made.items() if id_ in nodes}
    walk.bypassed = {id_ for id_ in before.bypassed if id_ in nodes}
    old = before.nodes
    waiting = {id_ for id_, node in nodes.items() if old.get(id_) is not node or node.given is not None}
    if before.wiring is not walk.graph.topology.state:
        wires, earlier = walk.graph.wires, before.wires
        waiting.update(end.block for end, wire in wires.items() if earlier.get(end) is not wire)
        waiting.update(end.block for end in earlier if end not in wires)
    waiting.update(problem.block for problem in before.problems if problem.block is not None and not problem.path)
    return {id_ for id_ in waiting if id_ in nodes}


def _visit(walk: Walk, node: Node, depth: int, waiting: set[str]) -> None:
    """Find out about one block; what is wrong goes to the walk's problems, what it feeds is looked at too if it gives another
    shape than before."""
    before = walk.blocks.get(node.id)
    walk.bypassed.discard(node.id)
    block = walk.made[node.id]
    report = None
    if node.given is None and node.names is None and node.bypassed is False and block.role != "entry":
        wires = walk.into.get(node.id, {})
        arriving = tuple([_arrives(walk, wires.get(name)) for name in block.port_names])
        if None not in arriving:
            with contextlib.suppress(BlockError):  # the long way says what is wrong
                report = _known(block, arriving)
    walk.blocks[node.id] = report = report or _examined(walk, node, depth)
    if before is None or before.outputs != report.outputs:
        for end in walk.leaving.get(node.id, ()):
            waiting.add(end.block)


@functools.lru_cache(maxsize=8192)
def _known(block: Block, arriving: tuple[Shape, ...]) -> BlockReport:
    """A plain block's report for what arrives; networks have many equal blocks.

    Raises:
        BlockError: It does not fit.
    """
    outputs = block.shapes(*arriving)
    free = block.kind in _VIEWS or block.role in ("loss", "metric")
    return BlockReport(
        arriving,
        outputs,
        parameters=block.parameters(*arriving),
        macs=block.macs(*arriving),
        activation_bytes=0 if free else sum([output.size for output in outputs]) * FLOAT_BYTES,
    )


def _examined(walk: Walk, node: Node, depth: int) -> BlockReport:
    block = _made(walk, node)
    if block is None:
        return BlockReport(())
    wires = walk.into.get(node.id, {})
    ports = block.inputs()
    if block.role == "entry":
        shape = (walk.entries or {}).get(node.name)
        return BlockReport((), (shape,))
    arriving = tuple([_arrives(walk, wires.get(port.name)) for port in ports])
    bypassed = node.id in walk.bypassed
    wanted = ports[:1] if bypassed else ports
    open_ports = [port.name for port in wanted if port.name not in wires and not port.optional]
    if open_ports:
        walk.problems.append(_open(walk, node, open_ports))
        return BlockReport(arriving)
    if bypassed:
        return BlockReport(arriving, arriving[:1] * len(block.outputs()))
    given = [shape for port, shape in zip(ports, arriving, strict=True) if shape is not None or port.name in wires]
    if isinstance(block, CompositeBlock):
        return _composite(walk, node, block, arriving, depth)
    if None in given:
        return BlockReport(arriving)  # the fault lies further up and is reported there
    shapes = tuple(shape for shape in given if shape is not None)
    try:
        outputs = block.shapes(*shapes)
    except BlockError as error:
        walk.problems.append(
            Problem(
                code=error.code,
                text=f"{node.name}: {error}",
                block=node.id,
                setting=error.setting,
                port=error.port or (ports[0].name if ports and error.setting is None else None),
                fixes=mend.for_block(walk.graph, node, error, shapes),
            )
        )
        return BlockReport(arriving)
    free = node.kind in _VIEWS or block.role in ("loss", "metric")
    return BlockReport(
        arriving,
        outputs,
        parameters=block.parameters(*shapes),
        macs=block.macs(*shapes),
        activation_bytes=0 if free else sum([output.size for output in outputs]) * FLOAT_BYTES,
    )


def _made(walk: Walk, node: Node) -> Block | None:
    """The block with this drawing's names; None (and a problem) where they give a value that it cannot take."""
    if node.names is None and node.bypassed is False:
        return walk.made[node.id]
    try:
        if node.names is not None:
            walk.made[node.id] = node.block_with(walk.names)
        if node.bypassed_with(walk.names):
            walk.bypassed.add(node.id)
    except SettingError as error:
        walk.problems.append(
            Problem("setting-refused", f"{node.name}: {error}", block=node.id, setting=error.setting or None)
        )
        return None
    return walk.made[node.id]


def _composite(
    walk: Walk, node: Node, block: CompositeBlock, arriving: tuple[Shape | None, ...], depth: int
) -> BlockReport:
    """An instance: all its repetitions, their problems raised to this drawing."""
    entries = dict(zip([port.name for port in block.inputs()], arriving, strict=True))
    reports, wrong = chain(block, node, entries, walk.names, walk.running, depth=depth)
    walk.inner[node.id] = reports
    if wrong:
        walk.problems.append(Problem("setting-refused", f"{node.name}: {wrong}", block=node.id))
    for index, report in enumerate(reports):
        if report.problems:  # the first repetition with a fault says it; the others would say it again
            walk.problems += raised(report.problems, node, block.composite, index, len(reports))
            break
    whole = reports and not wrong
    return BlockReport(
        arriving,
        reports[-1].exits if whole else (None,) * len(block.outputs()),
        parameters=sum(report.parameters for report in reports),
        macs=sum(report.macs for report in reports),
        activation_bytes=sum(report.activation_bytes for report in reports),
    )


def _arrives(walk: Walk, wire: Wire | None) -> Shape | None:
    if wire is None:
        return None
    found = walk.blocks.get(wire.source.block)
    if found is None or not found.outputs:
        return None
    if len(found.outputs) == 1:
        return found.outputs[0]
    ports = [port.name for port in walk.made[wire.source.block].outputs()]
    return found.outputs[ports.index(wire.source.port)]


def _open(walk: Walk, node: Node, ports: list[str]) -> Problem:
    single = len(walk.made[node.id].inputs()) == 1
    where = "its input" if single else "input " + " and ".join(ports)
    needed = node.id in walk.needed
    tail = "" if needed else " It is left out when the network runs."
    return Problem(
        code="input-open",
        text=f"{node.name} has no wire at {where}; draw one from the block that comes before it.{tail}",
        block=node.id,
        port=ports[0],
        severity="error" if needed else "warning",
        fixes=mend.for_open_input(walk.graph, node, ports[0]),
    )
