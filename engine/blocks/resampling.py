"""Blocks that give a map another size without learning: interpolation, and channels that become pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

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
    pair,
    real,
    size2,
    want_map,
)
from engine.blocks.window import Looks, Span, Window

# Pixels that a new one comes from, before and behind the middle of its place in the given map.
_SPREAD = {"nearest-exact": (0, Fraction(0)), "bilinear": (1, Fraction(1, 2)), "bicubic": (2, Fraction(3, 2))}


@block(
    "upsample",
    title="Upsample",
    family="Pooling",
    stem="up",
    source="torch.nn.Upsample, torch.nn.functional.interpolate",
)
class Upsample(Block):
    """Give a map another height and width: times a factor, to a size, or to the size of the map at the second input.

    Nearest copies pixels; bilinear and bicubic draw a smooth surface through them. It learns nothing; followed by a convolution it
    makes maps larger without the chequerboards of a transposed convolution. Used in FCN, autoencoders and diffusion models.
    """

    scale: float = real(2.0, lo=0.01, hi=64.0, help="factor for height and width", unit="times", title="Factor")
    size: Size2 | None = size2(None, lo=1, hi=65536, help="size that comes out, instead of the factor, height × width")
    mode: str = choice("nearest", options=("nearest", "nearest-exact", "bilinear", "bicubic"),
                       help="how pixels between the given ones are made")  # fmt: skip
    align_corners: bool = flag(
        False, help="let the corner pixels' centres meet (bilinear and bicubic only)", advanced=True
    )

    def inputs(self) -> tuple[Port, ...]:
        return Port("x"), Port("like", "a map whose height and width are wanted", optional=True)

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title, "x")
        if len(xs) > 1:
            _, height, width = want_map(xs[1], self.title, "like")
            return Shape((c, height, width))
        if self.size is not None:
            return Shape((c, *pair(self.size)))
        height, width = int(h * self.scale), int(w * self.scale)
        if min(height, width) < 1:
            raise BlockError(
                "scale-too-small",
                f"a factor of {self.scale:g} leaves nothing of a {h}×{w} map; use a larger one.",
                setting="scale",
            )
        return Shape((c, height, width))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {"mode": self.mode}
        if self.mode in ("bilinear", "bicubic"):
            more["align_corners"] = self.align_corners
        if len(xs) > 1:
            return Call("layers.UpsampleLike", **more)
        if self.size is not None:
            return Call("nn.Upsample", size=pair(self.size), **more)
        return Call("nn.Upsample", scale_factor=self.scale, **more)

    def window(self, *xs: Shape) -> Looks:
        if self.align_corners and self.mode in ("bilinear", "bicubic"):
            return "whole"
        (_, h, w), (_, height, width) = xs[0].dims, self.shape(*xs).dims
        return Window(self._span(Fraction(h, height)), self._span(Fraction(w, width)))

    def _span(self, step: Fraction) -> Span:
        if self.mode == "nearest":
            return Span(1, step)
        before, behind = _SPREAD[self.mode]
        return Span(before + int(step / 2 + behind) + 1, step, before)

    def face(self) -> str:
        size = f"to {by(self.size)}" if self.size is not None else f"×{self.scale:g}"
        return f"{size}, {self.mode}"


@block("pixel_shuffle", title="Pixel shuffle", family="Pooling", stem="shuffle",
       source="torch.nn.PixelShuffle; Shi and others 2016")  # fmt: skip
class PixelShuffle(Block):
    """Make pixels of channels: r² channels become r × r pixels, so that C·r²×H×W becomes C×H·r×W·r.

    A convolution works on the small map and only at the end its channels are laid out as the large one; used for super-resolution.
    """

    upscale_factor: int = integer(
        2, lo=1, hi=64, help="r, how many times higher and wider", unit="times", title="Factor"
    )

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title)
        r = self.upscale_factor
        if c % (r * r):
            raise BlockError(
                "channels-differ",
                f"a factor of {r} takes {r * r} channels for one, but {c} channels cannot be divided by that; give the layer "
                f"before a multiple of {r * r} channels.",
                setting="upscale_factor",
            )
        return Shape((c // (r * r), h * r, w * r))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.PixelShuffle", self.upscale_factor)

    def window(self, *xs: Shape) -> Looks:
        span = Span(1, Fraction(1, self.upscale_factor))
        return Window(span, span)

    def face(self) -> str:
        return f"×{self.upscale_factor}"


@block("pixel_unshuffle", title="Pixel unshuffle", family="Pooling", stem="unshuffle", source="torch.nn.PixelUnshuffle")
class PixelUnshuffle(Block):
    """Make channels of pixels: each r × r square becomes r² channels, so that C×H×W becomes C·r²×H/r×W/r. The way back of pixel
    shuffle; makes a map smaller and loses nothing."""

    downscale_factor: int = integer(
        2, lo=1, hi=64, help="r, how many times lower and narrower", unit="times", title="Factor"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((3, 12, 12)),)

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title)
        r = self.downscale_factor
        if h % r or w % r:
            raise BlockError(
                "sides-differ",
                f"squares of {r}×{r} pixels do not divide a {h}×{w} map; choose a factor that divides both sides.",
                setting="downscale_factor",
            )
        return Shape((c * r * r, h // r, w // r))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.PixelUnshuffle", self.downscale_factor)

    def window(self, *xs: Shape) -> Window:
        span = Span(self.downscale_factor, self.downscale_factor)
        return Window(span, span)

    def face(self) -> str:
        return f"÷{self.downscale_factor}"
