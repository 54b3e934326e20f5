"""Layer norm over the channels of a map."""

from __future__ import annotations

from torch import Tensor, nn


class LayerNorm2d(nn.LayerNorm):
    """`nn.LayerNorm` over the channels of each pixel, for maps whose channels come first.

    Liu and others 2022 (ConvNeXt); the same as permuting to (N, H, W, C), normalising the last axis and permuting back.

    Shapes:
        x: (N, C, H, W) -> the same.
    """

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
