"""Matrix products, stacks, scales and reductions. Not for: number by number (`engine.blocks.merge`)."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.blocks.expect import axis, want_features
from engine.blocks.merge import MOST_INPUTS
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, choice, flag, integer, numbers, real
from engine.blocks.window import Looks

_FAMILY = "Merge"


@block("matmul", title="Matrix product", family=_FAMILY, stem="product", source="torch.matmul")
class MatMul(Block):
    """Rows times columns on the last two axes: A (m×k) and B (k×n) give m×n. Axes in front, such as heads, are worked through one
    by one. With B transposed its rows are compared with those of A: all pairs of products, as attention needs."""

    transpose_b: bool = flag(False, help="B arrives as n×k and is turned", title="Turn B")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((2, 5, 7)), Shape((2, 7, 4)))

    def inputs(self) -> tuple[Port, ...]:
        return (Port("a", "m×k"), Port("b", "k×n"))

    def _sides(self, xs: tuple[Shape, ...]) -> tuple[int, int, int]:
        a, b = xs[0], xs[1]
        for port, x in (("a", a), ("b", b)):
            if len(want_features(x, self.title, port)) < 2:
                raise BlockError(
                    "wants-matrix",
                    f"{self.title} wants matrices on the last two axes, but {x.words} arrives.",
                    port=port,
                )
        k, n = (b.dims[-1], b.dims[-2]) if self.transpose_b else (b.dims[-2], b.dims[-1])
        if k != a.dims[-1] or a.dims[:-2] != b.dims[:-2]:
            how = "turned " if self.transpose_b else ""
            raise BlockError(
                "shapes-differ",
                f"{self.title} cannot multiply {a.words} by {how}{b.words}: each row of the first wants as many numbers as a "
                "column of the second has, and the axes in front must be equal.",
                port="b",
            )
        return a.dims[-2], k, n

    def shape(self, *xs: Shape) -> Shape:
        m, _, n = self._sides(xs)
        return Shape((*xs[0].dims[:-2], m, n), batched=xs[0].batched or xs[1].batched)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.MatMulTransposed") if self.transpose_b else Call("torch.matmul")

    def macs(self, *xs: Shape) -> int:
        return self.shape(*xs).size * self._sides(xs)[1]

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return "a · bᵀ" if self.transpose_b else "a · b"


@block("stack", title="Stack", family=_FAMILY, source="torch.stack")
class Stack(Block):
    """Put tensors of equal shape on top of each other along a new axis: two vectors of F become 2×F. Where concatenate makes an
    axis longer, stack makes a new one."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are stacked", unit="inputs", title="Inputs")
    dim: int = integer(1, lo=-16, hi=16, help="where the new axis is; 1 is the first after the batch, -1 the last")

    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(f"x{number}") for number in range(1, self.count + 1))

    def shape(self, *xs: Shape) -> Shape:
        for number, x in enumerate(xs, start=1):
            if x.dims != xs[0].dims or x.batched != xs[0].batched or x.dtype != xs[0].dtype:
                raise BlockError(
                    "shapes-differ",
                    f"Stack wants equal shapes, but {xs[0].words} and {x.words} arrive; make them equal on the way.",
                    port=f"x{number}",
                )
        if not xs[0].batched and not xs[0].dims:
            raise BlockError("wants-features", "Stack wants numbers of a network, but losses arrive.", port="x1")
        place = axis(self.dim, len(xs[0].dims) + 1, self.title)
        return Shape((*xs[0].dims[:place], self.count, *xs[0].dims[place:]), xs[0].dtype, xs[0].batched)

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.stack", packed=True, dim=self.dim)

    def face(self) -> str:
        return f"axis {self.dim}"


@block("layer_scale", title="Layer scale", family=_FAMILY, stem="scale",
       source="Touvron et al. 2021, arXiv:2103.17239; Liu et al. 2022 (ConvNeXt)")  # fmt: skip
class LayerScale(Block):
    """Multiply each channel by a learned number that starts near zero: y = γ · x. At the end of a residual branch it lets a
    deep network start as nearly the identity and open its branches as far as they help."""

    bare: ClassVar[bool] = True

    start: float = real(1e-6, lo=-1e3, hi=1e3, help="where the numbers start", title="Starts at", unit="value")
    dim: int = integer(1, lo=-16, hi=16, help="axis of the channels: 1 for C×H×W, -1 where they are last")

    def shape(self, *xs: Shape) -> Shape:
        axis(self.dim, len(want_features(xs[0], self.title)), self.title)
        return xs[0]

    def _sizes(self, x: Shape) -> tuple[int, int]:
        """Channels, and axes behind them."""
        place = axis(self.dim, len(x.dims), self.title)
        return x.dims[place], len(x.dims) - place - 1

    def lower(self, *xs: Shape) -> Call:
        channels, behind = self._sizes(xs[0])
        return Call("layers.LayerScale", channels, start=self.start, behind=behind)

    def parameters(self, *xs: Shape) -> int:
        return self._sizes(xs[0])[0]

    def face(self) -> str:
        return f"from {self.start:g}"


@block(
    "scale_shift",
    title="Scale and shift",
    family=_FAMILY,
    stem="affine",
    source="elementwise a · x + b (torch.mul, torch.add)",
)
class ScaleShift(Block):
    """Every number times a plus b: y = a · x + b. With a = 2 and b = −1 what lies between 0 and 1 lies between −1 and 1. Learned:
    a and b are two weights, one of each for the whole tensor."""

    scale: float = real(1.0, lo=-1e6, hi=1e6, help="a, the factor at the beginning", unit="factor")
    shift: float = real(0.0, lo=-1e6, hi=1e6, help="b, what is added", unit="value")
    learned: bool = flag(False, help="a and b are learned and start there")

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "float" or not (x.batched or x.dims):
            raise BlockError("wants-features", f"{self.title} wants numbers of a network, but {x.words} arrives.")
        return x

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {"learned": True} if self.learned else {}
        return Call("layers.ScaleShift", scale=self.scale, shift=self.shift, **more)

    def parameters(self, *xs: Shape) -> int:
        return 2 if self.learned else 0

    def face(self) -> str:
        return f"{self.scale:g}·x {'+' if self.shift >= 0 else '−'} {abs(self.shift):g}"


_REDUCTIONS = {"mean": "torch.mean", "sum": "torch.sum", "max": "torch.amax", "min": "torch.amin"}


@block("reduce", title="Reduce", family=_FAMILY, source="torch.mean, torch.sum, torch.amax, torch.amin")
class Reduce(Block):
    """One number for all along some axes: their mean, sum, maximum or minimum. The mean over axes 2 and 3 of a C×H×W map is a
    global average pooling; that over axis 1 of a T×F sequence is the mean of its steps."""

    op: str = choice(
        "mean", options=("mean", "sum", "max", "min"), labels=("Mean", "Sum", "Maximum", "Minimum"),
        help="what the numbers become",
    )  # fmt: skip
    dims: tuple[int, ...] = numbers(
        (-1,),
        lo=-8,
        hi=8,
        least=1,
        most=6,
        title="Axes",
        help="over which axes; 1 is the first after the batch, -1 the last",
    )
    keepdim: bool = flag(False, help="keep the axes, with size 1", title="Keep axes")

    def _places(self, x: Shape) -> set[int]:
        places = [axis(dim, len(x.dims), self.title, setting="dims") for dim in self.dims]
        if len(set(places)) != len(places):
            raise BlockError(
                "axis-twice",
                f"{self.title} names an axis twice in {', '.join(map(str, self.dims))}; name it once.",
                setting="dims",
            )
        return set(places)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_features(x, self.title)
        places = self._places(x)
        if not x.batched and len(places) == len(x.dims) and not self.keepdim:
            raise BlockError(
                "nothing-left", f"{self.title} leaves no axis of a constant; keep the axes.", setting="keepdim"
            )
        kept = ((1 if place in places else size) for place, size in enumerate(x.dims))
        if self.keepdim:
            return Shape(tuple(kept), batched=x.batched)
        return Shape(tuple(size for place, size in enumerate(x.dims) if place not in places), batched=x.batched)

    def lower(self, *xs: Shape) -> Call:
        more = {"keepdim": True} if self.keepdim else {}
        return Call(_REDUCTIONS[self.op], packed=False, dim=self.dims, **more)

    def window(self, *xs: Shape) -> Looks:
        return None if len(xs[0].dims) == 3 and self._places(xs[0]) == {0} and self.keepdim else "whole"

    def face(self) -> str:
        return f"{self.op} over {', '.join(map(str, self.dims))}"
