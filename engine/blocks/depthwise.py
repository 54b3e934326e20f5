"""Convolutions that filter channels by themselves, or mix them without looking around."""

from __future__ import annotations

from typing import Any

from engine.blocks.convolution import Convolving2d
from engine.blocks.convolving import Axis
from engine.blocks.spec import Call, Shape, Size2, block, choice, flag, integer, pair, size2


@block("depthwise_conv2d", title="Depthwise convolution", family="Convolution", stem="depthwise",
       source="torch.nn.Conv2d with groups = channels; Howard and others 2017 (MobileNet)")  # fmt: skip
class DepthwiseConv2d(Convolving2d):
    """Slide a filter of its own over each channel; channels are not mixed. With a multiplier m every channel gets m filters.

    It costs channels · kernel² instead of channels² · kernel² numbers, so MobileNet, ShuffleNet and ConvNeXt pair it with a
    pointwise convolution, which mixes the channels.
    """

    kernel_size: Size2 = size2(3, lo=1, hi=1024, help="size of a filter, height × width")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place of the filter to the next")
    padding: Any = size2(
        0, lo=0, hi=1024, words=("same",), help='rim added on each side; "same" keeps the size (stride 1)'
    )
    multiplier: int = integer(
        1, lo=1, hi=1024, help="filters for each channel", unit="filters a channel", advanced=True
    )
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of a filter", advanced=True)
    bias: bool = flag(True, help="add a learned number to each output channel")
    padding_mode: str = choice("zeros", options=("zeros", "reflect", "replicate", "circular"),
                               help="what the rim is filled with", advanced=True)  # fmt: skip

    def filters(self, channels: int) -> tuple[int, int]:
        return channels * self.multiplier, channels

    def lower(self, *xs: Shape) -> Call:
        plain = self.called("nn.Conv2d", xs, "stride", "padding", "dilation", "bias", "padding_mode")
        return Call(plain.target, *plain.args, **dict(plain.kwargs), groups=xs[0].dims[0])

    def face_of_filters(self, kernel: str) -> str:
        return kernel if self.multiplier == 1 else f"{self.multiplier} × {kernel}"


@block("pointwise_conv", title="Pointwise convolution", family="Convolution", stem="pointwise",
       source="torch.nn.Conv2d with a 1×1 kernel; Lin, Chen, Yan: Network In Network, 2013")  # fmt: skip
class PointwiseConv(Convolving2d):
    """Mix the channels of each pixel: a linear layer applied to every pixel by itself, that is, a 1×1 convolution.

    Used to change the number of channels cheaply: the bottlenecks of ResNet, the projections of MobileNet, the heads of fully
    convolutional networks.
    """

    out_channels: int = integer(64, lo=1, hi=65536, help="how many channels come out", unit="channels")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place to the next; more than 1 leaves pixels out",
                          advanced=True)  # fmt: skip
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")

    def axes(self) -> tuple[Axis, ...]:
        high, wide = pair(self.stride)
        return Axis(1, high, 0, 0, 1), Axis(1, wide, 0, 0, 1)

    def is_same(self) -> bool:
        return False

    def lower(self, *xs: Shape) -> Call:
        more = {
            name: getattr(self, name)
            for name, usual in (("stride", 1), ("groups", 1), ("bias", True))
            if getattr(self, name) != usual
        }
        return Call("nn.Conv2d", xs[0].dims[0], self.out_channels, kernel_size=1, **more)

    def face_of_filters(self, kernel: str) -> str:
        return f"{self.out_channels} channels"


@block("separable_conv2d", title="Separable convolution", family="Convolution", stem="separable",
       source="Chollet 2016 (Xception); Howard and others 2017 (MobileNet)")  # fmt: skip
class SeparableConv2d(Convolving2d):
    """A depthwise convolution and a pointwise one in a block: first filter each channel by itself, then mix the channels.

    It does nearly what a convolution does with about kernel² times fewer numbers. A batch norm and an activation may stand
    between the two, as in MobileNet; the bias belongs to the pointwise part.
    """

    out_channels: int = integer(64, lo=1, hi=65536, help="how many channels come out", unit="channels")
    kernel_size: Size2 = size2(3, lo=1, hi=1024, help="size of the depthwise filters, height × width")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place of the filter to the next")
    padding: Any = size2(
        0, lo=0, hi=1024, words=("same",), help='rim added on each side; "same" keeps the size (stride 1)'
    )
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of a filter", advanced=True)
    bias: bool = flag(True, help="add a learned number to each output channel")
    norm: bool = flag(False, help="a batch norm between the two", title="Norm between", advanced=True)
    activation: str = choice(
        "none", options=("none", "relu", "relu6", "silu"), labels=("none", "ReLU", "ReLU6", "SiLU"),
        help="an activation between the two", title="Activation between", advanced=True,
    )  # fmt: skip

    def lower(self, *xs: Shape) -> Call:
        return self.called("layers.SeparableConv2d", xs, "stride", "padding", "dilation", "bias", "norm", "activation")

    def parameters(self, *xs: Shape) -> int:
        channels, (kh, kw) = xs[0].dims[0], pair(self.kernel_size)
        between = 2 * channels if self.norm else 0
        return channels * kh * kw + between + channels * self.out_channels + (self.out_channels if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        channels, (kh, kw) = xs[0].dims[0], pair(self.kernel_size)
        _, height, width = self.shape(*xs).dims
        return height * width * channels * (kh * kw + self.out_channels)
