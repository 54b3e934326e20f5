"""One number of those at the same place of several tensors. Not for: sums and products, which Python writes as + and *."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Elementwise(nn.Module):
    """The largest, the smallest or the mean of several tensors at each place.

    Args:
        op: "maximum", "minimum" or "mean".
    """

    def __init__(self, op: str) -> None:
        super().__init__()
        self.op = op

    def forward(self, *xs: Tensor) -> Tensor:
        y = xs[0]
        for x in xs[1:]:
            y = y + x if self.op == "mean" else torch.maximum(y, x) if self.op == "maximum" else torch.minimum(y, x)
        return y / len(xs) if self.op == "mean" else y
