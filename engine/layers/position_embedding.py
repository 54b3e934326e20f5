"""A learned vector for each place of a sequence. Not for: sines and cosines (`SinusoidalPosition`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PositionEmbedding(nn.Module):
    """Add a learned vector to each step, the same for all samples, so that attention can tell the steps apart.

    Dosovitskiy et al. 2020, arXiv:2010.11929. They start normal with a deviation of 0.02.

    Shapes:
        x: (N, T, D) -> (N, T, D), T at most `length`.
        weight: (1, length, D).
    """

    def __init__(self, length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[:, : x.shape[1]]
