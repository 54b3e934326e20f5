"""Attention among all pixels of a map, as in the networks of diffusion models."""

from __future__ import annotations

from torch import Tensor, nn


class SpatialAttention(nn.Module):
    """Group norm, then attention among the pixels with 1×1 convolutions as projections, added to what arrived.

    Ho, Jain, Abbeel 2020, arXiv:2006.11239, attn_block.

    Shapes:
        x: (N, C, H, W) -> (N, C, H, W).
    """

    def __init__(
        self, channels: int, groups: int = 32, heads: int = 1, eps: float = 1e-6, residual: bool = True
    ) -> None:
        super().__init__()
        self.heads, self.residual = heads, residual
        self.norm = nn.GroupNorm(groups, channels, eps)
        self.q = nn.Conv2d(channels, channels, kernel_size=1)
        self.k = nn.Conv2d(channels, channels, kernel_size=1)
        self.v = nn.Conv2d(channels, channels, kernel_size=1)
        self.proj_out = nn.Conv2d(channels, channels, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        y: Tensor = self.norm(x)
        q, k, v = (conv(y).reshape(n, self.heads, c // self.heads, h * w) for conv in (self.q, self.k, self.v))
        products = q.transpose(2, 3) @ k * (c // self.heads) ** -0.5  # a row a query
        y = (v @ products.softmax(dim=-1).transpose(2, 3)).reshape(n, c, h, w)
        y = self.proj_out(y)
        return x + y if self.residual else y
