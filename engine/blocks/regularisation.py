"""Regularisation: what keeps a network from learning its training data by heart."""

from __future__ import annotations

from engine.blocks.spec import Block, Call, Shape, block, choice, real, want_map
from engine.blocks.wants import want_features


class _Training(Block):
    """What acts while training only: the shape stays."""

    def shape(self, *xs: Shape) -> Shape:
        return want_features(xs[0], self.title)


class _Dropping(_Training):
    """What the dropouts share."""

    p: float

    def face(self) -> str:
        return f"p {self.p:g}"


@block("dropout", title="Dropout", family="Regularisation", stem="drop",
       source="torch.nn.Dropout; Srivastava and others 2014")  # fmt: skip
class Dropout(_Dropping):
    """While training, set each number to 0 with probability p and scale the others by 1 / (1 - p); afterwards do nothing.

    No unit can rely on a certain other one, so what is learned holds for new samples, too. Use it before large linear layers that
    fit the training data too well; 0.5 there and 0.1 in transformers are usual.
    """

    p: float = real(0.5, lo=0.0, hi=1.0, help="probability that a number is dropped")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Dropout", self.p)


@block("dropout2d", title="Dropout 2d", family="Regularisation", stem="drop",
       source="torch.nn.Dropout2d; Tompson and others 2014")  # fmt: skip
class Dropout2d(_Dropping):
    """While training, set whole channels of a map to 0 with probability p and scale the others by 1 / (1 - p).

    Neighbouring pixels know nearly the same, so dropping single ones (as dropout does) hides little of a map.
    """

    p: float = real(0.5, lo=0.0, hi=1.0, help="probability that a channel is dropped")

    def shape(self, *xs: Shape) -> Shape:
        want_map(xs[0], self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Dropout2d", self.p)


@block("alpha_dropout", title="Alpha dropout", family="Regularisation", stem="drop",
       source="torch.nn.AlphaDropout; Klambauer, Unterthiner, Mayr, Hochreiter 2017")  # fmt: skip
class AlphaDropout(_Dropping):
    """Dropout for SELU: while training, numbers drop to SELU's lowest value instead of 0, and all are shifted and scaled so that
    mean 0 and variance 1 stay as they are.

    Use it in networks of SELUs only: ordinary dropout would undo their balance.
    """

    p: float = real(0.5, lo=0.0, hi=1.0, help="probability that a number is dropped")

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.AlphaDropout", self.p)


@block("stochastic_depth", title="Stochastic depth", family="Regularisation", stem="depth",
       source="Huang, Sun, Liu, Sedra, Weinberger 2016; torchvision.ops.StochasticDepth")  # fmt: skip
class StochasticDepth(_Dropping):
    """While training, set the whole branch of a sample to 0 with probability p and scale the others by 1 / (1 - p).

    It stands at the end of a residual branch, before the addition, so that the block is skipped for that sample: the network is
    shorter while it learns and whole afterwards. p usually rises from block to block, p · i / (total - 1). Used in Swin, ConvNeXt
    and EfficientNet.
    """

    p: float = real(0.0, lo=0.0, hi=1.0, help="probability that the branch is skipped")
    mode: str = choice(
        "row", options=("row", "batch"), labels=("each sample by itself", "the whole batch"),
        help="what is skipped at once", advanced=True,
    )  # fmt: skip

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.StochasticDepth", self.p, mode=self.mode)


@block("gaussian_noise", title="Gaussian noise", family="Regularisation", stem="noise",
       source="Bishop 1995: Training with noise is equivalent to Tikhonov regularization")  # fmt: skip
class GaussianNoise(_Training):
    """While training, add normal noise to every number; afterwards do nothing. Nearby inputs must then get the same answer.

    Behind the input it makes an autoencoder a denoising one.
    """

    std: float = real(
        0.1, lo=0.0, hi=1e6, help="standard deviation of the noise", unit="value", title="Standard deviation"
    )

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.GaussianNoise", self.std)

    def face(self) -> str:
        return f"± {self.std:g}"
