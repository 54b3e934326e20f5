"""A map cut into windows (Swin)."""

from __future__ import annotations

from torch import Tensor, nn


class WindowPartition(nn.Module):
    """Cut a map into square windows that do not overlap, row by row (Liu et al. 2021, arXiv:2103.14030).

    Shapes:
        x: (N, H, W, C) -> (N, windows, window ** 2, C).
    """

    def __init__(self, window: int = 7) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        n, h, w, c = x.shape
        size = self.window
        x = x.reshape(n, h // size, size, w // size, size, c).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(n, -1, size * size, c)
