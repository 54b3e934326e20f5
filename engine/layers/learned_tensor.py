"""A tensor that is learned and the same for every sample."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LearnedTensor(nn.Module):
    """Gives its weight, which has a batch axis of 1 and spreads over a batch. It starts as zeros.

    Shapes:
        gives: (1, *dims).
    """

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, *dims))

    def forward(self) -> Tensor:
        return self.weight
