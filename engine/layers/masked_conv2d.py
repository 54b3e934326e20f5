"""A convolution whose maps read only some of the maps before them, held as one tensor under a mask."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MaskedConv2d(nn.Conv2d):
    """A convolution whose weights are multiplied by a mask of zeros and ones: output map k reads the input maps of row k.

    What the mask takes out never gets a gradient, but stands in the weights all the same.

    Shapes:
        x: (N, C, H, W) -> (N, rows of the table, H', W').
        weight: (rows, C, kernel height, kernel width).
        mask: (rows, C, 1, 1); follows from the table, so it is not saved.
    """

    mask: Tensor

    def __init__(
        self,
        in_channels: int,
        table: tuple[tuple[int, ...], ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = True,
    ) -> None:
        super().__init__(in_channels, len(table), kernel_size, stride=stride, padding=padding, bias=bias)
        mask = torch.zeros(len(table), in_channels, 1, 1)
        for place, row in enumerate(table):
            mask[place, list(row)] = 1
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self._conv_forward(x, self.weight * self.mask, self.bias)
        return y
