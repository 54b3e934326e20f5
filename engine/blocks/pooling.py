"""Pooling: one number for a window of a map. Not for: whole maps (`pooling_global`), signals and rare forms (`pooling_more`)."""

from __future__ import annotations

from typing import Any

from engine.blocks.spec import Block, BlockError, Call, Port, Shape, Size2, block, by, flag, pair, size2, want_map
from engine.blocks.window import Span, Window, adaptive


def windows(side: int, kernel: int, stride: int, padding: int, *, ceil: bool, dilation: int = 1) -> int:
    """How many windows fit along one side; torch's rule, where with `ceil` the last one must start inside the map."""
    reach = side + 2 * padding - dilation * (kernel - 1) - 1
    count = (reach + (stride - 1 if ceil else 0)) // stride + 1
    if ceil and (count - 1) * stride >= side + padding:
        count -= 1
    return count


class _Pool(Block):
    """What max and average pooling share: the window's arithmetic."""

    kernel_size: Size2
    stride: Size2 | None
    padding: Size2
    ceil_mode: bool

    def _dilation(self) -> tuple[int, int]:
        return 1, 1

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title)
        stride = self.kernel_size if self.stride is None else self.stride
        for padding, kernel in zip(pair(self.padding), pair(self.kernel_size), strict=True):
            if padding * 2 > kernel:
                raise BlockError(
                    "padding-too-large",
                    f"padding {by(self.padding)} is more than half of the {by(self.kernel_size)} window, so a window could "
                    "lie wholly outside the map; use less padding.",
                    setting="padding",
                )
        sides = [
            windows(side, k, s, p, ceil=self.ceil_mode, dilation=d)
            for side, k, s, p, d in zip(
                (h, w), pair(self.kernel_size), pair(stride), pair(self.padding), self._dilation(), strict=True
            )
        ]
        if min(sides) < 1:
            raise BlockError(
                "window-too-large",
                f"a {by(self.kernel_size)} window does not fit a {h}×{w} map; use a smaller window or remove an earlier pooling.",
                setting="kernel_size",
            )
        return Shape((c, sides[0], sides[1]))

    def window(self, *xs: Shape) -> Window:
        kernel, padding, dilation = pair(self.kernel_size), pair(self.padding), self._dilation()
        stride = kernel if self.stride is None else pair(self.stride)
        high, wide = (Span(kernel[side], stride[side], padding[side], dilation[side]) for side in (0, 1))
        return Window(high, wide)

    def _common(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if self.stride is not None and self.stride != self.kernel_size:
            values["stride"] = self.stride
        if self.padding != 0:
            values["padding"] = self.padding
        if self.ceil_mode:
            values["ceil_mode"] = True
        return values

    def face(self) -> str:
        stride = self.kernel_size if self.stride is None else self.stride
        parts = [by(self.kernel_size)]
        if stride != self.kernel_size:
            parts.append(f"s{stride if isinstance(stride, int) else by(stride)}")
        if self.padding != 0:
            parts.append(f"p{self.padding if isinstance(self.padding, int) else by(self.padding)}")
        return ", ".join(parts)


@block("maxpool2d", title="Max pooling", family="Pooling", stem="pool", source="torch.nn.MaxPool2d")
class MaxPool2d(_Pool):
    """Keep the largest value under a sliding window, channel by channel.

    Halves height and width with the usual 2×2 window. Keeps what a filter found and forgets exactly where; with the places as a
    second output, max unpooling can put the values back.
    """

    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="pixels under the window, height × width")
    stride: Size2 | None = size2(None, lo=1, hi=1024, help="pixels between windows; empty: as the window")
    padding: Size2 = size2(0, lo=0, hi=512, help="rim of minus infinity, at most half the window")
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of the window", advanced=True)
    ceil_mode: bool = flag(False, help="also use a last window that reaches over the edge", advanced=True)
    indices: bool = flag(False, help="give the places of the largest values, too, for max unpooling", title="Give places",
                         advanced=True)  # fmt: skip

    def outputs(self) -> tuple[Port, ...]:
        places = Port("indices", "where in its map each largest value stood, row by row")
        return (Port("y"), places) if self.indices else (Port("y"),)

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        y = self.shape(*xs)
        return (y, Shape(y.dims, "index")) if self.indices else (y,)

    def _dilation(self) -> tuple[int, int]:
        return pair(self.dilation)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.dilation == 1 else {"dilation": self.dilation}
        if self.indices:
            more["return_indices"] = True
        return Call("nn.MaxPool2d", self.kernel_size, **self._common(), **more)


@block("avgpool2d", title="Average pooling", family="Pooling", stem="pool", source="torch.nn.AvgPool2d")
class AvgPool2d(_Pool):
    """The mean under a sliding window, channel by channel. LeNet's way of making a map smaller."""

    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="pixels under the window, height × width")
    stride: Size2 | None = size2(None, lo=1, hi=1024, help="pixels between windows; empty: as the window")
    padding: Size2 = size2(0, lo=0, hi=512, help="rim of zeros, at most half the window")
    ceil_mode: bool = flag(False, help="also use a last window that reaches over the edge", advanced=True)
    count_include_pad: bool = flag(True, help="count the rim's zeros into the mean", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.count_include_pad else {"count_include_pad": False}
        return Call("nn.AvgPool2d", self.kernel_size, **self._common(), **more)


class _Adaptive(Block):
    """What the adaptive poolings share: the size that comes out is what was asked for."""

    output_size: Size2

    def shape(self, *xs: Shape) -> Shape:
        c, _, _ = want_map(xs[0], self.title)
        height, width = pair(self.output_size)
        return Shape((c, height, width))

    def window(self, *xs: Shape) -> Window:
        _, h, w = xs[0].dims
        height, width = pair(self.output_size)
        return Window(adaptive(h, height), adaptive(w, width))

    def face(self) -> str:
        return f"to {by(self.output_size)}"


@block(
    "adaptive_avgpool2d",
    title="Adaptive average pooling",
    family="Pooling",
    stem="pool",
    source="torch.nn.AdaptiveAvgPool2d",
)
class AdaptiveAvgPool2d(_Adaptive):
    """Average pooling with windows chosen so that the given size comes out, whatever comes in.

    A window begins at floor(i · in / out) and ends at ceil((i + 1) · in / out). With 1×1 it is a global average pooling; in
    front of linear layers it lets a network take pictures of any size, as in AlexNet and VGG.
    """

    output_size: Size2 = size2(1, lo=1, hi=4096, help="size that comes out, height × width")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.AdaptiveAvgPool2d", self.output_size)


@block(
    "adaptive_maxpool2d",
    title="Adaptive max pooling",
    family="Pooling",
    stem="pool",
    source="torch.nn.AdaptiveMaxPool2d",
)
class AdaptiveMaxPool2d(_Adaptive):
    """Max pooling with windows chosen so that the given size comes out, whatever comes in.

    A window begins at floor(i · in / out) and ends at ceil((i + 1) · in / out). Use it where it matters whether something is in the
    picture rather than how much of it.
    """

    output_size: Size2 = size2(1, lo=1, hi=4096, help="size that comes out, height × width")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.AdaptiveMaxPool2d", self.output_size)
