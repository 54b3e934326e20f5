"""ReLU and its relatives: straight for positive numbers, something else for negative ones."""

from __future__ import annotations

from typing import Any

from engine.blocks.activation import Pointwise
from engine.blocks.spec import BlockError, Call, Shape, block, flag, real


@block("relu", title="ReLU", family="Activation", source="torch.nn.ReLU; Nair, Hinton 2010")
class ReLU(Pointwise):
    """max(0, x): negative numbers become 0. The usual choice between layers: cheap, and its gradient does not vanish for
    positive numbers."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ReLU")


@block("relu6", title="ReLU6", family="Activation", source="torch.nn.ReLU6; Howard and others 2017 (MobileNet)")
class ReLU6(Pointwise):
    """min(max(0, x), 6): a ReLU that ends at 6, so that few bits can hold its values. Used in MobileNet."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ReLU6")


@block(
    "leaky_relu",
    title="Leaky ReLU",
    family="Activation",
    stem="lrelu",
    source="torch.nn.LeakyReLU; Maas, Hannun, Ng 2013",
)
class LeakyReLU(Pointwise):
    """x for positive numbers, slope · x for negative ones, so that no unit can fall silent for good.

    Use it where a ReLU leaves many units silent, and in the discriminators of GANs, with a slope of 0.2.
    """

    negative_slope: float = real(0.01, lo=0.0, hi=10.0, help="slope for negative numbers (0.2 in DCGAN)")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.LeakyReLU", self.negative_slope)

    def face(self) -> str:
        return f"slope {self.negative_slope:g}"


@block("prelu", title="PReLU", family="Activation", source="torch.nn.PReLU; He, Zhang, Ren, Sun 2015")
class PReLU(Pointwise):
    """x for positive numbers, a · x for negative ones, where the slope a is learned: one for all, or one a channel.

    A leaky ReLU that finds its slope by itself. No weight decay should pull at the slope, for that leads back to the ReLU.
    """

    per_channel: bool = flag(False, help="learn a slope for each channel or feature instead of one for all")
    init: float = real(0.25, lo=-10.0, hi=10.0, help="the slope at the beginning", title="First slope", unit="slope")

    def shape(self, *xs: Shape) -> Shape:
        x = super().shape(*xs)
        if self.per_channel and not x.dims:
            raise BlockError(
                "wants-vector",
                "PReLU is to learn a slope for each channel, but one number arrives; learn one for all.",
                setting="per_channel",
            )
        return x

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.init == 0.25 else {"init": self.init}
        if self.per_channel:
            more = {"num_parameters": xs[0].dims[0], **more}
        return Call("nn.PReLU", **more)

    def parameters(self, *xs: Shape) -> int:
        return xs[0].dims[0] if self.per_channel else 1


@block("elu", title="ELU", family="Activation", source="torch.nn.ELU; Clevert, Unterthiner, Hochreiter 2015")
class ELU(Pointwise):
    """x for positive numbers, alpha · (exp(x) - 1) for negative ones: smooth, with a mean nearer to zero than ReLU's.

    It levels off at -alpha, so that strongly negative numbers carry little noise on. Use it in networks without batch norm.
    """

    alpha: float = real(1.0, lo=0.0, hi=100.0, help="how far below zero it goes")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.ELU", self.alpha) if self.alpha != 1.0 else Call("nn.ELU")

    def face(self) -> str:
        return f"alpha {self.alpha:g}"


@block("selu", title="SELU", family="Activation", source="torch.nn.SELU; Klambauer, Unterthiner, Mayr, Hochreiter 2017")
class SELU(Pointwise):
    """1.0507 · ELU(x) with alpha 1.6733. Chosen so that values drift to mean 0 and variance 1 from layer to layer by themselves,
    if weights begin normal with variance 1 / inputs; goes with alpha dropout."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.SELU")


@block("softplus", title="Softplus", family="Activation", source="torch.nn.Softplus; Dugas and others 2000")
class Softplus(Pointwise):
    """ln(1 + exp(beta · x)) / beta: a smooth ReLU that is always positive. Used for what must be so, such as a standard deviation.

    Where beta · x is above the threshold it gives x, which is the same to the last digit and cannot overflow.
    """

    beta: float = real(1.0, lo=1e-3, hi=1e3, help="how sharp the bend is", unit="factor")
    threshold: float = real(20.0, lo=0.0, hi=1e3, help="above this it is straight", unit="value", advanced=True)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {
            name: getattr(self, name)
            for name, usual in (("beta", 1.0), ("threshold", 20.0))
            if getattr(self, name) != usual
        }
        return Call("nn.Softplus", **more)

    def face(self) -> str:
        return "" if self.beta == 1.0 else f"beta {self.beta:g}"
