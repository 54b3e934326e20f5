"""Normalisation: what keeps the numbers in a network at a size that it can learn with. Not for: batch norm (`batchnorm`)."""

from __future__ import annotations

import math
from typing import Any

from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, BlockError, Call, Shape, block, flag, integer, real, want_map
from engine.blocks.wants import want_features
from engine.blocks.window import Looks


def unusual(block_: Block, *names: str) -> dict[str, Any]:
    """Those settings of a block that are not at their default."""
    settings = type(block_).settings
    return {name: getattr(block_, name) for name in names if getattr(block_, name) != settings[name].default}


class _OverLastAxes(Weighted):
    """What normalises over the last axes of what arrives."""

    last_axes: int

    def shape(self, *xs: Shape) -> Shape:
        x = want_features(xs[0], self.title)
        if len(x.dims) < self.last_axes:
            raise BlockError(
                "too-few-axes",
                f"{self.title} is to work over the last {self.last_axes} axes, but {x.words} arrives; choose fewer.",
                setting="last_axes",
            )
        return x

    def _over(self, x: Shape) -> tuple[int, ...]:
        return x.dims[-self.last_axes :]

    def _first(self, x: Shape) -> Any:
        """The shape as torch's first argument: a number where it is one axis."""
        over = self._over(x)
        return over[0] if len(over) == 1 else over

    def window(self, *xs: Shape) -> Looks:
        return "whole"  # of a map (channels first) the last axes hold pixels


@block("layer_norm", title="Layer norm", family="Normalisation", stem="norm",
       source="torch.nn.LayerNorm; Ba, Kiros, Hinton 2016")  # fmt: skip
class LayerNorm(_OverLastAxes):
    """Shift and scale the numbers of each sample along the last axis to mean 0 and variance 1, then by a learned weight and bias.

    (x - mean) / sqrt(var + eps) · weight + bias, for every step of a sequence by itself. It knows no batch, so it is the same
    while training and afterwards. The norm of transformers, which stands in front of attention and of the linear layers.
    """

    last_axes: int = integer(
        1, lo=1, hi=16, help="how many of the last axes are taken together", unit="axes", advanced=True
    )
    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root (1e-6 in ViT)",
                      advanced=True)  # fmt: skip
    affine: bool = flag(True, help="learn a weight and a bias for each number")
    bias: bool = flag(True, help="learn the bias, too", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = unusual(self, "eps")
        if not self.affine:
            more["elementwise_affine"] = False
        elif not self.bias:
            more["bias"] = False
        return Call("nn.LayerNorm", self._first(xs[0]), **more)

    def parameters(self, *xs: Shape) -> int:
        size = math.prod(self._over(xs[0]))
        return size * (int(self.affine) + int(self.affine and self.bias))


@block("layer_norm2d", title="Layer norm 2d", family="Normalisation", stem="norm",
       source="Liu and others 2022 (ConvNeXt); torch.nn.LayerNorm over the channels of a map")  # fmt: skip
class LayerNorm2d(Weighted):
    """Layer norm for maps: shift and scale the channels of each pixel to mean 0 and variance 1, then by a learned weight and bias a
    channel. What ConvNeXt uses instead of batch norm."""

    eps: float = real(1e-6, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    affine: bool = flag(True, help="learn a weight and a bias a channel")

    def shape(self, *xs: Shape) -> Shape:
        want_map(xs[0], self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.affine else {"elementwise_affine": False}
        return Call("layers.LayerNorm2d", xs[0].dims[0], eps=self.eps, **more)

    def parameters(self, *xs: Shape) -> int:
        return 2 * xs[0].dims[0] if self.affine else 0


@block("rms_norm", title="RMS norm", family="Normalisation", stem="norm",
       source="torch.nn.RMSNorm; Zhang, Sennrich 2019")  # fmt: skip
class RMSNorm(_OverLastAxes):
    """Divide the numbers along the last axis by the root of their mean square, then scale by a learned weight:
    x / sqrt(mean(x²) + eps) · weight. Layer norm without the shift; cheaper, and as good in large language models."""

    last_axes: int = integer(
        1, lo=1, hi=16, help="how many of the last axes are taken together", unit="axes", advanced=True
    )
    eps: float | None = real(None, lo=1e-12, hi=1.0, log=True, advanced=True,
                             help="added to the mean square; empty: the smallest step of the numbers' type")  # fmt: skip
    affine: bool = flag(True, help="learn a weight for each number")

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = unusual(self, "eps")
        if not self.affine:
            more["elementwise_affine"] = False
        return Call("nn.RMSNorm", self._first(xs[0]), **more)

    def parameters(self, *xs: Shape) -> int:
        return math.prod(self._over(xs[0])) if self.affine else 0


@block("group_norm", title="Group norm", family="Normalisation", stem="norm", source="torch.nn.GroupNorm; Wu, He 2018")
class GroupNorm(Weighted):
    """Shift and scale each group of channels of a sample to mean 0 and variance 1 over all its pixels, then by a learned weight and
    bias a channel.

    Between layer norm (one group) and instance norm (a group a channel). It knows no batch, so it works with batches of one;
    used in diffusion models and in detection.
    """

    groups: int = integer(32, lo=1, hi=65536, help="into how many groups the channels are split", unit="groups")
    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root (1e-6 in DDPM)",
                      advanced=True)  # fmt: skip
    affine: bool = flag(True, help="learn a weight and a bias a channel")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((32, 5, 6)),)

    def shape(self, *xs: Shape) -> Shape:
        x = want_features(xs[0], self.title)
        if not x.dims:
            raise BlockError("wants-map", "Group norm wants channels, but one number arrives.")
        if x.dims[0] % self.groups:
            raise BlockError(
                "groups-differ",
                f"{self.groups} groups do not divide {x.dims[0]} channels; choose a number of groups that does.",
                setting="groups",
            )
        return x

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.GroupNorm", self.groups, xs[0].dims[0], **unusual(self, "eps", "affine"))

    def parameters(self, *xs: Shape) -> int:
        return 2 * xs[0].dims[0] if self.affine else 0

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.groups} groups"


@block("instance_norm2d", title="Instance norm 2d", family="Normalisation", stem="norm",
       source="torch.nn.InstanceNorm2d; Ulyanov, Vedaldi, Lempitsky 2016")  # fmt: skip
class InstanceNorm2d(Weighted):
    """Shift and scale each channel of each sample to mean 0 and variance 1 over its own pixels.

    It takes the contrast out of a picture; used in style transfer and in networks that turn pictures into pictures.
    """

    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    affine: bool = flag(False, help="learn a weight and a bias a channel")

    def shape(self, *xs: Shape) -> Shape:
        _, h, w = want_map(xs[0], self.title)
        if h * w == 1:
            raise BlockError(
                "one-pixel",
                "Instance norm 2d works over the pixels of a map, but a 1×1 map has only one; use layer norm 2d here.",
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.InstanceNorm2d", xs[0].dims[0], **unusual(self, "eps", "affine"))

    def parameters(self, *xs: Shape) -> int:
        return 2 * xs[0].dims[0] if self.affine else 0

    def window(self, *xs: Shape) -> Looks:
        return "whole"


@block("local_response_norm", title="Local response norm", family="Normalisation", stem="lrn",
       source="torch.nn.LocalResponseNorm; Krizhevsky, Sutskever, Hinton 2012, section 3.3")  # fmt: skip
class LocalResponseNorm(Block):
    """Divide each number by how strong the neighbouring channels are at the same pixel: x / (k + alpha / size · Σ x²)^beta.

    Channels compete, as neighbouring nerve cells do. AlexNet's and GoogLeNet's norm, before batch norm. Mind that alpha is divided
    by the size here: the 1e-4 of the AlexNet paper is 5e-4 with size 5, and its k is 2.
    """

    size: int = integer(5, lo=1, hi=1024, help="how many neighbouring channels are counted", unit="channels")
    alpha: float = real(1e-4, lo=0.0, hi=1e3, help="weight of the neighbours; divided by the size", log=True)
    beta: float = real(0.75, lo=0.0, hi=100.0, help="exponent of the divisor", unit="exponent")
    k: float = real(1.0, lo=1e-6, hi=1e3, help="added to the neighbours' strength (2 in AlexNet)", unit="value")

    def shape(self, *xs: Shape) -> Shape:
        x = want_features(xs[0], self.title)
        if not 2 <= len(x.dims) <= 4:
            raise BlockError("wants-map", f"Local response norm wants a C×H×W map, but {x.words} arrives.")
        return x

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.LocalResponseNorm", self.size, **unusual(self, "alpha", "beta", "k"))

    def face(self) -> str:
        return f"{self.size} channels"
