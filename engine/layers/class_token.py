"""Learned vectors in front of a sequence (BERT, ViT)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ClassToken(nn.Module):
    """Put learned vectors in front of a sequence; the answer is read from them.

    Dosovitskiy et al. 2020, arXiv:2010.11929. They start as zeros.

    Shapes:
        x: (N, T, D) -> (N, tokens + T, D).
        class_token: (1, tokens, D).
    """

    def __init__(self, features: int, tokens: int = 1) -> None:
        super().__init__()
        self.class_token = nn.Parameter(torch.zeros(1, tokens, features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
