"""The planner: one pass over the blocks in order, giving slots; composites are gone into as often as they stand there.

Not for: what is to be planned (`engine.compiler.plan`). No torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, Shape
from engine.compiler.steps import Drawn, InputSpec, OutputSpec, Part, Plan, Step
from engine.errors import CompileError
from engine.graph.check import Report
from engine.graph.composite import CompositeBlock
from engine.graph.model import End, Graph, Node


@dataclass
class _Place:
    """A drawing on its way into the plan.

    Attributes:
        graph: The drawing.
        report: What `check` said of it here.
        prefix: What names of its blocks start with: "" or "layer1.0.".
        path: Ids of the instances that it stands in.
        slots: Slot of every value in it, as far as the pass has come.
        shapes: Its shape.
        frozen: Whether an instance that it stands in is.
    """

    graph: Graph
    report: Report
    prefix: str
    path: tuple[str, ...]
    slots: dict[End, int]
    shapes: dict[End, Shape]
    frozen: bool = False


class Planner:
    """Makes the plan of one network."""

    def __init__(self, graph: Graph, report: Report) -> None:
        self.graph = graph
        self.report = report
        self.steps: list[Step] = []
        self.named: dict[str, int] = {}  # slot by name, over all drawings
        self.free = 0  # the next slot
        self.root = _Place(graph, report, "", (), {}, {})

    def plan(self, ends: list[Node], readers: list[Node], results: list[Node]) -> Plan:
        """The plan of what output blocks, losses and metrics depend on.

        Args:
            ends: The output blocks.
            readers: Losses and metrics.
            results: Whose values (or predictions) the network gives.
        """
        root = self.root
        cone = self.graph.topology.upstream(frozenset(node.id for node in [*ends, *readers]))
        # Inputs in the order of the file, whatever the order of the steps.
        inputs = [node for node in self.graph if node.id in cone and self._role(node) == "input"]
        entries = tuple(self._enter(root, node) for node in inputs)
        parts = tuple(
            self._part(root, self.graph.node(id_))
            for id_ in self.report.order
            if id_ in cone and self._role(self.graph.node(id_)) in ("layer", "output")
        )
        sources = [(node, _end(root, node) if node in ends else self._prediction(node)) for node in results]
        squared = self._read_by("mse", readers) - self._read_by("cross_entropy", readers)
        return Plan(
            title=str(self.graph.sections["about"].get("title", "")),
            inputs=tuple(self._input(root, node) for node in inputs),
            steps=tuple(self.steps),
            outputs=tuple(
                OutputSpec(node.name, root.slots[end], root.shapes[end], root.slots[end] not in squared)
                for node, end in sources
            ),
            slots=self.named,
            drawn=Drawn(
                entries=entries, exits=tuple((node.name, end) for node, end in sources), parts=parts, slots=root.slots,
                shapes=root.shapes,
            ),
            watched=frozenset(
                root.slots[wire.source] for node in readers for wire in self.graph.wires_into(node.id)
            ),
        )  # fmt: skip

    def _role(self, node: Node) -> str:
        return self.report.made[node.id].role

    def _enter(self, place: _Place, node: Node) -> tuple[str, End]:
        """Give an input of the network its slot."""
        end = _end(place, node)
        self._fill(place, node, (end,), (self.free,))
        self.free += 1
        return node.name, end

    def _input(self, place: _Place, node: Node) -> InputSpec:
        column = str(getattr(self.report.made[node.id], "column", ""))
        draw = getattr(self.report.made[node.id], "draw", None)
        return InputSpec(node.name, column, place.shapes[_end(place, node)], draw)

    def _fill(self, place: _Place, node: Node, ends: tuple[End, ...], slots: tuple[int, ...]) -> None:
        """Note where a block's values lie."""
        for end, slot in zip(ends, slots, strict=True):
            shape = place.report.shape_of(end)
            if shape is None:  # the checker gives every block without an error a shape
                raise CompileError(
                    f"The shape after {place.prefix}{node.name} is not known, so the network cannot be built."
                )
            place.slots[end], place.shapes[end] = slot, shape
        self.named[place.prefix + node.name] = slots[0]

    def _part(self, place: _Place, node: Node) -> Part:
        block = place.report.made[node.id]
        wires = place.graph.topology.into.get(node.id, {})
        wired = [port.name for port in block.inputs() if port.name in wires]
        sources = tuple(wires[port].source for port in wired)
        ports = tuple(port.name for port in block.outputs()) or ("y",)  # an output block gives what it shows
        ends = tuple(End(node.id, port) for port in ports)
        if node.id in place.report.bypassed:
            self._fill(place, node, ends, (place.slots[sources[0]],) * len(ends))
            return Part(node, block, sources, ports)
        if isinstance(block, CompositeBlock):
            copies, slots = self._instance(place, node, block, dict(zip(wired, sources, strict=True)))
            self._fill(place, node, ends, slots)
            return Part(node, block, sources, ports, copies=copies)
        shapes = tuple(place.shapes[source] for source in sources)
        call = block.lower(*block.arriving(dict(zip(wired, shapes, strict=True))))
        if call is None:
            self._fill(place, node, ends, (place.slots[sources[0]],) * len(ends))
            return Part(node, block, sources, ports)
        slots = tuple(range(self.free, self.free + len(ends)))
        self.free += len(ends)
        self._fill(place, node, ends, slots)
        said = place.report.blocks[node.id]
        step = Step(
            node.id, place.prefix + node.name, node.kind, call, tuple(place.slots[source] for source in sources), slots[0],
            shapes, place.shapes[ends[0]], parameters=said.parameters, macs=said.macs, more=slots[1:], path=place.path,
            named=tuple(port.name for port in block.inputs() if port.optional and port.name in wires),
            initial=block.initial() if isinstance(block, Weighted) else None, frozen=place.frozen or node.frozen,
            bare=block.bare, tied=_tied(place, block),
        )  # fmt: skip
        self.steps.append(step)
        return Part(node, block, sources, ports, step)

    def _instance(
        self, place: _Place, node: Node, block: CompositeBlock, sources: Mapping[str, End]
    ) -> tuple[tuple[Drawn, ...], tuple[int, ...]]:
        """The repetitions of an instance, what leaves one arriving at the next; and the slots of what leaves the last."""
        composite = block.composite
        arriving = {name: place.slots[source] for name, source in sources.items()}
        ports = [port.name for port in block.inputs()]
        copies: list[Drawn] = []
        leaving: tuple[int, ...] = ()
        reports = place.report.inner[node.id]
        for index, report in enumerate(reports):
            name = place.prefix + node.name + (f".{index}" if len(reports) > 1 else "")
            inside = _Place(
                composite.body, report, f"{name}.", (*place.path, node.id), {}, {}, place.frozen or node.frozen
            )
            drawn = self._copy(inside, name, composite.name, composite.help, arriving)
            copies.append(drawn)
            leaving = tuple(inside.slots[end] for _, end in drawn.exits)
            self.named[name] = leaving[0]
            arriving.update(zip(ports, leaving, strict=False))
        return tuple(copies), leaving

    def _copy(self, place: _Place, name: str, title: str, about: str, arriving: Mapping[str, int]) -> Drawn:
        """One repetition."""
        body, made = place.graph, place.report.made
        ports = [node for node in body if made[node.id].role == "entry"]
        for node in ports:
            self._fill(place, node, (_end(place, node),), (arriving[node.name],))
        leaving = [node for node in body if made[node.id].role == "exit"]
        cone = body.topology.upstream(frozenset(node.id for node in leaving))
        parts = tuple(
            self._part(place, body.node(id_))
            for id_ in place.report.order
            if id_ in cone and made[id_].role == "layer"
        )  # fmt: skip
        exits = []
        for node in leaving:
            (wire,) = body.topology.into[node.id].values()
            exits.append((node.name, wire.source))
            self.named[place.prefix + node.name] = place.slots[wire.source]
        settings = body.composites[str(body.owner)].settings
        return Drawn(
            name, str(body.owner), title, about,
            values={setting.name: place.report.names[setting.name] for setting in settings},
            defaults={setting.name: setting.default for setting in settings},
            entries=tuple((node.name, _end(place, node)) for node in ports),
            exits=tuple(exits), parts=parts, slots=place.slots, shapes=place.shapes,
        )  # fmt: skip

    def _prediction(self, node: Node) -> End:
        """Where a loss's prediction comes from."""
        port = self.report.made[node.id].inputs()[0].name
        return self.graph.wires[End(node.id, port)].source

    def _read_by(self, kind: str, readers: list[Node]) -> set[int]:
        """Slots of the predictions that blocks of a kind look at."""
        return {self.root.slots[self._prediction(node)] for node in readers if node.kind == kind}


def _tied(place: _Place, block: Block) -> str:
    """Name of the step whose weight a block shares."""
    name = getattr(block, "tied", "")
    return place.prefix + name if name else ""


def _end(place: _Place, node: Node) -> End:
    """The only value that a block gives; an output block gives what it shows."""
    ports = place.report.made[node.id].outputs()
    return End(node.id, ports[0].name if ports else "y")
