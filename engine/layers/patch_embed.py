"""A picture cut into patches, each written as a vector."""

from __future__ import annotations

from torch import Tensor, nn


class PatchEmbed(nn.Module):
    """One linear map for every patch: a convolution whose stride is its kernel.

    Dosovitskiy and others 2020 (ViT: "NLC"), Liu and others 2021 (Swin: "NHWC" with norm), 2022 (ConvNeXt: "NCHW" with norm).

    Shapes:
        x: (N, C, H, W) -> (N, H/P·W/P, D), (N, H/P, W/P, D) or (N, D, H/P, W/P).
    """

    def __init__(
        self, in_channels: int, dim: int, patch_size: int | tuple[int, int], layout: str = "NLC", norm: bool = False,
        eps: float = 1e-5,
    ) -> None:  # fmt: skip
        super().__init__()
        self.layout = layout
        self.proj = nn.Conv2d(in_channels, dim, kernel_size=patch_size, stride=patch_size)
        self.norm = nn.LayerNorm(dim, eps=eps) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        height, width = self.proj.kernel_size
        if x.shape[2] % height or x.shape[3] % width:
            raise ValueError(f"{height}×{width} patches do not divide a {x.shape[2]}×{x.shape[3]} map")
        y: Tensor = self.norm(self.proj(x).permute(0, 2, 3, 1))
        if self.layout == "NCHW":
            return y.permute(0, 3, 1, 2)
        return y.flatten(1, 2) if self.layout == "NLC" else y
