"""Blocks that write the same numbers in another shape.

Not for: taking parts (`engine.blocks.slicing`) and windows (`engine.blocks.patches`).
"""

from __future__ import annotations

from math import prod
from typing import Any

from engine.blocks.expect import axis, want_axes
from engine.blocks.spec import Block, BlockError, Call, Shape, block, integer, numbers


def _filled(sizes: tuple[int, ...], count: int, title: str, what: str) -> tuple[int, ...]:
    """Sizes for `count` numbers, with the number that belongs where one of them is -1."""
    known = prod(size for size in sizes if size != -1)
    shown = "×".join("?" if size == -1 else str(size) for size in sizes)
    if any(size == 0 or size < -1 for size in sizes) or sizes.count(-1) > 1:
        raise BlockError(
            "bad-sizes",
            f"{title} cannot make {shown}: sizes are at least 1, and at most one of them is -1 (whatever is left).",
            setting="sizes",
        )
    if count % known if -1 in sizes else count != known:
        raise BlockError(
            "sizes-differ",
            f"{title} cannot write {what} as {shown}: that {'divides' if -1 in sizes else 'holds'} {known} numbers, not {count}; "
            "choose sizes whose product is the same, or -1 for one of them.",
            setting="sizes",
        )
    return tuple(count // known if size == -1 else size for size in sizes)


@block("flatten", title="Flatten", family="Shape", source="torch.nn.Flatten")
class Flatten(Block):
    """Write a map as one long vector, channel by channel, row by row: C×H×W becomes F = C·H·W. Stands between
    convolutions and linear layers. With a first and a last axis it joins only those: from axis 2 on, C×H×W becomes C×(H·W),
    one row a channel."""

    start_dim: int = integer(
        1, lo=1, hi=16, help="first axis that is joined; 1 is the first after the batch", unit="axis", advanced=True
    )
    end_dim: int = integer(
        -1, lo=-16, hi=16, help="last axis that is joined; -1 is the last there is", unit="axis", advanced=True
    )

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "float" or not x.dims:
            raise BlockError("wants-features", f"Flatten wants a map or a vector, but {x.words} arrives.")
        rank = len(x.dims)
        start = axis(self.start_dim, rank, self.title, setting="start_dim")
        end = axis(self.end_dim, rank, self.title, setting="end_dim")
        if end < start:
            raise BlockError(
                "axes-swapped",
                f"Flatten joins axes {self.start_dim} to {self.end_dim}, but the last lies before the first; swap them.",
                setting="end_dim",
            )
        return Shape((*x.dims[:start], prod(x.dims[start : end + 1]), *x.dims[end + 1 :]), batched=x.batched)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        if self.start_dim != 1:
            more["start_dim"] = self.start_dim
        if self.end_dim != -1:
            more["end_dim"] = self.end_dim
        return Call("nn.Flatten", **more)

    def face(self) -> str:
        return "" if (self.start_dim, self.end_dim) == (1, -1) else f"axes {self.start_dim} to {self.end_dim}"


@block("unflatten", title="Unflatten", family="Shape", source="torch.nn.Unflatten")
class Unflatten(Block):
    """Split one axis into several: a vector of 784 becomes 1×28×28. The way from a linear layer back to a map, as in the decoder
    of an autoencoder, and how attention cuts features into heads."""

    dim: int = integer(1, lo=-16, hi=16, help="the axis that is split; 1 is the first after the batch")
    sizes: tuple[int, ...] = numbers(
        (2, -1), lo=-1, hi=10_000_000, least=1, most=6, help="its new sizes; -1 for one of them is whatever is left"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((12,)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        place = axis(self.dim, len(want_axes(x, self.title)), self.title)
        sizes = _filled(self.sizes, x.dims[place], self.title, f"{x.dims[place]} positions")
        return Shape((*x.dims[:place], *sizes, *x.dims[place + 1 :]), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Unflatten", self.dim, self.sizes)

    def face(self) -> str:
        return "×".join("?" if size == -1 else str(size) for size in self.sizes)


@block("reshape", title="Reshape", family="Shape", source="torch.Tensor.reshape")
class Reshape(Block):
    """Write the numbers of each sample, in their order, in another shape. The batch stays. It moves nothing: to swap axes
    use a permute, for reshaping C×H×W to H×W×C mixes up pixels and channels."""

    sizes: tuple[int, ...] = numbers(
        (-1,),
        lo=-1,
        hi=10_000_000,
        least=1,
        most=6,
        help="new sizes without the batch; -1 for one of them is whatever is left",
    )

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_axes(x, self.title)
        return Shape(_filled(self.sizes, x.size, self.title, x.words), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".reshape", -1, *self.shape(*xs).dims)

    def face(self) -> str:
        return "×".join("?" if size == -1 else str(size) for size in self.sizes)


@block("permute", title="Permute", family="Shape", source="torch.Tensor.permute")
class Permute(Block):
    """Put the axes in another order. 2, 3, 1 makes H×W×C of a C×H×W map, so that linear layers and layer norms, which work on
    the last axis, see the channels of each pixel; 3, 1, 2 goes back. 2, 1 turns C×L into a sequence L×C."""

    order: tuple[int, ...] = numbers(
        (2, 3, 1), lo=1, hi=8, least=1, most=8, help="the old axes in their new order; 1 is the first after the batch"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 9, 8)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_axes(x, self.title)
        if sorted(self.order) != list(range(1, len(x.dims) + 1)):
            raise BlockError(
                "not-an-order",
                f"Permute has the order {', '.join(map(str, self.order))}, but {x.words} arrives; name each of its axes 1 to "
                f"{len(x.dims)} once.",
                setting="order",
            )
        return Shape(tuple(x.dims[place - 1] for place in self.order), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".permute", 0, *self.order)

    def face(self) -> str:
        return ", ".join(map(str, self.order))


@block("squeeze", title="Squeeze", family="Shape", source="torch.Tensor.squeeze")
class Squeeze(Block):
    """Drop an axis of size 1: C×1×1 becomes C×1 becomes C."""

    dim: int = integer(-1, lo=-16, hi=16, help="the axis that is dropped; 1 is the first after the batch, -1 the last")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 1)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        place = axis(self.dim, len(want_axes(x, self.title)), self.title)
        if x.dims[place] != 1:
            raise BlockError(
                "not-one",
                f"Squeeze drops an axis of size 1, but axis {place + 1} has {x.dims[place]}; reduce it first, or take one position "
                "of it with a select.",
                setting="dim",
            )
        return Shape((*x.dims[:place], *x.dims[place + 1 :]), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".squeeze", self.dim)

    def face(self) -> str:
        return f"axis {self.dim}"


@block("unsqueeze", title="Unsqueeze", family="Shape", source="torch.Tensor.unsqueeze")
class Unsqueeze(Block):
    """Put in an axis of size 1: with axis -1 twice, a vector of C becomes C×1×1, which a multiply can stretch over a map.

    It moves no number. Use it where two tensors are to be added or multiplied and one lacks an axis.
    """

    dim: int = integer(-1, lo=-16, hi=16, help="where the new axis is; 1 is the first after the batch, -1 the last")

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        place = axis(self.dim, len(want_axes(x, self.title)) + 1, self.title)
        return Shape((*x.dims[:place], 1, *x.dims[place:]), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".unsqueeze", self.dim)

    def face(self) -> str:
        return f"axis {self.dim}"


@block("expand", title="Expand", family="Shape", source="torch.Tensor.expand")
class Expand(Block):
    """Stretch axes of size 1 by showing the same numbers again, without copying them: 1×F becomes T×F."""

    sizes: tuple[int, ...] = numbers(
        (3, -1), lo=-1, hi=1_000_000, least=1, most=6, help="new sizes without the batch; -1 keeps an axis as it is"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((1, 5)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_axes(x, self.title)
        fits = len(self.sizes) == len(x.dims) and all(
            new in (-1, old) or (old == 1 and new > 0) for new, old in zip(self.sizes, x.dims, strict=True)
        )
        if not fits:
            raise BlockError(
                "cannot-expand",
                f"Expand cannot stretch {x.words} to {'×'.join(map(str, self.sizes))}: say one size an axis, and stretch only axes "
                "of size 1; tile repeats others.",
                setting="sizes",
            )
        return Shape(
            tuple(old if new == -1 else new for new, old in zip(self.sizes, x.dims, strict=True)), x.dtype, x.batched
        )

    def lower(self, *xs: Shape) -> Call:
        return Call(".expand", -1, *self.sizes)

    def face(self) -> str:
        return "×".join("·" if size == -1 else str(size) for size in self.sizes)


@block("tile", title="Tile", family="Shape", source="torch.Tensor.repeat")
class Tile(Block):
    """Repeat a tensor along its axes, as tiles on a floor: 2, 1 makes 2T×F of T×F, the whole sequence twice."""

    times: tuple[int, ...] = numbers((2,), lo=1, hi=1000, least=1, most=6, help="how often, one number an axis")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5,)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_axes(x, self.title)
        if len(self.times) != len(x.dims):
            raise BlockError(
                "one-an-axis",
                f"Tile has {len(self.times)} numbers, but {x.words} arrives; say how often for each of its {len(x.dims)} axes.",
                setting="times",
            )
        return Shape(tuple(size * n for size, n in zip(x.dims, self.times, strict=True)), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".repeat", 1, *self.times)

    def face(self) -> str:
        return "×".join(map(str, self.times))
