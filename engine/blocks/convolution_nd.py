"""Convolutions along one side (signals, sequences) and three (volumes, films)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.blocks.convolving import Axis, Convolving, once, same
from engine.blocks.spec import BlockError, Call, Shape, block, choice, flag, integer, numbers
from engine.blocks.wants import want_signal, want_volume
from engine.blocks.window import Looks

_RIMS = ("zeros", "reflect", "replicate", "circular")


@block("conv1d", title="Convolution 1d", family="Convolution", stem="conv", source="torch.nn.Conv1d")
class Conv1d(Convolving):
    """Slide learned filters along a signal of C channels × L places: each output channel is the sum over input channels of
    input × kernel, plus a bias.

    Out length = floor((in + 2·padding - dilation·(kernel - 1) - 1) / stride) + 1. Use it for sound, sensor readings and text; a
    sequence of T steps × F features must be permuted to F × T first.
    """

    out_channels: int = integer(
        32, lo=1, hi=65536, help="how many filters, each gives one output channel", unit="channels"
    )
    kernel_size: int = integer(3, lo=1, hi=65536, help="length of a filter", unit="places")
    stride: int = integer(1, lo=1, hi=65536, help="places from one position of the filter to the next", unit="places")
    padding: int = integer(0, lo=0, hi=65536, help="rim added at both ends", unit="places")
    same: bool = flag(False, help="choose the rim so that the length stays (stride 1)", title="Keep the length")
    dilation: int = integer(
        1, lo=1, hi=65536, help="places between neighbouring taps of a filter", unit="places", advanced=True
    )
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")
    padding_mode: str = choice("zeros", options=_RIMS, help="what the rim is filled with", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 24)),)

    def axes(self) -> tuple[Axis, ...]:
        rim = same(self.kernel_size, self.dilation) if self.same else (self.padding, self.padding)
        return (Axis(self.kernel_size, self.stride, *rim, self.dilation),)

    def arrives(self, x: Shape) -> tuple[int, ...]:
        return want_signal(x, self.title)

    def lower(self, *xs: Shape) -> Call:
        plain = self.called("nn.Conv1d", xs, "stride", "padding", "dilation", "groups", "bias", "padding_mode")
        return Call(plain.target, *plain.args, **{**dict(plain.kwargs), "padding": "same"}) if self.same else plain

    def window(self, *xs: Shape) -> Looks:
        return "whole"


@block("conv3d", title="Convolution 3d", family="Convolution", stem="conv", source="torch.nn.Conv3d")
class Conv3d(Convolving):
    """Slide learned filters through a volume of C channels × depth × height × width, or a film whose depth is time.

    Each output channel is the sum over input channels of input × kernel, plus a bias; the sizes follow the rule of the
    convolution 2d, per side. Use it for scans and short films; it costs many multiply-adds.
    """

    out_channels: int = integer(
        16, lo=1, hi=65536, help="how many filters, each gives one output channel", unit="channels"
    )
    kernel_size: tuple[int, ...] = numbers(
        (3,),
        lo=1,
        hi=1024,
        least=1,
        most=3,
        help="size of a filter: depth, height, width, or one for all",
        unit="pixels",
    )
    stride: tuple[int, ...] = numbers(
        (1,), lo=1, hi=1024, least=1, most=3, help="pixels from one place to the next: depth, height, width, or one for all",
        unit="pixels",
    )  # fmt: skip
    padding: tuple[int, ...] = numbers(
        (0,),
        lo=0,
        hi=1024,
        least=1,
        most=3,
        help="rim on each side: depth, height, width, or one for all",
        unit="pixels",
    )
    same: bool = flag(False, help="choose the rim so that the size stays (stride 1)", title="Keep the size")
    dilation: tuple[int, ...] = numbers(
        (1,), lo=1, hi=1024, least=1, most=3, help="pixels between neighbouring taps: depth, height, width, or one for all",
        unit="pixels", advanced=True,
    )  # fmt: skip
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")
    padding_mode: str = choice("zeros", options=_RIMS, help="what the rim is filled with", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((2, 5, 6, 7)),)

    def axes(self) -> tuple[Axis, ...]:
        kernels, dilations = _three(self.kernel_size), _three(self.dilation)
        rims = [(rim, rim) for rim in _three(self.padding)]
        if self.same:
            rims = [same(kernel, dilation) for kernel, dilation in zip(kernels, dilations, strict=True)]
        return tuple(
            Axis(kernel, stride, *rim, dilation)
            for kernel, stride, rim, dilation in zip(kernels, _three(self.stride), rims, dilations, strict=True)
        )

    def arrives(self, x: Shape) -> tuple[int, ...]:
        return want_volume(x, self.title)

    def shape(self, *xs: Shape) -> Shape:
        for name in ("kernel_size", "stride", "padding", "dilation"):
            if len(getattr(self, name)) == 2:
                raise BlockError(
                    "wants-three-sides",
                    f"{name.replace('_', ' ')} has two numbers, but a volume has three sides; write one number for all, or three.",
                    setting=name,
                )
        return super().shape(*xs)

    def lower(self, *xs: Shape) -> Call:
        out, _ = self.filters(1)
        more = {name: once(getattr(self, name)) for name in ("stride", "padding", "dilation")}
        if self.same:
            more["padding"] = "same"
        more |= {"groups": self.groups, "bias": self.bias, "padding_mode": self.padding_mode}
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros"}
        unusual = {name: value for name, value in more.items() if value != usual[name]}
        return Call("nn.Conv3d", xs[0].dims[0], out, kernel_size=once(self.kernel_size), **unusual)

    def window(self, *xs: Shape) -> Looks:
        return "whole"


def _three(values: Sequence[int]) -> tuple[int, int, int]:
    """Depth, height, width of a setting that may be one number."""
    return (values[0],) * 3 if len(values) < 3 else (values[0], values[1], values[2])
