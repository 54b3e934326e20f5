"""A learned scale for each channel (Touvron et al. 2021, arXiv:2103.17239)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LayerScale(nn.Module):
    """Multiply each channel by a learned number.

    Args:
        channels: How many there are.
        start: Where the numbers start.
        behind: How many axes lie behind the channels: 2 for (N, C, H, W), 0 where the channels are last.

    Shapes:
        x: (N, ..., C, ...) -> the same.
        weight: (C, 1, 1), with as many ones as axes lie behind.
    """

    def __init__(self, channels: int, start: float = 1e-6, behind: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,) + (1,) * behind, start))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight
