"""One vector for a whole sequence: its last step, its first, or where each direction has read everything."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LastStep(nn.Module):
    """Take one step of a sequence.

    The last step of a network that reads both ways holds what its backward half made of a single step; that half has read all
    when it comes to the first. "final" takes each half where it ends.

    Args:
        mode: "last", "first" or "final".

    Shapes:
        x: (N, T, F), mask: (N, T), 0 where a step is padding at the end -> (N, F).
    """

    def __init__(self, mode: str = "last") -> None:
        super().__init__()
        self.mode = mode

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if self.mode == "first":
            return x[:, 0]
        if mask is None:
            last = x[:, -1]
        else:
            places = mask.ne(0).sum(dim=1).clamp(min=1) - 1
            last = x[torch.arange(x.shape[0], device=x.device), places]
        if self.mode == "last":
            return last
        half = x.shape[2] // 2
        return torch.cat([last[:, :half], x[:, 0, half:]], dim=1)
