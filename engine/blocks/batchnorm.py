"""Normalisation over the batch."""

from __future__ import annotations

from typing import Any

from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Shape, block, flag, real, want_map
from engine.blocks.wants import want_volume


class _BatchNorm(Weighted):
    """What the batch norms share. Defaults and formula are torch's: (x - mean) / sqrt(var + eps) · weight + bias."""

    eps: float
    momentum: float
    affine: bool
    track_running_stats: bool

    def _call(self, target: str, channels: int) -> Call:
        optional: dict[str, Any] = {}
        for name, default in (("eps", 1e-5), ("momentum", 0.1), ("affine", True), ("track_running_stats", True)):
            if getattr(self, name) != default:
                optional[name] = getattr(self, name)
        return Call(target, channels, **optional)

    def parameters(self, *xs: Shape) -> int:
        return 2 * xs[0].dims[0] if self.affine else 0


@block(
    "batchnorm1d",
    title="Batch norm 1d",
    family="Normalisation",
    stem="bn",
    source="torch.nn.BatchNorm1d; Ioffe, Szegedy 2015",
)
class BatchNorm1d(_BatchNorm):
    """Shift and scale each feature to mean 0 and variance 1 over the batch, then by a learned weight and bias. Of a signal (C
    channels × L places) it takes each channel over the batch and all places.

    While training it uses the batch's own statistics (so a batch has at least 2 samples); afterwards the running averages.
    """

    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    momentum: float = real(0.1, lo=0.0, hi=1.0, help="share of each batch in the running averages")
    affine: bool = flag(True, help="learn a weight and a bias a feature")
    track_running_stats: bool = flag(True, help="keep running averages for use after training", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x.dims) not in (1, 2) or x.dtype != "float" or not x.batched:
            raise BlockError("wants-vector", f"{self.title} wants a flat vector, but {x.words} arrives.")
        return x

    def lower(self, *xs: Shape) -> Call:
        return self._call("nn.BatchNorm1d", xs[0].dims[0])


@block(
    "batchnorm2d",
    title="Batch norm 2d",
    family="Normalisation",
    stem="bn",
    source="torch.nn.BatchNorm2d; Ioffe, Szegedy 2015",
)
class BatchNorm2d(_BatchNorm):
    """Shift and scale each channel to mean 0 and variance 1 over the batch and all pixels, then by a learned weight and bias.

    While training it uses the batch's own statistics; afterwards the running averages. Lets deep networks train fast.
    """

    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    momentum: float = real(0.1, lo=0.0, hi=1.0, help="share of each batch in the running averages")
    affine: bool = flag(True, help="learn a weight and a bias a channel")
    track_running_stats: bool = flag(True, help="keep running averages for use after training", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        if len(xs[0].dims) == 1:
            raise BlockError(
                "wants-map", f"Batch norm 2d wants a C×H×W map, but {xs[0].words} arrives; use batch norm 1d here."
            )
        want_map(xs[0], self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return self._call("nn.BatchNorm2d", xs[0].dims[0])


@block("batchnorm3d", title="Batch norm 3d", family="Normalisation", stem="bn",
       source="torch.nn.BatchNorm3d; Ioffe, Szegedy 2015")  # fmt: skip
class BatchNorm3d(_BatchNorm):
    """Shift and scale each channel of a volume to mean 0 and variance 1 over the batch and all its points, then by a learned weight
    and bias.

    While training it uses the batch's own statistics; afterwards the running averages. Goes with the convolution 3d.
    """

    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    momentum: float = real(0.1, lo=0.0, hi=1.0, help="share of each batch in the running averages")
    affine: bool = flag(True, help="learn a weight and a bias a channel")
    track_running_stats: bool = flag(True, help="keep running averages for use after training", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((2, 3, 4, 5)),)

    def shape(self, *xs: Shape) -> Shape:
        want_volume(xs[0], self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return self._call("nn.BatchNorm3d", xs[0].dims[0])
