"""A formula as a function of tensors: the same operations in the same order as its text, which is walked and never executed.

Not for: reading what a person typed (`engine.blocks.formula`).
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

_TWO: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip


def formula(code: str, letters: tuple[str, ...]) -> Callable[..., Tensor]:
    """The function of a torch expression such as "torch.sigmoid(a) * b"; its tensors come in the order of the letters."""
    return functools.partial(_worked_out, ast.parse(code, mode="eval").body, letters)


def _worked_out(tree: ast.expr, letters: tuple[str, ...], *xs: Tensor) -> Tensor:
    found: Tensor = _value(tree, dict(zip(letters, xs, strict=True)))
    return found


def _value(node: ast.expr, values: Mapping[str, Tensor]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _TWO[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            value = _value(operand, values)
            return -value if isinstance(op, ast.USub) else +value
        case ast.Call(func=ast.Attribute(attr=name), args=args):
            return getattr(torch, name)(*[_value(each, values) for each in args])
        case _:  # a formula that was read holds nothing else
            raise ValueError("the formula holds something unknown")
