"""The project file: a graph as one JSON text in one stable order, and back, strictly.

Whatever a file holds, reading it gives a graph or one `StoreError` that names the place ("blocks[3].settings.stride"); nothing
in it is executed. Older schema versions are migrated step by step. Not for: runs and weights (`engine.training`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from engine.blocks.spec import kinds, spec_of
from engine.declare import unknown
from engine.errors import GraphError, SettingError, StoreError
from engine.files import write_atomic
from engine.graph.model import SECTIONS, AddBlock, Connect, End, Graph, Node, SetSection, Wire

VERSION = 1
LARGEST_FILE = 64 * 2**20  # bytes; a project of 5,000 blocks is under 2 MB
DEEPEST = 32  # levels of nesting; a project has 5
_KEYS = ("loom", "about", "blocks", "wires", "data", "training")
_BLOCK_KEYS = ("id", "kind", "name", "settings", "at")

# Kinds of blocks that were called otherwise in earlier versions: old -> new.
RENAMED: Mapping[str, str] = {}
# From version n to n + 1: a function that changes the raw object. Version 1 is the first.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def dumps(graph: Graph) -> str:
    """The project as text: keys in a fixed order, a block and a wire a line, so that a diff can be read."""
    position = {id_: index for index, id_ in enumerate(graph.nodes)}
    wires = sorted(graph.wires.values(), key=lambda w: (position[w.target.block], w.target.port))
    lines = ["{", f'"loom": {VERSION},', f'"about": {_json(graph.sections["about"])},', '"blocks": [']
    lines += _rows([_block(node) for node in graph])
    lines += ["],", '"wires": [']
    lines += _rows([[f"{w.source.block}.{w.source.port}", f"{w.target.block}.{w.target.port}"] for w in wires])
    lines += [
        "],",
        f'"data": {_json(graph.sections["data"])},',
        f'"training": {_json(graph.sections["training"])}',
        "}",
    ]
    return "\n".join(lines) + "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _rows(values: list[Any]) -> list[str]:
    return ["  " + _json(value) + ("," if index + 1 < len(values) else "") for index, value in enumerate(values)]


def _block(node: Node) -> dict[str, Any]:
    def tidy(value: float) -> float | int:
        return int(value) if value == int(value) else value

    order = list(spec_of(node.kind).settings)
    settings = {name: node.settings[name] for name in order if name in node.settings}
    return {
        "id": node.id,
        "kind": node.kind,
        "name": node.name,
        "settings": settings,
        "at": [tidy(node.x), tidy(node.y)],
    }


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
    return _Reader(path).read(content)


class _Reader:
    """Reads one text; knows the path for its sentences."""

    def __init__(self, path: str) -> None:
        self._path = path

    def fail(self, where: str, text: str) -> NoReturn:
        """Refuse the file with one sentence that names file and place."""
        file = self._path or "the project"
        place = f", at {where}" if where else ""
        raise StoreError(f"{file} is not a project that can be opened{place}: {text}", path=self._path, where=where)

    def read(self, content: str | bytes) -> Graph:
        """Text to graph."""
        raw = self._parse(content)
        raw = self._migrate(raw)
        self._only(raw, _KEYS, "")
        graph = Graph()
        for index, item in enumerate(self._list(raw, "blocks")):
            self._add(graph, item, f"blocks[{index}]")
        for index, item in enumerate(self._list(raw, "wires")):
            self._wire(graph, item, f"wires[{index}]")
        for name in SECTIONS:
            section = raw.get(name, {})
            if not isinstance(section, dict):
                self.fail(name, f"an object is wanted, but {_what(section)} is there.")
            graph.apply(SetSection(name, section))
        return graph

    def _parse(self, content: str | bytes) -> dict[str, Any]:
        if len(content) > LARGEST_FILE:
            self.fail("", f"it is larger than {LARGEST_FILE // 2**20} MB, which no project is.")
        try:
            text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        except UnicodeDecodeError as error:
            self.fail(f"byte {error.start}", "it is not UTF-8 text.")
        if _depth(text) > DEEPEST:
            self.fail("", f"it is nested more than {DEEPEST} levels deep.")
        try:
            raw = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            self.fail(f"line {error.lineno}, column {error.colno}", f"it is not JSON ({error.msg}).")
        except (ValueError, RecursionError) as error:
            self.fail("", f"{error}.")
        if not isinstance(raw, dict):
            self.fail("", f"a project is an object, but {_what(raw)} is there.")
        return raw

    def _migrate(self, raw: dict[str, Any]) -> dict[str, Any]:
        version = raw.get("loom")
        if isinstance(version, bool) or not isinstance(version, int):
            self.fail(
                "loom", f'the schema version is missing or {_what(version)}; a project starts with "loom": {VERSION}.'
            )
        if version > VERSION:
            self.fail(
                "loom",
                f"it was written by a newer LayerLoom (schema {_short(version)}, this one knows {VERSION}); update the program.",
            )
        while version < VERSION:
            if version not in MIGRATIONS:
                self.fail("loom", f"the schema version {_short(version)} is not known.")
            raw = MIGRATIONS[version](raw)
            version += 1
        return raw

    def _only(self, raw: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in raw:
            if key not in known:
                self.fail(f"{where}.{key[:60]}".lstrip("."), unknown(key, known, "field"))

    def _list(self, raw: dict[str, Any], name: str) -> list[Any]:
        value = raw.get(name)
        if not isinstance(value, list):
            self.fail(name, f"a list is wanted, but {_what(value)} is there.")
        return value

    def _add(self, graph: Graph, item: Any, where: str) -> None:
        if not isinstance(item, dict):
            self.fail(where, f"an object is wanted, but {_what(item)} is there.")
        self._only(item, _BLOCK_KEYS, where)
        for key in ("id", "kind", "name"):
            if not isinstance(item.get(key), str):
                self.fail(f"{where}.{key}", f"a text is wanted, but {_what(item.get(key))} is there.")
        kind = RENAMED.get(item["kind"], item["kind"])
        if kind not in kinds():
            self.fail(f"{where}.kind", unknown(kind, kinds(), "block"))
        settings = item.get("settings", {})
        if not isinstance(settings, dict):
            self.fail(f"{where}.settings", f"an object is wanted, but {_what(settings)} is there.")
        at = item.get("at", [0, 0])
        if not isinstance(at, list) or len(at) != 2:
            self.fail(f"{where}.at", "two numbers are wanted, the place on the canvas.")
        try:
            spec_of(kind)(**self._settings(kind, settings, where))
        except SettingError as error:
            self.fail(f"{where}.settings.{error.setting}", str(error))
        try:
            graph.apply(AddBlock(Node(item["id"], kind, item["name"], settings, at[0], at[1])))
        except GraphError as error:
            self.fail(where, str(error))

    def _settings(self, kind: str, settings: dict[str, Any], where: str) -> dict[str, Any]:
        known = tuple(spec_of(kind).settings)
        for name in settings:
            if name not in known:
                self.fail(f"{where}.settings.{name[:60]}", unknown(name, known, f"setting of {kind}"))
        return settings

    def _wire(self, graph: Graph, item: Any, where: str) -> None:
        if not isinstance(item, list) or len(item) != 2 or not all(isinstance(end, str) for end in item):
            self.fail(where, 'a pair of texts is wanted, ["block.port", "block.port"].')
        ends = []
        for end in item:
            block, dot, port = end.rpartition(".")
            if not dot:
                self.fail(where, f'"{end[:60]}" names no port; write "block.port".')
            ends.append(End(block, port))
        if ends[1] in graph.wires:
            self.fail(where, f'a second wire ends in "{item[1][:60]}", but an input takes one.')
        try:
            graph.apply(Connect(Wire(ends[0], ends[1])))
        except GraphError as error:
            self.fail(where, str(error))


def _what(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _short(value: int) -> str:
    return str(value) if abs(value) < 10**9 else "a very large number"


def _depth(text: str) -> int:
    """How deep brackets nest outside of strings; json's own reader would recurse that far."""
    depth = deepest = 0
    quoted = escaped = False
    for letter in text:
        if quoted:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                quoted = False
        elif letter == '"':
            quoted = True
        elif letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise ValueError(f'the field "{key[:60]}" is there twice')
        out[key] = value
    return out


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")
