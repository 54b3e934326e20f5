"""One layer of a transformer that looks at a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """`nn.TransformerEncoderLayer`, batch first, with a mask for padding and one for what comes later.

    Vaswani et al. 2017, arXiv:1706.03762.

    Shapes:
        x: (N, T, D) -> (N, T, D).
        mask: (N, T), 0 where a step is padding.
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
        causal: bool = False,
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

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:  # type: ignore[override]
        # A large number instead of minus infinity: a sample that is all padding gives no NaN.
        never = torch.finfo(x.dtype).min / 4
        later = padding = None
        if self.causal:
            later = torch.full((x.shape[1], x.shape[1]), never, dtype=x.dtype, device=x.device).triu(1)
        if mask is not None:
            padding = torch.zeros_like(mask, dtype=x.dtype).masked_fill(mask == 0, never)
        return super().forward(x, src_mask=later, src_key_padding_mask=padding)
