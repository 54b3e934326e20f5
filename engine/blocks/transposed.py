"""Transposed convolutions: what makes maps larger with learned weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from engine.blocks.convolving import crossed
from engine.blocks.initial import SCHEME_LABELS, SCHEMES, Initial, Weighted
from engine.blocks.spec import (
    BlockError,
    Call,
    Shape,
    Size2,
    block,
    choice,
    flag,
    integer,
    pair,
    size2,
    want_map,
)
from engine.blocks.wants import want_signal
from engine.blocks.window import Looks, Span, Window


class _Way(NamedTuple):
    """How copies of the filter are laid along one side."""

    kernel: int
    stride: int
    padding: int
    output_padding: int
    dilation: int

    @property
    def reach(self) -> int:
        return self.dilation * (self.kernel - 1)

    def length(self, side: int) -> int:
        return (side - 1) * self.stride - 2 * self.padding + self.reach + self.output_padding + 1

    def span(self) -> Span:
        """Which places of the input one place of the output comes from."""
        if self.reach < self.stride and self.padding == 0:
            return Span(1, Fraction(1, self.stride))
        wide = -(-self.reach // self.stride) + 1
        return Span(wide, Fraction(1, self.stride), -(-(self.reach - self.padding) // self.stride))


class _Transposed(Weighted):
    """What the transposed convolutions share."""

    out_channels: int
    groups: int
    bias: bool

    def _ways(self) -> tuple[_Way, ...]:
        raise NotImplementedError(type(self).__name__)

    def _grown(self, channels: int, sides: Sequence[int]) -> Shape:
        if channels % self.groups or self.out_channels % self.groups:
            raise BlockError(
                "groups-differ",
                f"{self.groups} groups do not divide {channels} input and {self.out_channels} output channels; choose a number of "
                "groups that divides both.",
                setting="groups",
            )
        ways = self._ways()
        for way in ways:
            if way.output_padding >= max(way.stride, way.dilation):
                raise BlockError(
                    "output-padding-too-large",
                    f"output padding {way.output_padding} must be smaller than the stride ({way.stride}) or the dilation "
                    f"({way.dilation}); it only chooses among the sizes that give the same map on the way back.",
                    setting="output_padding",
                )
        lengths = [way.length(side) for way, side in zip(ways, sides, strict=True)]
        if min(lengths) < 1:
            raise BlockError(
                "padding-too-large",
                f"padding {crossed([way.padding for way in ways])} cuts away all that a {crossed(sides)} map grows to; use less "
                "padding.",
                setting="padding",
            )
        return Shape((self.out_channels, *lengths))

    def parameters(self, *xs: Shape) -> int:
        taps = math.prod(way.kernel for way in self._ways())
        return xs[0].dims[0] * (self.out_channels // self.groups) * taps + (self.out_channels if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        taps = math.prod(way.kernel for way in self._ways())
        return xs[0].size * (self.out_channels // self.groups) * taps

    def _more(self) -> dict[str, Any]:
        usual = {"stride": 1, "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1}
        return {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}

    def face(self) -> str:
        ways = self._ways()
        parts = [f"{self.out_channels} @ {crossed([way.kernel for way in ways])}"]
        for letter, values in (("s", [way.stride for way in ways]), ("p", [way.padding for way in ways])):
            usual = 1 if letter == "s" else 0
            if any(value != usual for value in values):
                parts.append(f"{letter}{values[0] if len(set(values)) == 1 else crossed(values)}")
        return ", ".join(parts)


@block("conv_transpose1d", title="Transposed convolution 1d", family="Convolution", stem="up",
       source="torch.nn.ConvTranspose1d")  # fmt: skip
class ConvTranspose1d(_Transposed):
    """Lay a copy of a learned filter, scaled by the input, at every place of a signal and add them up: the way back of a
    convolution, which makes signals longer.

    Out length = (in - 1)·stride - 2·padding + dilation·(kernel - 1) + output padding + 1. Used in decoders of sound and series.
    """

    out_channels: int = integer(32, lo=1, hi=65536, help="how many channels come out", unit="channels")
    kernel_size: int = integer(2, lo=1, hi=65536, help="length of the filter", unit="places")
    stride: int = integer(
        2, lo=1, hi=65536, help="places from one copy to the next: the factor of growth", unit="places"
    )
    padding: int = integer(0, lo=0, hi=65536, help="places cut away at both ends", unit="places")
    output_padding: int = integer(
        0, lo=0, hi=65536, help="places added at the end, to meet a wanted length", unit="places", advanced=True
    )
    dilation: int = integer(
        1, lo=1, hi=65536, help="places between neighbouring taps of the filter", unit="places", advanced=True
    )
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 12)),)

    def _ways(self) -> tuple[_Way, ...]:
        return (_Way(self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation),)

    def shape(self, *xs: Shape) -> Shape:
        channels, length = want_signal(xs[0], self.title)
        return self._grown(channels, [length])

    def lower(self, *xs: Shape) -> Call:
        return Call(
            "nn.ConvTranspose1d", xs[0].dims[0], self.out_channels, kernel_size=self.kernel_size, **self._more()
        )

    def window(self, *xs: Shape) -> Looks:
        return "whole"


@block("conv_transpose2d", title="Transposed convolution 2d", family="Convolution", stem="up",
       source="torch.nn.ConvTranspose2d; Long, Shelhamer, Darrell 2014 (bilinear start)")  # fmt: skip
class ConvTranspose2d(_Transposed):
    """Lay a copy of a learned filter, scaled by the input, at every pixel and add them up: the way back of a convolution, which
    makes maps larger.

    Out size = (in - 1)·stride - 2·padding + dilation·(kernel - 1) + output padding + 1, per side. Used in the decoders of U-Net,
    FCN (begun as bilinear interpolation) and DCGAN. A kernel that the stride does not divide leaves chequerboards.
    """

    out_channels: int = integer(32, lo=1, hi=65536, help="how many channels come out", unit="channels")
    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="size of the filter, height × width")
    stride: Size2 = size2(2, lo=1, hi=1024, help="pixels from one copy to the next: the factor of growth")
    padding: Size2 = size2(0, lo=0, hi=1024, help="pixels cut away on each side")
    output_padding: Size2 = size2(
        0, lo=0, hi=1024, help="pixels added below and on the right, to meet a wanted size", advanced=True
    )
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of the filter", advanced=True)
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")
    init: str = choice(
        "default", options=(*SCHEMES, "bilinear"), labels=(*SCHEME_LABELS, "Bilinear interpolation"),
        help="how the weights begin", title="Weights begin", advanced=True,
    )  # fmt: skip

    def initial(self) -> Initial | None:
        if self.init == "bilinear":  # the layer begins so by itself
            return None if self.init_bias is None else Initial(bias=self.init_bias)
        return super().initial()

    def _ways(self) -> tuple[_Way, ...]:
        sides = (self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation)
        high, wide = zip(*map(pair, sides), strict=True)
        return _Way(*high), _Way(*wide)

    def shape(self, *xs: Shape) -> Shape:
        channels, height, width = want_map(xs[0], self.title)
        return self._grown(channels, [height, width])

    def lower(self, *xs: Shape) -> Call:
        target = "layers.BilinearConvTranspose2d" if self.init == "bilinear" else "nn.ConvTranspose2d"
        return Call(target, xs[0].dims[0], self.out_channels, kernel_size=self.kernel_size, **self._more())

    def window(self, *xs: Shape) -> Window:
        high, wide = self._ways()
        return Window(high.span(), wide.span())
