"""Every number times one number plus another."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ScaleShift(nn.Module):
    """scale * x + shift; both are weights where they are learned.

    Shapes:
        x: any -> the same.
    """

    scale: float | Tensor
    shift: float | Tensor

    def __init__(self, scale: float = 1.0, shift: float = 0.0, learned: bool = False) -> None:
        super().__init__()
        if learned:
            self.scale, self.shift = nn.Parameter(torch.tensor(scale)), nn.Parameter(torch.tensor(shift))
        else:
            self.scale, self.shift = scale, shift

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x + self.shift
