"""What a block is: its declaration, the shapes that go through it, and the call that it becomes.

`@block` puts a class into the registry that palette, form, checker, compiler and documentation read. Shape rules and counts
are plain arithmetic, so that every keystroke can be checked before torch is even imported; a conformance test compares
them with torch.

Not for: particular blocks (one family a file, beside this one) and not for torch, which no file in this package imports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform

from engine.blocks.window import Looks
from engine.declare import (
    Json,
    Size2,
    choice,
    code,
    declared,
    flag,
    from_json,
    integer,
    numbers,
    real,
    size2,
    text,
    to_json,
    unknown,
)
from engine.errors import BlockError, SettingError

__all__ = [
    "FAMILIES", "Block", "BlockError", "Call", "Port", "Shape", "Size2", "block", "by", "choice", "flag", "integer", "kinds",
    "make", "numbers", "pair", "real", "size2", "spec_of", "text", "want_map", "want_vector",
]  # fmt: skip

# The families in the order in which the palette shows them.
FAMILIES = (
    "Input and output",
    "Convolution",
    "Pooling",
    "Linear",
    "Activation",
    "Normalisation",
    "Regularisation",
    "Shape",
    "Merge",
    "Sequence",
    "Attention",
    "Generative",
    "Loss and metric",
    "Composites",
)

_LETTERS = {0: "", 1: "F", 2: "LF", 3: "CHW"}


@dataclass(frozen=True)
class Shape:
    """The shape of one sample: sizes without the batch, which is always in front.

    Attributes:
        dims: Sizes. (C, H, W) for pictures and feature maps, (F,) for vectors, () for one number a sample.
        dtype: "float" for features, "index" for whole numbers such as labels.
        batched: False for what is the same for all samples: a loss (no sizes), or a learned constant, whose batch axis is 1 and
            spreads over the batch.
    """

    dims: tuple[int, ...]
    dtype: Literal["float", "index"] = "float"
    batched: bool = True

    def __hash__(self) -> int:
        return hash(self.dims)  # what else differs between equal sizes is rare

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Shape):
            return NotImplemented
        return self.dims == other.dims and self.dtype == other.dtype and self.batched == other.batched

    @property
    def size(self) -> int:
        """How many numbers one sample has."""
        product = 1
        for dim in self.dims:
            product *= dim
        return product

    @property
    def letters(self) -> str:
        """One letter a dimension, batch first: "NCHW", "NF"."""
        rest = _LETTERS.get(len(self.dims), "D" * len(self.dims))
        return ("N" if self.batched else "1" if self.dims else "") + rest

    def __str__(self) -> str:
        """As on a wire: "N×64×28×28"; a constant has a 1 in the place of N."""
        parts = (["N"] if self.batched else ["1"] if self.dims else []) + [str(dim) for dim in self.dims]
        return "×".join(parts) if parts else "scalar"

    @property
    def words(self) -> str:
        """As in a sentence: "a 16×5×5 map", "a vector of 84"."""
        match self.dims:
            case ():
                return "one number"
            case (features,):
                return f"a vector of {features}"
            case (c, h, w):
                return f"a {c}×{h}×{w} map"
            case dims:
                return "a " + "×".join(map(str, dims)) + " tensor"


@dataclass(frozen=True)
class Port:
    """A place where a wire ends.

    Attributes:
        name: Unique among the block's inputs (or outputs).
        help: What goes in or comes out.
        optional: Whether the block works without a wire here. Optional ports come last; their values are handed over by the
            port's name (`forward(self, x, mask=None)`).
    """

    name: str
    help: str = ""
    optional: bool = False


@dataclass(frozen=True, init=False)
class Call:
    """What a block becomes, as data: run it and it is the module, print it and it is a line of the exported source.

    Attributes:
        target: Dotted name under `nn.` ("nn.Conv2d"), under `layers.` for torch modules of ours (`engine.layers`),
            "python.Name:text" for a person's own (`engine.blocks.python`), under `torch.` or `nn.functional.` for a
            plain function of tensors; ".permute" for a method of the first tensor. "add", "sub" and "mul" stand for
            `a + b + ...`; "slice" with dim, start, stop, step for `a[:, start:stop:step]` (None: none).
        args: Positional arguments, after the tensors where the target is a function.
        kwargs: Keyword arguments. Only None, bool, int, float, str and tuples of these.
        packed: Whether a function takes its tensors as one list (`torch.cat([a, b], dim=1)`).
    """

    target: str
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]
    packed: bool

    def __init__(self, target: str, *args: Any, packed: bool = False, **kwargs: Any) -> None:
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "args", args)
        object.__setattr__(self, "kwargs", tuple(kwargs.items()))
        object.__setattr__(self, "packed", packed)

    @property
    def is_module(self) -> bool:
        """Whether the target is built once and called often (a module), not a plain function."""
        return self.target.startswith(("nn.", "layers.", "python.")) and not self.target.startswith("nn.functional.")


Role = Literal["layer", "input", "output", "loss", "metric", "entry", "exit"]


class Block:
    """Base of all blocks. A subclass declares settings as fields and says what it does to shapes.

    Class attributes (given to `@block`):
        kind: The name in project files.
        title: The name a person reads.
        family: One of `FAMILIES`.
        source: Where the definition comes from (documentation, paper).
        role: "layer" for what is part of the network; "input", "output", "loss" and "metric" for its ends; "entry" and "exit"
            for the ports of a composite, which stand inside it.
        stem: What names of placed blocks start with ("conv" gives conv1, conv2).
        bare: Whether it is one learned tensor and hardly more. As in torch's state dicts, where a module's own parameters come
            before those of its parts, such blocks stand before the others of their drawing.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    source: ClassVar[str]
    role: ClassVar[Role]
    stem: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]]
    bare: ClassVar[bool] = False

    def inputs(self) -> tuple[Port, ...]:
        """The input ports; a block whose number of inputs is a setting reads it here."""
        return (Port("x"),)

    def outputs(self) -> tuple[Port, ...]:
        """The output ports."""
        return (Port("y"),)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        """Shapes that the block takes with its default settings, for documentation and tests; empty: any vector or map."""
        return ()

    @cached_property
    def port_names(self) -> tuple[str, ...]:
        """Names of the input ports, made once: a block never changes."""
        return tuple(port.name for port in self.inputs())

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """Names of the output ports, made once."""
        return tuple(port.name for port in self.outputs())

    @cached_property
    def said(self) -> Mapping[str, Json]:
        """Its settings as `to_json` gives them, made once; not to be changed."""
        return to_json(self)

    @cached_property
    def memo(self) -> dict[tuple[int, ...], Any]:
        """What the checker has found out about this block, by the ids of the shapes that arrive."""
        return {}

    def arriving(self, shapes: Mapping[str, Shape]) -> tuple[Any, ...]:
        """Shapes by port as the methods below take them: None for an optional port that has none, cut off at the end."""
        xs = [shapes.get(name) for name in self.port_names]
        while xs and xs[-1] is None:
            xs.pop()
        return tuple(xs)

    def shape(self, *xs: Shape) -> Shape:
        """The shape that comes out, given one shape an input port.

        For an optional port without a wire it is None; Nones at the end are cut off. The same goes for the methods below.

        Raises:
            BlockError: What arrives does not fit.
        """
        raise NotImplementedError(type(self).__name__)

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        """The shapes that come out, one an output port; `shape` alone where there is one.

        Raises:
            BlockError: What arrives does not fit.
        """
        return (self.shape(*xs),)

    def lower(self, *xs: Shape) -> Call | None:
        """What it becomes, given shapes that `shape` accepted; None for what passes its input on unchanged."""
        return None

    def parameters(self, *xs: Shape) -> int:
        """How many learned numbers it has (REFERENCE counts: weights and biases, not running statistics)."""
        return 0

    def macs(self, *xs: Shape) -> int:
        """Multiply-adds for one sample: convolutions, linear layers and matrix products only."""
        return 0

    def window(self, *xs: Shape) -> Looks:
        """The window of its input that one number of its output comes from, given shapes that `shape` accepted.

        None: each position comes from the same position; "whole": each number comes from all that arrives.
        """
        return None

    def face(self) -> str:
        """The settings that matter, short enough for the block's face: "64 @ 3×3, s2"."""
        return ""


B = TypeVar("B", bound=type[Block])
_REGISTRY: dict[str, type[Block]] = {}


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(integer, real, flag, choice, text, code, size2, numbers),
)
def block(
    kind: str, *, title: str, family: str, source: str, role: Role = "layer", stem: str = ""
) -> Callable[[B], B]:  # fmt: skip
    """Declare a block: check its settings when it is made and enter it into the registry."""

    def decorate(cls: B) -> B:
        if kind in _REGISTRY:
            raise ValueError(f"two blocks are declared as {kind!r}")
        if family not in FAMILIES:
            raise ValueError(f"{kind!r} names the family {family!r}, which is not in FAMILIES")
        made = declared(cls)
        made.kind, made.title, made.family = kind, title, family
        made.source, made.role, made.stem = source, role, stem or kind
        _REGISTRY[kind] = made
        return made

    return decorate


def kinds() -> Mapping[str, type[Block]]:
    """Every declared block by kind, in the order of declaration."""
    if "output" not in _REGISTRY:  # even an import of what is there already takes its time, thousands of times a file
        import engine.blocks  # noqa: F401  importing the package declares all families

    return _REGISTRY


@lru_cache(maxsize=8192)
def one_of(block: Block) -> Block:
    """The block that stands for all that are equal to it: what is found out about one need not be found out about the others."""
    return block


_MADE: dict[tuple[type[Block], str], Block] = {}  # by the class and what the settings read as
MOST_MADE, LONGEST_MADE = 8192, 400


def made_of(spec: type[Block], values: Mapping[str, Json]) -> Block:
    """The block of a declared class with these settings, which stands for all that are equal to it.

    Networks hold many equal blocks, and to check a dozen settings takes longer than to see that they are known.

    Raises:
        SettingError: No such setting, or a value that it cannot take.
    """
    key = spec, repr(values)
    made = _MADE.get(key)
    if made is None:
        made = one_of(from_json(spec, values))
        if len(key[1]) <= LONGEST_MADE:
            if len(_MADE) >= MOST_MADE:
                _MADE.clear()
            _MADE[key] = made
    return made


def spec_of(kind: str) -> type[Block]:
    """The class of a kind.

    Raises:
        SettingError: No such kind is declared.
    """
    found = kinds().get(kind) if isinstance(kind, str) else None
    if found is None:
        raise SettingError(unknown(kind, kinds(), "block"), "kind")
    return found


def make(kind: str, values: Json) -> Block:
    """A block from its kind and a JSON object of settings.

    Raises:
        SettingError: No such kind, no such setting, or a value that it cannot take.
    """
    made: Block = from_json(spec_of(kind), values)
    return made


def pair(value: Any) -> tuple[int, int]:
    """(height, width) of a size setting that may be one number."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def by(value: Any) -> str:
    """A size setting as on a block's face: "3×3"."""
    height, width = pair(value)
    return f"{height}×{width}"


def want_map(x: Shape, title: str, port: str | None = None) -> tuple[int, int, int]:
    """(C, H, W) of a picture or feature map.

    Raises:
        BlockError: "wants-map", something else arrives.
    """
    if len(x.dims) != 3 or x.dtype != "float" or not x.batched:
        raise BlockError("wants-map", f"{title} wants a C×H×W map, but {x.words} arrives.", port=port)
    return x.dims[0], x.dims[1], x.dims[2]


def want_vector(x: Shape, title: str, port: str | None = None) -> int:
    """F of a vector.

    Raises:
        BlockError: "wants-vector", something else arrives.
    """
    if len(x.dims) != 1 or x.dtype != "float" or not x.batched:
        raise BlockError("wants-vector", f"{title} wants a flat vector, but {x.words} arrives.", port=port)
    return x.dims[0]
