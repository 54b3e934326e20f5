"""The plan: what a network does, step by step, as data.

The module walks it and the source prints it, so the two cannot differ. Values live in numbered slots: the inputs in the
first ones, then one slot a step. The objective says which losses and metrics belong to a network and where they read.

Not for: running anything. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.blocks.spec import Shape, spec_of
from engine.compiler.planner import Planner
from engine.compiler.python_shapes import settled
from engine.compiler.steps import Drawn, InputSpec, OutputSpec, Part, Plan, Step
from engine.declare import Json, to_json
from engine.errors import CompileError
from engine.graph.aims import Aim, Head, Scale, aims, column_of, ignored, last_kind, scale_of
from engine.graph.check import Report
from engine.graph.facts import DataFacts
from engine.graph.model import End, Graph, Node
from engine.graph.targets import head_of

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
        slots: Where what its other wired ports bring lies in the plan, by port: "weight", "mask", "mu".
        scale: How a picture is scaled that is compared with.
        last: Kind of the block that gives the prediction.
        dims: Sizes of one sample of the prediction.
        train_only: Whether it is left out in validation.
    """

    name: str
    kind: str
    slot: int
    target_column: str
    target_slot: int | None = None
    weight: float = 1.0
    settings: Mapping[str, Json] = field(default_factory=dict)
    slots: Mapping[str, int] = field(default_factory=dict)
    scale: Scale = "network"
    last: str = ""
    dims: tuple[int, ...] = ()
    train_only: bool = False

    @property
    def reads(self) -> tuple[int, ...]:
        """Every slot that it reads."""
        target = () if self.target_slot is None else (self.target_slot,)
        return (self.slot, *target, *self.slots.values())


@dataclass(frozen=True)
class Objective:
    """What a training makes small, and what it reports.

    Attributes:
        terms: Losses; the total is their weighted sum.
        metrics: What is reported besides.
        said: What was taken where nobody drew a loss, in sentences.
    """

    terms: tuple[Term, ...]
    metrics: tuple[Term, ...]
    said: tuple[str, ...] = ()

    @property
    def slots(self) -> frozenset[int]:
        """Every slot that a loss or a metric reads."""
        return frozenset(slot for term in (*self.terms, *self.metrics) for slot in term.reads)


def plan(graph: Graph, report: Report | None = None) -> Plan:
    """Order the blocks on which an output, a loss or a metric depends.

    Without an output block, what the losses look at is the output.

    Args:
        graph: The drawing.
        report: What `check` said of it; checked anew where it is None, which waits for what has to be found out.

    Raises:
        CompileError: The drawing has errors, or nothing in it asks for a result.
    """
    report = settled(graph) if report is None else report
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

    A drawing without a loss gets the one that fits its data at every output (`engine.graph.aims`): cross entropy for a label,
    mean squared error for numbers. Without a metric, those that fit are reported.

    Raises:
        CompileError: The drawing cannot be planned, or the data set has nothing to compare an output with.
    """
    report = settled(graph) if report is None else report
    return _Goal(graph, report, plan(graph, report), facts).objective()


@dataclass
class _Goal:
    """What an objective is made from."""

    graph: Graph
    report: Report
    planned: Plan
    facts: DataFacts | None
    said: list[str] = field(default_factory=list)
    metrics: list[Term] = field(default_factory=list)

    def objective(self) -> Objective:
        """Losses and metrics."""
        graph, made = self.graph, self.report.made
        # A metric that nothing is wired to is left out, as the checker says; a loss of that kind is an error.
        asked = [node for node in graph if made[node.id].role in ("loss", "metric") and _wired(graph, node)]
        drawn = [node for node in asked if made[node.id].role == "loss" and node.kind != "aux_output"]
        losses: list[tuple[Term, Aim | None]] = []
        for node in drawn:
            losses += self._heads(node) if node.kind == "multi_task" else [self._drawn(node)]
        if not losses:
            losses = self._defaults()
        metrics = [self._drawn(node)[0] for node in asked if made[node.id].role == "metric"]
        if not metrics:
            metrics = [
                self._beside(kind, term, losses) for term, aim in losses for kind in (aim.metrics if aim else ())
            ]
        auxiliary = [self._auxiliary(node) for node in asked if node.kind == "aux_output"]
        return Objective((*(term for term, _ in losses), *auxiliary), tuple(metrics), tuple(self.said))

    @property
    def _inputs(self) -> dict[str, Any]:
        return {spec.column: spec.shape for spec in self.planned.inputs if spec.column}

    def _drawn(self, node: Node) -> tuple[Term, Aim | None]:
        """The term of a block, and what somebody who drew no metric would want to know besides."""
        block = self.report.made[node.id]
        settings = to_json(block, all_of_them=True)
        column = str(settings.pop("target", "") or "")
        weight = settings.pop("weight", 1.0)
        wires = {wire.target.port: wire.source for wire in self.graph.wires_into(node.id)}
        slots = {port: self.planned.drawn.slots[source] for port, source in wires.items()}
        slot = slots.pop(block.port_names[0])
        target = slots.pop("target", None)
        head = head_of(self.graph, self.report, node.id)
        term = Term(
            node.name,
            node.kind,
            slot,
            column,
            target,
            float(weight),
            settings,
            slots,
            last=head.last,
            dims=head.shape.dims,
        )
        if target is not None:
            return replace(term, target_column=""), _plain_metrics(node.kind) if self.facts is None else None
        if self.facts is None:
            name = column or ("target" if node.kind == "mse" else "label")
            return replace(term, target_column=name), _plain_metrics(node.kind)
        found = column_of(node.kind, head, self.facts, self._inputs)
        if found is None:
            if column:  # a column that the data lack: said where the data are looked at
                return term, None
            raise CompileError(_nothing(self.facts))
        known = ignored(node.kind, settings, found)
        if node.kind == "gan_loss":  # real pictures are scaled as the generator makes them, whatever the score ends in
            ends = last_kind(self.graph, wires["generated"])
            scale = scale_of("mse", replace(head, last=ends), found, settings)
        else:
            scale = scale_of(node.kind, head, found, settings)
        (aim,) = aims([Head(head.name, head.shape, head.last, target=found.name)], self.facts, self._inputs)
        recipe = node.kind in ("gan_loss", "diffusion_loss")
        return replace(term, target_column=found.name, settings=known, scale=scale), None if recipe else aim

    def _defaults(self) -> list[tuple[Term, Aim | None]]:
        """The losses that nobody drew, one an output."""
        outputs = self.planned.outputs
        names = ["loss"] if len(outputs) == 1 else [f"loss_{output.name}" for output in outputs]
        if self.facts is None:
            return [
                (Term(name, "cross_entropy", output.slot, "label"), _plain_metrics("cross_entropy"))
                for name, output in zip(names, outputs, strict=True)
            ]
        heads = [head_of(self.graph, self.report, self.graph.named(output.name).id) for output in outputs]
        found: list[tuple[Term, Aim | None]] = []
        for name, output, head, aim in zip(names, outputs, heads, aims(heads, self.facts, self._inputs), strict=True):
            if aim is None and head.task == "features":
                continue
            aim = aim or self._forced(head)
            self.said.append(aim.sentence(head.name))
            found.append((_of(aim, name, output.slot, head), aim))
        return found

    def _forced(self, head: Head) -> Aim:
        """The aim of a head that fits nothing: what to predict stands first, and the checker says what is wrong."""
        facts = self.facts
        column = column_of("output", head, facts, self._inputs) if facts is not None else None
        if column is None or facts is None:
            raise CompileError(_nothing(facts))
        kind = "mse" if column.kind in ("number", "image") else "cross_entropy"
        return Aim(column.name, kind, metrics=("accuracy",) if column.kind == "label" else (), why=column.kind)

    def _heads(self, node: Node) -> list[tuple[Term, Aim | None]]:
        """The losses of a multi-task sum, one a head."""
        block: Any = self.report.made[node.id]
        names = [part.strip() for part in block.target.split(",")] if block.target else []
        shares = block.weights or (1.0,) * block.heads
        wires = self.graph.topology.into[node.id]
        heads, slots = [], []
        for index, (port, x) in enumerate(zip(block.port_names, self.report.blocks[node.id].inputs, strict=True)):
            source = wires[port].source
            beside = [w.target.block for w in self.graph.wires_from(source.block) if w.source == source]
            outputs = [self.graph.nodes[id_].name for id_ in beside if self.graph.nodes[id_].kind == "output"]
            name = outputs[0] if outputs else self.graph.nodes[source.block].name
            target = names[index] if index < len(names) else ""
            heads.append(Head(name, x or Shape(()), last_kind(self.graph, source), target=target))
            slots.append(self.planned.drawn.slots[source])
        if self.facts is None:
            return [
                (Term(f"{node.name}_{head.name}", "cross_entropy", slot, head.target or "label", weight=share * block.weight),
                 None)
                for head, slot, share in zip(heads, slots, shares, strict=True)
            ]  # fmt: skip
        found: list[tuple[Term, Aim | None]] = []
        for head, slot, share, aim in zip(heads, slots, shares, aims(heads, self.facts, self._inputs), strict=True):
            aim = aim or self._forced(head)
            self.said.append(aim.sentence(head.name))
            term = _of(aim, f"{node.name}_{aim.column}", slot, head)
            found.append((replace(term, weight=share * block.weight), aim))
        return found

    def _auxiliary(self, node: Node) -> Term:
        """The loss of an answer that is there in training only."""
        block: Any = self.report.made[node.id]
        head = head_of(self.graph, self.report, node.id)
        source = self.graph.wires[End(node.id, block.port_names[0])].source
        slot = self.planned.drawn.slots[source]
        if self.facts is None:
            term = Term(node.name, "cross_entropy", slot, block.target or "label")
        else:
            (aim,) = aims([head], self.facts, self._inputs)
            term = _of(aim or self._forced(head), node.name, slot, head)
        return replace(term, weight=block.weight, train_only=True)

    def _beside(self, kind: str, term: Term, losses: Sequence[tuple[Term, Aim | None]]) -> Term:
        """A metric that nobody drew, beside a loss."""
        name = kind if len(losses) == 1 else f"{kind}_{term.name.removeprefix('loss_')}"
        known = {setting: value.default for setting, value in spec_of(kind).settings.items() if setting != "target"}
        settings = {name: term.settings.get(name, value) for name, value in known.items()}
        slots = {port: slot for port, slot in term.slots.items() if port == "mask"}
        return Term(
            name,
            kind,
            term.slot,
            term.target_column,
            term.target_slot,
            1.0,
            settings,
            slots,
            term.scale,
            term.last,
            term.dims,
        )


def _of(aim: Aim, name: str, slot: int, head: Head) -> Term:
    known = {setting: value.default for setting, value in spec_of(aim.loss).settings.items()}
    settings = {key: value for key, value in known.items() if key not in ("target", "weight")} | dict(aim.settings)
    return Term(
        name, aim.loss, slot, aim.column, settings=settings, scale=aim.scale, last=head.last, dims=head.shape.dims
    )


def _plain_metrics(kind: str) -> Aim | None:
    """What is reported beside a loss where nothing is known of the data."""
    return Aim("label", kind, metrics=("accuracy",)) if kind == "cross_entropy" else None


def _nothing(facts: DataFacts | None) -> str:
    name = facts.name if facts is not None else ""
    return (
        f"The data set {name} has neither a label nor a target column, so there is nothing to compare the output with; "
        "choose data with labels, or draw a loss and wire its target."
    )
