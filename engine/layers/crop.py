"""A piece of a map. Not for: padding, which `nn.functional.pad` does."""

from __future__ import annotations

from torch import Tensor, nn


class Crop(nn.Module):
    """Cut a piece out of a map, from the centre or at an offset; as large as another map, where there is one.

    Ronneberger, Fischer, Brox 2015 (U-Net); Long, Shelhamer, Darrell 2015 (FCN). Where the rim is uneven, the odd row and column
    stay at the bottom and on the right.

    Args:
        size: Height and width; None for those of `like`.
        offset: First row and column; None for the centre.

    Shapes:
        x: (N, C, H, W), like: (N, any, H', W') -> (N, C, H', W').
    """

    def __init__(self, size: tuple[int, int] | None = None, offset: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.size, self.offset = size, offset

    def forward(self, x: Tensor, like: Tensor | None = None) -> Tensor:
        if like is not None:
            height, width = like.shape[2:]
        elif self.size is not None:
            height, width = self.size
        else:
            raise ValueError("A crop needs a size, or a map that is as large.")
        top, left = self.offset or ((x.shape[2] - height) // 2, (x.shape[3] - width) // 2)
        return x[:, :, top : top + height, left : left + width]
