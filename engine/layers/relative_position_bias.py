"""A learned number for each distance between two pixels of a window (Swin)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RelativePositionBias(nn.Module):
    """For each head and each pair of pixels of a square window the learned number of their distance.

    Liu et al. 2021, arXiv:2103.14030.

    Shapes:
        relative_position_bias_table: ((2 * window - 1) ** 2, heads).
        gives: (1, heads, window ** 2, window ** 2).
    """

    def __init__(self, window: int, heads: int) -> None:
        super().__init__()
        self.relative_position_bias_table = nn.Parameter(torch.empty((2 * window - 1) ** 2, heads))
        side = torch.arange(window)
        rows, columns = side.repeat_interleave(window), side.repeat(window)
        down = rows[:, None] - rows[None, :] + window - 1
        right = columns[:, None] - columns[None, :] + window - 1
        self.register_buffer("relative_position_index", down * (2 * window - 1) + right)
        self.relative_position_index: Tensor
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    def forward(self) -> Tensor:
        return self.relative_position_bias_table[self.relative_position_index].permute(2, 0, 1).unsqueeze(0)
