"""Sines and cosines of each place of a sequence. Not for: learned vectors (`PositionEmbedding`)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class SinusoidalPosition(nn.Module):
    """Add sin(t w) and cos(t w) of each step t, with w falling from 1 to 1 / 10000 (Vaswani et al. 2017, arXiv:1706.03762).

    Args:
        order: "interleaved" for sin, cos, sin, cos ... as in the paper; "sin_cos" for all sines first.

    Shapes:
        x: (N, T, D) -> (N, T, D), D even.
    """

    def __init__(self, order: str = "interleaved") -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        steps, features = x.shape[1:]
        places = torch.arange(steps, dtype=x.dtype, device=x.device)
        exponents = torch.arange(0, features, 2, dtype=x.dtype, device=x.device) / features
        angles = places[:, None] * torch.exp(-math.log(10000.0) * exponents)
        parts = [angles.sin(), angles.cos()]
        return x + (torch.stack(parts, dim=-1).flatten(1) if self.order == "interleaved" else torch.cat(parts, dim=-1))
