"""A convolution whose maps read only some of the maps before them."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class ConnectionTableConv(nn.Module):
    """One small convolution for each output map, on the input maps that the table gives it.

    LeCun, Bottou, Bengio, Haffner 1998, table I: layer C3 of LeNet-5 breaks the symmetry between its maps that way and has 1,516
    parameters instead of 2,416.

    Shapes:
        x: (N, C, H, W) -> (N, rows of the table, H', W').
        weights: for each output map (1, maps that it reads, kernel height, kernel width).
    """

    def __init__(
        self,
        table: tuple[tuple[int, ...], ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.table = tuple(tuple(row) for row in table)
        self.stride, self.padding = stride, padding
        kernel = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.weights = nn.ParameterList(nn.Parameter(torch.empty(1, len(row), *kernel)) for row in self.table)
        self.bias = nn.Parameter(torch.empty(len(self.table))) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        for place, weight in enumerate(self.weights):
            bound = 1 / math.sqrt(weight[0].numel())
            nn.init.uniform_(weight, -bound, bound)
            if self.bias is not None:
                nn.init.uniform_(self.bias[place : place + 1], -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        maps = [
            nn.functional.conv2d(x[:, list(row)], weight, stride=self.stride, padding=self.padding)
            for row, weight in zip(self.table, self.weights, strict=True)
        ]
        y = torch.cat(maps, dim=1)
        return y if self.bias is None else y + self.bias[:, None, None]
