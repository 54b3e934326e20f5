"""The ends of a network: its inputs against the data's columns, its outputs and losses against what is to be predicted.

Not for: the layers between them (`engine.graph.check`); what arrives from the data is in `engine.graph.inputs`, what is to be
predicted in `engine.graph.targets`.
"""

from __future__ import annotations

from engine.errors import Problem
from engine.graph import mend
from engine.graph.inputs import check_input
from engine.graph.targets import check_targets
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
    ends = [id_ for id_, role in roles.items() if role in ("output", "loss") and walk.made[id_].kind != "aux_output"]
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
            check_input(walk, node, walk.facts)
    check_targets(walk, roles)


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
