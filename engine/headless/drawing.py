"""The commands that need no torch: `presets` and `check`.

Not for: anything that trains or runs a network.
"""

from __future__ import annotations

from typing import Any

import engine
from engine.errors import Problem
from engine.files import write_atomic
from engine.graph.analyse import rows, to_csv, to_text
from engine.graph.check import Report
from engine.graph.model import Graph
from engine.graph.receptive import receptive
from engine.headless.terminal import count, say, say_json, size, tell
from engine.headless.terminal import table as aligned


def presets(*, as_json: bool) -> int:
    """List the presets with their counts."""
    from presets import hall_of, names

    lines = [("preset", "parameters", "multiply-adds", "what it is")]
    for name in names():
        project = engine.open(f"preset:{name}")
        report = project.check()
        if as_json:
            about = project.about
            say_json({
                "name": name, "title": project.title, "hall": hall_of(name), "year": about.get("year"),
                "paper": about.get("paper", ""), "parameters": report.parameters, "macs": report.macs,
            })  # fmt: skip
        lines.append((name, count(report.parameters), count(report.macs), project.title))
    if not as_json:
        for line in aligned(lines, right=(1, 2)):
            say(line)
    return 0


def check(ref: str, *, as_json: bool, layers: bool = False, table: str | None = None) -> int:
    """Show shapes, counts and problems; 1 when there are problems.

    Args:
        ref: The project.
        as_json: One JSON object a line.
        layers: The wide table, with shares, memory and receptive fields, and with the inside of composites.
        table: A file that gets this table as CSV; None for none.
    """
    project = engine.open(ref)
    report = project.check()
    if table is not None:
        write_atomic(table, to_csv(rows(project.graph, report, inside=True)))
    if as_json:
        _check_json(project.graph, report)
    else:
        _check_text(project.graph, report, layers=layers)
    if table is not None:
        tell(f"The table of layers is in {table}.")
    return 1 if report.problems else 0


def _check_json(graph: Graph, report: Report) -> None:
    fields = receptive(graph, report)
    for node in in_order(graph, report):
        about = report.blocks.get(node.id)
        output = about.output if about else None
        field = fields.get(node.id)
        say_json({
            "block": node.name, "kind": node.kind,
            "output": list(output.dims) if output else None,
            "parameters": about.parameters if about else 0,
            "macs": about.macs if about else 0,
            "inputs": [list(shape.dims) if shape else None for shape in about.inputs] if about else [],
            "activation_bytes": about.activation_bytes if about else 0,
            "receptive_field": list(field.size) if field else None,
        })  # fmt: skip
    for problem in report.problems:
        say_json(problem_json(graph, problem))
    say_json({
        "ok": not report.problems, "problems": len(report.problems), "parameters": report.parameters,
        "macs": report.macs, "activation_bytes": report.activation_bytes,
    })  # fmt: skip


def _check_text(graph: Graph, report: Report, *, layers: bool) -> None:
    for line in to_text(rows(graph, report, inside=True)).splitlines() if layers else _short(graph, report):
        say(line)
    say()
    say(
        f"{count(report.parameters)} parameters, {count(report.macs)} multiply-adds and {size(report.activation_bytes)} of "
        "activations for one sample"
    )
    for problem in report.problems:
        say(f"{problem.severity}: {problem_line(graph, problem)}")
    if not report.problems:
        say("no problems")


def _short(graph: Graph, report: Report) -> list[str]:
    lines = [("block", "kind", "output", "parameters", "multiply-adds")]
    for node in in_order(graph, report):
        about = report.blocks.get(node.id)
        shape = str(about.output) if about and about.output else "?"
        counts = (about.parameters, about.macs) if about else (0, 0)
        lines.append((node.name, node.kind, shape, *(count(number) if number else "" for number in counts)))
    return aligned(lines, right=(3, 4))


def in_order(graph: Graph, report: Report) -> list[Any]:
    """The placed blocks, those that can be ordered first."""
    placed = [*report.order, *(id_ for id_ in graph.nodes if id_ not in set(report.order))]
    return [graph.node(id_) for id_ in placed]


def problem_line(graph: Graph, problem: Problem) -> str:
    """A problem with the name of its block in front, where it does not begin with it."""
    name = _block_name(graph, problem)
    starts = name is not None and problem.text.startswith(name.partition(".")[0])
    return problem.text if name is None or starts else f"{name}: {problem.text}"


def _block_name(graph: Graph, problem: Problem) -> str | None:
    """The block's name, inside composites with the way to it: "layer1.conv1"."""
    names, drawing = [], graph
    for id_ in (*problem.path, problem.block):
        if id_ is None or id_ not in drawing.nodes:
            break
        node = drawing.nodes[id_]
        names.append(node.name)
        if node.composite is not None:
            drawing = graph.composite(node.composite).body
    return ".".join(names) or None


def problem_json(graph: Graph, problem: Problem) -> dict[str, Any]:
    """A problem as JSON, with the block's name instead of its id."""
    return {
        "problem": problem.code,
        "severity": problem.severity,
        "block": _block_name(graph, problem),
        "setting": problem.setting,
        "port": problem.port,
        "text": problem.text,
        "fixes": [fix.title for fix in problem.fixes],
    }
