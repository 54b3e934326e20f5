"""Blocks that take parts of a tensor, put a rim around it, or move its parts about.

Not for: the same numbers in another shape (`engine.blocks.reshape`).
"""

from __future__ import annotations

from typing import Any

from engine.blocks.expect import axis, want_axes, want_features
from engine.blocks.spec import (
    Block,
    BlockError,
    Call,
    Port,
    Shape,
    Size2,
    block,
    by,
    choice,
    flag,
    integer,
    numbers,
    pair,
    real,
    size2,
    want_map,
)  # fmt: skip
from engine.blocks.window import Looks, Span, Window


@block("slice", title="Slice", family="Shape", source="Python's x[:, start:stop:step]")
class Slice(Block):
    """Keep a range of positions of one axis: from start up to, but without, stop. Negative numbers count from the end, an
    empty stop means up to the end, a step of 2 takes every other one."""

    dim: int = integer(
        1, lo=-16, hi=16, help="along which axis; 1 is the first after the batch (channels), -1 the last"
    )
    start: int = integer(
        0, lo=-10_000_000, hi=10_000_000, help="first position that is kept; negative: from the end", unit="places"
    )
    stop: int | None = integer(
        None, lo=-10_000_000, hi=10_000_000, help="first position that is not kept any more; empty: up to the end",
        unit="places",
    )  # fmt: skip
    step: int = integer(1, lo=1, hi=10_000_000, help="from one kept position to the next", unit="places", advanced=True)

    def _kept(self, x: Shape) -> tuple[int, range]:
        place = axis(self.dim, len(want_axes(x, self.title)), self.title)
        return place, range(x.dims[place])[self.start : self.stop : self.step]

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        place, kept = self._kept(x)
        if not kept:
            raise BlockError(
                "empty-slice",
                f"Slice keeps nothing of the {x.dims[place]} positions of axis {place + 1}; let it start earlier or stop later.",
                setting="start",
            )
        return Shape((*x.dims[:place], len(kept), *x.dims[place + 1 :]), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        place, _ = self._kept(xs[0])
        return Call(
            "slice", dim=place + 1, start=self.start, stop=self.stop, step=None if self.step == 1 else self.step
        )

    def window(self, *xs: Shape) -> Looks:
        place, kept = self._kept(xs[0])
        if len(xs[0].dims) != 3 or place == 0:
            return None
        cut, whole = Span(1, kept.step, -kept.start), Span()
        return Window(cut, whole) if place == 1 else Window(whole, cut)

    def face(self) -> str:
        stop = "" if self.stop is None else str(self.stop)
        return f"axis {self.dim}, {self.start}:{stop}" + (f":{self.step}" if self.step != 1 else "")


@block("select", title="Select", family="Shape", source="torch.Tensor.select; x[:, index]")
class Select(Block):
    """Take one position of an axis, which is gone afterwards: of a T×F sequence, index 0 is its first vector. A vision
    transformer reads its class token that way."""

    dim: int = integer(1, lo=-16, hi=16, help="along which axis; 1 is the first after the batch, -1 the last")
    index: int = integer(0, lo=-10_000_000, hi=10_000_000, help="which position; negative: from the end", unit="places")

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        place = axis(self.dim, len(want_axes(x, self.title)), self.title)
        if not -x.dims[place] <= self.index < x.dims[place]:
            raise BlockError(
                "no-such-position",
                f"Select takes position {self.index}, but axis {place + 1} has {x.dims[place]}; use 0 to {x.dims[place] - 1}.",
                setting="index",
            )
        return Shape((*x.dims[:place], *x.dims[place + 1 :]), x.dtype, x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call(".select", self.dim, self.index)

    def face(self) -> str:
        return f"axis {self.dim}, {self.index}"


@block("split", title="Split", family="Shape", source="torch.chunk; torch.split")
class Split(Block):
    """Cut an axis into parts, one an output. ShuffleNet v2 cuts the channels in half and keeps the first half as it is; fused
    projections are cut into queries, keys and values."""

    dim: int = integer(
        1, lo=-16, hi=16, help="along which axis; 1 is the first after the batch (channels), -1 the last"
    )
    parts: int = integer(2, lo=2, hi=64, help="how many equal parts", unit="outputs")
    sizes: tuple[int, ...] = numbers(
        (),
        lo=1,
        hi=10_000_000,
        most=64,
        help="sizes of the parts, where they are not equal; empty: equal ones",
        advanced=True,
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((12, 5, 8)),)

    def outputs(self) -> tuple[Port, ...]:
        count = len(self.sizes) or self.parts
        return tuple(Port(f"y{number}") for number in range(1, count + 1))

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        x = xs[0]
        place = axis(self.dim, len(want_axes(x, self.title)), self.title)
        side = x.dims[place]
        if len(self.sizes) == 1:
            raise BlockError("one-part", "Split has one size, but two parts or more make a split.", setting="sizes")
        if self.sizes and sum(self.sizes) != side:
            raise BlockError(
                "sizes-differ",
                f"Split has sizes that add up to {sum(self.sizes)}, but axis {place + 1} has {side} positions; make them equal.",
                setting="sizes",
            )
        if not self.sizes and side % self.parts:
            raise BlockError(
                "not-divisible",
                f"Split makes {self.parts} equal parts, but axis {place + 1} has {side} positions; choose a divisor of {side}, or "
                "say the sizes.",
                setting="parts",
            )
        sizes = self.sizes or (side // self.parts,) * self.parts
        return tuple(Shape((*x.dims[:place], size, *x.dims[place + 1 :]), x.dtype, x.batched) for size in sizes)

    def lower(self, *xs: Shape) -> Call:
        if self.sizes:
            return Call("torch.split", self.sizes, dim=self.dim)
        return Call("torch.chunk", self.parts, dim=self.dim)

    def face(self) -> str:
        return ", ".join(map(str, self.sizes)) if self.sizes else f"{self.parts} parts"


@block("pad", title="Pad", family="Shape", source="torch.nn.functional.pad")
class Pad(Block):
    """Put a rim around a map, side by side of different widths, which the padding of a convolution cannot have: the diffusion
    networks of Ho et al. pad 0, 1, 0, 1 before a stride. Front and back add channels, as the shortcut of the first residual
    networks for small pictures does. Of a sequence, left and right are features, top and bottom are steps."""

    left: int = integer(0, lo=0, hi=10_000, help="columns on the left", unit="pixels")
    right: int = integer(1, lo=0, hi=10_000, help="columns on the right", unit="pixels")
    top: int = integer(0, lo=0, hi=10_000, help="rows added above", unit="pixels")
    bottom: int = integer(0, lo=0, hi=10_000, help="rows added below", unit="pixels")
    front: int = integer(0, lo=0, hi=100_000, help="channels before the first", unit="channels", advanced=True)
    back: int = integer(0, lo=0, hi=100_000, help="channels after the last", unit="channels", advanced=True)
    mode: str = choice(
        "constant", options=("constant", "reflect", "replicate", "circular"),
        labels=("One value", "Mirrored", "Edge repeated", "From the other side"), help="what the rim is filled with",
    )  # fmt: skip
    value: float = real(
        0.0, lo=-1e6, hi=1e6, help="the value of the rim, where it is one value", unit="value", advanced=True
    )

    def _rims(self) -> tuple[tuple[str, int, int], ...]:
        """Axis by axis from the last one on: what its rim is called, how wide it is before and after."""
        return (
            ("left", self.left, self.right),
            ("top", self.top, self.bottom),
            ("front", self.front, self.back),
        )

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        want_features(x, self.title)
        rank = len(x.dims)
        if rank > 3:
            raise BlockError("wants-map", f"Pad wants a map, a sequence or a vector, but {x.words} arrives.")
        sizes = list(x.dims)
        for number, (name, before, after) in enumerate(self._rims()):
            if number >= rank and before + after:
                raise BlockError(
                    "no-such-axis",
                    f"Pad has a rim at the {name}, but {x.words} has no such side; set it to 0.",
                    setting=name,
                )
            if number < rank:
                self._check(name, (before, after), sizes[-1 - number], channels=number == 2)
                sizes[-1 - number] += before + after
        return Shape(tuple(sizes), batched=x.batched)

    def _check(self, name: str, rim: tuple[int, int], side: int, *, channels: bool) -> None:
        if self.mode == "constant" or rim == (0, 0):
            return
        most = side - 1 if self.mode == "reflect" else side if self.mode == "circular" else max(rim)
        if channels:
            raise BlockError(
                "channels-constant",
                f"Pad adds channels of one value only, not with the mode {self.mode}.",
                setting="mode",
            )
        if max(rim) > most:
            raise BlockError(
                "rim-too-wide",
                f"Pad takes a rim of {max(rim)} from a side of {side}, but the mode {self.mode} has only {most} to give; use a "
                "narrower rim or one value.",
                setting=name,
            )

    def lower(self, *xs: Shape) -> Call:
        axes = min(len(xs[0].dims), 3 if self.front or self.back else 2)
        pad = tuple(width for _, before, after in self._rims()[:axes] for width in (before, after))
        more: dict[str, Any] = {}
        if self.mode != "constant":
            more["mode"] = self.mode
        elif self.value:
            more["value"] = self.value
        return Call("nn.functional.pad", pad, **more)

    def window(self, *xs: Shape) -> Looks:
        return Window(Span(1, 1, self.top), Span(1, 1, self.left)) if len(xs[0].dims) == 3 else None

    def face(self) -> str:
        return f"{self.left}, {self.right}, {self.top}, {self.bottom}" + (
            "" if self.mode == "constant" else f" {self.mode}"
        )


@block("crop", title="Crop", family="Shape", source="Ronneberger, Fischer, Brox 2015 (U-Net)")
class Crop(Block):
    """Cut a piece out of a map. With a wire at "like" the piece is as large as that map: so an unpadded U-Net fits what its
    left arm remembers to its right arm, from the centre, and FCN fits its upsampled map to the picture, at an offset."""

    size: Size2 | None = size2(
        None, lo=1, hi=100_000, help="height × width of the piece; empty: that of the map at like"
    )
    centre: bool = flag(True, help="take the centre; off: at top and left")
    top: int = integer(0, lo=0, hi=100_000, help="first row, where it is not the centre", unit="pixels")
    left: int = integer(0, lo=0, hi=100_000, help="first column, where it is not the centre", unit="pixels")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 9, 9)), Shape((3, 5, 5)))

    def inputs(self) -> tuple[Port, ...]:
        return (Port("x", "the map"), Port("like", "a map of the size that is wanted", optional=True))

    def _cut(self, xs: tuple[Shape, ...]) -> tuple[int, int, int, int]:
        """Top, left, height, width of the piece."""
        _, h, w = want_map(xs[0], self.title, "x")
        like = xs[1] if len(xs) > 1 else None
        if like is not None:
            height, width = want_map(like, self.title, "like")[1:]
        elif self.size is not None:
            height, width = pair(self.size)
        else:
            raise BlockError(
                "no-size", "Crop does not know how large the piece is; set a size, or wire a map of that size to like.",
                setting="size",
            )  # fmt: skip
        top, left = ((h - height) // 2, (w - width) // 2) if self.centre else (self.top, self.left)
        if top < 0 or left < 0 or top + height > h or left + width > w:
            where = "" if self.centre else f" at {top}, {left}"
            raise BlockError(
                "piece-too-large",
                f"Crop cannot cut {height}×{width}{where} out of a {h}×{w} map; a smaller piece is needed, or a larger map.",
                port="like" if like is not None else None, setting=None if like is not None else "size",
            )  # fmt: skip
        return top, left, height, width

    def shape(self, *xs: Shape) -> Shape:
        _, _, height, width = self._cut(xs)
        return Shape((xs[0].dims[0], height, width))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        if len(xs) < 2 and self.size is not None:
            more["size"] = pair(self.size)
        if not self.centre:
            more["offset"] = (self.top, self.left)
        return Call("layers.Crop", **more)

    def window(self, *xs: Shape) -> Looks:
        top, left, _, _ = self._cut(xs)
        return Window(Span(1, 1, -top), Span(1, 1, -left))

    def face(self) -> str:
        what = by(self.size) if self.size is not None else "like"
        return f"{what}, centre" if self.centre else f"{what} at {self.top}, {self.left}"


@block("channel_shuffle", title="Channel shuffle", family="Shape", stem="shuffle",
       source="torch.nn.ChannelShuffle; Zhang et al. 2017, arXiv:1707.01083")  # fmt: skip
class ChannelShuffle(Block):
    """Deal the channels out anew, so that the groups of a grouped convolution hear of each other: written as g rows of C/g
    channels, they are read column by column. The inverse reads them back; ShuffleNet's released code uses that."""

    groups: int = integer(2, lo=1, hi=100_000, help="how many groups; divides the channels", unit="groups")
    inverse: bool = flag(False, help="the way back", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        channels = want_map(xs[0], self.title)[0]
        if channels % self.groups:
            raise BlockError(
                "not-divisible",
                f"Channel shuffle deals {channels} channels out to {self.groups} groups, which does not come out even; choose a "
                f"divisor of {channels}.",
                setting="groups",
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ChannelShuffle", xs[0].dims[0] // self.groups if self.inverse else self.groups)

    def face(self) -> str:
        return f"{self.groups} groups" + (", inverse" if self.inverse else "")


@block("roll", title="Roll", family="Shape", source="torch.roll; Liu et al. 2021, arXiv:2103.14030 (Swin)")
class Roll(Block):
    """Move a tensor along its axes; what leaves on one side comes in on the other. Swin moves its map by half a window, so that
    the next windows lie across the borders of the last."""

    shifts: tuple[int, ...] = numbers((1,), lo=-100_000, hi=100_000, least=1, most=4, help="by how many positions")
    dims: tuple[int, ...] = numbers(
        (1,), lo=-8, hi=8, least=1, most=4, help="along which axes, one a shift; 1 is the first after the batch"
    )

    def shape(self, *xs: Shape) -> Shape:
        rank = len(want_axes(xs[0], self.title))
        if len(self.shifts) != len(self.dims):
            raise BlockError(
                "one-an-axis",
                f"Roll has {len(self.shifts)} shifts for {len(self.dims)} axes; say one shift an axis.",
                setting="shifts",
            )
        for dim in self.dims:
            axis(dim, rank, self.title, setting="dims")
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.roll", self.shifts, self.dims)

    def face(self) -> str:
        return f"by {', '.join(map(str, self.shifts))}"
