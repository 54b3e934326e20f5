"""Joining tensors of which some are the same for every sample. Not for: tensors that all have a batch (`torch.cat`)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConcatConstant(nn.Module):
    """`torch.cat` of tensors among which those with a batch axis of 1 are repeated for every sample.

    Shapes:
        xs: (N or 1, ...) -> (N, ...).
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: Tensor) -> Tensor:
        batch = max(x.shape[0] for x in xs)
        return torch.cat([x.expand(batch, *x.shape[1:]) for x in xs], dim=self.dim)
