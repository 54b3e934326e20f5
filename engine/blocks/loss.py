"""Losses: blocks that compare a prediction with what it should have been. Training makes their weighted sum small.

Not for: losses that belong to one task (`engine.blocks.task_loss`), nor for metrics (`engine.blocks.metric`).
"""

from __future__ import annotations

from engine.blocks.compare import Classes, Comparison, column, share
from engine.blocks.spec import block, flag, integer, numbers, real

_FAMILY = "Loss and metric"
_IGNORE = "class that is not counted, such as padding; empty: the data set's own"


@block("cross_entropy", title="Cross entropy", family=_FAMILY, role="loss", source="torch.nn.CrossEntropyLoss")
class CrossEntropy(Classes):
    """Minus the logarithm of the probability that softmax gives to the right class, averaged over the batch: −log softmax(z)ₖ.

    The prediction is one number a class before any softmax (logits); the target is the class. A sequence (T×K) is compared step
    by step, a map (K×H×W) pixel by pixel. The loss of every classifier, tagger, language model and segmentation.
    """

    weight: float = share()
    label_smoothing: float = real(
        0.0, lo=0.0, hi=1.0, help="probability taken from the right class and spread over all"
    )
    class_weights: tuple[float, ...] = numbers(
        (), real=True, lo=0.0, most=65_536, help="how much each class counts, for rare ones; empty: all alike",
        advanced=True,
    )  # fmt: skip
    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column()

    def face(self) -> str:
        return "" if self.label_smoothing == 0 else f"smoothing {self.label_smoothing:g}"


@block("nll", title="Negative log likelihood", family=_FAMILY, role="loss", source="torch.nn.NLLLoss")
class NegativeLogLikelihood(Classes):
    """Minus the logarithm of the probability of the right class, where the network ends in a log-softmax.

    Cross entropy cut in two: the log-softmax is a block of the network, this is the rest.
    """

    weight: float = share()
    class_weights: tuple[float, ...] = numbers(
        (), real=True, lo=0.0, most=65_536, help="how much each class counts; empty: all alike", advanced=True
    )
    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column()


@block("bce_with_logits", title="Binary cross entropy of logits", family=_FAMILY, role="loss",
       source="torch.nn.BCEWithLogitsLoss")  # fmt: skip
class BinaryCrossEntropyWithLogits(Comparison):
    """For yes or no: −y log σ(z) − (1 − y) log(1 − σ(z)), averaged over all numbers, with the sigmoid inside.

    Take it for one output that says yes or no, for several labels that may hold at once, and for masks of two classes. More
    exact than a sigmoid and binary cross entropy behind it.
    """

    weight: float = share()
    pos_weight: float = real(1.0, lo=0.0, hi=1e6, help="how much a yes counts against a no; above 1 where yes is rare")
    target: str = column()


@block("bce", title="Binary cross entropy", family=_FAMILY, role="loss", source="torch.nn.BCELoss")
class BinaryCrossEntropy(Comparison):
    """For numbers from 0 to 1, such as those of a sigmoid: −y log p − (1 − y) log(1 − p), averaged over all of them.

    The classic loss of an autoencoder whose pictures end in a sigmoid. Logarithms are kept above −100.
    """

    weight: float = share()
    target: str = column("label or target")


@block("mse", title="Mean squared error", family=_FAMILY, role="loss", source="torch.nn.MSELoss")
class MeanSquaredError(Comparison):
    """The mean of (prediction − target)², for numbers. Where the target is a class, it is compared with a vector that is 1 at
    the class and 0 elsewhere (the quadratic cost of the first multi-layer perceptrons)."""

    weight: float = share()
    target: str = column("target or label")


@block("l1", title="Mean absolute error (L1)", family=_FAMILY, role="loss", stem="l1_loss", source="torch.nn.L1Loss")
class AbsoluteError(Comparison):
    """The mean of |prediction − target|: large errors count no more than in proportion, so outliers disturb it less.

    Use it for numbers with outliers, and for pictures to be made again, which come out sharper than with squared errors. It
    aims at the median where the squared error aims at the mean.
    """

    weight: float = share()
    target: str = column("target")


@block("smooth_l1", title="Smooth L1", family=_FAMILY, role="loss", source="torch.nn.SmoothL1Loss")
class SmoothL1(Comparison):
    """Squared near zero, absolute further out: e²/(2β) for |e| < β, |e| − β/2 beyond. Used for boxes and for ages."""

    weight: float = share()
    beta: float = real(1.0, lo=0.0, hi=1e6, help="error from which on it grows in proportion", unit="value")
    target: str = column("target")


@block("huber", title="Huber", family=_FAMILY, role="loss", source="torch.nn.HuberLoss; Huber 1964")
class Huber(Comparison):
    """Squared near zero, absolute further out: e²/2 for |e| < δ, δ(|e| − δ/2) beyond; δ times smooth L1.

    Few outliers cannot pull the fit away, and near the answer steps become small. Use it for regression with outliers, and in
    reinforcement learning.
    """

    weight: float = share()
    delta: float = real(1.0, lo=1e-9, hi=1e6, help="error from which on it grows in proportion", unit="value")
    target: str = column("target")


@block(
    "kl_div", title="Kullback-Leibler divergence", family=_FAMILY, role="loss", source="torch.nn.KLDivLoss (batchmean)"
)
class KullbackLeibler(Comparison):
    """How far one distribution is from another: Σ q (log q − log p), added up over a sample and averaged over the batch.

    The prediction is log p (a log-softmax), the target q: probabilities, or their logarithms. Take it to teach a small network
    the answers of a large one.
    """

    weight: float = share()
    log_target: bool = flag(False, help="whether the target holds logarithms of probabilities")
    target: str = column("target")


@block(
    "multi_margin", title="Multi-class margin (hinge)", family=_FAMILY, role="loss", source="torch.nn.MultiMarginLoss"
)
class MultiMargin(Classes):
    """The hinge loss of support vector machines: Σ max(0, margin − z_right + z_other)ᵖ / K over the wrong classes.

    It is zero as soon as the right class leads by the margin; then nothing is learned from that sample any more.
    """

    weight: float = share()
    margin: float = real(1.0, lo=0.0, hi=1e6, help="lead that the right class shall have", unit="value")
    p: int = integer(1, lo=1, hi=2, help="power of what is missing: 1 or 2")
    target: str = column()
