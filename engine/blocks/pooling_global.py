"""Pooling over everything: one number a channel."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block, choice, flag
from engine.blocks.wants import want_features
from engine.blocks.window import Looks

_LAYOUTS = ("auto", "channels_first", "channels_last")
_LABELS = ("as usual", "channels come first", "channels come last")
_HELP = "which axis stays: as usual, the channels of a map (first) and the features of a sequence (last)"


class _Global(Block):
    """What the global poolings share."""

    keepdim: bool
    layout: str

    def shape(self, *xs: Shape) -> Shape:
        x = want_features(xs[0], self.title)
        if len(x.dims) < 2:
            raise BlockError("wants-map", f"{self.title} wants a map or a sequence, but {x.words} arrives.")
        axes = self._axes(x)
        if self.keepdim:
            return Shape(tuple(1 if place + 1 in axes else size for place, size in enumerate(x.dims)))
        return Shape(tuple(size for place, size in enumerate(x.dims) if place + 1 not in axes))

    def _axes(self, x: Shape) -> tuple[int, ...]:
        """What is pooled away, counted as in torch."""
        rank = len(x.dims)
        last = self.layout == "channels_last" or (self.layout == "auto" and rank == 2)
        return tuple(range(1, rank)) if last else tuple(range(2, rank + 1))

    def called(self, target: str, x: Shape) -> Call:
        """The call of torch's function."""
        return Call(target, dim=self._axes(x), **({"keepdim": True} if self.keepdim else {}))

    def window(self, *xs: Shape) -> Looks:
        return "whole"


@block("global_avgpool", title="Global average pooling", family="Pooling", stem="gap",
       source="Lin, Chen, Yan: Network In Network, 2013, section 3.2")  # fmt: skip
class GlobalAvgPool(_Global):
    """The mean of each whole map: one number a channel. Replaces flatten and large linear layers, and makes class
    activation maps possible. Of a sequence it is the mean over all steps."""

    keepdim: bool = flag(False, help="keep height and width as 1 × 1 instead of dropping them")
    layout: str = choice("auto", options=_LAYOUTS, labels=_LABELS, help=_HELP, advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return self.called("torch.mean", xs[0])


@block(
    "global_maxpool",
    title="Global max pooling",
    family="Pooling",
    stem="gmp",
    source="torch.amax over height and width",
)
class GlobalMaxPool(_Global):
    """The largest value of each whole map: one number a channel. Of a sequence, the largest over all steps: whether a feature
    was there at all, no matter where."""

    keepdim: bool = flag(False, help="keep height and width as 1 × 1 instead of dropping them")
    layout: str = choice("auto", options=_LAYOUTS, labels=_LABELS, help=_HELP, advanced=True)

    def lower(self, *xs: Shape) -> Call:
        return self.called("torch.amax", xs[0])
