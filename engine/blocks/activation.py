"""Activation functions: what makes a stack of layers more than one layer."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block, choice, real
from engine.blocks.window import Looks


class _Pointwise(Block):
    """What acts on each number by itself: the shape stays."""

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "float" or not x.batched:
            raise BlockError(
                "wants-features", f"{self.title} wants numbers of a network, but {x.words} of labels or a loss arrives."
            )
        return x


@block("relu", title="ReLU", family="Activation", source="torch.nn.ReLU; Nair, Hinton 2010")
class ReLU(_Pointwise):
    """max(0, x): negative numbers become 0. The usual choice between layers: cheap, and its gradient does not vanish for
    positive numbers."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ReLU")


@block(
    "leaky_relu",
    title="Leaky ReLU",
    family="Activation",
    stem="lrelu",
    source="torch.nn.LeakyReLU; Maas, Hannun, Ng 2013",
)
class LeakyReLU(_Pointwise):
    """x for positive numbers, slope · x for negative ones, so that no unit can fall silent for good."""

    negative_slope: float = real(0.01, lo=0.0, hi=10.0, help="slope for negative numbers (0.2 in DCGAN)")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.LeakyReLU", self.negative_slope)

    def face(self) -> str:
        return f"slope {self.negative_slope:g}"


@block("elu", title="ELU", family="Activation", source="torch.nn.ELU; Clevert, Unterthiner, Hochreiter 2015")
class ELU(_Pointwise):
    """x for positive numbers, alpha · (exp(x) - 1) for negative ones: smooth, with a mean nearer to zero than ReLU's."""

    alpha: float = real(1.0, lo=0.0, hi=100.0, help="how far below zero it goes")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ELU", self.alpha) if self.alpha != 1.0 else Call("nn.ELU")

    def face(self) -> str:
        return f"alpha {self.alpha:g}"


@block("gelu", title="GELU", family="Activation", source="torch.nn.GELU; Hendrycks, Gimpel 2016")
class GELU(_Pointwise):
    """x · Φ(x), Φ the normal distribution's cumulative function: a smooth ReLU, used in transformers and ConvNeXt."""

    approximate: str = choice(
        "none", options=("none", "tanh"), labels=("exact", "by tanh"), help="exact, or the formula with tanh"
    )

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.GELU") if self.approximate == "none" else Call("nn.GELU", approximate=self.approximate)

    def face(self) -> str:
        return "" if self.approximate == "none" else "by tanh"


@block("sigmoid", title="Sigmoid", family="Activation", source="torch.nn.Sigmoid")
class Sigmoid(_Pointwise):
    """1 / (1 + exp(-x)): squeezes every number into 0 to 1. Its gradient vanishes far from zero."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Sigmoid")


@block("tanh", title="Tanh", family="Activation", source="torch.nn.Tanh")
class Tanh(_Pointwise):
    """The hyperbolic tangent: squeezes every number into -1 to 1, zero stays zero. LeNet's activation."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Tanh")


@block("softmax", title="Softmax", family="Activation", source="torch.nn.Softmax over the features or channels")
class Softmax(_Pointwise):
    """exp(x) divided by its sum over the features (channels of a map): positive numbers that add up to 1.

    Cross entropy has it inside already, so a network that is trained with cross entropy ends without it.
    """

    def shape(self, *xs: Shape) -> Shape:
        x = super().shape(*xs)
        if not x.dims:
            raise BlockError(
                "wants-vector", "Softmax wants several numbers a sample to compare, but one number arrives."
            )
        return x

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Softmax", dim=1)

    def window(self, *xs: Shape) -> Looks:
        return "whole" if len(xs[0].dims) == 1 else None  # of a map it compares the channels of one pixel
