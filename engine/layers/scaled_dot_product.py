"""Attention without weights of its own. Not for: projections and heads (`MultiheadAttention`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ScaledDotProduct(nn.Module):
    """softmax(q kᵀ · scale + bias) v; dropout only while training.

    Vaswani et al. 2017, arXiv:1706.03762.

    Args:
        scale: What the products are multiplied by; None for 1 / √D.

    Shapes:
        q: (N, ..., T, D), k: (N, ..., S, D), v: (N, ..., S, E) -> (N, ..., T, E).
        bias: added to the products, (N or 1, ..., T, S).
    """

    def __init__(self, causal: bool = False, dropout: float = 0.0, scale: float | None = None) -> None:
        super().__init__()
        self.causal, self.dropout, self.scale = causal, dropout, scale

    def forward(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
        if self.causal:
            later = torch.full((q.shape[-2], k.shape[-2]), float("-inf"), dtype=q.dtype, device=q.device).triu(1)
            bias = later if bias is None else bias + later
        dropout = self.dropout if self.training else 0.0
        return nn.functional.scaled_dot_product_attention(q, k, v, bias, dropout, scale=self.scale)
