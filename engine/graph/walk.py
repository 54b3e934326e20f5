"""What is known while a graph is walked from its inputs to its outputs, and what is known afterwards.

Not for: judging anything (`engine.graph.check`, `engine.graph.inside`, `engine.graph.ends`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.blocks.spec import Block, Role, Shape
from engine.declare import Json
from engine.errors import Problem
from engine.graph import mend
from engine.graph.edits import End, Node, Wire
from engine.graph.facts import DataFacts
from engine.graph.model import Graph


@dataclass(frozen=True)
class BlockReport:
    """What the checker found out about one block.

    Attributes:
        inputs: One shape an input port, None where none arrives or it is not known.
        outputs: One shape an output port, None where a fault keeps it from being known; what arrives for a block that ends the
            network; empty where nothing is known.
        parameters: Learned numbers; of a composite, of all its repetitions.
        macs: Multiply-adds for one sample.
        activation_bytes: Memory of the output for one sample, in bytes.
    """

    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...] = ()
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0

    @property
    def output(self) -> Shape | None:
        """The (first) shape that comes out, None where it is not known."""
        return self.outputs[0] if self.outputs else None


@dataclass(frozen=True)
class Report:
    """What the checker found out about a graph, or about one repetition of a composite.

    Attributes:
        blocks: By block id.
        problems: Errors first, each kind in the order of the network.
        order: Block ids, every block after those that feed it.
        parameters, macs, activation_bytes: Totals of `blocks`; multiply-adds without those of auxiliary heads, which only
            a training carries out.
        inner: Of each instance of a composite, by id: one report a repetition.
        repetitions: How many these are, with those inside them.
        made: The blocks with all expressions worked out, by id.
        bypassed: Ids of the blocks that pass their first input on.
        exits: Of a composite: the shapes that leave it, in the order of its ports.
        names: Of a composite: its settings here; `i`, `n`, `k`, `total` besides, as they were where it was first worked out.
        roles: Of the blocks that are no layers, by id.
        needed: Blocks that an output or a loss depends on; all others are left out when the network runs.
        nodes, log, logged, feeding: The drawing as it was, for checking again after an edit: its blocks, its log of changed wires,
            how long that was, and what `Walk.feeding` was.
    """

    blocks: Mapping[str, BlockReport] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    order: tuple[str, ...] = ()
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0
    inner: Mapping[str, tuple[Report, ...]] = field(default_factory=dict)
    repetitions: int = 0
    made: Mapping[str, Block] = field(default_factory=dict, repr=False)
    bypassed: Collection[str] = frozenset()
    exits: tuple[Shape | None, ...] = ()
    names: Mapping[str, Json] = field(default_factory=dict, repr=False, compare=False)
    needed: Collection[str] = field(default=frozenset(), repr=False, compare=False)
    nodes: Mapping[str, Node] = field(default_factory=dict, repr=False, compare=False)
    roles: Mapping[str, Role] = field(default_factory=dict, repr=False, compare=False)
    log: Sequence[str] | None = field(default=None, repr=False, compare=False)
    logged: int = field(default=0, repr=False, compare=False)
    feeding: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the network can run: no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def known(self) -> bool:
        """Whether all shapes are known, so that the figures are those of the whole network, whatever problems there are; blocks
        that are left out when it runs count only where nothing runs yet, or where they are what keeps it from running."""
        wrong = {one.path[0] if one.path else one.block or "" for one in self.problems if one.severity == "error"}
        counted = {*self.needed, *(wrong & self.nodes.keys())} if self.needed else self.nodes.keys()
        found = [self.blocks.get(id_) for id_ in counted]
        return all(one is not None and one.outputs and None not in one.outputs for one in found) and all(
            one.known for id_, repetitions in self.inner.items() if id_ in counted for one in repetitions
        )

    def shape_of(self, end: End) -> Shape | None:
        """The shape that leaves an output port."""
        found = self.blocks.get(end.block)
        if found is None or len(found.outputs) < 2:
            return found.output if found else None
        ports = [port.name for port in self.made[end.block].outputs()] if end.block in self.made else []
        return found.outputs[ports.index(end.port)] if end.port in ports else None

    def of(self, block: str) -> tuple[Problem, ...]:
        """The problems of one block, those inside it included where it is a composite."""
        return tuple(
            problem for problem in self.problems if (problem.path[0] if problem.path else problem.block) == block
        )


@dataclass
class Walk:
    """A drawing, its blocks by id, and what has been found out so far.

    Attributes:
        graph: What is walked.
        facts: The data set, where one is known.
        names: What expressions read.
        entries: Shapes that arrive at a composite's ports, by the port's name; None for the network itself.
        running: Counts repetitions over the whole network.
        made: The declared block of each node, expressions worked out.
        roles: Of the blocks that are no layers.
        into: Block id -> port -> wire.
        leaving: Block id -> wires that start there, by the input they end in.
        needed: Blocks that an output or a loss depends on.
        feeding: Of blocks whose ports all have a wire and whose settings are no expressions: the blocks that feed these ports, in
            their order.
        blocks, problems, inner, repetitions, bypassed: The findings.
    """

    graph: Graph
    facts: DataFacts | None
    names: Mapping[str, Json]
    entries: Mapping[str, Shape | None] | None
    running: Running
    made: dict[str, Block]
    roles: dict[str, Role]
    into: Mapping[str, Mapping[str, Wire]]
    leaving: Mapping[str, Mapping[End, Wire]]
    needed: Collection[str] = frozenset()
    feeding: dict[str, tuple[str, ...]] = field(default_factory=dict)
    blocks: dict[str, BlockReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    inner: dict[str, tuple[Report, ...]] = field(default_factory=dict)
    repetitions: int = 0
    bypassed: set[str] = field(default_factory=set)

    @cached_property
    def loose(self) -> list[Node]:
        """Blocks that something arrives at and that lead nowhere, which open inputs may be wired to."""
        return mend.loose_ends(self.graph)


@dataclass(frozen=True)
class Prepared:
    """What holds of a composite's drawing whatever arrives, found out once for all its repetitions.

    Attributes:
        nodes: Its blocks by id.
        order: Their ids, each after those that feed it.
        made: The declared blocks, expressions worked out with the defaults.
        roles: Of the blocks that are no layers.
        ties: Whether blocks may share a weight.
    """

    nodes: Mapping[str, Node]
    order: tuple[str, ...]
    made: Mapping[str, Block]
    roles: Mapping[str, Role]
    ties: bool


def prepare(graph: Graph) -> Prepared:
    """Look at a composite's drawing."""
    nodes = graph.nodes.copy()
    made = {id_: node.block() for id_, node in nodes.items()}
    roles = {id_: block.role for id_, block in made.items() if block.role != "layer"}
    ties = any("tied" in node.settings for node in nodes.values())
    return Prepared(nodes, graph.topology.order(nodes), made, roles, ties)


@dataclass
class Running:
    """How many repetitions of each composite the walk has passed, for ramps over the whole network.

    Attributes:
        counted: Ids of the composites whose insides or instances read `k` or `total`; only these are counted.
        passed: Repetitions so far, by id.
        totals: Repetitions in the whole network, by id.
    """

    counted: frozenset[str] = frozenset()
    passed: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
