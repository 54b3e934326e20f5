"""The ends of a network: its inputs against the data's columns, its outputs and losses against what is to be predicted.

Not for: the layers between them (`engine.graph.check`).
"""

from __future__ import annotations

from engine.blocks.spec import Shape
from engine.errors import Problem
from engine.graph import mend
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Node
from engine.graph.walk import Walk


def check_ends(walk: Walk, order: tuple[str, ...]) -> None:
    """What concerns the network as a whole: inputs, outputs, losses, loose ends."""
    roles = walk.roles
    if not walk.made:
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
    if not ends:
        last = _last_layer(walk, order)
        walk.problems.append(
            Problem(
                "no-output",
                "The network has no output; place an output block behind the last layer.",
                block=last,
                fixes=mend.add_output(walk.graph, last) if last else (),
            )
        )
    loose = walk.needed if ends and len(walk.needed) < len(order) else walk.made.keys()
    for id_ in [id_ for id_ in order if id_ in roles or id_ not in loose]:
        role = roles.get(id_, "layer")
        node = walk.graph.nodes[id_]
        if ends and role in ("layer", "input") and id_ not in walk.needed and walk.blocks[id_].output is not None \
                and not walk.leaving.get(id_):  # fmt: skip
            walk.problems.append(
                Problem(
                    "unused",
                    f"{node.name} leads nowhere; wire it to a layer or an output, or remove it. It is left out when the "
                    "network runs.",
                    block=id_,
                    severity="warning",
                )
            )
        if walk.facts is not None and role == "input":
            _check_input(walk, node, walk.facts)
        if id_ in walk.needed and role in ("output", "loss"):
            _check_target(walk, node)


def check_ports(walk: Walk, order: tuple[str, ...]) -> None:
    """What concerns a composite's drawing as a whole: its ports, loose ends."""
    roles = {id_: walk.made[id_].role for id_ in order}
    if "exit" not in roles.values():
        walk.problems.append(
            Problem(
                "no-exit", "it has no composite output, so nothing comes out of it; place one behind its last block."
            )
        )
    for id_ in order:
        loose = id_ not in walk.needed and not walk.leaving.get(id_)
        if loose and roles[id_] == "layer" and "exit" in roles.values() and walk.blocks[id_].output is not None:
            walk.problems.append(
                Problem(
                    "unused",
                    f"{walk.graph.nodes[id_].name} leads nowhere; wire it to a block or a composite output, or remove it. It is "
                    "left out when the network runs.",
                    block=id_,
                    severity="warning",
                )
            )


def _last_layer(walk: Walk, order: tuple[str, ...]) -> str | None:
    """The last block that gives a known shape nobody takes."""
    for id_ in reversed(order):
        taken = any(walk.made[w.target.block].role == "layer" for w in walk.leaving.get(id_, {}).values())
        if walk.made[id_].role in ("layer", "input") and not taken and walk.blocks[id_].output is not None:
            return id_
    return None


def _check_input(walk: Walk, node: Node, facts: DataFacts) -> None:
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
                f"{node.name} takes {getattr(walk.made[node.id], 'features', 0)} features, but {facts.name} "
                f"has {column.dims[0]}; set the features to that number.",
                block=node.id,
                setting="features",
                fixes=mend.set_values(node, f"Set features to {column.dims[0]}", {"features": column.dims[0]}),
            )
        )


def _check_target(walk: Walk, node: Node) -> None:
    """Whether what is predicted fits what is to be predicted."""
    reaching = walk.blocks[node.id].inputs
    prediction = reaching[0] if reaching else None
    wire = next(iter(walk.into.get(node.id, {}).values()), None)
    if prediction is None or wire is None or walk.blocks[node.id].output is None:
        return
    others = [
        w.target.block
        for w in walk.leaving.get(wire.source.block, {}).values()
        if walk.made[w.target.block].role == "loss"
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
                f'{node.name} gives {prediction.words}, but the column "{target.name}" holds '
                f"{Shape(target.dims).words}; make the last layer as wide as the target.",
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


def _target_column(walk: Walk, node: Node) -> Column | None:
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


def _check_classes(walk: Walk, node: Node, prediction: Shape, target: Column) -> None:
    count = len(target.classes)
    wire = next(iter(walk.into[node.id].values()))
    if len(prediction.dims) != 1:
        walk.problems.append(
            Problem(
                "wants-logits",
                f"{node.name} gets {prediction.words}, but the data has {count} classes, for which one number a class is wanted; "
                f"end with a linear layer of {count} outputs.",
                block=node.id,
                fixes=mend.add_head(walk.graph, wire, prediction, count),
            )
        )
    elif prediction.dims[0] != count:
        walk.problems.append(
            Problem(
                "classes-differ",
                f"{node.name} gets {prediction.dims[0]} number{'s' * (prediction.dims[0] != 1)}, but the data has {count} "
                f"class{'es' * (count != 1)}; make the last layer give {count}.",
                block=node.id,
                fixes=mend.set_width(walk.graph, wire.source.block, count),
            )
        )
