"""The inside of composites: every repetition checked with its own names and shapes, as often as it differs.

A repetition with the names and shapes of an earlier one is not worked out again, so that 36 equal blocks cost as much as one.
Not for: single blocks and the network's ends (`engine.graph.check`, `engine.graph.ends`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from engine.blocks.spec import Shape
from engine.declare import Json
from engine.errors import BlockError, EngineError, Fix, Problem, SettingError
from engine.graph.composite import Composite, CompositeBlock, repetitions
from engine.graph.edits import Inside, Node
from engine.graph.model import Graph
from engine.graph.naming import RUNNING
from engine.graph.walk import Report, Running

MOST_DEEP = 16  # composites within composites; keeps a hostile file from recursing without end
_COUNTS, _PLACES = frozenset({"k", "total"}), frozenset({"i", "n"})
MOST_REPETITIONS = 1000  # of all composites of a network; the deepest published ones have some hundreds


@dataclass(frozen=True)
class Chained:
    """What was found out about the repetitions of an instance.

    Attributes:
        reports: One a repetition.
        wrong: What is wrong with the instance itself; empty for nothing.
        broken_off: Whether there are more repetitions, which were not worked out since these are too many already.
    """

    reports: tuple[Report, ...] = ()
    wrong: str = ""
    broken_off: bool = False

    @cached_property
    def repetitions(self) -> int:
        """How many they are, with those inside them."""
        return len(self.reports) + sum(report.repetitions for report in self.reports)

    @cached_property
    def faulty(self) -> int | None:
        """The first repetition with a problem."""
        return next((index for index, report in enumerate(self.reports) if report.problems), None)

    @cached_property
    def parameters(self) -> int:
        """Learned numbers of all of them."""
        return sum(map(attrgetter("parameters"), self.reports))

    @cached_property
    def macs(self) -> int:
        """Multiply-adds of all of them, for one sample."""
        return sum(map(attrgetter("macs"), self.reports))

    @cached_property
    def activation_bytes(self) -> int:
        """Memory of the outputs of all of them, for one sample."""
        return sum(map(attrgetter("activation_bytes"), self.reports))


def outside_of(block: CompositeBlock, xs: tuple[Shape, ...]) -> tuple[Report, ...]:
    """One report a repetition for an instance that stands nowhere, its ports given shapes in their order.

    Raises:
        BlockError: It has more repetitions than a network can bear.
    """
    ports = block.port_names
    found = chain(block, None, dict(zip(ports, xs, strict=False)), RUNNING, Running(), depth=0)
    if found.broken_off:
        raise BlockError("inside", f"it has more than {MOST_REPETITIONS:,} repetitions, counting those inside it.")
    return found.reports


def chain(
    block: CompositeBlock, node: Node | None, entries: Mapping[str, Shape | None], outer: Mapping[str, Json],
    running: Running, *, depth: int,
) -> Chained:  # fmt: skip
    """Check an instance's repetitions, what leaves one arriving at the next; equal instances are checked once."""
    composite = block.composite
    if depth > MOST_DEEP:
        return Chained(wrong=f"it stands more than {MOST_DEEP} composites deep.")
    if _counts(composite, running) or (node is not None and node.has_expressions):
        return _chained(block, node, entries, outer, running, depth=depth, alike=False)
    key = block, tuple(entries.items())
    found = composite.chained.get(key)
    if found is None:
        alike = _PLACES.isdisjoint(composite.reads)
        found = composite.chained[key] = _chained(block, node, entries, outer, running, depth=depth, alike=alike)
    return found


def _chained(
    block: CompositeBlock, node: Node | None, entries: Mapping[str, Shape | None], outer: Mapping[str, Json],
    running: Running, *, depth: int, alike: bool,
) -> Chained:  # fmt: skip
    """`chain`, worked out; `alike`: repetitions behind the first have the same names, so that the first of them with the shapes of
    the one before stands for all the rest."""
    composite = block.composite
    begun = running.passed.get(composite.id, 0)
    total = running.totals.get(composite.id, block.repeat)
    reports: list[Report] = []
    worked = 0
    arriving = dict(entries)
    ports = block.port_names
    try:
        for names in repetitions(block, node, {**outer, "k": begun, "total": total}):
            report = _checked(composite, names, arriving, running, depth)
            reports.append(report)
            if composite.id in running.counted:
                running.passed[composite.id] = running.passed.get(composite.id, 0) + 1
            if alike and len(reports) > 2 and report is reports[-2]:
                reports += [report] * (block.repeat - len(reports))
                break
            worked += 1 + report.repetitions
            if worked > MOST_REPETITIONS and 2 < len(reports) < block.repeat:
                return Chained(tuple(reports), broken_off=True)
            arriving.update(zip(ports, report.exits, strict=False))
    except SettingError as error:
        return Chained(tuple(reports), str(error))
    return Chained(tuple(reports))


def _counts(composite: Composite, running: Running) -> bool:
    """Whether its repetitions depend on what was counted before them in the network."""
    return not _COUNTS.isdisjoint(composite.reads) or _reads_counts(composite, running.counted)


def _checked(composite: Composite, names: dict[str, Json], entries: Mapping[str, Shape | None], running: Running,
             depth: int) -> Report:  # fmt: skip
    """One repetition, from memory where nothing is new."""
    counts = _counts(composite, running)
    key: Any = None
    if not counts:
        kept = {name: value for name, value in names.items() if name not in _COUNTS}
        if _PLACES.isdisjoint(composite.reads):
            del kept["i"], kept["n"]
        key = repr(kept), tuple(entries.items())
        found = composite.memo.get(key)
        if found is not None:
            return found
    from engine.graph.check import check_drawing

    found = check_drawing(composite.body, names=names, entries=entries, running=running, depth=depth + 1,
                          prepared=composite.prepared)  # fmt: skip
    if not counts:  # what is counted has to be counted again
        composite.memo[key] = found
    return found


def _reads_counts(composite: Composite, counted: frozenset[str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether something inside depends on what was counted before."""
    if not counted:
        return False
    if composite.id in counted:
        return True
    held = composite.body.composites
    return any(
        _reads_counts(held[part], counted, seen | {composite.id}) for part in composite.parts() - seen if part in held
    )


def counting(graph: Graph) -> Running:
    """What has to be counted over the network, and the totals."""
    if not graph.composites:
        return Running()
    counted: set[str] = set()
    for id_, composite in graph.composites.items():
        if {"k", "total"} & composite.reads:
            counted.add(id_)
    for drawing in (graph, *(composite.body for composite in graph.composites.values())):
        counted.update(n.composite for n in drawing if n.composite is not None and {"k", "total"} & n.reads)
    if not counted:
        return Running()
    totals: dict[str, int] = {}
    _count(graph, graph.names, totals, 0)
    return Running(frozenset(counted), {}, {id_: totals.get(id_, 0) for id_ in counted})


def _count(drawing: Graph, names: Mapping[str, Json], totals: dict[str, int], depth: int) -> None:
    """Add the repetitions in a drawing and in what stands inside it."""
    for node in drawing:
        if node.composite is None or depth > MOST_DEEP or sum(totals.values()) > MOST_REPETITIONS:
            continue
        try:
            block = node.block_with(names)
            assert isinstance(block, CompositeBlock)
            if node.bypassed_with(names):
                continue
            for inner in repetitions(block, node, names):
                totals[block.composite.id] = totals.get(block.composite.id, 0) + 1
                _count(block.composite.body, inner, totals, depth + 1)
        except EngineError:
            continue  # the walk says what is wrong with it


def raised(
    problems: tuple[Problem, ...], node: Node, composite: Composite, repetition: int, times: int
) -> list[Problem]:
    """Problems of an inside as problems of the drawing that the instance stands in."""
    which = f", repetition {repetition + 1}" if times > 1 else ""
    return [
        replace(
            problem,
            text=f"{node.name}{which} › {problem.text}",
            path=(node.id, *problem.path),
            fixes=tuple(
                Fix(fix.title, tuple(e if isinstance(e, Inside) else Inside(composite.id, e) for e in fix.edits))
                for fix in problem.fixes
            ),
        )
        for problem in problems
    ]
