"""A matrix product with the second matrix turned. Not for: plain products (`torch.matmul`)."""

from __future__ import annotations

from torch import Tensor, nn


class MatMulTransposed(nn.Module):
    """a bᵀ on the last two axes.

    Shapes:
        a: (N, ..., m, k), b: (N, ..., n, k) -> (N, ..., m, n).
    """

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a @ b.transpose(-2, -1)
