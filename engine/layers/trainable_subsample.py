"""LeNet-5's way of making a map smaller, with two learned numbers a map."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TrainableSubsample(nn.Module):
    """The sum under each window times a learned coefficient, plus a learned bias, both one a channel.

    LeCun, Bottou, Bengio, Haffner 1998, layers S2 and S4. The windows do not overlap.

    Shapes:
        x: (N, C, H, W) -> (N, C, H // kernel height, W // kernel width).
        weight, bias: (C,).
    """

    def __init__(self, channels: int, kernel_size: int | tuple[int, int] = 2) -> None:
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        bound = 2.4 / (self.kernel_size[0] * self.kernel_size[1])  # as in the paper: 2.4 / inputs of a unit
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        sums = nn.functional.avg_pool2d(x, self.kernel_size, divisor_override=1)
        return sums * self.weight[:, None, None] + self.bias[:, None, None]
