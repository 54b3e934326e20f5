"""The plan: what a network does, step by step, as data.

The module walks it and the source prints it, so the two cannot differ. Values live in numbered slots: the inputs in the
first ones, then one slot a step. The objective says which losses and metrics belong to a network and where they read.

Not for: running anything. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.compiler.planner import Planner
from engine.compiler.steps import Drawn, InputSpec, OutputSpec, Part, Plan, Step
from engine.declare import Json, to_json
from engine.errors import CompileError
from engine.graph.check import Report, check
from engine.graph.facts import DataFacts
from engine.graph.model import End, Graph, Node

__all__ = [
    "Drawn", "InputSpec", "Objective", "OutputSpec", "Part", "Plan", "Step", "Term", "objective", "plan",
]  # fmt: skip


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
    made = report.made
    ends = [node for node in graph if made[node.id].role == "output"]
    losses = [node for node in graph if made[node.id].role == "loss"]
    metrics = [node for node in graph if made[node.id].role == "metric" and _wired(graph, node)]
    if not ends and not losses:
        raise CompileError("The network has no output; add an output block, or a loss, after its last layer.")
    return Planner(graph, report).plan(ends, [*losses, *metrics], ends or losses)


def _wired(graph: Graph, node: Node) -> bool:
    return End(node.id, node.block().inputs()[0].name) in graph.wires


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
    wires = {wire.target.port: wire.source for wire in graph.wires_into(node.id)}
    prediction, *others = [planned.drawn.slots[wires[p.name]] for p in block.inputs() if p.name in wires]
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
