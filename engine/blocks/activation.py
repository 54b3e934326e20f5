"""Activation functions: what makes a stack of layers more than one layer. Not for: the family of ReLU (`rectifier`)."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block, choice, flag, integer, real
from engine.blocks.wants import want_axis, want_features
from engine.blocks.window import Looks


class Pointwise(Block):
    """What acts on each number by itself: the shape stays."""

    def shape(self, *xs: Shape) -> Shape:
        return want_features(xs[0], self.title)


@block("gelu", title="GELU", family="Activation", source="torch.nn.GELU; Hendrycks, Gimpel 2016")
class GELU(Pointwise):
    """x · Φ(x), Φ the normal distribution's cumulative function: a smooth ReLU, used in transformers and ConvNeXt.

    It weighs x by how likely a normal number is below it. The tanh form is an older approximation: weights trained with one form
    answer differently in the other.
    """

    approximate: str = choice(
        "none", options=("none", "tanh"), labels=("exact", "by tanh"), help="exact, or the formula with tanh"
    )

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.GELU") if self.approximate == "none" else Call("nn.GELU", approximate=self.approximate)

    def face(self) -> str:
        return "" if self.approximate == "none" else "by tanh"


@block(
    "silu",
    title="SiLU",
    family="Activation",
    source="torch.nn.SiLU; Hendrycks, Gimpel 2016; Ramachandran and others 2017",
)
class SiLU(Pointwise):
    """x · sigmoid(x), also called swish: smooth, slightly negative left of zero, without bound on the right. Used in
    EfficientNet and in diffusion models."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.SiLU")


@block("mish", title="Mish", family="Activation", source="torch.nn.Mish; Misra 2019")
class Mish(Pointwise):
    """x · tanh(ln(1 + exp(x))): much like SiLU, a little deeper below zero. Used in YOLOv4."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Mish")


@block(
    "hardswish",
    title="Hard swish",
    family="Activation",
    source="torch.nn.Hardswish; Howard and others 2019 (MobileNet v3)",
)
class Hardswish(Pointwise):
    """x · min(max(x + 3, 0), 6) / 6: SiLU drawn with straight lines, for phones that find exp dear."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Hardswish")


@block("sigmoid", title="Sigmoid", family="Activation", source="torch.nn.Sigmoid")
class Sigmoid(Pointwise):
    """1 / (1 + exp(-x)): squeezes every number into 0 to 1. Its gradient vanishes far from zero."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Sigmoid")


@block("hardsigmoid", title="Hard sigmoid", family="Activation",
       source="torch.nn.Hardsigmoid; Courbariaux, Bengio, David 2015")  # fmt: skip
class Hardsigmoid(Pointwise):
    """min(max(x + 3, 0), 6) / 6: the sigmoid drawn with a straight line from -3 to 3. The gate of squeeze-and-excite in
    MobileNet v3."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Hardsigmoid")


@block("tanh", title="Tanh", family="Activation", source="torch.nn.Tanh")
class Tanh(Pointwise):
    """The hyperbolic tangent: squeezes every number into -1 to 1, zero stays zero. LeNet's activation."""

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Tanh")


@block("scaled_tanh", title="Scaled tanh", family="Activation", stem="squash",
       source="LeCun, Bottou, Bengio, Haffner 1998, appendix A")  # fmt: skip
class ScaledTanh(Pointwise):
    """A · tanh(S · x). With A = 1.7159 and S = 2/3 it takes 1 to 1 and -1 to -1 and bends most there: the squashing function of
    the first LeNet-5, whose targets are 1 and -1."""

    amplitude: float = real(1.7159, lo=1e-6, hi=1e6, help="A, the largest value", unit="value")
    slope: float = real(2 / 3, lo=1e-6, hi=1e6, help="S, how fast it rises at zero", unit="factor")

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.ScaledTanh", amplitude=self.amplitude, slope=self.slope)


@block("hardtanh", title="Hard tanh", family="Activation", source="torch.nn.Hardtanh")
class Hardtanh(Pointwise):
    """Cut every number off at a smallest and a largest value: the tangent drawn with straight lines. Its gradient is 1 between
    the two and 0 outside."""

    min_value: float = real(-1.0, lo=-1e6, hi=1e6, help="smaller numbers become this", unit="value", title="Smallest")
    max_value: float = real(1.0, lo=-1e6, hi=1e6, help="larger numbers become this", unit="value", title="Largest")

    def shape(self, *xs: Shape) -> Shape:
        if self.min_value >= self.max_value:
            raise BlockError(
                "empty-range",
                f"the smallest value is {self.min_value:g} and the largest {self.max_value:g}, which leaves nothing between; make "
                "the largest larger.",
                setting="max_value",
            )
        return super().shape(*xs)

    def lower(self, *xs: Shape) -> Call:
        if (self.min_value, self.max_value) == (-1.0, 1.0):
            return Call("nn.Hardtanh")
        return Call("nn.Hardtanh", min_val=self.min_value, max_val=self.max_value)

    def face(self) -> str:
        return f"{self.min_value:g} to {self.max_value:g}"


@block("step", title="Step", family="Activation", source="McCulloch, Pitts 1943; Rosenblatt 1958 (perceptron)")
class Step(Pointwise):
    """1 where a number reaches the threshold, 0 elsewhere: the neuron of the perceptron.

    Its derivative is 0, so nothing in front of it could learn. With the straight-through gradient learning goes on as if the step
    were not there, which for the squared error of one unit is Rosenblatt's own rule.
    """

    threshold: float = real(0.0, lo=-1e6, hi=1e6, help="from this number on it gives 1", unit="value")
    straight_through: bool = flag(True, help="pass the gradient on as if the step were not there")

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.straight_through else {"straight_through": False}
        return Call("layers.Step", threshold=self.threshold, **more)

    def face(self) -> str:
        return f"x ≥ {self.threshold:g}"


class _AlongAxis(Pointwise):
    """What compares the numbers along an axis."""

    dim: int

    def shape(self, *xs: Shape) -> Shape:
        x = super().shape(*xs)
        if not x.dims:
            raise BlockError(
                "wants-vector", f"{self.title} wants several numbers a sample to compare, but one number arrives."
            )
        want_axis(x, self.dim, self.title)
        return x

    def window(self, *xs: Shape) -> Looks:
        # Of a map it compares the channels of one pixel, unless another axis is chosen.
        pixel = len(xs[0].dims) > 1 and want_axis(xs[0], self.dim, self.title) == 1
        return None if pixel else "whole"

    def face(self) -> str:
        return "" if self.dim == 1 else f"axis {self.dim}"


@block("softmax", title="Softmax", family="Activation", source="torch.nn.Softmax over the features or channels")
class Softmax(_AlongAxis):
    """exp(x) divided by its sum over the features (channels of a map): positive numbers that add up to 1.

    Cross entropy has it inside already, so a network that is trained with cross entropy ends without it.
    """

    dim: int = integer(1, lo=-16, hi=16, title="Axis", unit="axis", advanced=True,
                       help="axis that adds up to 1: 1 channels or features, -1 the last")  # fmt: skip

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Softmax", dim=self.dim)


@block("log_softmax", title="Log softmax", family="Activation", source="torch.nn.LogSoftmax")
class LogSoftmax(_AlongAxis):
    """The logarithm of softmax, x - ln Σ exp(x), worked out without ever leaving the range of the numbers.

    Networks that are trained with the negative log likelihood end with it, as word-level language models do; cross entropy has it
    inside.
    """

    dim: int = integer(1, lo=-16, hi=16, title="Axis", unit="axis", advanced=True,
                       help="axis whose probabilities add up to 1: 1 channels or features, -1 the last")  # fmt: skip

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.LogSoftmax", dim=self.dim)


@block("glu", title="GLU", family="Activation", source="torch.nn.GLU; Dauphin, Fan, Auli, Grangier 2016")
class GLU(_AlongAxis):
    """Split what arrives in two halves a and b along an axis and give a · sigmoid(b): one half is the gate of the other.

    The axis comes out half as long. Used in gated convolutions and in the feed-forward parts of transformers.
    """

    dim: int = integer(1, lo=-16, hi=16, title="Axis", unit="axis",
                       help="axis that is halved: 1 channels or features, -1 the last")  # fmt: skip

    def shape(self, *xs: Shape) -> Shape:
        x = super().shape(*xs)
        place = want_axis(x, self.dim, self.title) - 1
        size = x.dims[place]
        if size % 2:
            raise BlockError(
                "odd-size",
                f"GLU halves its axis, but {size} numbers arrive along it; make that an even number in the layer before.",
                setting="dim",
            )
        return Shape((*x.dims[:place], size // 2, *x.dims[place + 1 :]))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.GLU", dim=self.dim)


@block("identity", title="Identity", family="Activation", source="torch.nn.Identity")
class Identity(Block):
    """Passes on what arrives. A place to look at a value, to lead several wires from, or to put something else later."""

    def shape(self, *xs: Shape) -> Shape:
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Identity")
