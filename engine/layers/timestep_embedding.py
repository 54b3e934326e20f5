"""Whole numbers as sines and cosines of falling frequency (Vaswani et al. 2017; Ho et al. 2020, arXiv:2006.11239)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class TimestepEmbedding(nn.Module):
    """Gives each whole number t the vector sin(t w), cos(t w) with w = max_period ** (-i / (half - 1)).

    It is worked out in single precision and given in the type of the network's numbers.

    Args:
        dim: Numbers in the vector, an even number; half of it are sines.
        max_period: The slowest frequency is one over it.
        order: "sin_cos" for sines first, "cos_sin" for cosines first.
        last: Whether the exponent counts to half - 1 (the paper's code) or to half.
    """

    def __init__(self, dim: int, max_period: float = 10_000.0, order: str = "sin_cos", last: bool = True) -> None:
        super().__init__()
        if dim % 2:
            raise ValueError(f"dim is {dim}, but half of the numbers are sines and half are cosines")
        self.dim, self.max_period, self.order, self.last = dim, max_period, order, last
        self.register_buffer("one", torch.ones(()), persistent=False)  # knows the type that the network was brought to
        self.one: Tensor

    def forward(self, t: Tensor) -> Tensor:
        """[N] of whole numbers to [N, dim]."""
        half = self.dim // 2
        steps = torch.arange(half, dtype=torch.float32, device=t.device)
        frequencies = torch.exp(-math.log(self.max_period) / (half - 1 if self.last else half) * steps)
        angles = t.to(torch.float32)[:, None] * frequencies[None, :]
        parts = [angles.sin(), angles.cos()]
        return torch.cat(parts if self.order == "sin_cos" else parts[::-1], dim=1).to(self.one.dtype)

    def extra_repr(self) -> str:
        return f"{self.dim}, max_period={self.max_period:g}, order={self.order!r}, last={self.last}"
