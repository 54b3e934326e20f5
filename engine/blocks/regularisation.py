"""Regularisation: what keeps a network from learning its training data by heart."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block, real


@block("dropout", title="Dropout", family="Regularisation", stem="drop",
       source="torch.nn.Dropout; Srivastava and others 2014")  # fmt: skip
class Dropout(Block):
    """While training, set each number to 0 with probability p and scale the others by 1 / (1 - p); afterwards do nothing."""

    p: float = real(0.5, lo=0.0, hi=1.0, help="probability that a number is dropped")

    def shape(self, *xs: Shape) -> Shape:
        if xs[0].dtype != "float" or not xs[0].batched:
            raise BlockError(
                "wants-features", f"Dropout wants numbers of a network, but {xs[0].words} of labels or a loss arrives."
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Dropout", self.p)

    def face(self) -> str:
        return f"p {self.p:g}"
