"""The project file: a graph as one JSON text in one stable order, and back, strictly.

Whatever a file holds, reading it gives a graph or one `StoreError` that names the place ("blocks[3].settings.stride"); nothing
in it is executed. Older schema versions are migrated step by step. Not for: runs and weights (`engine.training`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.errors import StoreError
from engine.files import write_atomic
from engine.graph.model import (
    Definition,
    Graph,
    Mark,
    Node,
    Parameter,
    Wire,
)
from engine.graph.reader import LARGEST_FILE, VERSION, Reader

__all__ = ["LARGEST_FILE", "VERSION", "definition_lines", "dumps", "load", "loads", "save"]


def dumps(graph: Graph) -> str:
    """The project as text: keys in a fixed order, a block and a wire a line, so that a diff can be read."""
    lines = ["{", f'"loom": {VERSION},', f'"about": {_json(graph.sections["about"])},']
    if graph.composites:
        made = [definition_lines(composite.definition()) for composite in graph.composites.values()]
        lines += ['"composites": [', *_joined(made), "],"]
    lines += _drawing(tuple(graph), tuple(graph.wires.values()), tuple(graph.marks.values()))
    last = [name for name in ("data", "training", "weights") if name != "weights" or graph.sections[name]]
    lines += [f'"{name}": {_json(graph.sections[name])}{"," if name != last[-1] else ""}' for name in last]
    lines.append("}")
    return "\n".join(lines) + "\n"


def definition_lines(definition: Definition) -> list[str]:
    """A composite as lines of JSON."""
    body = _drawing(definition.blocks, definition.wires, definition.marks)
    body[-1] = body[-1].rstrip(",")
    return [
        f'{{"id": {_json(definition.id)}, "name": {_json(definition.name)}, "help": {_json(definition.help)},',
        '"settings": [', *_rows([_parameter(parameter) for parameter in definition.settings]), "],",
        *body, "}",
    ]  # fmt: skip


def _drawing(blocks: tuple[Node, ...], wires: tuple[Wire, ...], marks: tuple[Mark, ...]) -> list[str]:
    position = {node.id: index for index, node in enumerate(blocks)}
    ordered = sorted(wires, key=lambda w: (position[w.target.block], w.target.port))
    lines = ['"blocks": [', *_rows([_block(node) for node in blocks]), "],"]
    lines += ['"wires": [', *_rows([_wire(wire) for wire in ordered]), "],"]
    if marks:
        lines += ['"marks": [', *_rows([_mark(mark) for mark in marks]), "],"]
    return lines


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _rows(values: list[Any]) -> list[str]:
    return ["  " + _json(value) + ("," if index + 1 < len(values) else "") for index, value in enumerate(values)]


def _joined(parts: list[list[str]]) -> list[str]:
    """Parts of several lines each, a comma behind all but the last."""
    for part in parts[:-1]:
        part[-1] += ","
    return [line for part in parts for line in part]


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _block(node: Node) -> dict[str, Any]:
    settings = {name: node.settings[name] for name in node.spec.settings if name in node.settings}
    flags = {name: getattr(node, name) for name in ("bypassed", "pinned", "frozen") if getattr(node, name) is not False}
    return {
        "id": node.id,
        "kind": node.kind,
        "name": node.name,
        "settings": settings,
        "at": [_tidy(node.x), _tidy(node.y)],
        **flags,
    }


def _wire(wire: Wire) -> list[Any]:
    ends: list[Any] = [f"{end.block}.{end.port}" for end in (wire.source, wire.target)]
    return [*ends, [[_tidy(x), _tidy(y)] for x, y in wire.via]] if wire.via else ends


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "id": mark.id,
        "kind": mark.kind,
        "text": mark.text,
        "at": [_tidy(mark.x), _tidy(mark.y)],
        "size": [_tidy(mark.width), _tidy(mark.height)],
        "colour": mark.colour,
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    said = {"name": parameter.name, "kind": parameter.kind, "default": parameter.default}
    bounds = {name: getattr(parameter, name) for name in ("lo", "hi") if getattr(parameter, name) is not None}
    words = {"words": list(parameter.words)} if parameter.words else {}
    return {**said, **bounds, **words, **({"help": parameter.help} if parameter.help else {})}


def save(graph: Graph, path: Path | str) -> None:
    """Write the project, atomically and durably.

    Raises:
        StoreError: The file could not be written.
    """
    write_atomic(path, dumps(graph))


def load(path: Path | str) -> Graph:
    """Read a project.

    Raises:
        StoreError: The file cannot be read or is no project.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{path} could not be read: {reason}.", path=str(path)) from error
    return loads(content, str(path))


def loads(content: str | bytes, path: str = "") -> Graph:
    """A graph from a project's text.

    Raises:
        StoreError: The text is no project; `where` names the place.
    """
    return Reader(path).read(content)
