"""A project file read strictly: text in, a graph out, or one `StoreError` that names the place ("blocks[3].settings.stride").

Nothing in a file is executed. Older schema versions are migrated step by step. Not for: writing (`engine.graph.store`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any, NoReturn

from engine.blocks.spec import kinds
from engine.declare import unknown
from engine.errors import GraphError, SettingError, StoreError
from engine.graph.model import (
    COMPOSITE,
    SECTIONS,
    AddBlock,
    Connect,
    Define,
    Definition,
    End,
    Graph,
    Mark,
    Node,
    Parameter,
    SetMark,
    SetSection,
    Wire,
)
from engine.graph.topology import inner_first

_TEXT = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)  # in which brackets mean nothing
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_HALF = re.compile("[\ud800-\udfff]")  # what an escape such as "\ud800" alone stands for

VERSION = 2
LARGEST_FILE = 64 * 2**20  # bytes; a project of 5,000 blocks is under 2 MB
DEEPEST = 32  # levels of nesting; a project has 7
_KEYS = ("loom", "about", "composites", "blocks", "wires", "marks", "data", "training", "weights")
_BLOCK_KEYS = ("id", "kind", "name", "settings", "at", "bypassed", "pinned", "frozen")
_MARK_KEYS = ("id", "kind", "text", "at", "size", "colour")
_COMPOSITE_KEYS = ("id", "name", "help", "settings", "blocks", "wires", "marks")
_PARAMETER_KEYS = ("name", "kind", "default", "lo", "hi", "words", "help")

# Kinds of blocks that were called otherwise in earlier versions: old -> new.
RENAMED: Mapping[str, str] = {}
# From version n to n + 1: a function that changes the raw object. Version 2 brought composites, marks, reroute points, bypassed
# and pinned blocks; a file of version 1 has none of them and is read as it is.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: lambda raw: raw}


class Reader:
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
        found = self._list(raw, "composites", optional=True)
        for index, item in enumerate(found):
            self._composite(graph, item, f"composites[{index}]")
        for index in _inner_first(found):
            composite = graph.composite(found[index]["id"])
            self._fill(composite.body, found[index], f"composites[{index}].")
            composite.forget()
        self._fill(graph, raw, "")
        for name in SECTIONS:
            section = raw.get(name, {})
            if not isinstance(section, dict):
                self.fail(name, f"an object is wanted, but {_what(section)} is there.")
            graph.run(SetSection(name, section))
        return graph

    def _fill(self, graph: Graph, raw: dict[str, Any], where: str) -> None:
        """Blocks, wires and marks of one drawing. Nothing is an instance of it yet, so that nothing has to follow."""
        for index, item in enumerate(self._list(raw, "blocks", where)):
            self._add(graph, item, f"{where}blocks[{index}]")
        for index, item in enumerate(self._list(raw, "wires", where)):
            self._wire(graph, item, f"{where}wires[{index}]")
        for index, item in enumerate(self._list(raw, "marks", where, optional=True)):
            self._mark(graph, item, f"{where}marks[{index}]")

    def _composite(self, graph: Graph, item: Any, where: str) -> None:
        """A definition without its drawing, which comes when all are known."""
        if not isinstance(item, dict):
            self.fail(where, f"an object is wanted, but {_what(item)} is there.")
        self._only(item, _COMPOSITE_KEYS, where)
        for key in ("id", "name"):
            if not isinstance(item.get(key), str):
                self.fail(f"{where}.{key}", f"a text is wanted, but {_what(item.get(key))} is there.")
        if item["id"] in graph.composites:
            self.fail(f"{where}.id", f'a second composite has the id "{item["id"][:60]}".')
        settings = tuple(
            self._parameter(each, f"{where}.settings[{index}]")
            for index, each in enumerate(self._list(item, "settings", f"{where}.", optional=True))
        )
        try:
            graph.run(Define(Definition(item["id"], item["name"], item.get("help", ""), settings)))
        except GraphError as error:
            self.fail(where, str(error))

    def _parameter(self, item: Any, where: str) -> Parameter:
        if not isinstance(item, dict):
            self.fail(where, f"an object is wanted, but {_what(item)} is there.")
        self._only(item, _PARAMETER_KEYS, where)
        words = item.get("words", [])
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self.fail(f"{where}.words", "a list of texts is wanted.")
        for bound in ("lo", "hi"):
            value = item.get(bound)
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
                self.fail(f"{where}.{bound}", f"a number is wanted, but {_what(value)} is there.")
            if isinstance(value, float) and not math.isfinite(value):
                self.fail(f"{where}.{bound}", "a finite number is wanted.")
        if not isinstance(item.get("name"), str) or not isinstance(item.get("help", ""), str):
            self.fail(where, "a setting has a name and a help, both texts.")
        return Parameter(
            item["name"], item.get("kind"), item.get("default"), item.get("lo"), item.get("hi"), tuple(words),  # type: ignore[arg-type]
            item.get("help", ""),
        )  # fmt: skip

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
        if "\\ud" in text.lower() and _HALF.search(json.dumps(raw, ensure_ascii=False)):
            self.fail("", "a text in it holds half a character (a lone surrogate), which no file can hold.")
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

    def _list(self, raw: dict[str, Any], name: str, where: str = "", *, optional: bool = False) -> list[Any]:
        value = raw.get(name, [] if optional else None)
        if not isinstance(value, list):
            self.fail(where + name, f"a list is wanted, but {_what(value)} is there.")
        return value

    def _add(self, graph: Graph, item: Any, where: str) -> None:
        if not isinstance(item, dict):
            self.fail(where, f"an object is wanted, but {_what(item)} is there.")
        self._only(item, _BLOCK_KEYS, where)
        for key in ("id", "kind", "name"):
            if not isinstance(item.get(key), str):
                self.fail(f"{where}.{key}", f"a text is wanted, but {_what(item.get(key))} is there.")
        kind = RENAMED.get(item["kind"], item["kind"])
        settings = item.get("settings", {})
        if not isinstance(settings, dict):
            self.fail(f"{where}.settings", f"an object is wanted, but {_what(settings)} is there.")
        at = self._pair(item.get("at", [0, 0]), f"{where}.at", "the place on the canvas")
        flags = {name: item[name] for name in ("bypassed", "pinned", "frozen") if name in item}
        node = Node(item["id"], kind, item["name"], settings, at[0], at[1], **flags)
        try:
            graph.run(AddBlock(node))
        except GraphError as error:
            self._refused(graph, node, where, str(error))

    def _refused(self, graph: Graph, node: Node, where: str, why: str) -> NoReturn:
        """A block that cannot stand there: find out what of it is wrong, and say so."""
        kind, settings = node.kind, node.settings
        try:
            node = graph.bound(node)
        except GraphError as error:
            self.fail(f"{where}.kind", str(error))
        if node.composite is None and kind not in kinds():
            self.fail(f"{where}.kind", unknown(kind, kinds(), "block"))
        for name in settings:
            if name not in node.spec.settings:
                what = f"setting of {node.spec.title if node.composite else kind}"
                self.fail(f"{where}.settings.{name[:60]}", unknown(name, tuple(node.spec.settings), what))
        try:
            node.block()
        except SettingError as error:
            self.fail(f"{where}.settings.{error.setting}".rstrip("."), str(error))
        self.fail(where, why)

    def _pair(self, value: Any, where: str, what: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or len(value) != 2:
            self.fail(where, f"two numbers are wanted, {what}.")
        return value[0], value[1]

    def _mark(self, graph: Graph, item: Any, where: str) -> None:
        if not isinstance(item, dict):
            self.fail(where, f"an object is wanted, but {_what(item)} is there.")
        self._only(item, _MARK_KEYS, where)
        at = self._pair(item.get("at", [0, 0]), f"{where}.at", "the place on the canvas")
        size = self._pair(item.get("size", [320, 160]), f"{where}.size", "width and height")
        said = {"kind": None, "text": "", "colour": "", **item}
        for key in ("id", "kind", "text", "colour"):
            if not isinstance(said.get(key), str):
                self.fail(f"{where}.{key}", f"a text is wanted, but {_what(said.get(key))} is there.")
        if said["id"] in graph.marks:
            self.fail(f"{where}.id", f'a second mark has the id "{said["id"][:60]}".')
        try:
            graph.run(SetMark(Mark(said["id"], said["kind"], said["text"], *at, *size, said["colour"])))
        except GraphError as error:
            self.fail(where, str(error))

    def _wire(self, graph: Graph, item: Any, where: str) -> None:
        if not isinstance(item, list) or len(item) not in (2, 3) or not all(isinstance(end, str) for end in item[:2]):
            self.fail(
                where,
                'a pair of texts is wanted, ["block.port", "block.port"], and a list of points if it runs through some.',
            )
        points = item[2] if len(item) == 3 else []
        if not isinstance(points, list):
            self.fail(where, "the points that a wire runs through are a list.")
        via = tuple(self._pair(point, where, "a point that the wire runs through") for point in points)
        ends = []
        for end in item[:2]:
            block, dot, port = end.rpartition(".")
            if not dot:
                self.fail(where, f'"{end[:60]}" names no port; write "block.port".')
            ends.append(End(block, port))
        if ends[1] in graph.wires:
            self.fail(where, f'a second wire ends in "{item[1][:60]}", but an input takes one.')
        try:
            graph.run(Connect(Wire(ends[0], ends[1], via)))
        except GraphError as error:
            self.fail(where, str(error))


def _inner_first(found: list[dict[str, Any]]) -> list[int]:
    """Places of the definitions, those that others are made of before them, so that ports are there when wires come."""
    ids = {item["id"]: index for index, item in enumerate(found)}
    parts: dict[int, set[int]] = {}
    for index, item in enumerate(found):
        blocks = item.get("blocks")
        kinds_ = [b.get("kind") for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []
        named = [
            kind.removeprefix(COMPOSITE) for kind in kinds_ if isinstance(kind, str) and kind.startswith(COMPOSITE)
        ]
        parts[index] = {ids[name] for name in named if name in ids}
    return inner_first(parts)


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
    brackets = _NO_BRACKETS.sub("", _TEXT.sub("", text))
    return max(accumulate(map(_STEP.__getitem__, brackets), initial=0))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f'the field "{twice[:60]}" is there twice')
    return out


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")
