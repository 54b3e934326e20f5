"""A composite at work: its definition, its drawing, and the class of block that its instances are.

Definitions are linked: the instances hold no copy, so that an edit of the drawing is an edit of all of them. Settings of the
inside may be expressions of the composite's own; each repetition is worked out with `i` (0, 1, ...), `n` (how many), and with `k`
and `total`, the same counted over the whole network.

Not for: shapes (`engine.graph.inside`), nor for carrying edits out (`engine.graph.model`).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from engine.blocks.spec import Block, Port, Shape
from engine.declare import Choice, Flag, Integer, Json, Pair, Real, Setting, Text
from engine.errors import BlockError, GraphError, SettingError
from engine.graph.edits import COMPOSITE, Definition, Node, Parameter
from engine.graph.naming import FIRST, RUNNING, checked_parameter

if TYPE_CHECKING:
    from engine.graph.model import Graph
    from engine.graph.walk import Prepared, Report

MOST_REPEATS = 1000  # the deepest published network has 152 layers; more is a slip of the finger
MOST_PARAMETERS = 32  # settings of one composite; more cannot be read in a form
ON_OFF = ("", "on", "off")


class Composite:
    """A definition in a graph.

    Attributes:
        id, name, help, settings: As in `Definition`.
        body: Its drawing; edited through `Inside`, never by itself.
        spec: The class of its instances.
        memo, chained: What the checker found out about the inside, by names and shapes, and about whole instances, by their
            settings and what arrives; emptied when something changes.
    """

    def __init__(self, definition: Definition, body: Graph) -> None:
        self.id = definition.id
        self.name = definition.name
        self.help = definition.help
        self.settings = definition.settings
        self.body = body
        self.spec = make_spec(self)
        self.memo: dict[Any, Report] = {}
        self.chained: dict[Any, Any] = {}
        self._reads: frozenset[str] | None = None
        self._prepared: Prepared | None = None

    def forget(self) -> None:
        """Something inside has changed: what was found out about it does not hold any more."""
        self.memo.clear()
        self.chained.clear()
        self._reads = self._prepared = None

    @property
    def prepared(self) -> Prepared:
        """What the checker has to know of its drawing whatever arrives."""
        if self._prepared is None:
            from engine.graph.walk import prepare

            self._prepared = prepare(self.body)
        return self._prepared

    @property
    def reads(self) -> frozenset[str]:
        """Names that the expressions of its drawing read."""
        if self._reads is None:
            self._reads = frozenset(name for node in self.body for name in node.reads)
        return self._reads

    def definition(self) -> Definition:
        """The composite as a value."""
        body = self.body
        return Definition(
            self.id, self.name, self.help, self.settings, tuple(body), tuple(body.wires.values()), tuple(body.marks.values())
        )  # fmt: skip

    def same_as(self, other: Composite) -> bool:
        """Whether both are equal values; the order in which wires were laid is none of it."""
        mine, theirs = self.definition(), other.definition()
        wires = {wire.target: wire for wire in mine.wires}, {wire.target: wire for wire in theirs.wires}
        return replace(mine, wires=()) == replace(theirs, wires=()) and wires[0] == wires[1]

    @cached_property
    def defaults(self) -> Mapping[str, Json]:
        """What expressions of the inside read when no instance says otherwise; made once, for settings never change."""
        return {**RUNNING, **{parameter.name: parameter.default for parameter in self.settings}}

    def ports(self, kind: str) -> list[Node]:
        """The blocks that are its inputs ("port_in") or outputs ("port_out"), in the order of its file."""
        return [node for node in self.body if node.kind == kind]

    def parts(self) -> set[str]:
        """Ids of the definitions that stand directly inside."""
        kinds = {node.kind for node in self.body}
        return {kind.removeprefix(COMPOSITE) for kind in kinds if kind.startswith(COMPOSITE)}


class CompositeBlock(Block):
    """Base of the classes that definitions make. Such a class behaves like a declared one, but is made without generated code:
    a project may bring a dozen of them, and each would take milliseconds.

    Attributes:
        composite: The definition.
        repeat: How many times it is chained to itself.
    """

    composite: ClassVar[Composite]
    _usual: ClassVar[Mapping[str, Any]] = {}  # the defaults in their normal form
    repeat: int

    def __init__(self, **values: Any) -> None:
        known = type(self).settings
        if values.keys() - known.keys():
            raise TypeError(f"{type(self).__name__} has no settings {sorted(values.keys() - known.keys())}")
        self.__dict__.update(self._usual)
        for name, value in values.items():
            self.__dict__[name] = known[name].check(value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple([self.__dict__[name] for name in type(self).settings])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompositeBlock) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in type(self).settings)
        return f"{type(self).__name__}({shown})"

    def inputs(self) -> tuple[Port, ...]:
        return tuple([Port(node.name) for node in self.composite.ports("port_in")])

    def outputs(self) -> tuple[Port, ...]:
        return tuple([Port(node.name) for node in self.composite.ports("port_out")])

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        """One shape an output.

        Raises:
            BlockError: "inside": something does not fit inside it.
        """
        from engine.graph.inside import outside_of

        reports = outside_of(self, xs)
        bad = next((problem for report in reports for problem in report.problems if problem.severity == "error"), None)
        outputs = reports[-1].exits
        if bad is not None or any(shape is None for shape in outputs):
            raise BlockError("inside", bad.text if bad else f"{self.title} gives no known shape.")
        return tuple(shape for shape in outputs if shape is not None)

    def shape(self, *xs: Shape) -> Shape:
        return self.shapes(*xs)[0]

    def parameters(self, *xs: Shape) -> int:
        from engine.graph.inside import outside_of

        return sum(report.parameters for report in outside_of(self, xs))

    def macs(self, *xs: Shape) -> int:
        from engine.graph.inside import outside_of

        return sum(report.macs for report in outside_of(self, xs))

    def face(self) -> str:
        values = []
        for parameter in self.composite.settings[:3]:
            value = getattr(self, parameter.name)
            if isinstance(value, bool):
                values += [parameter.name] if value else []
            elif value != parameter.default:
                values.append(f"{parameter.name} {'×'.join(map(str, value)) if isinstance(value, tuple) else value}")
        return ", ".join([*values, *([f"× {self.repeat}"] if self.repeat > 1 else [])])


_OWN = frozenset(name for base in CompositeBlock.__mro__ for name in (*vars(base), *inspect.get_annotations(base)))


_REPEAT = Integer(
    name="repeat", default=1, lo=1, hi=MOST_REPEATS, unit="times", help="how many of it follow each other"
)


def make_spec(composite: Composite) -> type[Block]:
    """The class of a definition's instances.

    Raises:
        GraphError: Its settings cannot be declared.
    """
    if len(composite.settings) > MOST_PARAMETERS:
        raise GraphError(f"a composite has at most {MOST_PARAMETERS} settings, but {len(composite.settings)} arrived.")
    settings: dict[str, Setting] = {}
    later: dict[str, Setting] = {}
    for parameter in composite.settings:
        name = checked_parameter(parameter.name, settings)
        if name in _OWN:
            raise GraphError(
                f"a setting cannot be called {name!r}: every block has something of that name; try {name}1."
            )
        settings[name] = _setting(parameter, name, first=False)
        later[FIRST + name] = _setting(parameter, FIRST + name, first=True)
    settings["repeat"] = _REPEAT
    settings |= later
    try:
        usual = {name: setting.check(setting.default) for name, setting in settings.items()}
    except SettingError as error:
        raise GraphError(f"the settings of {composite.name} cannot be declared: {error}") from error
    namespace = {
        "__doc__": composite.help or f"{composite.name}, a block made of blocks.", "__module__": __name__,
        "composite": composite, "settings": settings, "_usual": usual,
        "kind": COMPOSITE + composite.id, "title": composite.name, "family": "Composites", "source": "drawn in this project",
        "role": "layer", "stem": stem(composite.name),
    }  # fmt: skip
    return type(composite.name, (CompositeBlock,), namespace)


def stem(name: str) -> str:
    """What names of instances start with: "BasicBlock" gives "basic_block"."""
    out = ""
    for before, letter in zip(" " + name, name, strict=False):
        out += ("_" if letter.isupper() and before.islower() else "") + letter.lower()
    return out.strip("_") or "composite"


def _setting(parameter: Parameter, name: str, *, first: bool) -> Setting:
    """A parameter as a declared setting; `first`: the one for its value in the first repetition, empty unless said."""
    said = parameter.help or parameter.name.replace("_", " ")
    about: dict[str, Any] = {"name": name, "help": said}
    if first:
        about = {
            "name": name, "help": f"{said}; in the first repetition, empty: as in the others", "advanced": True, "optional": True,
            "title": f"First {parameter.name.replace('_', ' ')}",
        }  # fmt: skip
    default = tuple(parameter.default) if isinstance(parameter.default, list) else parameter.default
    default = None if first else default
    words = ("", *parameter.words) if first else parameter.words
    match parameter.kind:
        case "integer":
            return Integer(default=default, lo=_whole(parameter.lo), hi=_whole(parameter.hi), **about)
        case "real":
            return Real(default=default, lo=parameter.lo, hi=parameter.hi, **about)
        case "flag" if first:
            return Choice(default="", options=ON_OFF, labels=("as the others", "on", "off"), **about)
        case "flag":
            return Flag(default=default, **about)
        case "choice":
            if not parameter.words or not all(isinstance(word, str) and word for word in parameter.words):
                raise GraphError(f"the choice {parameter.name} of a composite needs words to choose from.")
            return Choice(default="" if first else default, options=words, **about)
        case "text":
            return Text(default="" if first else default, **about)
        case "size":
            return Pair(default=default, lo=_whole(parameter.lo) or 0, hi=_whole(parameter.hi), unit="pixels", **about)
        case _:
            raise GraphError(f"{str(parameter.kind)[:40]!r} is no kind of setting that a composite can have.")


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def repetitions(block: CompositeBlock, node: Node | None, outer: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """The names of the inside, one mapping a repetition.

    Args:
        block: The instance as made with `outer`; says how often.
        node: Its node, whose expressions are worked out again for each repetition; None where there is none.
        outer: What expressions of the instance may read; `k` and `total` count on from here.

    Raises:
        SettingError: An expression gives a value that the setting cannot take.
    """
    begun = int(outer.get("k", 0))
    spec = type(block)
    for index in range(block.repeat):
        running = {"i": index, "n": block.repeat, "k": begun + index, "total": outer.get("total", block.repeat)}
        here: Any = block
        if node is not None and node.has_expressions:
            here = node.block_with({**outer, **running})
        held = here.__dict__
        values: dict[str, Json] = {parameter.name: held[parameter.name] for parameter in spec.composite.settings}
        if index == 0:
            for parameter in spec.composite.settings:
                own = held[FIRST + parameter.name]
                if own is not None and own != "":
                    values[parameter.name] = own == "on" if parameter.kind == "flag" else own
        yield {**values, **running}
