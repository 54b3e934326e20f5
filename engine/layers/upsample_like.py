"""Resampling to the size of another map. Not for: a fixed factor or size, which `nn.Upsample` has."""

from __future__ import annotations

from torch import Tensor, nn


class UpsampleLike(nn.Module):
    """Bring a map to the height and width of another one (FCN and U-Net, whose maps meet again).

    Shapes:
        x: (N, C, H, W), like: (N, any, H', W') -> (N, C, H', W').
    """

    def __init__(self, mode: str = "nearest", align_corners: bool | None = None) -> None:
        super().__init__()
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        size = like.shape[2:]
        return nn.functional.interpolate(x, size=size, mode=self.mode, align_corners=self.align_corners)
