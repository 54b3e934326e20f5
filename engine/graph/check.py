"""graph -> Report: shapes on every wire, counts of every block, and the problems with their places and mends.

`check` is total: it never raises, whatever a person has drawn. One cause gives one problem; blocks behind a fault stay silent.
Not for: torch. What is promised here is compared with torch by the conformance test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.spec import Shape
from engine.errors import BlockError, Problem
from engine.graph import mend
from engine.graph.ends import check_ends
from engine.graph.facts import DataFacts
from engine.graph.model import End, Graph, Node, Wire
from engine.graph.walk import BlockReport, Walk

__all__ = ["BlockReport", "Report", "check"]

FLOAT_BYTES = 4  # activations are float32
# Blocks whose output is their input seen in another way, so that it takes no memory of its own.
_VIEWS = frozenset({"flatten", "output", "image_input", "vector_input"})


@dataclass(frozen=True)
class Report:
    """What the checker found out about a graph.

    Attributes:
        blocks: By block id.
        problems: Errors first, each kind in the order of the network.
        order: Block ids, every block after those that feed it.
        parameters, macs, activation_bytes: Totals of `blocks`.
    """

    blocks: Mapping[str, BlockReport] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    order: tuple[str, ...] = ()
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0

    @property
    def ok(self) -> bool:
        """Whether the network can run: no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    def shape_of(self, end: End) -> Shape | None:
        """The shape that leaves an output port."""
        found = self.blocks.get(end.block)
        return found.output if found else None

    def of(self, block: str) -> tuple[Problem, ...]:
        """The problems of one block."""
        return tuple(problem for problem in self.problems if problem.block == block)


def check(graph: Graph, facts: DataFacts | None = None) -> Report:
    """Check a graph, and against the columns of a data set where `facts` are given."""
    walk = _begin(graph, facts)
    order = tuple(graph.order())
    for id_ in order:
        walk.blocks[id_] = _visit(walk, graph.nodes[id_])
    check_ends(walk, order)
    problems = sorted(walk.problems, key=lambda problem: problem.severity != "error")
    found = walk.blocks.values()
    return Report(
        blocks=walk.blocks,
        problems=tuple(problems),
        order=order,
        parameters=sum(item.parameters for item in found),
        macs=sum(item.macs for item in found),
        activation_bytes=sum(item.activation_bytes for item in found),
    )


def _begin(graph: Graph, facts: DataFacts | None) -> Walk:
    made = {node.id: node.block() for node in graph}
    into: dict[str, dict[str, Wire]] = {}
    leaving: dict[str, list[Wire]] = {}
    for target, wire in graph.wires.items():
        into.setdefault(target.block, {})[target.port] = wire
        leaving.setdefault(wire.source.block, []).append(wire)
    needed = {id_ for id_, block in made.items() if block.role in ("output", "loss")}
    waiting = list(needed)
    while waiting:
        for wire in into.get(waiting.pop(), {}).values():
            if wire.source.block not in needed:
                needed.add(wire.source.block)
                waiting.append(wire.source.block)
    return Walk(graph, facts, made, into, leaving, needed)


def _visit(walk: Walk, node: Node) -> BlockReport:
    block = walk.made[node.id]
    wires = walk.into.get(node.id, {})
    ports = block.inputs()
    arriving = tuple(_arrives(walk, wires.get(port.name)) for port in ports)
    open_ports = [port for port in ports if port.name not in wires and not port.optional]
    if open_ports:
        walk.problems.append(_open(walk, node, [port.name for port in open_ports]))
        return BlockReport(arriving, None)
    given = tuple(shape for port, shape in zip(ports, arriving, strict=True) if shape is not None or port.name in wires)
    if any(shape is None for shape in given):
        return BlockReport(arriving, None)  # the fault lies further up and is reported there
    known = tuple(shape for shape in given if shape is not None)
    try:
        output = block.shape(*known)
    except BlockError as error:
        walk.problems.append(
            Problem(
                code=error.code,
                text=f"{node.name}: {error}",
                block=node.id,
                setting=error.setting,
                port=error.port or (ports[0].name if ports and error.setting is None else None),
                fixes=mend.for_block(walk.graph, node, error, known),
            )
        )
        return BlockReport(arriving, None)
    return BlockReport(
        arriving,
        output,
        parameters=block.parameters(*known),
        macs=block.macs(*known),
        activation_bytes=0 if node.kind in _VIEWS or block.role in ("loss", "metric") else output.size * FLOAT_BYTES,
    )


def _arrives(walk: Walk, wire: Wire | None) -> Shape | None:
    if wire is None or wire.source.block not in walk.blocks:
        return None
    return walk.blocks[wire.source.block].output


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
