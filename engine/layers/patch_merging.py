"""Four pixels made one, with twice the channels (Swin)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PatchMerging(nn.Module):
    """Put the channels of each 2×2 pixels side by side, norm them, and halve their number by a linear layer.

    Liu et al. 2021, arXiv:2103.14030, parameters and pixels in torchvision's order; as (row, column): (0, 0),
    (1, 0), (0, 1), (1, 1). An odd side is filled up with zeros.

    Shapes:
        x: (N, H, W, C) -> (N, H / 2, W / 2, 2 C).
    """

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.reduction = nn.Linear(4 * channels, 2 * channels, bias=False)
        self.norm = nn.LayerNorm(4 * channels, eps)

    def forward(self, x: Tensor) -> Tensor:
        h, w = x.shape[1:3]
        x = nn.functional.pad(x, (0, 0, 0, w % 2, 0, h % 2))
        x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], dim=-1)
        y: Tensor = self.reduction(self.norm(x))
        return y
