"""Attention of several heads. Not for: attention within windows of a map (Swin)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MultiheadAttention(nn.MultiheadAttention):
    """`nn.MultiheadAttention`, batch first, that attends to itself where no keys are given.

    Vaswani et al. 2017, arXiv:1706.03762.

    Args:
        causal: Whether a step sees only itself and what came before it.
        weights: Whether the attention is given too, as the mean over the heads.

    Shapes:
        x: (N, T, D), k: (N, S, K), v: (N, S, V) -> (N, T, D); with `weights` (N, T, S) besides.
        mask: (N, S), 0 where a key is padding and is not looked at.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        causal: bool = False,
        weights: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.causal, self.weights = causal, weights

    def forward(  # type: ignore[override]
        self, x: Tensor, k: Tensor | None = None, v: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor | tuple[Tensor, Tensor | None]:
        keys = x if k is None else k
        values = keys if v is None else v
        # A large number instead of minus infinity: a sample that is all padding gives no NaN.
        never = torch.finfo(x.dtype).min / 4
        later = padding = None
        if self.causal:
            later = torch.full((x.shape[1], keys.shape[1]), never, dtype=x.dtype, device=x.device).triu(1)
        if mask is not None:
            padding = torch.zeros_like(mask, dtype=x.dtype).masked_fill(mask == 0, never)
        y, seen = super().forward(x, keys, values, key_padding_mask=padding, need_weights=self.weights, attn_mask=later)
        return (y, seen) if self.weights else y
