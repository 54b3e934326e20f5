"""Branches of a residual network that are left out at random while training."""

from __future__ import annotations

from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """While training, set a sample's whole tensor to 0 with probability p and scale the others by 1 / (1 - p).

    Huang, Sun, Liu, Sedra, Weinberger 2016, in the scaled form of torchvision. "row" decides for each sample by itself,
    "batch" for all at once.

    Shapes:
        x: (N, ...) -> the same.
    """

    def __init__(self, p: float, mode: str = "row") -> None:
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = 1 - self.p
        rows = x.shape[0] if self.mode == "row" else 1
        noise = x.new_empty((rows, *[1] * (x.dim() - 1))).bernoulli_(kept)
        return x * (noise / kept if kept > 0 else noise)
