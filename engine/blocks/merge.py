"""Blocks that bring several wires together, number by number or side by side.

Not for: matrix products and reductions (`engine.blocks.arithmetic`), formulas (`engine.blocks.formula`).
"""

from __future__ import annotations

from engine.blocks.expect import axis, stretched
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, flag, integer

MOST_INPUTS = 64  # more wires than anyone can read at one block
_STRETCH = "stretch sizes of 1 to those of the other tensors"


class _Merge(Block):
    """What merging blocks share: as many input ports as the setting says."""

    count: int

    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(f"x{number}") for number in range(1, self.count + 1))

    def _check_features(self, xs: tuple[Shape, ...]) -> None:
        for number, x in enumerate(xs, start=1):
            if x.dtype != "float" or not (x.batched or x.dims):
                raise BlockError(
                    "wants-features",
                    f"{self.title} wants numbers of a network, but {x.words} arrives.",
                    port=f"x{number}",
                )

    def _same(self, xs: tuple[Shape, ...]) -> Shape:
        """The shape of tensors of equal sizes; a constant among them spreads over the batch."""
        self._check_features(xs)
        for number, x in enumerate(xs[1:], start=2):
            if x.dims == xs[0].dims:
                continue
            same_grid = len(x.dims) == 3 and len(xs[0].dims) == 3 and x.dims[1:] == xs[0].dims[1:]
            advice = (
                f"a 1×1 convolution with {xs[0].dims[0]} filters makes the channels equal"
                if same_grid
                else "make the shapes equal on the way, for example by the same stride and padding"
            )
            raise BlockError(
                "shapes-differ",
                f"{self.title} wants equal shapes, but {xs[0].words} and {x.words} arrive; {advice}.",
                port=f"x{number}",
            )
        return Shape(xs[0].dims, batched=any(x.batched for x in xs))

    def _stretched(self, xs: tuple[Shape, ...]) -> Shape:
        """The shape of tensors whose sizes are equal or 1."""
        self._check_features(xs)
        dims = xs[0].dims
        for number, x in enumerate(xs[1:], start=2):
            found = stretched((Shape(dims), x))
            if found is None:
                lacks = abs(len(x.dims) - len(dims))
                advice = (
                    f"unsqueeze gives the smaller one its {lacks} missing {'axis' if lacks == 1 else 'axes'} of size 1"
                    if lacks
                    else "sizes must be equal, or 1 on one side"
                )
                raise BlockError(
                    "shapes-differ",
                    f"{self.title} cannot stretch {xs[0].words} and {x.words} to each other; {advice}.",
                    port=f"x{number}",
                )
            dims = found
        return Shape(dims, batched=any(x.batched for x in xs))


@block("add", title="Add", family="Merge", source="elementwise a + b; He, Zhang, Ren, Sun 2015 (residual connections)")
class Add(_Merge):
    """Add tensors of equal shape, number by number: y = a + b. The way a residual connection comes back. A learned tensor is
    added to every sample alike, which is what a position embedding is. Only where stretching is on are sizes of 1 repeated
    to fit, because a residual connection that does so is a mistake nobody sees."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are added", unit="inputs", title="Inputs")
    broadcast: bool = flag(False, help=_STRETCH, title="Stretch", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        return self._stretched(xs) if self.broadcast else self._same(xs)

    def lower(self, *xs: Shape) -> Call:
        return Call("add")


@block("concat", title="Concatenate", family="Merge", stem="concat", source="torch.cat along the channels")
class Concat(_Merge):
    """Put tensors side by side along an axis, the channels where nothing else is said, in the order of the ports; all other
    sizes must agree. GoogLeNet joins its branches so, DenseNet keeps all earlier maps, U-Net what it saw on the way down. A
    learned tensor beside others is repeated for every sample, as a class token is."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are stacked", unit="inputs", title="Inputs")
    dim: int = integer(
        1,
        lo=-16,
        hi=16,
        help="along which axis; 1 is the first after the batch (channels, steps), -1 the last",
        advanced=True,
    )

    def shape(self, *xs: Shape) -> Shape:
        self._check_features(xs)
        first = xs[0]
        if not first.dims:
            raise BlockError("wants-features", "Concatenate wants maps or vectors, but one number arrives.", port="x1")
        place = axis(self.dim, len(first.dims), self.title)
        for number, x in enumerate(xs[1:], start=2):
            if len(x.dims) != len(first.dims) or _without(x, place) != _without(first, place):
                raise BlockError("shapes-differ", self._differ(first, x, place), port=f"x{number}")
        total = sum(x.dims[place] for x in xs)
        return Shape((*first.dims[:place], total, *first.dims[place + 1 :]), batched=any(x.batched for x in xs))

    def _differ(self, first: Shape, x: Shape, place: int) -> str:
        if place == 0:
            return (
                f"Concatenate stacks channels, so all else must be equal, but {first.words} and {x.words} arrive; "
                "bring them to the same height and width first."
            )
        return (
            f"Concatenate stacks along axis {place + 1}, so all else must be equal, but {first.words} and {x.words} arrive; make "
            "their other sizes equal first."
        )

    def lower(self, *xs: Shape) -> Call:
        if len({x.batched for x in xs}) > 1:
            return Call("layers.ConcatConstant", dim=self.dim)
        return Call("torch.cat", packed=True, dim=self.dim)

    def face(self) -> str:
        return "" if self.dim == 1 else f"axis {self.dim}"


def _without(x: Shape, place: int) -> tuple[int, ...]:
    return x.dims[:place] + x.dims[place + 1 :]


@block("multiply", title="Multiply", family="Merge", stem="times",
       source="elementwise a · b; Hu, Shen, Sun 2017, arXiv:1709.01507 (squeeze and excitation)")  # fmt: skip
class Multiply(_Merge):
    """Multiply tensors number by number: y = a · b. Sizes of 1 are stretched, so a C×1×1 gate between 0 and 1 turns the
    channels of a C×H×W map up and down, which is what squeeze-and-excitation does."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are multiplied", unit="inputs", title="Inputs")

    def shape(self, *xs: Shape) -> Shape:
        return self._stretched(xs)

    def lower(self, *xs: Shape) -> Call:
        return Call("mul")


@block("subtract", title="Subtract", family="Merge", stem="minus", source="elementwise a - b")
class Subtract(_Merge):
    """The second tensor taken from the first, number by number: y = a − b. The order of the ports matters."""

    broadcast: bool = flag(False, help=_STRETCH, title="Stretch", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return (Port("x1", "from this"), Port("x2", "this is taken"))

    def shape(self, *xs: Shape) -> Shape:
        return self._stretched(xs) if self.broadcast else self._same(xs)

    def lower(self, *xs: Shape) -> Call:
        return Call("sub")


class _Chosen(_Merge):
    """What blocks share that make one number of those at the same place."""

    broadcast: bool

    def shape(self, *xs: Shape) -> Shape:
        return self._stretched(xs) if self.broadcast else self._same(xs)


@block(
    "maximum", title="Maximum", family="Merge", stem="maximum", source="torch.maximum; Goodfellow et al. 2013 (maxout)"
)
class Maximum(_Chosen):
    """At each place the largest of the numbers that arrive: y = max(a, b). Maxout networks use it as their activation."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are compared", unit="inputs", title="Inputs")
    broadcast: bool = flag(False, help=_STRETCH, title="Stretch", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.maximum") if self.count == 2 else Call("layers.Elementwise", "maximum")


@block("minimum", title="Minimum", family="Merge", stem="minimum", source="torch.minimum")
class Minimum(_Chosen):
    """At each place the smallest of the numbers that arrive: y = min(a, b).

    Use it where all of several conditions must hold: for numbers between 0 and 1 it is the "and" of fuzzy logic.
    """

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are compared", unit="inputs", title="Inputs")
    broadcast: bool = flag(False, help=_STRETCH, title="Stretch", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.minimum") if self.count == 2 else Call("layers.Elementwise", "minimum")


@block("mean", title="Mean", family="Merge", stem="mean", source="elementwise (a + b) / 2")
class Mean(_Chosen):
    """At each place the mean of the numbers that arrive: y = (a + b + ...)/n. An ensemble in one network: several heads whose
    answers are averaged. For the mean over the axes of one tensor use a reduce."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are averaged", unit="inputs", title="Inputs")
    broadcast: bool = flag(False, help=_STRETCH, title="Stretch", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.Elementwise", "mean")
