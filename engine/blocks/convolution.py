"""The convolution of maps. Not for: signals and volumes (`convolution_nd`) and special forms (`depthwise`, `special`)."""

from __future__ import annotations

from typing import Any

from engine.blocks.convolving import Axis, Convolving, same
from engine.blocks.spec import (
    BlockError,
    Call,
    Shape,
    Size2,
    block,
    choice,
    flag,
    integer,
    numbers,
    pair,
    size2,
    want_map,
)
from engine.blocks.window import Span, Window


class Convolving2d(Convolving):
    """What convolutions of maps share."""

    kernel_size: Size2
    stride: Size2
    padding: Any
    dilation: Size2

    def axes(self) -> tuple[Axis, ...]:
        kernels, dilations = pair(self.kernel_size), pair(self.dilation)
        if self.padding == "same":
            rims = [same(kernel, dilation) for kernel, dilation in zip(kernels, dilations, strict=True)]
        else:
            rims = [(rim, rim) for rim in pair(self.padding)]
        return tuple(
            Axis(kernel, stride, *rim, dilation)
            for kernel, stride, rim, dilation in zip(kernels, pair(self.stride), rims, dilations, strict=True)
        )

    def arrives(self, x: Shape) -> tuple[int, ...]:
        return want_map(x, self.title)

    def window(self, *xs: Shape) -> Window:
        high, wide = (Span(axis.kernel, axis.stride, axis.before, axis.dilation) for axis in self.axes())
        return Window(high, wide)


@block("conv2d", title="Convolution 2d", family="Convolution", stem="conv", source="torch.nn.Conv2d")
class Conv2d(Convolving2d):
    """Slide learned filters over a map: each output channel is the sum over input channels of input × kernel, plus a bias.

    Out size = floor((in + 2·padding - dilation·(kernel - 1) - 1) / stride) + 1, per side. As in every deep-learning library the
    kernel is not mirrored (cross-correlation). Use it wherever neighbouring pixels belong together.
    """

    out_channels: int = integer(
        32, lo=1, hi=65536, help="how many filters, each gives one output channel", unit="channels"
    )
    kernel_size: Size2 = size2(3, lo=1, hi=1024, help="size of a filter, height × width")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place of the filter to the next")
    padding: Any = size2(
        0, lo=0, hi=1024, words=("same",), help='rim added on each side; "same" keeps the size (stride 1)'
    )
    extra_padding: tuple[int, ...] = numbers(
        (), lo=0, hi=1024, most=4, unit="pixels", advanced=True,
        help="more rim on single sides, besides padding: left, right, top, bottom; empty: none",
    )  # fmt: skip
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of a filter", advanced=True)
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")
    padding_mode: str = choice("zeros", options=("zeros", "reflect", "replicate", "circular"),
                               help="what the rim is filled with", advanced=True)  # fmt: skip

    def axes(self) -> tuple[Axis, ...]:
        high, wide = super().axes()
        if len(self.extra_padding) == 4:
            left, right, top, bottom = self.extra_padding
            high = high._replace(before=high.before + top, after=high.after + bottom)
            wide = wide._replace(before=wide.before + left, after=wide.after + right)
        return high, wide

    def shape(self, *xs: Shape) -> Shape:
        if len(self.extra_padding) not in (0, 4):
            raise BlockError(
                "wants-four-sides",
                f"extra padding has {len(self.extra_padding)} numbers, but it takes four (left, right, top, bottom) or none; "
                "write all four.",
                setting="extra_padding",
            )
        return super().shape(*xs)

    def lower(self, *xs: Shape) -> Call:
        if not any(self.extra_padding):
            return self.called("nn.Conv2d", xs, "stride", "padding", "dilation", "groups", "bias", "padding_mode")
        plain = self.called("layers.PaddedConv2d", xs, "stride", "dilation", "groups", "bias", "padding_mode")
        high, wide = self.axes()
        sides = (wide.before, wide.after, high.before, high.after)
        return Call(plain.target, *plain.args, sides=sides, **dict(plain.kwargs))
