"""The squashing function of LeNet-5."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ScaledTanh(nn.Module):
    """A · tanh(S · x). With A = 1.7159 and S = 2/3 it takes 1 to 1 and -1 to -1 (LeCun and others 1998, appendix A).

    Shapes:
        x: any -> the same.
    """

    def __init__(self, amplitude: float = 1.7159, slope: float = 2 / 3) -> None:
        super().__init__()
        self.amplitude, self.slope = amplitude, slope

    def forward(self, x: Tensor) -> Tensor:
        return self.amplitude * torch.tanh(self.slope * x)
