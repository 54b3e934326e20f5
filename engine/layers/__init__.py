"""Torch modules that torch lacks, one class a file: plain and self-contained, so that exported source carries their text.

A file is named after its class ("locally_connected2d.py" holds `LocallyConnected2d`) and imports nothing but torch and the
standard library's `math` and `typing`. Importing this package imports neither torch nor any layer.

Not for: what a person sees of a layer (`engine.blocks`).
"""

from __future__ import annotations

import ast
import functools
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Text", "layer", "names", "text"]

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Text:
    """A layer's file as it goes into exported source.

    Attributes:
        imports: Its import lines, without those of `__future__`.
        code: All that stands below them.
    """

    imports: tuple[str, ...]
    code: str


@functools.cache
def _files() -> dict[str, Path]:
    """The files by their name without underscores."""
    return {path.stem.replace("_", ""): path for path in sorted(_HERE.glob("*.py")) if path.stem != "__init__"}


def names() -> tuple[str, ...]:
    """The names of all layers, in the order of their files."""
    return tuple(_class(path).name for path in _files().values())


def layer(name: str) -> Any:
    """The torch module of that name; imports its file.

    Raises:
        KeyError: There is no such layer.
    """
    module = importlib.import_module(f"{__name__}.{_files()[name.lower()].stem}")
    return getattr(module, name)


@functools.cache
def text(name: str) -> Text:
    """A layer's text, without importing it.

    Raises:
        KeyError: There is no such layer.
    """
    path = _files()[name.lower()]
    written = path.read_text(encoding="utf-8")
    body = ast.parse(written).body
    heads = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    lines = written.splitlines()
    start = max(node.end_lineno or 0 for node in heads)
    kept = [node for node in heads if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")]
    return Text(tuple(ast.unparse(node) for node in kept), "\n".join(lines[start:]).strip())


def _class(path: Path) -> ast.ClassDef | ast.FunctionDef:
    """The one public class (or function) of a file."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    (found,) = [
        node for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
    ]
    return found
