"""Whether what a network predicts fits what is to be predicted, and the sentences that say what was taken.

Not for: which column and which loss that is (`engine.graph.aims`).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.blocks.spec import Shape
from engine.errors import Fix, Problem
from engine.graph import mend
from engine.graph.aims import Aim, Head, aims, column_of, last_kind, seen
from engine.graph.facts import Column, DataFacts
from engine.graph.inputs import inputs_of
from engine.graph.model import End, Graph, Node, Wire
from engine.graph.walk import Report, Walk

_CLASSES = ("cross_entropy", "nll", "multi_margin")  # losses that want one number a class
_YES_OR_NO = ("bce_with_logits", "bce", "mse")  # losses that take a single number for two classes
_OWN_TARGET = ("gan_loss", "diffusion_loss", "multi_task", "triplet_margin")  # losses that no head has to fit


def check_targets(walk: Walk, roles: Mapping[str, str]) -> None:
    """What concerns predictions and the columns that they are compared with."""
    _check_steps(walk, roles)
    if walk.facts is None:
        return
    drawn = [id_ for id_, role in roles.items() if role == "loss" and id_ in walk.needed]
    taken = {_source(walk, id_) for id_ in drawn if walk.made[id_].kind != "aux_output"}
    recipe = any(walk.made[id_].kind in ("gan_loss", "diffusion_loss") for id_ in drawn)
    inputs = inputs_of(walk)
    open_heads = [
        id_
        for id_, role in roles.items()
        if (role == "output" and not recipe and _source(walk, id_) not in taken) or walk.made[id_].kind == "aux_output"
    ]
    outputs = [id_ for id_ in open_heads if _known(walk, id_) and walk.made[id_].kind != "aux_output"]
    found = dict(zip(outputs, aims([_head(walk, id_) for id_ in outputs], walk.facts, inputs), strict=True))
    auxiliary = [id_ for id_ in open_heads if _known(walk, id_) and id_ not in found]
    for id_ in auxiliary:
        found[id_] = aims([_head(walk, id_)], walk.facts, inputs)[0]
    for id_, aim in found.items():
        _check_aim(walk, id_, aim, inputs)
    for id_ in drawn:
        if _known(walk, id_) and id_ not in found:
            _check_drawn(walk, id_, inputs)


def said(graph: Graph, report: Report, facts: DataFacts) -> dict[str, str]:
    """What each output learns where nobody drew a loss, as a sentence by block id."""
    roles = report.roles
    if any(role == "loss" and report.made[id_].kind != "aux_output" for id_, role in roles.items()):
        return {}
    outputs = [id_ for id_ in graph.nodes if roles.get(id_) == "output" and report.blocks[id_].output is not None]
    inputs = {}
    for id_, role in roles.items():
        shape, name = report.blocks[id_].output, str(getattr(report.made[id_], "column", ""))
        if role == "input" and shape is not None and name:
            inputs[name] = shape
    heads = [head_of(graph, report, id_) for id_ in outputs]
    return {
        id_: aim.sentence(head.name)
        for id_, head, aim in zip(outputs, heads, aims(heads, facts, inputs), strict=True)
        if aim is not None
    }


def head_of(graph: Graph, report: Report | Walk, id_: str) -> Head:
    """What an output, a loss or a metric looks at."""
    node, block = graph.nodes[id_], report.made[id_]
    wire = graph.wires.get(End(id_, block.port_names[0]))
    shape = report.blocks[id_].inputs[0] or Shape(())
    last = last_kind(graph, wire.source) if wire is not None else ""
    name = node.name
    if block.role != "output" and wire is not None:  # an output on the same wire says what it is about
        beside = [w.target.block for w in graph.wires_from(wire.source.block) if w.source == wire.source]
        name = next((graph.nodes[b].name for b in beside if graph.nodes[b].kind == "output"), name)
    return Head(name, shape, last, str(getattr(block, "task", "auto")), str(getattr(block, "target", "")))


def _head(walk: Walk, id_: str) -> Head:
    return head_of(walk.graph, walk, id_)


def _source(walk: Walk, id_: str) -> End | None:
    wire = walk.into.get(id_, {}).get(walk.made[id_].port_names[0])
    return None if wire is None else wire.source


def _known(walk: Walk, id_: str) -> bool:
    """Whether what arrives is known, so that there is something to judge."""
    report = walk.blocks.get(id_)
    return report is not None and bool(report.inputs) and report.inputs[0] is not None and report.output is not None


def _check_steps(walk: Walk, roles: Mapping[str, str]) -> None:
    """A diffusion loss and the time step input count the same steps."""
    losses = [walk.graph.nodes[id_] for id_ in roles if walk.made[id_].kind == "diffusion_loss"]
    inputs = [walk.graph.nodes[id_] for id_ in roles if walk.made[id_].kind == "timestep_input"]
    for loss in losses:
        steps = getattr(walk.made[loss.id], "steps", 0)
        for node in inputs:
            if getattr(walk.made[node.id], "steps", 0) != steps:
                walk.problems.append(
                    Problem(
                        "steps-differ",
                        f"{node.name} counts {getattr(walk.made[node.id], 'steps', 0)} strengths of noise, but {loss.name} "
                        f"{steps}; both need the same number.",
                        block=node.id,
                        setting="steps",
                        fixes=mend.set_values(node, f"Set steps to {steps}", {"steps": steps}),
                    )
                )
        if not inputs:
            walk.problems.append(
                Problem(
                    "no-timestep",
                    f"{loss.name} noises pictures by random strengths, but no time step input tells the network how strongly; "
                    "place one and wire it to a time step embedding.",
                    block=loss.id,
                    severity="warning",
                )
            )


def _check_aim(walk: Walk, id_: str, aim: Aim | None, inputs: Mapping[str, Shape]) -> None:
    facts, node, head = walk.facts, walk.graph.nodes[id_], _head(walk, id_)
    if facts is None:
        return
    if head.target and facts.column(head.target) is None:
        _missing(walk, node, head.target, facts)
        return
    if aim is None and head.task != "features" and not inputs:
        _from_noise(walk, node, facts)
    elif aim is None and head.task != "features":
        column = column_of("output", head, facts, inputs)
        if column is not None:
            _misfit(walk, node, head, column, inputs)
    elif aim is not None and aim.loss == "cross_entropy":
        _check_softmax(walk, node)


def _check_drawn(walk: Walk, id_: str, inputs: Mapping[str, Shape]) -> None:
    """A loss of the person's own."""
    facts, node, head = walk.facts, walk.graph.nodes[id_], _head(walk, id_)
    if facts is None or "target" in walk.into.get(id_, {}):
        return
    if node.kind == "multi_task":
        for name in [part.strip() for part in head.target.split(",") if part.strip()]:
            if facts.column(name) is None:
                _missing(walk, node, name, facts)
        return
    if head.target and facts.column(head.target) is None:
        _missing(walk, node, head.target, facts)
        return
    column = column_of(node.kind, head, facts, inputs)
    if column is None or node.kind in _OWN_TARGET:
        return
    size = head.shape.size
    single = size == 1 and node.kind in _YES_OR_NO and len(column.classes) == 2
    fits = {
        "label": single or (len(head.shape.dims) == 1 and size == len(column.classes)),
        "number": size == Shape(column.dims).size,
        "image": size == Shape(seen(column, facts, inputs)).size,
    }.get(
        column.kind, aims([Head(head.name, head.shape, head.last, "auto", column.name)], facts, inputs)[0] is not None
    )
    if column.kind == "number" and node.kind in _CLASSES:
        walk.problems.append(
            Problem(
                "wants-classes",
                f'{node.name} wants classes, but the column "{column.name}" holds numbers; take mean squared error.',
                block=node.id,
                fixes=(mend.replace_kind(walk.graph, node, "mse"),),
            )
        )
    elif not fits:
        _misfit(walk, node, head, column, inputs)
    elif node.kind == "cross_entropy":
        _check_softmax(walk, node)


def _check_softmax(walk: Walk, node: Node) -> None:
    end = _source(walk, node.id)
    source = walk.graph.nodes[end.block] if end is not None else None
    if source is not None and source.kind == "softmax":
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


def _missing(walk: Walk, node: Node, name: str, facts: DataFacts) -> None:
    have = ", ".join(c.name for c in facts.columns)
    walk.problems.append(
        Problem(
            "column-missing",
            f'{node.name} compares with the column "{name}", but {facts.name} has: {have}; name one of these.',
            block=node.id,
            setting="target",
        )
    )


def _from_noise(walk: Walk, node: Node, facts: DataFacts) -> None:
    """Say that half of a GAN has nothing to learn from."""
    walk.problems.append(
        Problem(
            "from-noise",
            f"{node.name} is made of drawn numbers alone, so no sample of {facts.name} says what it should be; wire it to a "
            "discriminator and a GAN loss, or open the preset DCGAN, which has both halves and trains.",
            block=node.id,
        )
    )


def _misfit(walk: Walk, node: Node, head: Head, column: Column, inputs: Mapping[str, Shape]) -> None:
    """Say that a head does not fit its column."""
    wire = next(w for w in walk.into[node.id].values() if w.source == _source(walk, node.id))
    x, count, facts = head.shape, len(column.classes), walk.facts
    if facts is None:
        return
    dims = seen(column, facts, inputs)
    fixes: tuple[Fix, ...] = ()
    match column.kind:
        case "label":
            code, text, fixes = _classes_differ(walk, node, x, wire, count)
        case "mask":
            code = "mask-differs"
            wanted = f"{count}×{'×'.join(map(str, dims))}"
            text = (
                f'{node.name} gets {x.words}, but the mask "{column.name}" has {count} classes and {"×".join(map(str, dims))} '
                f"pixels, for which a {wanted} map is wanted: one number a class for each pixel."
            )
            if len(x.dims) == 3 and x.dims[1:] == dims:
                fixes = mend.set_channels(walk.graph, wire, count)
        case "tags":
            code = "tags-differ"
            text = (
                f'{node.name} gets {x.words}, but the column "{column.name}" has one of {count} classes at each of {dims[0]} '
                f"steps, for which {dims[0]}×{count} numbers are wanted; end with a linear layer of {count} outputs."
            )
            if len(x.dims) <= 2 and x.dims[-1:] != (count,):
                fixes = mend.set_width(walk.graph, wire.source.block, count)
        case _:
            code = "target-differs"
            text = (
                f'{node.name} gives {x.words}, but the column "{column.name}" holds {Shape(dims).words}; make the last layer as '
                "wide as the target."
            )
            fixes = mend.set_width(walk.graph, wire.source.block, dims[0]) if len(dims) == 1 else ()
    walk.problems.append(Problem(code, text, block=node.id, fixes=fixes))


def _classes_differ(walk: Walk, node: Node, x: Shape, wire: Wire, count: int) -> tuple[str, str, tuple[Fix, ...]]:
    if len(x.dims) != 1:
        text = (
            f"{node.name} gets {x.words}, but the data has {count} classes, for which one number a class is wanted; "
            f"end with a linear layer of {count} outputs."
        )
        return "wants-logits", text, mend.add_head(walk.graph, wire, x, count)
    text = (
        f"{node.name} gets {x.dims[0]} number{'s' * (x.dims[0] != 1)}, but the data has {count} "
        f"class{'es' * (count != 1)}; make the last layer give {count}."
    )
    return "classes-differ", text, mend.set_width(walk.graph, wire.source.block, count)
