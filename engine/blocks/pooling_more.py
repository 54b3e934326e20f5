"""Pooling of signals, power-average and trainable pooling, and the way back."""

from __future__ import annotations

from typing import Any

from engine.blocks.initial import Weighted
from engine.blocks.pooling import windows
from engine.blocks.spec import (
    Block,
    BlockError,
    Call,
    Port,
    Shape,
    Size2,
    block,
    by,
    flag,
    integer,
    pair,
    real,
    size2,
    want_map,
)
from engine.blocks.wants import want_signal
from engine.blocks.window import Looks, Span, Window


class _Pool1d(Block):
    """What the poolings of signals share."""

    kernel_size: int
    stride: int | None
    padding: int
    ceil_mode: bool

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 24)),)

    def shape(self, *xs: Shape) -> Shape:
        channels, length = want_signal(xs[0], self.title)
        if self.padding * 2 > self.kernel_size:
            raise BlockError(
                "padding-too-large",
                f"padding {self.padding} is more than half of the window of {self.kernel_size}, so a window could lie wholly "
                "outside the signal; use less padding.",
                setting="padding",
            )
        stride = self.kernel_size if self.stride is None else self.stride
        dilation = getattr(self, "dilation", 1)
        count = windows(length, self.kernel_size, stride, self.padding, ceil=self.ceil_mode, dilation=dilation)
        if count < 1:
            raise BlockError(
                "window-too-large",
                f"a window of {self.kernel_size} does not fit a signal of {length} places; use a smaller window or remove an "
                "earlier pooling.",
                setting="kernel_size",
            )
        return Shape((channels, count))

    def _called(self, target: str, *names: str) -> Call:
        more: dict[str, Any] = {}
        for name in ("stride", "padding", *names, "ceil_mode"):
            if getattr(self, name) != type(self).settings[name].default:
                more[name] = getattr(self, name)
        return Call(target, self.kernel_size, **more)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        stride = "" if self.stride in (None, self.kernel_size) else f", s{self.stride}"
        return f"{self.kernel_size}{stride}"


@block("maxpool1d", title="Max pooling 1d", family="Pooling", stem="pool", source="torch.nn.MaxPool1d")
class MaxPool1d(_Pool1d):
    """Keep the largest value under a window that slides along a signal of C channels × L places, channel by channel. It keeps what
    a filter found and forgets exactly where."""

    kernel_size: int = integer(2, lo=1, hi=65536, help="places under the window", unit="places")
    stride: int | None = integer(
        None, lo=1, hi=65536, help="places between windows; empty: as the window", unit="places"
    )
    padding: int = integer(0, lo=0, hi=32768, help="rim of minus infinity, at most half the window", unit="places")
    dilation: int = integer(
        1, lo=1, hi=65536, help="places between neighbouring taps of the window", unit="places", advanced=True
    )
    ceil_mode: bool = flag(False, help="also use a last window that reaches over the edge", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return self._called("nn.MaxPool1d", "dilation")


@block("avgpool1d", title="Average pooling 1d", family="Pooling", stem="pool", source="torch.nn.AvgPool1d")
class AvgPool1d(_Pool1d):
    """The mean under a window that slides along a signal of C channels × L places, channel by channel. Smooths it and makes it
    shorter."""

    kernel_size: int = integer(2, lo=1, hi=65536, help="places under the window", unit="places")
    stride: int | None = integer(
        None, lo=1, hi=65536, help="places between windows; empty: as the window", unit="places"
    )
    padding: int = integer(0, lo=0, hi=32768, help="rim of zeros, at most half the window", unit="places")
    ceil_mode: bool = flag(False, help="also use a last window that reaches over the edge", advanced=True)
    count_include_pad: bool = flag(True, help="count the rim's zeros into the mean", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return self._called("nn.AvgPool1d", "count_include_pad")


def _tiled(x: Shape, title: str, kernel: Size2, stride: Size2 | None, *, ceil: bool = False) -> Shape:
    """The map that windows without padding leave.

    Raises:
        BlockError: No map arrives, or no window fits it.
    """
    c, h, w = want_map(x, title)
    steps = pair(kernel if stride is None else stride)
    sides = [windows(side, k, s, 0, ceil=ceil) for side, k, s in zip((h, w), pair(kernel), steps, strict=True)]
    if min(sides) < 1:
        raise BlockError(
            "window-too-large",
            f"a {by(kernel)} window does not fit a {h}×{w} map; use a smaller window or remove an earlier pooling.",
            setting="kernel_size",
        )
    return Shape((c, sides[0], sides[1]))


def _spans(kernel: Size2, stride: Size2 | None) -> Window:
    steps = pair(kernel if stride is None else stride)
    high, wide = (Span(k, s) for k, s in zip(pair(kernel), steps, strict=True))
    return Window(high, wide)


@block(
    "lppool2d",
    title="Power-average pooling",
    family="Pooling",
    stem="pool",
    source="torch.nn.LPPool2d; Sermanet and others 2012",
)
class LPPool2d(Block):
    """The p-norm of the values under a sliding window, (Σ x^p)^(1/p), channel by channel: the sum at p = 1, nearer to the largest
    the higher p is. Its gradient at an all-zero window is not a number for p > 1, so keep it away from behind a ReLU."""

    norm: float = real(2.0, lo=1.0, hi=64.0, help="p: 1 adds up, higher ones come near the largest", unit="exponent",
                       title="p")  # fmt: skip
    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="pixels under the window, height × width")
    stride: Size2 | None = size2(None, lo=1, hi=1024, help="pixels between windows; empty: as the window")
    ceil_mode: bool = flag(False, help="also use a last window that reaches over the edge", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        return _tiled(xs[0], self.title, self.kernel_size, self.stride, ceil=self.ceil_mode)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.stride is None else {"stride": self.stride}
        if self.ceil_mode:
            more["ceil_mode"] = True
        return Call("nn.LPPool2d", self.norm, self.kernel_size, **more)

    def window(self, *xs: Shape) -> Window:
        return _spans(self.kernel_size, self.stride)

    def face(self) -> str:
        return f"{by(self.kernel_size)}, p {self.norm:g}"


@block("trainable_subsample", title="Trainable subsampling", family="Pooling", stem="subsample",
       source="LeCun, Bottou, Bengio, Haffner 1998, layers S2 and S4")  # fmt: skip
class TrainableSubsample(Weighted):
    """The sum under each window times a learned coefficient, plus a learned bias, both one a channel.

    The pooling of the first LeNet-5. Between two squashing functions the coefficient chooses what the layer does: small, it blurs;
    large, it acts as "or" or "and" of the four numbers, depending on the bias.
    """

    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="pixels under a window, which do not overlap, height × width")

    def shape(self, *xs: Shape) -> Shape:
        return _tiled(xs[0], self.title, self.kernel_size, None)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.TrainableSubsample", xs[0].dims[0], kernel_size=self.kernel_size)

    def parameters(self, *xs: Shape) -> int:
        return 2 * xs[0].dims[0]

    def window(self, *xs: Shape) -> Window:
        return _spans(self.kernel_size, None)

    def face(self) -> str:
        return by(self.kernel_size)


@block("max_unpool2d", title="Max unpooling", family="Pooling", stem="unpool",
       source="torch.nn.MaxUnpool2d; Zeiler, Fergus 2013; Badrinarayanan and others 2015 (SegNet)")  # fmt: skip
class MaxUnpool2d(Block):
    """The way back of a max pooling: each value goes to the place where the largest one stood, everything else is 0.

    Wire the places from the second output of the max pooling (its setting "Give places"), and choose the same window. Out size =
    (in - 1)·stride - 2·padding + window, per side. SegNet's decoder, and deconvolution pictures.
    """

    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="window of the max pooling, height × width")
    stride: Size2 | None = size2(None, lo=1, hi=1024, help="pixels between its windows; empty: as the window")
    padding: Size2 = size2(0, lo=0, hi=512, help="the rim that the max pooling added")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return Shape((3, 5, 6)), Shape((3, 5, 6), "index")

    def inputs(self) -> tuple[Port, ...]:
        return Port("x", "the values"), Port("indices", "their places, from the max pooling")

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title, "x")
        if xs[1].dtype != "index" or not xs[1].batched:
            raise BlockError(
                "wants-places",
                f"Max unpooling wants the places that a max pooling gives, but {xs[1].words} of other numbers arrives; switch on "
                '"Give places" there and wire its second output.',
                port="indices",
            )
        if xs[1].dims != xs[0].dims:
            raise BlockError(
                "shapes-differ",
                f"Max unpooling wants a place for each value, but {xs[0].words} of values and {xs[1].words} of places arrive; "
                "bring the values to the shape that the max pooling gave.",
                port="x",
            )
        steps = pair(self.kernel_size if self.stride is None else self.stride)
        sides = [
            (side - 1) * step - 2 * rim + kernel
            for side, step, rim, kernel in zip((h, w), steps, pair(self.padding), pair(self.kernel_size), strict=True)
        ]
        if min(sides) < 1:
            raise BlockError(
                "padding-too-large",
                f"padding {by(self.padding)} cuts away all that a {h}×{w} map grows to; use less padding.",
                setting="padding",
            )
        return Shape((c, sides[0], sides[1]))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.stride is None else {"stride": self.stride}
        if self.padding != 0:
            more["padding"] = self.padding
        return Call("nn.MaxUnpool2d", self.kernel_size, **more)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return by(self.kernel_size)
