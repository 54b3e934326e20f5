"""Persons' classes in exported source: their texts as they were typed, under names that nothing else in the file has.

Not for: running them (`engine.compiler.python`). No torch.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.blocks.python import code_of
from engine.blocks.python_text import parsed, read
from engine.compiler.steps import Plan
from engine.errors import CompileError
from engine.layers import Text

_READY = {
    "F": "import torch.nn.functional as F",
    "functional": "from torch.nn import functional",
    "math": "import math",
}
_ALWAYS = frozenset(("torch", "nn", "Tensor"))  # what every exported file imports
_FUTURE = "from __future__ import"


@dataclass(frozen=True)
class Classes:
    """The texts of a plan.

    Attributes:
        texts: What goes into the file, in the order of the network.
        named: What a call's target is called there.
        names: All names that the texts bring into the file.
        futures: Names that the texts import from `__future__`.
    """

    texts: tuple[Text, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    futures: tuple[str, ...] = ()


def classes_of(plan: Plan, taken: Collection[str]) -> Classes:
    """The persons' classes that a network needs.

    Args:
        plan: The network.
        taken: Names of the file that they must not have.

    Raises:
        CompileError: Two texts use a name for different things, and it cannot be told where.
    """
    used = set(taken) | _ALWAYS
    lines: dict[str, str] = {}  # an imported name -> how it is imported
    texts, named, futures = [], {}, set()
    for called in dict.fromkeys(step.call.target for step in plan.steps):
        code = code_of(called)
        if code is None:
            continue
        imports, body, later = _parts(code)
        futures.update(later)
        defined = _defined(code)
        renamed = {name: _fresh(name, used | set(lines)) for name in defined if name in used or name in lines}
        for name, line in imports.items():
            if name in used - _ALWAYS or lines.get(name, line) != line:
                raise CompileError(
                    f"{read(code).name} imports {name}, which is something else in the exported file; import it under another name."
                )
            lines.setdefault(name, line)
        text = _renamed(code, body, renamed) if renamed else "\n".join(body).strip("\n")
        used |= {renamed.get(name, name) for name in defined}
        texts.append(Text(tuple(dict.fromkeys(imports.values())), text))
        named[called] = renamed.get(read(code).name, read(code).name)
    return Classes(tuple(texts), named, frozenset(used | set(lines)), tuple(sorted(futures)))


def defined(plan: Plan) -> frozenset[str]:
    """Names that the texts of a plan give to something of their own."""
    texts = {code_of(step.call.target) for step in plan.steps}
    return frozenset(name for text in texts if text is not None for name in _defined(text))


def _parts(code: str) -> tuple[dict[str, str], list[str], set[str]]:
    """Import lines by the names that they bring, all other lines, and what is imported from `__future__`."""
    tree = parsed(code)
    imports: dict[str, str] = {}
    futures: set[str] = set()
    lines: list[str] = code.splitlines()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            futures.update(alias.name for alias in node.names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                one = ast.unparse(
                    ast.Import([alias])
                    if isinstance(node, ast.Import)
                    else ast.ImportFrom(node.module, [alias], node.level)
                )
                imports[alias.asname or alias.name.partition(".")[0]] = one
        else:
            continue
        for number in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[number] = ""
    read_names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    defined = _defined(code)
    for name, line in _READY.items():
        if name in read_names and name not in imports and name not in defined:
            imports[name] = line
    return {name: line for name, line in imports.items() if name not in _ALWAYS}, lines, futures


def _defined(code: str) -> tuple[str, ...]:
    """Names that a text gives to something of its own at its outermost level."""
    found: dict[str, None] = {}
    for node in parsed(code).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            found[node.name] = None
        else:
            found.update(
                dict.fromkeys(
                    each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
                )
            )
    return tuple(found)


def _fresh(name: str, used: Collection[str]) -> str:
    number = 2
    while f"{name}{number}" in used:
        number += 1
    return f"{name}{number}"


def _renamed(code: str, body: list[str], names: Mapping[str, str]) -> str:
    """The lines with other names for what the text defines.

    Raises:
        CompileError: A name means something else in some place, so that a renaming would change what the code does.
    """
    rows = [line.encode("utf-8") for line in body]
    places: list[tuple[int, int, str]] = []  # row, column in bytes, name
    for node in ast.walk(parsed(code)):
        match node:
            case ast.Name(id=name) if name in names:
                places.append((node.lineno - 1, node.col_offset, name))
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if (
                name in names
            ):
                row = node.lineno - 1
                at = rows[row].find(name.encode("utf-8"), node.col_offset + len("def "))
                places.append((row, at, name))
            case ast.arg(arg=name) | ast.keyword(arg=name) if name in names:
                raise _twice(code, str(name))
            case ast.Global(names=several) | ast.Nonlocal(names=several) if set(several) & set(names):
                raise _twice(code, several[0])
            case _:
                continue
    for row, at, name in sorted(set(places), reverse=True):
        raw = name.encode("utf-8")
        if rows[row][at : at + len(raw)] != raw:
            raise _twice(code, name)
        rows[row] = rows[row][:at] + names[name].encode("utf-8") + rows[row][at + len(raw) :]
    return b"\n".join(rows).decode("utf-8").strip("\n")


def _twice(code: str, name: str) -> CompileError:
    return CompileError(
        f"{read(code).name} calls something {name}, and so does the rest of the exported file; give it another name."
    )
