"""Noise on what passes, while training."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """While training, add normal noise of a given standard deviation to every number; afterwards do nothing.

    Bishop 1995: training with noise on the inputs is a form of regularisation.

    Shapes:
        x: any -> the same.
    """

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x
