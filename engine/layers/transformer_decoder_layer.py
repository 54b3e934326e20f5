"""One layer of a transformer that writes a sequence while looking at another."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """`nn.TransformerDecoderLayer`, batch first: attention to itself, then to the memory, then a small network.

    Vaswani et al. 2017, arXiv:1706.03762.

    Shapes:
        x: (N, T, D), memory: (N, S, D) -> (N, T, D).
        mask: (N, S), 0 where a step of the memory is padding.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        causal: bool = True,
    ) -> None:
        super().__init__(
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first=True,
            norm_first=norm_first,
            bias=bias,
        )
        self.causal = causal

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        # A large number instead of minus infinity: a sample that is all padding gives no NaN.
        never = torch.finfo(x.dtype).min / 4
        later = padding = None
        if self.causal:
            later = torch.full((x.shape[1], x.shape[1]), never, dtype=x.dtype, device=x.device).triu(1)
        if mask is not None:
            padding = torch.zeros_like(mask, dtype=x.dtype).masked_fill(mask == 0, never)
        return super().forward(x, memory, tgt_mask=later, memory_key_padding_mask=padding)
