"""Windows put together to a map again (Swin)."""

from __future__ import annotations

from torch import Tensor, nn


class WindowReverse(nn.Module):
    """The way back from `WindowPartition`.

    Args:
        window: Side of a window.
        height: Height of the map; the width follows from the number of windows.

    Shapes:
        x: (N, windows, window ** 2, C) -> (N, H, W, C).
    """

    def __init__(self, window: int, height: int) -> None:
        super().__init__()
        self.window, self.height = window, height

    def forward(self, x: Tensor) -> Tensor:
        n, windows, _, c = x.shape
        size, rows = self.window, self.height // self.window
        x = x.reshape(n, rows, windows // rows, size, size, c).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(n, self.height, -1, c)
