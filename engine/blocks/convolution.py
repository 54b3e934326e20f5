"""Convolutions."""

from __future__ import annotations

from typing import Any

from engine.blocks.spec import (
    Block,
    BlockError,
    Call,
    Shape,
    Size2,
    block,
    by,
    choice,
    flag,
    integer,
    pair,
    size2,
    want_map,
)
from engine.blocks.window import Span, Window


@block("conv2d", title="Convolution 2d", family="Convolution", stem="conv", source="torch.nn.Conv2d")
class Conv2d(Block):
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
    dilation: Size2 = size2(1, lo=1, hi=1024, help="pixels between neighbouring taps of a filter", advanced=True)
    groups: int = integer(1, lo=1, hi=65536, help="channels are split into this many groups that do not see each other",
                          unit="groups", advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add a learned number to each output channel")
    padding_mode: str = choice("zeros", options=("zeros", "reflect", "replicate", "circular"),
                               help="what the rim is filled with", advanced=True)  # fmt: skip

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title)
        if c % self.groups or self.out_channels % self.groups:
            raise BlockError(
                "groups-differ",
                f"{self.groups} groups do not divide {c} input and {self.out_channels} output channels; choose a number of groups "
                "that divides both.",
                setting="groups",
            )
        if self.padding == "same" and pair(self.stride) != (1, 1):
            raise BlockError(
                "same-with-stride",
                f'padding "same" keeps the size, which a stride of {by(self.stride)} cannot; use stride 1 or padding in pixels.',
                setting="padding",
            )
        self._check_rim(h, w)
        sides = []
        for side, kernel, stride, rim, dilation in zip(
            (h, w), pair(self.kernel_size), pair(self.stride), self._rim(), pair(self.dilation), strict=True
        ):
            span = dilation * (kernel - 1) + 1
            if side + rim < span:
                raise BlockError(
                    "kernel-too-large",
                    f"a {by(self.kernel_size)} filter"
                    + (f" with dilation {by(self.dilation)}" if self.dilation != 1 else "")
                    + f" does not fit a {h}×{w} map padded by {self._padding_words()}; use a smaller filter or more padding.",
                    setting="kernel_size",
                )
            sides.append((side + rim - span) // stride + 1)
        return Shape((self.out_channels, sides[0], sides[1]))

    def _rim(self) -> tuple[int, int]:
        """Pixels added to height and width, both sides together."""
        if self.padding == "same":
            (kh, kw), (dh, dw) = pair(self.kernel_size), pair(self.dilation)
            return dh * (kh - 1), dw * (kw - 1)
        ph, pw = pair(self.padding)
        return 2 * ph, 2 * pw

    def _check_rim(self, h: int, w: int) -> None:
        """torch's limits: a reflected rim is smaller than the map, a circular one at most as large."""
        if self.padding_mode not in ("reflect", "circular"):
            return
        for side, rim in zip((h, w), self._rim(), strict=True):
            largest = rim - rim // 2
            if largest > (side - 1 if self.padding_mode == "reflect" else side):
                raise BlockError(
                    "padding-too-large",
                    f"a {self.padding_mode} rim of {largest} pixels is more than a {h}×{w} map has to give; use less padding or "
                    "fill the rim with zeros.",
                    setting="padding",
                )

    def _padding_words(self) -> str:
        return (
            '"same"'
            if self.padding == "same"
            else by(self.padding)
            if isinstance(self.padding, tuple)
            else str(self.padding)
        )

    def lower(self, *xs: Shape) -> Call:
        optional: dict[str, Any] = {}
        for name, default in (
            ("stride", 1),
            ("padding", 0),
            ("dilation", 1),
            ("groups", 1),
            ("bias", True),
            ("padding_mode", "zeros"),
        ):
            if getattr(self, name) != default:
                optional[name] = getattr(self, name)
        return Call("nn.Conv2d", xs[0].dims[0], self.out_channels, kernel_size=self.kernel_size, **optional)

    def parameters(self, *xs: Shape) -> int:
        kh, kw = pair(self.kernel_size)
        return self.out_channels * (xs[0].dims[0] // self.groups) * kh * kw + (self.out_channels if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        kh, kw = pair(self.kernel_size)
        return self.shape(*xs).size * (xs[0].dims[0] // self.groups) * kh * kw

    def window(self, *xs: Shape) -> Window:
        kernel, stride, dilation = pair(self.kernel_size), pair(self.stride), pair(self.dilation)
        rim = [total // 2 for total in self._rim()]  # torch puts the odd one of "same" behind
        return Window(*(Span(kernel[side], stride[side], rim[side], dilation[side]) for side in (0, 1)))

    def face(self) -> str:
        parts = [f"{self.out_channels} @ {by(self.kernel_size)}"]
        if self.stride != 1:
            parts.append(f"s{by(self.stride) if isinstance(self.stride, tuple) else self.stride}")
        if self.padding != 0:
            parts.append("same" if self.padding == "same" else f"p{self._padding_words()}")
        if self.groups != 1:
            parts.append(f"g{self.groups}")
        if self.dilation != 1:
            parts.append(f"d{by(self.dilation) if isinstance(self.dilation, tuple) else self.dilation}")
        return ", ".join(parts)
