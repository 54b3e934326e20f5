"""graph -> Report: shapes on every wire, counts of every block, and the problems with their places and mends.

`check` is total: it never raises, whatever a person has drawn. One cause gives one problem; blocks behind a fault stay silent.
Not for: torch. What is promised here is compared with torch by the conformance test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.spec import Block, Shape
from engine.errors import BlockError, Problem
from engine.graph import mend
from engine.graph.facts import Column, DataFacts
from engine.graph.model import End, Graph, Node, Wire

FLOAT_BYTES = 4  # activations are float32
# Blocks whose output is their input seen in another way, so that it takes no memory of its own.
_VIEWS = frozenset({"flatten", "output", "image_input", "vector_input"})


@dataclass(frozen=True)
class BlockReport:
    """What the checker found out about one block.

    Attributes:
        inputs: One shape an input port, None where none arrives or it is not known.
        output: The shape that comes out, None where a fault keeps it from being known.
        parameters: Learned numbers.
        macs: Multiply-adds for one sample.
        activation_bytes: Memory of the output for one sample, in bytes.
    """

    inputs: tuple[Shape | None, ...]
    output: Shape | None
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0


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


@dataclass
class _Walk:
    """What is known while the graph is walked from its inputs to its outputs."""

    graph: Graph
    facts: DataFacts | None
    made: dict[str, Block]
    into: dict[str, dict[str, Wire]]  # block id -> port -> wire
    leaving: dict[str, list[Wire]]
    needed: set[str]  # blocks that an output or a loss depends on
    blocks: dict[str, BlockReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def check(graph: Graph, facts: DataFacts | None = None) -> Report:
    """Check a graph, and against the columns of a data set where `facts` are given."""
    walk = _begin(graph, facts)
    order = tuple(graph.order())
    for id_ in order:
        walk.blocks[id_] = _visit(walk, graph.nodes[id_])
    _check_ends(walk, order)
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


def _begin(graph: Graph, facts: DataFacts | None) -> _Walk:
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
    return _Walk(graph, facts, made, into, leaving, needed)


def _visit(walk: _Walk, node: Node) -> BlockReport:
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


def _arrives(walk: _Walk, wire: Wire | None) -> Shape | None:
    if wire is None or wire.source.block not in walk.blocks:
        return None
    return walk.blocks[wire.source.block].output


def _open(walk: _Walk, node: Node, ports: list[str]) -> Problem:
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


def _check_ends(walk: _Walk, order: tuple[str, ...]) -> None:
    """What concerns the network as a whole: inputs, outputs, losses, loose ends."""
    roles = {id_: block.role for id_, block in walk.made.items()}
    if not roles:
        walk.problems.append(
            Problem("empty", "The drawing is empty; place an input, some layers and an output, or open a preset.")
        )
        return
    if "input" not in roles.values():
        walk.problems.append(
            Problem(
                "no-input",
                "The network has no input; place an image input or a vector input and wire it to the first layer.",
            )
        )
    ends = [id_ for id_, role in roles.items() if role in ("output", "loss")]
    last = _last_layer(walk, order)
    if not ends:
        walk.problems.append(
            Problem(
                "no-output",
                "The network has no output; place an output block behind the last layer.",
                block=last,
                fixes=mend.add_output(walk.graph, last) if last else (),
            )
        )
    for id_ in order:
        node = walk.graph.nodes[id_]
        if ends and roles[id_] in ("layer", "input") and id_ not in walk.needed and walk.blocks[id_].output is not None \
                and not walk.leaving.get(id_):  # fmt: skip
            walk.problems.append(
                Problem(
                    "unused",
                    f"{node.name} leads nowhere; wire it to a layer or an output, or remove it. It is left out when the network runs.",
                    block=id_,
                    severity="warning",
                )
            )
        if walk.facts is not None and roles[id_] == "input":
            _check_input(walk, node, walk.facts)
        if id_ in walk.needed and roles[id_] in ("output", "loss"):
            _check_target(walk, node)


def _last_layer(walk: _Walk, order: tuple[str, ...]) -> str | None:
    """The last block that gives a known shape nobody takes."""
    for id_ in reversed(order):
        taken = any(walk.made[w.target.block].role == "layer" for w in walk.leaving.get(id_, ()))
        if walk.made[id_].role in ("layer", "input") and not taken and walk.blocks[id_].output is not None:
            return id_
    return None


def _check_input(walk: _Walk, node: Node, facts: DataFacts) -> None:
    name = str(getattr(walk.made[node.id], "column", ""))
    wanted = "image" if node.kind == "image_input" else "number"
    column = facts.column(name)
    if column is None or column.kind != wanted:
        have = ", ".join(f"{c.name} ({c.kind})" for c in facts.columns) or "none"
        thing = "pictures" if wanted == "image" else "numbers"
        walk.problems.append(
            Problem(
                "column-missing",
                f'{node.name} reads the column "{name}" of {thing}, but {facts.name} has: {have}; choose other data or another '
                "kind of input.",
                block=node.id,
                setting="column",
            )
        )
    elif wanted == "number" and walk.blocks[node.id].output not in (None, Shape(column.dims)):
        walk.problems.append(
            Problem(
                "features-differ",
                f"{node.name} takes {getattr(walk.made[node.id], 'features', 0)} features, but {facts.name} has {column.dims[0]}; set "
                "the features to that number.",
                block=node.id,
                setting="features",
                fixes=mend.set_values(node, f"Set features to {column.dims[0]}", {"features": column.dims[0]}),
            )
        )


def _check_target(walk: _Walk, node: Node) -> None:
    """Whether what is predicted fits what is to be predicted."""
    reaching = walk.blocks[node.id].inputs
    prediction = reaching[0] if reaching else None
    wire = next(iter(walk.into.get(node.id, {}).values()), None)
    if prediction is None or wire is None or walk.blocks[node.id].output is None:
        return
    others = [
        w.target.block for w in walk.leaving.get(wire.source.block, ()) if walk.made[w.target.block].role == "loss"
    ]
    if node.kind == "output" and others:
        return  # a loss block of the person's own says what is wanted
    target = _target_column(walk, node)
    if target is None:
        return
    if target.kind == "label" and node.kind in ("output", "cross_entropy", "mse"):
        _check_classes(walk, node, prediction, target)
    elif target.kind == "number" and node.kind in ("output", "mse") and prediction.dims != target.dims:
        walk.problems.append(
            Problem(
                "target-differs",
                f'{node.name} gives {prediction.words}, but the column "{target.name}" holds {Shape(target.dims).words}; make the last layer as '
                "wide as the target.",
                block=node.id,
                fixes=mend.set_width(walk.graph, wire.source.block, target.dims[0]) if len(target.dims) == 1 else (),
            )
        )
    source = walk.graph.nodes[wire.source.block]
    if source.kind == "softmax" and target.kind == "label" and node.kind in ("output", "cross_entropy"):
        walk.problems.append(
            Problem(
                "softmax-before-loss",
                f"{source.name} stands before cross entropy, which has a softmax inside; two of them make learning slow. Remove "
                "this one: answers are shown as probabilities all the same.",
                block=source.id,
                severity="warning",
                fixes=mend.remove(walk.graph, source),
            )
        )


def _target_column(walk: _Walk, node: Node) -> Column | None:
    if walk.facts is None:
        return None
    name = str(getattr(walk.made[node.id], "target", ""))
    if not name:
        return walk.facts.target
    column = walk.facts.column(name)
    if column is None:
        have = ", ".join(c.name for c in walk.facts.columns)
        walk.problems.append(
            Problem(
                "column-missing",
                f'{node.name} compares with the column "{name}", but {walk.facts.name} has: {have}; name one of these.',
                block=node.id,
                setting="target",
            )
        )
    return column


def _check_classes(walk: _Walk, node: Node, prediction: Shape, target: Column) -> None:
    count = len(target.classes)
    wire = next(iter(walk.into[node.id].values()))
    if len(prediction.dims) != 1:
        walk.problems.append(
            Problem(
                "wants-logits",
                f"{node.name} gets {prediction.words}, but the data has {count} classes, for which one number a class is wanted; end "
                f"with a linear layer of {count} outputs.",
                block=node.id,
                fixes=mend.add_head(walk.graph, wire, prediction, count),
            )
        )
    elif prediction.dims[0] != count:
        walk.problems.append(
            Problem(
                "classes-differ",
                f"{node.name} gets {prediction.dims[0]} numbers, but the data has {count} classes; make the last layer give {count}.",
                block=node.id,
                fixes=mend.set_width(walk.graph, wire.source.block, count),
            )
        )
