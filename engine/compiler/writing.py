"""One class of the exported file, as text: its constructor and its `forward`.

The network itself is the class without arguments; a composite's takes what differs between its uses.

Not for: which classes there are (`engine.compiler.classes`), nor for the file around them (`engine.compiler.source`). No torch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.blocks.spec import Call
from engine.compiler.arguments import ANY, SHARED, WIDE, Argument, Arguments, literal
from engine.compiler.classes import Code, Codes, origin, passed, sources_of
from engine.compiler.forward import Line, forward
from engine.compiler.instances import items
from engine.compiler.layout import LINE, aligned, broken, called, documented
from engine.compiler.steps import Part
from engine.compiler.uses import Use
from engine.graph.edits import Node
from engine.graph.expression import is_expression, parse

# What the first arguments of a torch layer are called.
_PLACES = {
    "nn.Conv2d": ("in_channels", "out_channels"), "nn.Linear": ("in_features", "out_features"),
    "nn.Conv1d": ("in_channels", "out_channels"), "nn.Conv3d": ("in_channels", "out_channels"),
    "nn.ConvTranspose1d": ("in_channels", "out_channels"), "nn.ConvTranspose2d": ("in_channels", "out_channels"),
    "nn.BatchNorm1d": ("features",), "nn.BatchNorm2d": ("channels",), "nn.BatchNorm3d": ("channels",),
    "nn.InstanceNorm2d": ("channels",), "nn.GroupNorm": ("groups", "channels"), "layers.LayerNorm2d": ("channels",),
    "layers.BilinearConvTranspose2d": ("in_channels", "out_channels"), "layers.PaddedConv2d": ("in_channels", "out_channels"),
    "layers.SeparableConv2d": ("in_channels", "out_channels"), "layers.LocallyConnected2d": ("in_channels", "out_channels"),
    "layers.PatchEmbed": ("in_channels", "width"), "layers.TrainableSubsample": ("channels",),
    "layers.RBFOutput": ("in_features", "classes"), "layers.StochasticDepth": ("p",),
    "layers.MultiheadAttention": ("features",), "layers.WindowAttention": ("channels",), "layers.SpatialAttention": ("channels",),
    "layers.TransformerEncoderLayer": ("features", "heads", "feedforward"), "layers.ClassToken": ("features",),
    "layers.TransformerDecoderLayer": ("features", "heads", "feedforward"), "layers.PositionEmbedding": ("length", "features"),
    "layers.PatchMerging": ("channels",), "layers.LayerScale": ("channels",), "layers.LSTMCellLoop": ("in_features",),
    "layers.RNN": ("in_features",), "layers.LSTM": ("in_features",), "layers.GRU": ("in_features",),
}  # fmt: skip


_UNKNOWN = "value"  # an argument that is no setting of its block


@dataclass(frozen=True)
class About:
    """What is said about a class besides its code.

    Attributes:
        help: Its docstring; empty for none.
        asides: Names of the blocks in the network that only losses and metrics depend on.
        inputs: Whether comments at the top of `forward` say what arrives.
        named: What classes of persons are called in the file, by the target of their call.
    """

    help: str = ""
    asides: Collection[str] = ()
    inputs: bool = False
    named: Mapping[str, str] = field(default_factory=dict)


def written(code: Code, codes: Codes, taken: Collection[str], about: About) -> str:
    """The class as text; fills in its arguments.

    Args:
        code: The class.
        codes: The classes of what stands inside.
        taken: Names of the file that arguments must not hide.
        about: Docstring and notes.
    """
    return _Writer(code, codes, taken, about).text()


class _Writer:
    def __init__(self, code: Code, codes: Codes, taken: Collection[str], about: About) -> None:
        self.code = code
        self.codes = codes
        self.about = about
        self.drawn = code.uses[0].drawn
        self.passing = passed(code.uses)
        attributes = [part.node.name for part in self.drawn.parts]
        code.widths = {name for part in self.drawn.parts for name in self._widths(part)}
        names = {"self", "nn", "torch", "range", *taken}
        self.arguments = Arguments(code.uses, names, attributes=attributes, widths=code.widths)

    def text(self) -> str:
        rows: list[tuple[str, str]] = []
        bare: list[tuple[str, str]] = []
        lines: list[Line] = []
        for index, part in enumerate(self.drawn.parts):
            there = [(use, use.drawn.parts[index]) for use in self.code.uses]
            if not all(each.passes for _, each in there):
                line, made = self._line(part.node, there)
                lines.append(line)
                real = [each for _, each in there if not each.passes]
                place = bare if real[0].step is not None and real[0].step.bare else rows
                if made:
                    place.append((made, self._note(line, real)))
                begun = self._begun(part.node, real, always=len(real) == len(there))
                place += [(begun, "")] if begun else []
        rows += [(each, "") for each in self._tied()]
        self.code.arguments = self.arguments.settle()
        body = [f"class {self.code.name}(nn.Module):"]
        body += [*documented(self.about.help), ""] if self.about.help else []
        body += _signature(self.code.arguments)
        body.append("        super().__init__()")
        body += [f"        self.{each.attribute} = {each.name}" for each in self.code.arguments if each.attribute]
        body += aligned([*bare, *rows])
        body.append("")
        body += forward(self.code, [line for line in lines if line.runs], inputs=self.about.inputs)
        return "\n".join(body)

    def _widths(self, part: Part) -> Iterator[str]:
        """Settings that a block's expressions for its channels or features read."""
        inner = [each for use in self.code.uses for each in use.inner.get(part.node.id, ())]
        below = {name for each in inner for name in self.codes[id(each)].widths}
        for name, text in _texts(part.node).items():
            if name.endswith(WIDE) or name.removeprefix("first_") in below:
                yield from parse(text).names

    def _note(self, line: Line, parts: Sequence[Part]) -> str:
        """What is said about a layer: its parameters where all uses have as many; whether it runs."""
        counts = {_parameters(part) for part in parts}
        count = counts.pop() if len(counts) == 1 else 0
        notes = [f"{count:,} parameters"] if count else []
        if not line.runs:
            aside = any(name in self.about.asides for name in _names(parts[0]))
            notes.append("used only while training" if aside else "not used")
        return ", ".join(notes)

    def _line(self, node: Node, there: list[tuple[Use, Part]]) -> tuple[Line, str]:
        """What `forward` needs to know about a block, and the line of the constructor that makes it (empty: none)."""
        real = [(use, part) for use, part in there if not part.passes]
        use, part = real[0]
        runs = node.id in use.running
        texts = _texts(node)
        if part.copies:
            made, loops = items(
                node, [use.inner.get(node.id, []) for use, _ in there], self.codes, self.arguments, texts
            )
            # A use that leaves the block out has no repetitions.
            when = self._when(node, there)
            reads = tuple(origin(self.passing, end) for end in sources_of(use, part))
            line = Line(part, runs, reads, inner=tuple(use.inner[node.id]), loops=loops)
            return line, broken(node.name, made, "nn.ModuleList" if loops else _many(use, node), when)
        assert part.step is not None
        target, packed = part.step.call.target, part.step.call.packed
        reads = tuple(origin(self.passing, end) for end in part.sources)
        given = self._given(node, there, texts)
        when = self._when(node, there)
        if part.step.call.is_module:
            called_there = self.about.named.get(target) or target.removeprefix("layers.")
            call = f"{called_there}({', '.join(given)})"
            return Line(part, runs, reads, named=part.step.named), broken(node.name, [call], "", when)
        kept = tuple(self._kept(text) for text in given)
        when = self._kept(when) if when else ""
        return Line(part, runs, reads, target, packed, kept, when, named=part.step.named), ""

    def _begun(self, node: Node, parts: Sequence[Part], *, always: bool) -> str:
        """The line that gives a layer other first values than torch's; empty where there is none, or uses differ in it."""
        found = {part.step.initial for part in parts if part.step is not None}
        initial = found.pop() if len(found) == 1 else None
        if initial is None or not always:
            return ""
        given = [literal(initial.weight), *(f"{name}={literal(value)}" for name, value in initial.given().items())]
        return f"        initialise(self.{node.name}, {', '.join(given)})"

    def _tied(self) -> list[str]:
        """The lines that let layers share a weight; the same in every use, for nothing that shares can be left out."""
        names = {part.node.name for part in self.drawn.parts if part.step is not None}
        pairs = [
            (part.node.name, str(getattr(part.block, "tied", ""))) for part in self.drawn.parts if part.step is not None
        ]
        return [f"        self.{name}.weight = self.{tied}.weight" for name, tied in pairs if tied in names]

    def _kept(self, text: str) -> str:
        """An argument as `forward` reads it: "dim=dim" becomes "dim=self.dim"."""
        name, equals, value = text.partition("=")
        if equals and name.isidentifier():
            return f"{name}={self.arguments.kept(value)}"
        return self.arguments.kept(text)

    def _when(self, node: Node, there: Sequence[tuple[Use, Part]]) -> str:
        """On what it depends whether the block is there; empty where it always is."""
        present = [not part.passes for _, part in there]
        if all(present):
            return ""
        typed = [node.bypassed] if isinstance(node.bypassed, str) else []
        return self.arguments.condition(present, f"with_{node.name}", typed)

    def _given(self, node: Node, there: Sequence[tuple[Use, Part]], texts: dict[str, str]) -> list[str]:
        """The arguments of a step's call, as expressions."""
        calls: list[tuple[Part, Call | None]] = [(part, part.step.call if part.step else None) for _, part in there]
        first = next(call for _, call in calls if call is not None)
        out = []
        for place in range(len(first.args)):
            values = [ANY if call is None else call.args[place] for _, call in calls]
            name = self._called(first.target, place, calls)
            out.append(self._text(node, name, values, texts))
        for name in dict.fromkeys(name for _, call in calls if call is not None for name, _ in call.kwargs):
            values = [
                ANY if call is None else dict(call.kwargs).get(name, getattr(part.block, name, None))
                for part, call in calls
            ]
            out.append(f"{name}={self._text(node, name, values, texts)}")
        return out

    def _text(self, node: Node, name: str, values: Sequence[Any], texts: dict[str, str]) -> str:
        typed = [texts[name]] if name in texts else list(texts.values()) if name == _UNKNOWN else []
        alone = name in SHARED and self.arguments.free(name)
        return self.arguments.text(values, name if alone else f"{node.name}_{name}", typed)

    def _called(self, target: str, place: int, calls: Sequence[tuple[Part, Call | None]]) -> str:
        """What an argument without a keyword is called."""
        names = _PLACES.get(target, ())
        if place < len(names):
            return names[place]
        there = [(part.block, call.args[place]) for part, call in calls if call is not None]
        for name in there[0][0].settings:
            if all(getattr(block, name) == value for block, value in there):
                return name
        return _UNKNOWN


def _texts(node: Node) -> dict[str, str]:
    """The expressions that the author typed, by setting."""
    known = node.spec.settings
    return {name: str(value) for name, value in node.settings.items() if is_expression(value, known.get(name))}


def _many(use: Use, node: Node) -> str:
    return "nn.Sequential" if len(use.inner[node.id]) > 1 else ""


def _parameters(part: Part) -> int:
    return sum(step.parameters for step in _steps(part))


def _names(part: Part) -> list[str]:
    return [step.name for step in _steps(part)]


def _steps(part: Part) -> Iterator[Any]:
    if part.step is not None:
        yield part.step
    for copy in part.copies:
        for inner in copy.parts:
            yield from _steps(inner)


def _signature(arguments: Sequence[Argument]) -> list[str]:
    named = [
        f"{each.name}: {each.annotation}" + (f" = {literal(each.default)}" if each.default is not ANY else "")
        for each in arguments
    ]
    return called("    def __init__", ["self", *named], " -> None:", LINE)
