"""Settings that are worked out from other settings: "=width * 4", "=2 if i == 0 else 1".

A text that starts with "=" is arithmetic, comparison, `and`, `or`, `not`, `a if b else c`, `min` and `max` over numbers and
the names that are at hand. It is parsed into a tree whose every node is looked at; nothing is ever executed as Python.

Not for: which names there are (`engine.graph.composite`).
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.declare import Json, Setting, Text, unknown
from engine.errors import SettingError

LONGEST = 200  # characters; longer ones cannot be read in a form
LARGEST = 10**15  # no setting of a network is larger; keeps powers from filling the memory
LARGEST_POWER = 64

_TWO: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
_ONE: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
}  # fmt: skip
_ORDER: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_CALLS: Mapping[str, Callable[..., Any]] = {"min": min, "max": max}


@dataclass(frozen=True)
class Expression:
    """A parsed text.

    Attributes:
        text: As typed, without the "=".
        names: The names it reads.
        tree: What was parsed; holds only what `evaluate` knows.
    """

    text: str
    names: frozenset[str]
    tree: ast.expr


def is_expression(value: Json, setting: Setting | None = None) -> bool:
    """Whether a setting's value is a text to work out; a text setting keeps its texts as they are."""
    return isinstance(value, str) and value.startswith("=") and not isinstance(setting, Text)


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read an expression, with or without its "=".

    Raises:
        SettingError: It is not one; the sentence says where it stops being one.
    """
    body = text.removeprefix("=").strip()
    if len(body) > LONGEST:
        raise SettingError(f"an expression of {len(body)} characters arrived, but at most {LONGEST} are taken.")
    try:
        tree = ast.parse(body, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" near character {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise SettingError(f'"={body}" cannot be read as an expression{where}; write one like "=width * 4".') from None
    names: set[str] = set()
    for node in ast.walk(tree):
        _check(node, body, names)
    return Expression(body, frozenset(names - _CALLS.keys()), tree)


def _check(node: ast.AST, body: str, names: set[str]) -> None:
    match node:
        case ast.Constant(value=bool() | int() | float() | str()):
            return
        case ast.Name(id=name):
            names.add(name)
        case ast.BinOp(op=op) if type(op) in _TWO:
            return
        case ast.UnaryOp(op=op) if type(op) in _ONE:
            return
        case ast.Compare(ops=ops) if all(type(op) in _ORDER for op in ops):
            return
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _CALLS:
            return
        case ast.BoolOp() | ast.IfExp() | ast.operator() | ast.unaryop() | ast.cmpop() | ast.boolop() | ast.Load():
            return
        case _:
            raise SettingError(
                f'"={body}" holds more than numbers, names, + - * / // % **, comparisons, and, or, not, "a if b else c", min and '
                "max; nothing else is worked out."
            )


def evaluate(text: str, names: Mapping[str, Json]) -> Json:
    """The value of an expression.

    Args:
        text: "=width * 4".
        names: What stands for what.

    Raises:
        SettingError: It is not an expression, reads a name that is not there, or cannot be worked out.
    """
    expression = parse(text)
    for name in sorted(expression.names):
        if name not in names:
            raise SettingError(f'"={expression.text}": {unknown(name, names, "name")}')
    try:
        value = _value(expression.tree, names)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise SettingError(f'"={expression.text}" cannot be worked out here: {error}.') from error
    return value


def _value(node: ast.expr, names: Mapping[str, Json]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _two(op, _value(left, names), _value(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            return _ONE[type(op)](_value(operand, names))
        case ast.BoolOp(op=op, values=values):
            stop = isinstance(op, ast.Or)
            found: Any = None
            for part in values:
                found = _value(part, names)
                if bool(found) == stop:
                    break
            return found
        case ast.Compare(left=left, ops=ops, comparators=others):
            here = _value(left, names)
            for order, other in zip(ops, others, strict=True):
                there = _value(other, names)
                if not _ORDER[type(order)](here, there):
                    return False
                here = there
            return True
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, names) else orelse, names)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _CALLS[name](*[_value(arg, names) for arg in args])
        case _:  # parse lets nothing else through
            raise ValueError("it holds something unknown")


def _two(op: ast.operator, left: Any, right: Any) -> Any:
    for side in (left, right):
        if not isinstance(side, (int, float)):
            raise TypeError(f"{side!r} is not a number")
        if abs(side) > LARGEST:
            raise ValueError("a number grows too large")
    if isinstance(op, ast.Pow) and abs(right) > LARGEST_POWER:
        raise ValueError(f"a power of more than {LARGEST_POWER} grows too large")
    found = _TWO[type(op)](left, right)
    if isinstance(found, complex) or abs(found) > LARGEST:
        raise ValueError("the result is no number that a setting could take")
    return found
