"""The command `diff`: what is different between two networks, in words or as JSON.

Not for: finding it (`engine.graph.diff`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import engine
from engine.graph.diff import Change, Counts, Difference, diff, lines
from engine.graph.edits import Node, Wire
from engine.graph.model import Graph
from engine.headless.terminal import say, say_json


def drawing_of(reference: str) -> tuple[str, Graph]:
    """Title and drawing of a project's file, "preset:NAME" or a run's folder.

    Raises:
        EngineError: There is none, or it cannot be read.
    """
    if not reference.startswith("preset:") and Path(reference).is_dir():
        from engine.training.runs import Run

        run = Run(reference)
        return run.title, run.graph()
    project = engine.open(reference)
    return project.title, project.graph


def difference(before: str, after: str, *, as_json: bool) -> int:
    """Say what is different; 0 whether there is something or not."""
    (first, one), (second, other) = drawing_of(before), drawing_of(after)
    found = diff(one, other)
    if as_json:
        for entry in entries(found):
            say_json(entry)
        return 0
    say(f"− {first} ({before})")
    say(f"+ {second} ({after})")
    say()
    for line in lines(found):
        say(line)
    return 0


def entries(found: Difference) -> list[dict[str, Any]]:
    """One object a change, the counts last."""
    out: list[dict[str, Any]] = [_block("added", node) for node in found.added]
    out += [_block("removed", node) for node in found.removed]
    out += [
        {"change": "changed", "block": entry.after.name, "was": entry.before.name, "kind": entry.after.kind,
         "changes": _changes(entry.changes)}
        for entry in found.changed
    ]  # fmt: skip
    for sign, wires, side in (("added", found.wires_added, 1), ("removed", found.wires_removed, 0)):
        out += [{"change": sign, "wire": _ends(wire, found.names[side])} for wire in wires]
    for section, changes in found.sections.items():
        if changes:
            out.append({"change": "changed", "section": section, "changes": _changes(changes)})
    for inside in found.composites:
        entry: dict[str, Any] = {"change": inside.sign, "composite": inside.name}
        if inside.sign == "changed":
            entry["changes"] = _changes(inside.changes)
            entry["body"] = entries(inside.body)[:-1] if inside.body is not None else []
        out.append(entry)
    out.append({"same": found.same, "before": _counts(found.before), "after": _counts(found.after)})
    return out


def _block(sign: str, node: Node) -> dict[str, Any]:
    return {"change": sign, "block": node.name, "kind": node.kind, "settings": dict(node.settings)}


def _changes(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    return [{"name": change.name, "before": change.before, "after": change.after} for change in changes]


def _ends(wire: Wire, names: Any) -> list[str]:
    return [f"{names[end.block]}.{end.port}" for end in (wire.source, wire.target)]


def _counts(counts: Counts) -> dict[str, int]:
    return {"blocks": counts.blocks, "parameters": counts.parameters, "macs": counts.macs}
