"""A block that works out a formula of its inputs, number by number.

The formula is parsed into a tree whose every node is looked at, then printed as the torch expression that it is; nothing that
a person typed is ever executed.

Not for: expressions in settings (`engine.graph.expression`). No torch.
"""

from __future__ import annotations

import ast
import functools
import math
from dataclasses import dataclass

from engine.blocks.expect import stretched
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, integer, text

LONGEST = 200  # characters; longer ones cannot be read on a block
DEEPEST = 40  # brackets within brackets
LETTERS = "abcd"

# What a formula can call: name -> (torch's name, how many tensors).
FUNCTIONS = {
    "abs": ("torch.abs", 1), "exp": ("torch.exp", 1), "log": ("torch.log", 1), "sqrt": ("torch.sqrt", 1),
    "sin": ("torch.sin", 1), "cos": ("torch.cos", 1), "tanh": ("torch.tanh", 1), "sigmoid": ("torch.sigmoid", 1),
    "relu": ("torch.relu", 1), "sign": ("torch.sign", 1), "min": ("torch.minimum", 2), "max": ("torch.maximum", 2),
}  # fmt: skip
NUMBERS = {"pi": math.pi, "e": math.e}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes:
        letters: The inputs that it reads.
        code: The same as a torch expression, "torch.sigmoid(a) * b".
    """

    letters: frozenset[str]
    code: str


@functools.lru_cache(maxsize=1024)
def read(formula: str) -> Formula:
    """Read a formula.

    Raises:
        BlockError: "formula", it is none; the sentence says why.
    """
    shown = formula.strip()
    if not shown or len(shown) > LONGEST:
        raise _refuse(f"a formula of 1 to {LONGEST} characters is wanted, but {len(shown)} arrived")
    try:
        tree = ast.parse(shown.replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refuse(f'"{shown}" cannot be read; write one like "a * sigmoid(b) + 1"') from None
    letters: set[str] = set()
    if not _tensor(tree, letters, DEEPEST):
        raise _refuse(f'"{shown}" reads no input; write one like "a * sigmoid(b) + 1"')
    return Formula(frozenset(letters), ast.unparse(_Torch().visit(tree)))


def _refuse(why: str) -> BlockError:
    return BlockError("formula", f"Formula: {why}.", setting="formula")


def _tensor(node: ast.expr, letters: set[str], deep: int) -> bool:
    """Look at a part of a formula. Returns whether it holds a tensor; otherwise it is a number."""
    if deep == 0:
        raise _refuse(f"there are more than {DEEPEST} brackets within each other; use two blocks")
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and abs(value) <= 1e15:
            return False
        case ast.Name(id=name) if name in tuple(LETTERS):
            letters.add(name)
            return True
        case ast.Name(id=name) if name in NUMBERS:
            return False
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            sides = [_tensor(side, letters, deep - 1) for side in (left, right)]
            if not any(sides) and isinstance(op, (ast.Pow, ast.Div)):
                raise _refuse("powers and quotients of plain numbers are not worked out; write the number itself")
            return any(sides)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            return _tensor(operand, letters, deep - 1)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            wanted = FUNCTIONS[name][1]
            if len(args) != wanted or not all(_tensor(each, letters, deep - 1) for each in args):
                raise _refuse(f"{name} takes {'an input' if wanted == 1 else 'two inputs'}, or what is made of inputs")
            return True
        case _:
            raise _refuse(
                f"it takes the inputs {', '.join(LETTERS)}, numbers, pi, e, + - * / ** and {', '.join(FUNCTIONS)}"
            )


class _Torch(ast.NodeTransformer):
    """Writes functions and numbers as torch and Python have them."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        name = FUNCTIONS[node.func.id][0].removeprefix("torch.")
        return ast.Call(ast.Attribute(ast.Name("torch"), name), [self.visit(each) for each in node.args], [])

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(NUMBERS[node.id]) if node.id in NUMBERS else node


@block("expression", title="Formula", family="Merge", stem="formula", source="LayerLoom: arithmetic of tensors")
class Expression(Block):
    """A formula of the inputs a, b, c and d, worked out number by number: "a * sigmoid(b)", "(a - b) ** 2", "exp(-a / 2)". Sizes of
    1 are stretched to fit. It knows + - * / **, pi and e, and abs, exp, log, sqrt, sin, cos, tanh, sigmoid, relu, sign, min, max.
    What blocks say too is better drawn as blocks, where each step can be looked at."""

    formula: str = text("a * sigmoid(b)", longest=LONGEST, help='what is worked out, such as "a * sigmoid(b) + 1"')
    count: int = integer(
        2, lo=1, hi=len(LETTERS), help="how many inputs there are: a, b, ...", unit="inputs", title="Inputs"
    )

    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(letter) for letter in LETTERS[: self.count])

    def shape(self, *xs: Shape) -> Shape:
        formula = read(self.formula)
        names = self.port_names
        for name, x in zip(names, xs, strict=True):
            if x.dtype != "float" or not (x.batched or x.dims):
                raise BlockError(
                    "wants-features", f"{self.title} wants numbers of a network, but {x.words} arrives.", port=name
                )
        unknown = sorted(formula.letters - set(names))
        if unknown:
            raise _refuse(
                f"it reads {unknown[0]}, but there are only the inputs {', '.join(names)}; say how many there are"
            )
        for name in names:
            if name not in formula.letters:
                raise BlockError(
                    "unread-input",
                    f"Formula: {name} arrives, but the formula does not read it; write it in, or have fewer inputs.",
                    setting="formula",
                )
        dims = stretched(xs)
        if dims is None:
            raise BlockError(
                "shapes-differ",
                f"{self.title} cannot stretch {' and '.join(x.words for x in xs)} to each other; sizes must be equal, or 1 on one "
                "side.",
                port=names[-1],
            )
        return Shape(dims, batched=any(x.batched for x in xs))

    def lower(self, *xs: Shape) -> Call:
        return Call("formula", read(self.formula).code, self.port_names)

    def face(self) -> str:
        return self.formula
