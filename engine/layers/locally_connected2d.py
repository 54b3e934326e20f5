"""A convolution that shares nothing: every place has its own filters."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class LocallyConnected2d(nn.Module):
    """Filters as in a convolution, but with weights and biases of their own at each place of the map.

    Taigman, Yang, Ranzato, Wolf 2014 (DeepFace): parts of an aligned face differ from place to place.

    Shapes:
        x: (N, C, H, W) -> (N, O, H', W').
        weight: (H'·W'·O, C·kernel height·kernel width), places row by row.
        bias: (O·H'·W',).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        size: tuple[int, int],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.unfold = nn.Unfold(kernel_size, padding=padding, stride=stride)
        kernel, step, rim = (
            pair if isinstance(pair, tuple) else (pair, pair) for pair in (kernel_size, stride, padding)
        )
        self.size = tuple((size[i] + 2 * rim[i] - kernel[i]) // step[i] + 1 for i in (0, 1))
        taps = in_channels * kernel[0] * kernel[1]
        filters = self.size[0] * self.size[1] * out_channels
        self.weight = nn.Parameter(torch.empty(filters, taps))
        self.bias = nn.Parameter(torch.empty(filters)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        bound = 1 / math.sqrt(self.weight.shape[1])
        nn.init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        patches: Tensor = self.unfold(x)  # N, C·kh·kw, places
        places, taps = patches.shape[2], patches.shape[1]
        y: Tensor = torch.einsum("ntp,pot->nop", patches, self.weight.view(places, -1, taps)).unflatten(2, self.size)
        return y if self.bias is None else y + self.bias.view(-1, *self.size)
