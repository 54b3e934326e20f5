"""The checker: a graph in, shapes, counts and problems out. It never raises.

One cause gives one problem: what lies behind a fault stays silent. What concerns the network's ends (is there an input, does the
last layer fit the data set's classes) is in `engine.graph.ends`; what stands inside composites in `engine.graph.inside`; the mends
that a click applies come from `engine.graph.mend`.
No torch: a graph of 1,000 blocks takes a few milliseconds, and an edit of it a part of that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from operator import attrgetter, is_not

from engine.blocks.spec import Block, Shape
from engine.declare import Json
from engine.errors import BlockError, Problem, SettingError
from engine.graph import mend
from engine.graph.composite import CompositeBlock
from engine.graph.ends import check_ends, check_ports
from engine.graph.facts import DataFacts
from engine.graph.inside import MOST_REPETITIONS, Chained, chain, counting, raised
from engine.graph.model import Graph, Node, Wire
from engine.graph.tying import check_ties
from engine.graph.walk import BlockReport, Prepared, Report, Running, Walk, prepare

__all__ = ["BlockReport", "Report", "check"]

FLOAT_BYTES = 4  # activations are float32
MOST_SHAPES = 20_000  # that are kept as one object each
MOST_KNOWN = 256  # reports that a block remembers, one for what arrives
_NO_WIRES: Mapping[str, Wire] = {}
_ENDS = ("output", "loss", "exit")
# Blocks whose output is their input seen in another way, so that it takes no memory of its own.
_VIEWS = frozenset({"flatten", "output", "image_input", "vector_input", "port_in", "port_out"})
_SHAPES: dict[Shape, Shape] = {}
_NOTHING = BlockReport(())


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
    facts: DataFacts | None = None, before: Report | None = None, prepared: Prepared | None = None,
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
        prepared: Of a composite: what is known of its drawing.
    """
    if entries is not None:
        return _check_inside(graph, prepared or prepare(graph), names, entries, running, depth)
    topology = graph.topology
    nodes = graph.nodes.copy()
    order = topology.order(nodes)
    walk = Walk(graph, facts, names, entries, running, {}, {}, topology.into, topology.leaving)
    before = Report() if before is None or running.counted else before
    waiting = _resume(walk, before, nodes)
    for id_ in waiting:
        walk.made[id_] = block = nodes[id_].block()
        if block.role == "layer":
            walk.roles.pop(id_, None)
        else:
            walk.roles[id_] = block.role
    walk.needed = topology.upstream(frozenset([id_ for id_, role in walk.roles.items() if role in _ENDS]))
    if waiting:
        _go_along(walk, order, nodes, depth, waiting)
    check_ends(walk, order)
    check_ties(walk, tuple(nodes.values()))
    return _report(walk, order, nodes, {}, ())


def _check_inside(
    graph: Graph, prepared: Prepared, names: Mapping[str, Json], entries: Mapping[str, Shape | None], running: Running,
    depth: int,
) -> Report:  # fmt: skip
    """Check a composite's drawing: its blocks depend on its names, so nothing is taken over from earlier."""
    topology, nodes, order = graph.topology, prepared.nodes, prepared.order
    walk = Walk(
        graph, None, names, entries, running, dict(prepared.made), dict(prepared.roles), topology.into, topology.leaving
    )
    walk.needed = topology.upstream(frozenset([id_ for id_, role in walk.roles.items() if role in _ENDS]))
    _go_along(walk, order, nodes, depth, set(nodes))
    check_ports(walk, order)
    if prepared.ties:
        check_ties(walk, tuple(nodes.values()))
    exits = tuple(
        [walk.blocks[id_].output for id_, node in nodes.items() if node.kind == "port_out" and id_ in walk.blocks]
    )
    return _report(walk, order, nodes, names if depth else {}, exits)


def _report(walk: Walk, order: tuple[str, ...], nodes: Mapping[str, Node], names: Mapping[str, Json],
            exits: tuple[Shape | None, ...]) -> Report:  # fmt: skip
    found, log = walk.blocks.values(), walk.graph.topology.log
    return Report(
        blocks=walk.blocks,
        problems=tuple(sorted(walk.problems, key=lambda problem: problem.severity != "error")),
        order=order,
        parameters=sum(map(attrgetter("parameters"), found)),
        macs=sum(map(attrgetter("macs"), found)) - _macs_of_training(walk),
        activation_bytes=sum(map(attrgetter("activation_bytes"), found)),
        inner=walk.inner,
        repetitions=walk.repetitions,
        made=walk.made,
        bypassed=frozenset(walk.bypassed),
        exits=exits,
        names=names,
        needed=walk.needed,
        nodes=nodes,
        roles=walk.roles,
        log=log,
        logged=len(log),
        feeding=walk.feeding,
    )


def _macs_of_training(walk: Walk) -> int:
    """Multiply-adds of auxiliary heads, which are left out when the network is asked."""
    auxiliary = {id_ for id_, role in walk.roles.items() if role == "loss" and walk.made[id_].kind == "aux_output"}
    others = frozenset([id_ for id_, role in walk.roles.items() if role in _ENDS and id_ not in auxiliary])
    if not auxiliary or not others:
        return 0
    topology = walk.graph.topology
    heads = topology.above(auxiliary) - topology.above(others)
    return sum(walk.blocks[id_].macs for id_ in heads if id_ in walk.blocks)


def _resume(walk: Walk, before: Report, nodes: Mapping[str, Node]) -> set[str]:
    """Take over what an earlier report says; gives the blocks that have to be looked at again.

    These are blocks that are new or changed, blocks whose wires are, blocks with a problem (its mends name ids that may be taken
    by now) and composites, whose insides may have changed. What arrives somewhere anew is followed from there. Thousands of blocks
    are compared at the speed of C.
    """
    log = walk.graph.topology.log
    if before.log is not log:  # the report of another drawing, or of one before very many changes
        return set(nodes)
    walk.blocks, walk.made, walk.roles = dict(before.blocks), dict(before.made), dict(before.roles)
    walk.bypassed, walk.feeding = set(before.bypassed), dict(before.feeding)
    old = before.nodes
    if list(old) == list(nodes):
        waiting = set(compress(nodes, map(is_not, old.values(), nodes.values())))
    else:
        for id_ in old.keys() - nodes.keys():
            for held in (walk.blocks, walk.made, walk.roles, walk.feeding):
                held.pop(id_, None)
            walk.bypassed.discard(id_)
        waiting = {id_ for id_, node in nodes.items() if old.get(id_) is not node}
    waiting.update(log[before.logged :])
    waiting.update(before.inner)
    waiting.update(problem.block for problem in before.problems if problem.block is not None and not problem.path)
    waiting &= nodes.keys()
    for id_ in waiting:
        walk.feeding.pop(id_, None)
    return waiting


def _go_along(walk: Walk, order: tuple[str, ...], nodes: Mapping[str, Node], depth: int, waiting: set[str]) -> None:
    """Find out about the blocks that wait; what is wrong goes to the walk's problems, what a block feeds waits too if it gives
    another shape than before. Thousands of blocks pass here in one frame, so nothing is asked twice."""
    blocks, made, feeding, leaving, nothing = walk.blocks, walk.made, walk.feeding, walk.leaving, _NOTHING
    for id_ in order:
        if id_ not in waiting:
            continue
        before, report, sources = blocks.get(id_), None, feeding.get(id_)
        if sources is not None:  # what is known of a block like it at which the same arrives
            if len(sources) == 1:
                outputs = blocks.get(sources[0], nothing).outputs
                if len(outputs) == 1:
                    report = made[id_].memo.get((id(outputs[0]),))
            else:
                arriving = [id(outputs[0]) for one in sources if len(outputs := blocks.get(one, nothing).outputs) == 1]
                if len(arriving) == len(sources):
                    report = made[id_].memo.get(tuple(arriving))
        if report is None:
            report = _looked_at(walk, nodes[id_], depth)
        if report is before:
            continue
        blocks[id_] = report
        if before is not None:
            was, gives = before.outputs, report.outputs
            one = len(was) == 1 == len(gives)  # then compared as an object, for equal shapes are mostly one
            if was[0] is gives[0] if one else was == gives:
                continue
        for target, _port in leaving.get(id_, ()):
            waiting.add(target)


def _looked_at(walk: Walk, node: Node, depth: int) -> BlockReport:
    """The report of one block; where nothing but what arrives decides about it, what feeds it is noted for the next time."""
    id_, blocks = node.id, walk.blocks
    if walk.bypassed:
        walk.bypassed.discard(id_)
    if node.given is not None or node.bypassed is not False:
        return _examined(walk, node, depth)
    if node.names is not None and _made(walk, node) is None:
        return BlockReport(())
    block, wires = walk.made[id_], walk.into.get(id_, _NO_WIRES)
    arriving, sources = [], []
    for name in block.port_names:
        wire = wires.get(name)
        if wire is None:
            return _examined(walk, node, depth)  # open
        source = wire.source.block
        outputs = blocks.get(source, _NOTHING).outputs
        arriving.append(outputs[0] if len(outputs) == 1 else _arrives(walk, wire))
        sources.append(source)
    if node.names is None:
        walk.feeding[id_] = tuple(sources)
    return block.memo.get(tuple(map(id, arriving))) or _known(block, tuple(arriving)) or _examined(walk, node, depth)


def _known(block: Block, arriving: tuple[Shape | None, ...]) -> BlockReport | None:
    """The report of a block that depends on nothing but what arrives at its ports, all of which have a wire.

    It is remembered: networks have many equal blocks, which are one object. None where it takes the long way to say what is wrong.
    """
    if block.role == "entry":
        return None
    if len(block.memo) >= MOST_KNOWN:
        block.memo.clear()
    shapes = [shape for shape in arriving if shape is not None]
    report = BlockReport(arriving)  # the fault lies further up and is reported there
    if len(shapes) == len(arriving):
        try:
            report = _fitting(block, arriving, shapes)
        except BlockError:
            return None
    block.memo[tuple(map(id, arriving))] = report  # it holds these shapes, so that no other object gets their ids
    return report


def _fitting(block: Block, arriving: tuple[Shape | None, ...], shapes: Sequence[Shape]) -> BlockReport:
    """What can be said of a block at which these shapes arrive.

    Raises:
        BlockError: They do not fit.
    """
    outputs = tuple([_one(shape) for shape in block.shapes(*shapes)])
    free = block.kind in _VIEWS or block.role in ("loss", "metric")
    return BlockReport(
        arriving,
        outputs,
        parameters=block.parameters(*shapes),
        macs=block.macs(*shapes),
        activation_bytes=0 if free else sum([output.size for output in outputs]) * FLOAT_BYTES,
    )


def _one(shape: Shape) -> Shape:
    """The object that stands for all equal shapes: comparing an object with itself takes no time."""
    if len(_SHAPES) >= MOST_SHAPES:
        _SHAPES.clear()
    return _SHAPES.setdefault(shape, shape)


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
    if isinstance(block, CompositeBlock):
        return _composite(walk, node, block, arriving, depth)
    given = {port.name: shape for port, shape in zip(ports, arriving, strict=True) if shape is not None}
    if any(name not in given for name in wires):
        return BlockReport(arriving)  # the fault lies further up and is reported there
    shapes = block.arriving(given)
    try:
        return _fitting(block, arriving, shapes)
    except BlockError as error:
        walk.problems.append(
            Problem(
                code=error.code,
                text=f"{node.name}: {error}",
                block=node.id,
                setting=error.setting,
                port=error.port or (ports[0].name if ports and error.setting is None else None),
                fixes=mend.for_block(walk.graph, node, error, tuple(given.values())),
            )
        )
        return BlockReport(arriving)


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
    entries = dict(zip(block.port_names, arriving, strict=True))
    too_many = walk.repetitions > MOST_REPETITIONS  # without this one
    found = Chained() if too_many else chain(block, node, entries, walk.names, walk.running, depth=depth)
    walk.repetitions += found.repetitions
    if walk.repetitions > MOST_REPETITIONS:  # else all that looks inside would take minutes
        least = "at least " if too_many or found.broken_off else ""
        found = Chained(
            wrong=f"with it the network has {least}{walk.repetitions:,} repetitions of composites, counting those inside "
            f"others; {MOST_REPETITIONS:,} are the most. Let something repeat less often."
        )
    reports = walk.inner[node.id] = found.reports
    if found.wrong:
        walk.problems.append(Problem("setting-refused", f"{node.name}: {found.wrong}", block=node.id))
    if found.faulty is not None:  # the first repetition with a fault says it; the others would say it again
        walk.problems += raised(reports[found.faulty].problems, node, block.composite, found.faulty, len(reports))
    whole = reports and not found.wrong
    return BlockReport(
        arriving,
        reports[-1].exits if whole else (None,) * len(block.output_names),
        parameters=found.parameters,
        macs=found.macs,
        activation_bytes=found.activation_bytes,
    )


def _arrives(walk: Walk, wire: Wire | None) -> Shape | None:
    if wire is None:
        return None
    found = walk.blocks.get(wire.source.block)
    if found is None or not found.outputs:
        return None
    if len(found.outputs) == 1:
        return found.outputs[0]
    ports = walk.made[wire.source.block].output_names
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
        fixes=mend.for_open_input(walk.graph, node, ports[0], walk.loose),
    )
