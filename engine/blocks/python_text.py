"""A person's class, read and never run: what it is called, what its `forward` takes and gives, what its constructor wants.

The text is parsed into a tree and looked at. Not for: running it (`engine.compiler.python`), nor whether it may be
(`engine.trust`). No torch.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.blocks.spec import BlockError, Port

MOST_PORTS = 8
LONGEST_ARGUMENTS = 400  # characters
FROM_CHANNELS = ("channels", "in_channels")  # arguments of a constructor that are filled in from what arrives
FROM_FEATURES = ("features", "in_features")
FROM_SHAPE = ("shape",)
# Python's parser recurses for these, and a hostile text of 64 KB could go deeper than the stack of a thread.
_RUN = re.compile(r"(?:[-+~]|\s|\\|\bnot\b|\bawait\b){1500}")
_NESTING = (re.compile(r"\belse\b"), re.compile(r"\blambda\b"), re.compile(r"\*\*"))
_MOST_NESTING = 1000


class CodeError(BlockError):
    """A text that is no class for a block.

    Attributes:
        line: Where in it, counted from 1; None where no line is at fault.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__("python-code", text, setting="code")
        self.line = line


@dataclass(frozen=True)
class Argument:
    """What a constructor takes.

    Attributes:
        name: Its name.
        needed: Whether it has no default.
    """

    name: str
    needed: bool


@dataclass(frozen=True)
class Reading:
    """What a text says of itself.

    Attributes:
        name: The class, the last one of the text.
        line: Where it begins.
        inputs: One port a parameter of `forward`; optional where the parameter's default is None.
        outputs: One port a member of the tuple that `forward` declares to return.
        arguments: Of the constructor, without `self`.
        loose: Whether the constructor takes other arguments, too, or is not in the text.
        help: The class's docstring.
    """

    name: str
    line: int
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    arguments: tuple[Argument, ...]
    loose: bool
    help: str


@functools.lru_cache(maxsize=128)
def parsed(code: str) -> ast.Module:
    """The tree of a text.

    Raises:
        CodeError: It is not Python.
    """
    if _RUN.search(code) or any(len(pattern.findall(code)) > _MOST_NESTING for pattern in _NESTING):
        raise CodeError("The code is nested too deep to be read; write it in smaller pieces.")
    try:
        return ast.parse(code)
    except SyntaxError as error:
        line = error.lineno or 1
        raise CodeError(f"Line {line} is not Python ({error.msg}); mend it there.", line) from None
    except (ValueError, RecursionError, MemoryError):
        raise CodeError(
            "The code cannot be read; it is nested too deep or holds characters that no code has."
        ) from None


@functools.lru_cache(maxsize=128)
def read(code: str) -> Reading:
    """Read a text.

    Raises:
        CodeError: It holds no class that can be a block; the sentence says why.
    """
    tree = parsed(code)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if not classes:
        raise CodeError("The code holds no class; write one that derives from nn.Module.")
    made = [node for node in tree.body if isinstance(node, ast.ClassDef)][-1]
    if not made.bases:
        raise CodeError(f"{made.name} derives from nothing; write class {made.name}(nn.Module).", made.lineno)
    forward = _method(made, "forward", classes)
    if forward is None:
        raise CodeError(f"{made.name} has no forward; write def forward(self, x: Tensor) -> Tensor in it.", made.lineno)
    constructor = _method(made, "__init__", classes)
    foreign = any(ast.unparse(base) not in {*classes, "nn.Module", "torch.nn.Module", "Module"} for base in made.bases)
    arguments = tuple(_arguments(constructor)) if constructor is not None else ()
    loose = constructor.args.kwarg is not None if constructor is not None else foreign
    return Reading(
        made.name, made.lineno, _inputs(forward), _outputs(forward), arguments, loose, ast.get_docstring(made) or ""
    )


def _method(made: ast.ClassDef, name: str, classes: Mapping[str, ast.ClassDef]) -> ast.FunctionDef | None:
    """A method of a class, or of the first class before it in the text that has one."""
    waiting, seen = [made], set()
    while waiting:
        here = waiting.pop(0)
        if here.name in seen:
            continue
        seen.add(here.name)
        found = [node for node in here.body if isinstance(node, ast.FunctionDef) and node.name == name]
        if found:
            return found[-1]
        waiting += [classes[base.id] for base in here.bases if isinstance(base, ast.Name) and base.id in classes]
    return None


def _with_defaults(function: ast.FunctionDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """The parameters after `self`, each with its default; those that only a name reaches come last."""
    args = function.args
    plain = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults))
    yield from list(zip(plain, [*defaults, *args.defaults], strict=True))[1:]
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)


def _arguments(constructor: ast.FunctionDef) -> Iterator[Argument]:
    for each, default in _with_defaults(constructor):
        yield Argument(each.arg, default is None)


def _inputs(forward: ast.FunctionDef) -> tuple[Port, ...]:
    args = forward.args
    if args.vararg is not None or args.kwarg is not None:
        raise CodeError(
            "forward takes any number of arguments; name each of them, for every one becomes an input.", forward.lineno
        )
    if args.kwonlyargs and None in args.kw_defaults:
        raise CodeError("forward has a parameter behind * without a default; write it before the *.", forward.lineno)
    if not [*args.posonlyargs, *args.args]:
        raise CodeError("forward has no self; write def forward(self, x: Tensor) -> Tensor.", forward.lineno)
    needed = [each.arg for each, default in _with_defaults(forward) if default is None]
    optional = [
        each.arg for each, default in _with_defaults(forward) if isinstance(default, ast.Constant) and default.value is None
    ]  # fmt: skip
    if not needed or len(needed) + len(optional) > MOST_PORTS:
        raise CodeError(
            f"forward takes {len(needed) + len(optional)} tensors; a block has 1 to {MOST_PORTS} inputs, one of them at least "
            "without a default.",
            forward.lineno,
        )
    return (*map(Port, needed), *(Port(name, optional=True) for name in optional))


def _outputs(forward: ast.FunctionDef) -> tuple[Port, ...]:
    said = forward.returns
    if isinstance(said, ast.Constant) and isinstance(said.value, str):
        said = parsed_value(said.value)
    match said:
        case ast.Subscript(value=kind, slice=inside) if ast.unparse(kind).rpartition(".")[2] in ("tuple", "Tuple"):
            members = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        case _:
            return (Port("y"),)
    if any(isinstance(member, ast.Constant) and member.value is ... for member in members):
        raise CodeError(
            "forward returns a tuple of any length; say how many, as in tuple[Tensor, Tensor].", said.lineno
        )
    if not 1 <= len(members) <= MOST_PORTS:
        raise CodeError(f"forward returns {len(members)} tensors; a block has 1 to {MOST_PORTS} outputs.", said.lineno)
    return tuple(Port(f"y{number}") for number in range(1, len(members) + 1))


def parsed_value(text: str) -> ast.expr | None:
    """The tree of a single value; None where it is none."""
    try:
        found = parsed(text).body
    except CodeError:
        return None
    return found[0].value if len(found) == 1 and isinstance(found[0], ast.Expr) else None


@functools.lru_cache(maxsize=256)
def given(arguments: str) -> tuple[tuple[str, Any], ...]:
    """Arguments for a constructor as a person types them, "hidden=64, p=0.1": names and plain values.

    Raises:
        BlockError: They are none.
    """
    wrong = BlockError(
        "python-arguments",
        f'"{arguments[:60]}" cannot be given to a constructor; write names and plain values such as hidden=64, p=0.1.',
        setting="arguments",
    )
    if not arguments.strip():
        return ()
    found = parsed_value(f"_({arguments})")
    if not isinstance(found, ast.Call) or found.args or any(keyword.arg is None for keyword in found.keywords):
        raise wrong
    try:
        return tuple((str(keyword.arg), _plain(ast.literal_eval(keyword.value))) for keyword in found.keywords)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise wrong from None


def _plain(value: Any) -> Any:
    """A value that a call can hold.

    Raises:
        ValueError: It is another one.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return tuple(map(_plain, value))
        case _:
            raise ValueError("no plain value")
