"""Fully connected layers."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block, flag, integer
from engine.blocks.window import Looks


@block("linear", title="Linear", family="Linear", stem="fc", source="torch.nn.Linear")
class Linear(Block):
    """Every output is a weighted sum of all inputs plus a bias: y = x·Wᵀ + b.

    Also called dense or fully connected. It wants a flat vector: put a flatten or a global pooling in front of it after
    convolutions.
    """

    out_features: int = integer(128, lo=1, hi=10_000_000, help="how many outputs (neurons)", unit="features")
    bias: bool = flag(True, help="add a learned number to each output")

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x.dims) != 1 or x.dtype != "float" or not x.batched:
            raise BlockError(
                "wants-vector", f"Linear wants a flat vector, but {x.words} arrives; insert a flatten in front of it."
            )
        return Shape((self.out_features,))

    def lower(self, *xs: Shape) -> Call:
        more = {} if self.bias else {"bias": False}
        return Call("nn.Linear", xs[0].dims[0], self.out_features, **more)

    def parameters(self, *xs: Shape) -> int:
        return self.out_features * xs[0].dims[0] + (self.out_features if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        return self.out_features * xs[0].dims[0]

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.out_features} neurons"
