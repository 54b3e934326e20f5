"""Whether the inputs of a network fit the data's columns.

Not for: what is to be predicted (`engine.graph.targets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.blocks.spec import Shape
from engine.errors import Problem
from engine.graph import mend
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Node
from engine.graph.walk import Walk

# Kind of input: kind of column that it reads, and what a person calls that.
_READS: Mapping[str, tuple[str, str]] = {
    "image_input": ("image", "pictures"),
    "vector_input": ("number", "numbers"),
    "sequence_input": ("number", "series of numbers"),
    "token_input": ("tokens", "tokens"),
}


def inputs_of(walk: Walk) -> dict[str, Shape]:
    """What the network reads: shape by column."""
    found = {}
    for id_, role in walk.roles.items():
        shape = walk.blocks[id_].output if role == "input" and id_ in walk.blocks else None
        name = str(getattr(walk.made[id_], "column", ""))
        if shape is not None and name:
            found[name] = shape
    return found


def check_input(walk: Walk, node: Node, facts: DataFacts) -> None:
    """Whether an input block fits the column that it reads; inputs that are drawn at random fit everything."""
    if node.kind not in _READS:
        return
    wanted, thing = _READS[node.kind]
    name = str(getattr(walk.made[node.id], "column", ""))
    column = facts.column(name)
    if column is None or column.kind != wanted:
        have = ", ".join(f"{c.name} ({c.kind})" for c in facts.columns) or "none"
        others = [c for c in facts.inputs if c.kind == wanted]
        walk.problems.append(
            Problem(
                "column-missing",
                f'{node.name} reads the column "{name}" of {thing}, but {facts.name} has: {have}; choose other data or another '
                "kind of input.",
                block=node.id,
                setting="column",
                fixes=mend.set_values(node, f'Read the column "{others[0].name}"', {"column": others[0].name})
                if len(others) == 1
                else (),
            )
        )
        return
    asked = _asked(node, column)
    have_now = {setting: getattr(walk.made[node.id], setting) for setting in asked}
    if asked == have_now or _enough(asked, have_now):
        return
    setting = next(name for name in asked if asked[name] != have_now[name])
    walk.problems.append(_differs(walk, node, column, facts, asked, setting))


def _asked(node: Node, column: Column) -> dict[str, Any]:
    """The settings that an input needs for a column."""
    match node.kind, column.dims:
        case "vector_input", (features,):
            return {"features": features}
        case "sequence_input", (steps, features):
            return {"steps": steps, "features": features}
        case "vector_input", (steps, features):
            return {"features": -1}
        case "sequence_input", _:
            return {"features": -1}
        case "token_input", (steps,):
            return {"steps": steps, "vocabulary": max(1, len(column.classes))}
        case _:
            return {}


def _enough(asked: Mapping[str, Any], have: Mapping[str, Any]) -> bool:
    """Whether tokens fit: a vocabulary may be larger than needed."""
    return "vocabulary" in asked and asked["steps"] == have["steps"] and asked["vocabulary"] <= have["vocabulary"]


def _differs(
    walk: Walk, node: Node, column: Column, facts: DataFacts, asked: Mapping[str, Any], setting: str
) -> Problem:
    if asked[setting] == -1:
        other = "sequence_input" if node.kind == "vector_input" else "vector_input"
        return Problem(
            "features-differ",
            f'{node.name} reads the column "{column.name}", which holds {Shape(column.dims).words} a sample; '
            f"take a {'sequence' if other == 'sequence_input' else 'vector'} input for it.",
            block=node.id,
            fixes=(mend.replace_kind(walk.graph, node, other),),
        )
    have = getattr(walk.made[node.id], setting)
    words = ", ".join(f"{name} to {value}" for name, value in asked.items())
    code = "features-differ" if setting == "features" else f"{setting}-differ"
    thing = {"features": "features", "steps": "steps", "vocabulary": "tokens in its vocabulary"}[setting]
    tail = "set the features to that number" if list(asked) == ["features"] else f"set {words}"
    return Problem(
        code,
        f"{node.name} takes {have} {thing}, but {facts.name} has {asked[setting]}; {tail}.",
        block=node.id,
        setting=setting,
        fixes=mend.set_values(node, f"Set {words}", asked),
    )
