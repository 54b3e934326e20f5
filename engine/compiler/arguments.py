"""What the constructor of an exported class takes: that in which its uses differ, and only that.

A value that is the same everywhere is written as it is. Otherwise the composite's own words are looked through for one that gives
the right value in every use: the expression that the author typed, a setting, a multiple of one. What nothing says becomes an
argument of its own.

Not for: which uses share a class (`engine.compiler.classes`). No torch.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.compiler.script import quoted
from engine.compiler.uses import Use
from engine.declare import Json
from engine.errors import SettingError
from engine.graph.expression import evaluate, parse

SHARED = ("in_channels", "in_features", "features", "channels")  # words that need no block's name in front
ANY = object()  # the value of a block's setting in a use in which the block is left out
WIDE = ("channels", "features")  # how names end of arguments that count what arrives
_MOST = 64  # the largest factor that is looked for


@dataclass
class Argument:
    """An argument of a constructor.

    Attributes:
        name: As written.
        values: One a use of the class.
        default: The value that most uses have, where it is one to be left out; ANY where every use says its own.
        attribute: What `self` keeps it as; empty where only the constructor reads it.
        setting: The composite's setting that it is, if it is one.
    """

    name: str
    values: tuple[Any, ...]
    default: Any = ANY
    attribute: str = ""
    setting: str = ""

    @property
    def plain(self) -> bool:
        """Whether a reader knows it by its place."""
        return self.default is ANY and (bool(self.setting) or self.name in SHARED)

    @property
    def annotation(self) -> str:
        """Its type."""
        kinds = dict.fromkeys(_type(value) for value in self.values if value is not None)
        names = [*kinds, *(["None"] if None in self.values else [])]
        return " | ".join(names)


def _type(value: Any) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(_type(each) for each in value)}]"
    return type(value).__name__


def literal(value: Any) -> str:
    """A value as Python writes it."""
    return quoted(value) if isinstance(value, str) else repr(value)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same to torch: 1, 1.0 and True are three. What is left out agrees with everything."""
    if a is ANY or b is ANY:
        return True
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


def agree(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """Whether two rows of values are the same in every use."""
    return all(map(same, first, second))


class Arguments:
    """The constructor of one class, as far as it is known.

    Attributes:
        found: The arguments, in the order in which they are first read.
    """

    def __init__(
        self, uses: Sequence[Use], taken: Collection[str], *, attributes: Collection[str], widths: Collection[str]
    ) -> None:
        """Start without any.

        Args:
            uses: The uses of the class.
            taken: Names that the constructor reads besides.
            attributes: Names of the blocks, under which `self` keeps layers.
            widths: Settings that say how many channels or features there are.
        """
        self.count = len(uses)
        self.found: dict[str, Argument] = {}
        self._taken = set(taken)
        self._attributes = set(attributes)
        known = uses[0].drawn.values
        self._settings = {name: tuple(_plain(use.drawn.values[name]) for use in uses) for name in known}
        self._rows: list[Mapping[str, Json]] = [use.drawn.values for use in uses]
        self._defaults = {name: _plain(value) for name, value in uses[0].drawn.defaults.items()}
        self._widths = frozenset(widths)
        self._names: dict[str, str] = {}  # setting -> argument
        self._arrives = _arrives(uses)

    def text(self, values: Sequence[Any], hint: str, texts: Collection[str] = ()) -> str:
        """What to write for a value.

        Args:
            values: One a use; ANY where it does not matter.
            hint: What an argument of its own is called.
            texts: Expressions that the author typed where the value comes from.
        """
        known = [value for value in values if value is not ANY]
        if all(same(known[0], value) for value in known):
            return literal(known[0])
        written = self._said(values, texts)
        if not written and hint.endswith(WIDE):  # a depth that happens to be as large as a width is none
            written = self._named(values, self._widths) or self._arriving(values) or self._multiple(values)
        elif not written:
            written = self._named(values)
        return written or self._fresh(values, hint)

    def known(self, values: Sequence[Any], texts: Collection[str] = ()) -> str:
        """An expression of the author's, a setting or an argument that says a value; empty where there is none."""
        return self._said(values, texts) or self._named(values)

    def _said(self, values: Sequence[Any], texts: Collection[str]) -> str:
        for text in texts:
            written = self._typed(text, lambda found, at: same(_plain(found), values[at]))
            if written:
                return written
        return ""

    def condition(self, values: Sequence[bool], hint: str, texts: Collection[str] = ()) -> str:
        """What to write for whether something is so; `texts` say when it is not."""
        for text in texts:
            written = self._typed(text, lambda found, at: bool(found) is not values[at])
            if written:
                return _negated(written)
        for name, row in self._settings.items():
            if all(
                isinstance(value, (bool, int)) and bool(value) is wanted
                for value, wanted in zip(row, values, strict=True)
            ):
                return self._setting(name)
        return self._named(values) or self._fresh(values, hint)

    def free(self, name: str) -> bool:
        """Whether neither a setting nor an argument is called so."""
        return name not in self.found and name not in self._settings

    def kept(self, text: str) -> str:
        """The same expression as `forward` reads it; what it names is kept in `self`."""
        return _renamed(text, lambda name: ast.Attribute(ast.Name("self"), self.keep(name)))

    def keep(self, name: str) -> str:
        """The attribute that an argument is kept as."""
        argument = self.found[name]
        if not argument.attribute:
            attribute = name
            while attribute in self._attributes:
                attribute += "_"
            self._attributes.add(attribute)
            argument.attribute = attribute
        return argument.attribute

    def settle(self) -> list[Argument]:
        """The arguments in the order of the signature: those known by their place first, those that most uses leave out last."""
        for argument in self.found.values():
            declared = self._defaults.get(argument.setting, ANY)
            value, count = _commonest(argument.values)
            if isinstance(value, bool) and 2 * count == self.count and declared is not ANY:
                value, count = declared, self.count
            usual = isinstance(value, bool) or (declared is not ANY and same(declared, value))
            if usual and 2 * count > self.count:
                argument.default = value
        return sorted(self.found.values(), key=lambda argument: (argument.default is not ANY, not argument.plain))

    # --- looking for words

    def _typed(self, text: str, right: Callable[[Json, int], bool]) -> str:
        """An expression of the author's, where it reads settings alone and gives the right value in every use."""
        try:
            names = parse(text).names
            if not names <= self._settings.keys():
                return ""
            for at, row in enumerate(self._rows):
                if not right(evaluate(text, row), at):
                    return ""
        except SettingError:
            return ""
        fixed = {name: row[0] for name, row in self._settings.items() if all(same(row[0], value) for value in row)}
        if names <= fixed.keys():
            return ""
        return _renamed(parse(text).text, lambda name: self._word(name, fixed))

    def _named(self, values: Sequence[Any], among: Collection[str] | None = None) -> str:
        """A setting or an argument that has this value in every use; `among`: settings that it can be."""
        for name, row in self._settings.items():
            if (among is None or name in among) and agree(row, values):
                return self._setting(name)
        for argument in self.found.values():
            if (among is None or argument.name.endswith(WIDE)) and agree(argument.values, values):
                return argument.name
        return ""

    def _arriving(self, values: Sequence[Any]) -> str:
        """An argument for how many channels or features arrive from outside, where the value is that."""
        for name, row in self._arrives.items():
            if agree(row, values):
                return self._enter(name, row)
        return ""

    def _multiple(self, values: Sequence[Any]) -> str:
        """A whole multiple or part of a width."""
        rows = [(name, row, True) for name, row in self._settings.items() if name in self._widths]
        rows += [(name, each.values, False) for name, each in self.found.items() if name.endswith(WIDE)]
        for name, row, declared in rows:
            pairs = [(a, b) for a, b in zip(row, values, strict=True) if b is not ANY]
            if not all(type(a) is int and type(b) is int and a > 0 and b > 0 for a, b in pairs):
                continue
            a, b = pairs[0]
            if b % a == 0 and b // a <= _MOST and all(y == b // a * x for x, y in pairs):
                return f"{b // a} * {self._setting(name) if declared else name}"
            if a % b == 0 and a // b <= _MOST and all(x == a // b * y for x, y in pairs):
                return f"{self._setting(name) if declared else name} // {a // b}"
        return ""

    def _setting(self, name: str) -> str:
        """The argument of a setting."""
        if name not in self._names:
            self._names[name] = self._enter(name, self._settings[name], name)
        return self._names[name]

    def _fresh(self, values: Sequence[Any], hint: str) -> str:
        known = next(value for value in values if value is not ANY)
        return self._enter(hint, tuple(known if value is ANY else value for value in values))

    def _enter(self, name: str, values: tuple[Any, ...], setting: str = "") -> str:
        while name in self._taken or name in self.found:
            name += "_"
        self.found[name] = Argument(name, values, setting=setting)
        return name

    def _word(self, setting: str, fixed: Mapping[str, Any]) -> ast.expr:
        """A setting in an expression: its value where it never changes, else the argument."""
        if setting in fixed:
            return ast.parse(literal(fixed[setting]), mode="eval").body
        return ast.Name(self._setting(setting))


class _Renamed(ast.NodeTransformer):
    """Puts something else in the place of every name."""

    def __init__(self, other: Callable[[str], ast.expr]) -> None:
        self.other = other

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = [self.visit(each) for each in node.args]  # min and max stay
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.other(node.id)


def _renamed(text: str, other: Callable[[str], ast.expr]) -> str:
    tree: ast.AST = _Renamed(other).visit(ast.parse(text, mode="eval"))
    return ast.unparse(tree)


def _arrives(uses: Sequence[Use]) -> dict[str, tuple[int, ...]]:
    """How many channels or features each input has, one a use."""
    found = {}
    for place in uses[0].taken:
        shapes = [use.drawn.shapes[use.drawn.entries[place][1]] for use in uses]
        if all(shape.dims for shape in shapes):
            word = "in_features" if len(shapes[0].dims) == 1 else "in_channels"
            name = word if word not in found else f"{uses[0].drawn.entries[place][0]}_{word}"
            found[name] = tuple(shape.dims[0] for shape in shapes)
    return found


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _negated(text: str) -> str:
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return ast.unparse(tree.operand)
    return ast.unparse(ast.UnaryOp(ast.Not(), tree))


def _commonest(values: Sequence[Any]) -> tuple[Any, int]:
    counted = Counter((type(value).__name__, value) for value in values)
    (_, value), count = counted.most_common(1)[0]
    return value, count
