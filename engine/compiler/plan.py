"""The plan: what a network does, step by step, as data.

The module walks it and the source prints it, so the two cannot differ. Values live in numbered slots: the inputs in the
first ones, then one slot a step. The objective says which losses and metrics belong to a network and where they read.

Not for: running anything. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.spec import Block, Call, Shape
from engine.declare import Json, to_json
from engine.errors import CompileError
from engine.graph.check import Report, check
from engine.graph.facts import DataFacts
from engine.graph.model import End, Graph, Node


@dataclass(frozen=True)
class InputSpec:
    """An input of the network. Its slot is its place among the inputs.

    Attributes:
        name: The block's name, and the argument's in the exported source.
        column: The column of the data set that goes in here.
        shape: One sample's shape.
    """

    name: str
    column: str
    shape: Shape


@dataclass(frozen=True)
class OutputSpec:
    """An output of the network: what it gives, in this order.

    Attributes:
        name: The block's name.
        slot: Where its value lies.
        shape: One sample's shape.
        logits: Whether a softmax of it gives probabilities; not where it is trained by mean squared error alone.
    """

    name: str
    slot: int
    shape: Shape
    logits: bool = True


@dataclass(frozen=True)
class Step:
    """One block's work.

    Attributes:
        id, name, kind: The block.
        call: What it does, as data.
        reads: Slots of its inputs, in the order of its ports.
        writes: Slot of what it gives.
        inputs: Shapes that arrive, one a slot read.
        output: Shape that it gives.
        parameters: Learned numbers.
        macs: Multiply-adds a sample.
    """

    id: str
    name: str
    kind: str
    call: Call
    reads: tuple[int, ...]
    writes: int
    inputs: tuple[Shape, ...]
    output: Shape
    parameters: int = 0
    macs: int = 0


@dataclass(frozen=True)
class Plan:
    """A network as ordered steps.

    Attributes:
        title: The project's title, empty where it has none.
        inputs: In slots 0, 1, ...
        steps: In an order in which every value is there before it is read.
        outputs: What the network gives, in the order of the file.
        slots: Slot of every block's value by the block's name; inputs, outputs and blocks that change nothing included.
    """

    title: str
    inputs: tuple[InputSpec, ...]
    steps: tuple[Step, ...]
    outputs: tuple[OutputSpec, ...]
    slots: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many slots there are."""
        return len(self.inputs) + len(self.steps)

    @property
    def parameters(self) -> int:
        """Learned numbers of all steps."""
        return sum(step.parameters for step in self.steps)

    @property
    def macs(self) -> int:
        """Multiply-adds a sample of all steps."""
        return sum(step.macs for step in self.steps)

    def needed(self, slots: set[int] | frozenset[int]) -> tuple[Step, ...]:
        """The steps without which these slots stay empty, in order."""
        wanted = set(slots)
        out = []
        for step in reversed(self.steps):
            if step.writes in wanted:
                wanted.update(step.reads)
                out.append(step)
        return tuple(reversed(out))


@dataclass(frozen=True)
class Term:
    """A loss or a metric: what it compares.

    Attributes:
        name: The block's name, or "loss", "accuracy" for one that nobody drew.
        kind: The block's kind: "cross_entropy", "mse", "accuracy".
        slot: Where the prediction lies in the plan.
        target_column: The data set's column to compare with; empty where `target_slot` says it.
        target_slot: Where the target lies in the plan if a wire brings it, else None.
        weight: Its factor in the total loss; 1 for metrics.
        settings: All other settings of the block.
    """

    name: str
    kind: str
    slot: int
    target_column: str
    target_slot: int | None = None
    weight: float = 1.0
    settings: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Objective:
    """What a training makes small, and what it reports.

    Attributes:
        terms: Losses; the total is their weighted sum.
        metrics: What is reported besides.
    """

    terms: tuple[Term, ...]
    metrics: tuple[Term, ...]

    @property
    def slots(self) -> frozenset[int]:
        """Every slot that a loss or a metric reads."""
        both = (*self.terms, *self.metrics)
        return frozenset(
            slot for term in both for slot in (term.slot, term.target_slot) if slot is not None
        )  # fmt: skip


def plan(graph: Graph, report: Report | None = None) -> Plan:
    """Order the blocks on which an output, a loss or a metric depends.

    Without an output block, what the losses look at is the output.

    Args:
        graph: The drawing.
        report: What `check` said of it; checked anew where it is None.

    Raises:
        CompileError: The drawing has errors, or nothing in it asks for a result.
    """
    report = check(graph) if report is None else report
    errors = [problem for problem in report.problems if problem.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise CompileError(f"The network cannot be built yet: {errors[0].text}{more}", errors)
    blocks = {node.id: node.block() for node in graph}
    ends = [node for node in graph if blocks[node.id].role == "output"]
    losses = [node for node in graph if blocks[node.id].role == "loss"]
    metrics = [node for node in graph if blocks[node.id].role == "metric" and _wired(graph, node)]
    if not ends and not losses:
        raise CompileError("The network has no output; add an output block, or a loss, after its last layer.")
    return _Planner(graph, report, blocks).plan(ends, [*losses, *metrics], ends or losses)


def _wired(graph: Graph, node: Node) -> bool:
    return End(node.id, node.block().inputs()[0].name) in graph.wires


class _Planner:
    """One pass over the blocks in order, giving slots.

    Attributes:
        slot: Slot of each block's value by id, as far as the pass has come.
    """

    def __init__(self, graph: Graph, report: Report, blocks: Mapping[str, Block]) -> None:
        self.graph = graph
        self.report = report
        self.blocks = blocks
        self.slot: dict[str, int] = {}
        self.steps: list[Step] = []

    def plan(self, ends: list[Node], readers: list[Node], results: list[Node]) -> Plan:
        cone = self._cone([*ends, *readers])
        order = [id_ for id_ in self.report.order if id_ in cone]
        nodes = [self.graph.node(id_) for id_ in order]
        # Inputs in the order of the file, whatever the order of the steps.
        inputs = [node for node in self.graph if node.id in cone and self.blocks[node.id].role == "input"]
        self.slot.update({node.id: index for index, node in enumerate(inputs)})
        for node in nodes:
            if self.blocks[node.id].role in ("layer", "output"):
                self._place(node, len(inputs))
        sources = [(node, node.id if node in ends else self._source(node)) for node in results]
        squared = self._read_by("mse", readers) - self._read_by("cross_entropy", readers)
        return Plan(
            title=str(self.graph.sections["about"].get("title", "")),
            inputs=tuple(self._input(node) for node in inputs),
            steps=tuple(self.steps),
            outputs=tuple(
                OutputSpec(node.name, self.slot[id_], self._shape(id_), self.slot[id_] not in squared)
                for node, id_ in sources
            ),
            slots={self.graph.node(id_).name: slot for id_, slot in self.slot.items()},
        )

    def _cone(self, ends: list[Node]) -> set[str]:
        """Ids of the blocks and of everything upstream of them."""
        upstream: dict[str, list[str]] = {}
        for wire in self.graph.wires.values():
            upstream.setdefault(wire.target.block, []).append(wire.source.block)
        seen: set[str] = set()
        waiting = [node.id for node in ends]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting.extend(upstream.get(here, ()))
        return seen

    def _place(self, node: Node, first: int) -> None:
        block = self.blocks[node.id]
        ends = [End(node.id, port.name) for port in block.inputs()]
        sources = [self.graph.wires[end].source.block for end in ends if end in self.graph.wires]
        reads = tuple(self.slot[id_] for id_ in sources)
        shapes = tuple(self._shape(id_) for id_ in sources)
        call = block.lower(*shapes)
        if call is None:
            self.slot[node.id] = reads[0]
            return
        writes = first + len(self.steps)
        said = self.report.blocks[node.id]
        self.steps.append(
            Step(node.id, node.name, node.kind, call, reads, writes, shapes, self._shape(node.id),
                 parameters=said.parameters, macs=said.macs)
        )  # fmt: skip
        self.slot[node.id] = writes

    def _read_by(self, kind: str, readers: list[Node]) -> set[int]:
        """Slots of the predictions that blocks of a kind look at."""
        return {self.slot[self._source(node)] for node in readers if node.kind == kind}

    def _source(self, node: Node) -> str:
        """Id of the block that a loss's prediction comes from."""
        return self.graph.wires[End(node.id, self.blocks[node.id].inputs()[0].name)].source.block

    def _shape(self, id_: str) -> Shape:
        shape = self.report.blocks[id_].output
        if shape is None:  # the checker gives every block without an error a shape
            raise CompileError(
                f"The shape after {self.graph.node(id_).name} is not known, so the network cannot be built."
            )
        return shape

    def _input(self, node: Node) -> InputSpec:
        return InputSpec(node.name, str(getattr(self.blocks[node.id], "column", "")), self._shape(node.id))


def objective(graph: Graph, report: Report | None = None, facts: DataFacts | None = None) -> Objective:
    """Say what a training makes small. Slots are those of `plan(graph, report)`.

    A drawing without a loss gets the one that fits its data at every output: cross entropy for a label, mean squared error
    for numbers. Without a metric, every cross entropy is accompanied by the accuracy.

    Raises:
        CompileError: The drawing cannot be planned, or the data set has nothing to compare an output with.
    """
    planned = plan(graph, report)
    # A metric that nothing is wired to is left out, as the checker says; a loss of that kind is an error.
    asked = [node for node in graph if node.block().role in ("loss", "metric") and _wired(graph, node)]
    drawn = [_term(graph, node, planned, facts) for node in asked]
    losses = [term for term, role in drawn if role == "loss"]
    metrics = [term for term, role in drawn if role == "metric"]
    if not losses:
        losses = _default_losses(planned, facts)
    if not metrics:
        metrics = [
            Term(_suffixed("accuracy", term, losses), "accuracy", term.slot, term.target_column, term.target_slot)
            for term in losses
            if term.kind == "cross_entropy"
        ]
    return Objective(tuple(losses), tuple(metrics))


def _term(graph: Graph, node: Node, planned: Plan, facts: DataFacts | None) -> tuple[Term, str]:
    block = node.block()
    settings = to_json(block, all_of_them=True)
    column = str(settings.pop("target", "") or "")
    weight = settings.pop("weight", 1.0)
    wires = {wire.target.port: wire.source.block for wire in graph.wires_into(node.id)}
    prediction, *others = [planned.slots[graph.node(wires[p.name]).name] for p in block.inputs() if p.name in wires]
    target = others[0] if others else None
    if target is None and not column:
        column = _target(facts, node.kind)
    return Term(node.name, node.kind, prediction, "" if others else column, target, float(weight), settings), block.role


def _target(facts: DataFacts | None, kind: str) -> str:
    """Name of the column that a loss without one compares with."""
    if facts is None:
        return "target" if kind == "mse" else "label"
    if facts.target is None:
        raise CompileError(
            f"The data set {facts.name} has neither a label nor a target column, so there is nothing to compare the output with; "
            "choose data with labels, or draw a loss and wire its target."
        )
    return facts.target.name


def _default_losses(planned: Plan, facts: DataFacts | None) -> list[Term]:
    column = _target(facts, "cross_entropy")
    label = facts is None or (facts.target is not None and facts.target.kind == "label")
    kind = "cross_entropy" if label else "mse"
    names = ["loss"] if len(planned.outputs) == 1 else [f"loss_{output.name}" for output in planned.outputs]
    return [Term(name, kind, output.slot, column) for name, output in zip(names, planned.outputs, strict=True)]


def _suffixed(stem: str, term: Term, losses: list[Term]) -> str:
    return stem if len(losses) == 1 else f"{stem}_{term.name.removeprefix('loss_')}"
