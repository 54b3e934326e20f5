"""Metrics: what is reported besides the loss. Nothing is learned from them.

Not for: losses (`engine.blocks.loss`), and not for the arithmetic (`engine.training.metric`).
"""

from __future__ import annotations

from engine.blocks.compare import MASK, PREDICTION, TARGET, Classes, Comparison, column
from engine.blocks.spec import Port, block, integer

_FAMILY = "Loss and metric"
_IGNORE = "class that is not counted, such as padding; empty: the data set's own"


class _Metric(Comparison):
    """A metric of numbers."""

    def inputs(self) -> tuple[Port, ...]:
        return (PREDICTION, TARGET, MASK)


class _ClassMetric(Classes):
    """A metric of classes; of a single output, more than 0 (or than ½ behind a sigmoid) stands for class 1."""

    def inputs(self) -> tuple[Port, ...]:
        return (PREDICTION, TARGET, MASK)


@block("accuracy", title="Accuracy", family=_FAMILY, role="metric",
       source="share of samples whose largest output is right")  # fmt: skip
class Accuracy(_ClassMetric):
    """The share of samples (steps, pixels) whose largest output is the right class. Padding is not counted."""

    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column()


@block("topk_accuracy", title="Top-5 accuracy", family=_FAMILY, role="metric", stem="top5",
       source="share of samples whose right class is among the k largest outputs")  # fmt: skip
class TopAccuracy(_ClassMetric):
    """The share of samples whose right class is among the k largest outputs; ImageNet is judged by k = 5.

    Use it with many classes of which several may be in a picture, or are hardly told apart.
    """

    k: int = integer(5, lo=1, hi=1000, help="how many answers may be tried", unit="classes")
    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column()

    def face(self) -> str:
        return f"k = {self.k}"


@block(
    "f1",
    title="F1 (macro)",
    family=_FAMILY,
    role="metric",
    source="van Rijsbergen 1979; scikit-learn f1_score, average macro",
)
class F1(_ClassMetric):
    """2·precision·recall / (precision + recall) of each class, and the mean over the classes that occur.

    Rare classes count as much as common ones, so it tells what the accuracy of uneven data hides.
    """

    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column()


@block(
    "mean_iou",
    title="Mean IoU",
    family=_FAMILY,
    role="metric",
    source="Everingham et al. 2010, PASCAL VOC; Long et al. 2015",
)
class MeanIoU(_ClassMetric):
    """Intersection over union of each class, true / (true + wrongly said + missed), and the mean over the classes that occur.

    The measure of segmentation, counted over all pixels of the validation part together.
    """

    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column("mask")


@block("pixel_accuracy", title="Pixel accuracy", family=_FAMILY, role="metric", source="Long et al. 2015")
class PixelAccuracy(_ClassMetric):
    """The share of pixels whose largest output is the right class.

    A large background counts most, so look at the mean IoU beside it.
    """

    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column("mask")


@block("perplexity", title="Perplexity", family=_FAMILY, role="metric", source="Jelinek et al. 1977")
class Perplexity(_ClassMetric):
    """The exponential of the mean cross entropy: between how many words a language model hesitates. The vocabulary's size for
    one that knows nothing, 1 for one that knows the text by heart."""

    ignore_index: int | None = integer(None, lo=-(2**31), hi=2**31, help=_IGNORE, advanced=True)
    target: str = column("next tokens")


@block("mae", title="Mean absolute error", family=_FAMILY, role="metric", source="mean of |prediction − target|")
class MeanAbsoluteError(_Metric):
    """By how much a prediction is off on average, in the units of the target.

    It is the mean of |prediction − target|: easy to explain, and not ruled by a few large errors.
    """

    target: str = column("target")


@block(
    "rmse",
    title="Root mean squared error",
    family=_FAMILY,
    role="metric",
    source="root of the mean of (prediction − target)²",
)
class RootMeanSquaredError(_Metric):
    """By how much a prediction is off, in the units of the target; large errors count more than in the mean absolute error.

    It is the root of the mean of (prediction − target)². Much above the mean absolute error it tells of a few large errors.
    """

    target: str = column("target")


@block("r2", title="R²", family=_FAMILY, role="metric", source="coefficient of determination; Draper & Smith 1998")
class Determination(_Metric):
    """The share of the target's variation that is explained: 1 for a perfect prediction, 0 for always saying the mean, below 0
    for worse. The mean over the target's columns."""

    target: str = column("target")
