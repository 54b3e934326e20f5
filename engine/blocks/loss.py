"""Losses and metrics: blocks that compare a prediction with what it should have been."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Port, Shape, block, real, text


class _Comparison(Block):
    """What losses and metrics share: a prediction, a target, one number out."""

    target: str

    def inputs(self) -> tuple[Port, ...]:
        return (Port("prediction", "what the network says"),)

    def outputs(self) -> tuple[Port, ...]:
        return ()

    def _prediction(self, xs: tuple[Shape, ...]) -> Shape:
        x = xs[0]
        if x.dtype != "float" or not x.batched:
            raise BlockError(
                "wants-features",
                f"{self.title} wants a prediction of the network, but {x.words} arrives.",
                port="prediction",
            )
        return x

    def _classes(self, xs: tuple[Shape, ...]) -> Shape:
        x = self._prediction(xs)
        if len(x.dims) != 1:
            raise BlockError(
                "wants-logits",
                f"{self.title} wants one number a class (a flat vector), but {x.words} arrives; "
                "end with a linear layer that has as many outputs as there are classes.",
                port="prediction",
            )
        return Shape((), batched=False)


@block(
    "cross_entropy", title="Cross entropy", family="Loss and metric", role="loss", source="torch.nn.CrossEntropyLoss"
)
class CrossEntropy(_Comparison):
    """Minus the logarithm of the probability that softmax gives to the right class, averaged over the batch.

    The prediction is one number a class before any softmax (logits); the target is the class.
    """

    weight: float = real(
        1.0, lo=0.0, hi=1e6, help="share of this loss in the total, which is the weighted sum of all losses"
    )
    label_smoothing: float = real(
        0.0, lo=0.0, hi=1.0, help="probability taken from the right class and spread over all"
    )
    target: str = text("", longest=64, help="column with the right classes; empty: the data set's label", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        return self._classes(xs)

    def face(self) -> str:
        return "" if self.label_smoothing == 0 else f"smoothing {self.label_smoothing:g}"


@block("mse", title="Mean squared error", family="Loss and metric", role="loss", source="torch.nn.MSELoss")
class MeanSquaredError(_Comparison):
    """The mean of (prediction - target)². Where the target is a class, it is compared with a vector that is 1 at the
    class and 0 elsewhere (the quadratic cost of the first multi-layer perceptrons)."""

    weight: float = real(
        1.0, lo=0.0, hi=1e6, help="share of this loss in the total, which is the weighted sum of all losses"
    )
    target: str = text(
        "", longest=64, help="column with the right numbers; empty: the data set's target or label", advanced=True
    )

    def shape(self, *xs: Shape) -> Shape:
        self._prediction(xs)
        return Shape((), batched=False)


@block(
    "accuracy",
    title="Accuracy",
    family="Loss and metric",
    role="metric",
    source="share of samples whose largest output is right",
)
class Accuracy(_Comparison):
    """The share of samples whose largest output is the right class."""

    target: str = text("", longest=64, help="column with the right classes; empty: the data set's label", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        return self._classes(xs)
