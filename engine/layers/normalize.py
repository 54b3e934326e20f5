"""Known means and deviations, taken out of numbers. Not for: batch norm, which measures them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Normalize(nn.Module):
    """(x - mean) / std, one of each for all, or one a channel. They are settings, so they are not stored with the weights.

    Shapes:
        x: (N, C, ...) -> the same.
    """

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)
        self.mean: Tensor
        self.std: Tensor

    def forward(self, x: Tensor) -> Tensor:
        ones = (1,) * (x.ndim - 2)
        return (x - self.mean.reshape(-1, *ones)) / self.std.reshape(-1, *ones)
