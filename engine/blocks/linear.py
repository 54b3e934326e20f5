"""Fully connected layers."""

from __future__ import annotations

from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, choice, flag, integer, text, want_vector
from engine.blocks.window import Looks

LENET_CODE = 84  # numbers of a digit's code in LeNet-5: a 7×12 picture


@block("linear", title="Linear", family="Linear", stem="fc", source="torch.nn.Linear")
class Linear(Weighted):
    """Every output is a weighted sum of all inputs plus a bias: y = x·Wᵀ + b.

    Also called dense or fully connected. After convolutions, put a flatten or a global pooling in front of it. Of a sequence it
    takes each step by itself, with the same weights.
    """

    out_features: int = integer(128, lo=1, hi=10_000_000, help="how many outputs (neurons)", unit="features")
    bias: bool = flag(True, help="add a learned number to each output")
    per_position: bool = flag(
        False,
        help="take maps too, whose channels come last: each pixel by itself, with the same weights",
        advanced=True,
    )

    tied: str = text(
        "", longest=64, title="Weight of", advanced=True,
        help="name of the embedding or linear layer beside it whose weight it shares, learned once for both; empty: none",
    )  # fmt: skip

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        most = 64 if self.per_position else 2
        if not 1 <= len(x.dims) <= most or x.dtype != "float" or not x.batched:
            raise BlockError(
                "wants-vector",
                f"Linear wants a flat vector, but {x.words} arrives; insert a flatten in front of it.",
            )
        return Shape((*x.dims[:-1], self.out_features))

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.bias else {"bias": False}
        return Call("nn.Linear", xs[0].dims[-1], self.out_features, **more)

    def parameters(self, *xs: Shape) -> int:
        own = 0 if self.tied else self.out_features * xs[0].dims[-1]
        return own + (self.out_features if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        return self.out_features * xs[0].size

    def window(self, *xs: Shape) -> Looks:
        return "whole" if len(xs[0].dims) == 1 else None

    def face(self) -> str:
        return f"{self.out_features} neuron{'s' * (self.out_features != 1)}"


@block("bilinear", title="Bilinear", family="Linear", stem="bilinear", source="torch.nn.Bilinear")
class Bilinear(Weighted):
    """Every output is a weighted sum of all products of a number of the first vector and one of the second:
    y_k = aᵀ·W_k·b + bias_k.

    Use it where two things are compared and it matters which property of one meets which of the other, such as a question and
    an answer. It has A·B·O weights, so keep the vectors short.
    """

    out_features: int = integer(32, lo=1, hi=1_000_000, help="how many outputs (neurons)", unit="features")
    bias: bool = flag(True, help="add a learned number to each output")

    def inputs(self) -> tuple[Port, ...]:
        return Port("a", "the first vector"), Port("b", "the second vector")

    def shape(self, *xs: Shape) -> Shape:
        want_vector(xs[0], self.title, "a")
        want_vector(xs[1], self.title, "b")
        return Shape((self.out_features,))

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.bias else {"bias": False}
        return Call("nn.Bilinear", xs[0].dims[0], xs[1].dims[0], self.out_features, **more)

    def parameters(self, *xs: Shape) -> int:
        return self.out_features * (xs[0].dims[0] * xs[1].dims[0] + (1 if self.bias else 0))

    def macs(self, *xs: Shape) -> int:
        a, b = xs[0].dims[0], xs[1].dims[0]
        return self.out_features * b * (a + 1)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.out_features} neuron{'s' * (self.out_features != 1)}"


@block("rbf_output", title="RBF output", family="Linear", stem="rbf",
       source="LeCun, Bottou, Bengio, Haffner 1998, equation 7 and figure 3")  # fmt: skip
class RBFOutput(Block):
    """How far the vector is from the code of each class: y_k = Σ (x_i - w_ki)², with codes of +1 and -1 that are fixed.

    The last layer of LeNet-5: its 84 inputs are compared with 7×12 pictures of the ten digits, so that similar digits have similar
    codes. The smallest number wins; for cross entropy and accuracy, which look for the largest, give minus the distance.
    """

    classes: int = integer(10, lo=1, hi=100_000, help="how many classes", unit="classes")
    codes: str = choice(
        "digits", options=("digits", "random"), labels=("7×12 digits", "random ±1"),
        help="pictures of the digits (10 classes, 84 inputs), or drawn numbers that are always the same",
    )  # fmt: skip
    negative: bool = flag(False, help="give minus the distance, so that the largest is the nearest")
    learned: bool = flag(False, help="let the codes be learned, too", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((LENET_CODE,)),)

    def shape(self, *xs: Shape) -> Shape:
        features = want_vector(xs[0], self.title)
        if self.codes == "digits" and features != LENET_CODE:
            raise BlockError(
                "wants-code",
                f"the codes of the digits have {LENET_CODE} numbers, but a vector of {features} arrives; put a linear layer with "
                f"{LENET_CODE} outputs in front, or choose random codes.",
                setting="codes",
            )
        if self.codes == "digits" and self.classes > 10:
            raise BlockError(
                "too-many-classes",
                f"there are codes for ten digits, but {self.classes} classes are wanted; choose random codes.",
                setting="classes",
            )
        return Shape((self.classes,))

    def lower(self, *xs: Shape) -> Call:
        more = {name: True for name in ("learned", "negative") if getattr(self, name)}
        return Call("layers.RBFOutput", xs[0].dims[0], self.classes, codes=self.codes, **more)

    def parameters(self, *xs: Shape) -> int:
        return self.classes * xs[0].dims[0]

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.classes} classes"
