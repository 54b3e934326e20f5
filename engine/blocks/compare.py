"""What losses and metrics share: a prediction, what it is compared with, and the shapes that fit.

Not for: particular losses (`loss`, `task_loss`) and metrics (`metric`), and not for their arithmetic (`engine.training.losses`).
"""

from __future__ import annotations

from typing import Any

from engine.blocks.spec import Block, BlockError, Port, Shape, real, text

ONE = Shape((), batched=False)  # a loss: one number for the whole batch
PREDICTION = Port("prediction", "what the network says")
TARGET = Port("target", "what it should say; without a wire, the column of the data set", optional=True)
WEIGHT = Port("weight", "how much each sample (or each number of it) counts; without a wire, all alike", optional=True)
MASK = Port("mask", "1 where it is judged, 0 where it is not; without a wire, everywhere", optional=True)


def share() -> Any:
    """The setting of a loss that says how much of the total it makes."""
    return real(1.0, lo=0.0, hi=1e6, help="share of this loss in the total, which is the weighted sum of all losses")


def column(what: str = "label") -> Any:
    """The setting that names the column to compare with."""
    return text(
        "", longest=64, help=f"column to compare with; empty: the one that fits, first the data set's {what}",
        advanced=True,
    )  # fmt: skip


class Comparison(Block):
    """A prediction and what it should have been; nothing comes out of it but one number for the whole batch."""

    target: str

    def inputs(self) -> tuple[Port, ...]:
        return (PREDICTION, TARGET, WEIGHT, MASK)

    def outputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        self.alike(x, xs)
        return ONE

    def prediction(self, xs: tuple[Shape, ...]) -> Shape:
        """What arrives to be judged.

        Raises:
            BlockError: "wants-features", not what a network gives.
        """
        x = xs[0]
        if x.dtype != "float" or not x.batched:
            raise BlockError(
                "wants-features",
                f"{self.title} wants a prediction of the network, but {x.words} arrives.",
                port=self.inputs()[0].name,
            )
        return x

    def alike(self, x: Shape, xs: tuple[Shape, ...]) -> None:
        """See that a target which comes by a wire has as many numbers as the prediction.

        Raises:
            BlockError: "target-differs".
        """
        target = self.at(xs, "target")
        if target is not None and target.size != x.size:
            raise BlockError(
                "target-differs",
                f"{self.title} compares {x.words} with {target.words}; both need as many numbers.",
                port="target",
            )

    def at(self, xs: tuple[Shape, ...], port: str) -> Shape | None:
        """What arrives at a port, None where there is no wire."""
        place = self.port_names.index(port) if port in self.port_names else len(xs)
        return xs[place] if place < len(xs) else None


class Classes(Comparison):
    """A comparison with classes: one number a class, for a sample, for each step of a sequence or each pixel of a map."""

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        if not 1 <= len(x.dims) <= 3:
            raise BlockError(
                "wants-logits",
                f"{self.title} wants one number a class (a flat vector), one for each step of a sequence (T×K) or each pixel of a "
                f"map (K×H×W), but {x.words} arrives; end with a linear layer that has as many outputs as there are classes.",
                port="prediction",
            )
        target = self.at(xs, "target")
        if target is not None and target.dims not in (x.dims, x.dims[:-1], x.dims[1:]):
            raise BlockError(
                "target-differs",
                f"{self.title} compares classes of {x.words} with {target.words}; wire one class for each place, or the "
                "probabilities of all classes.",
                port="target",
            )
        return ONE
