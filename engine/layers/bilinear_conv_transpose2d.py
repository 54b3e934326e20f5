"""A transposed convolution that starts as bilinear interpolation."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _tent(length: int) -> Tensor:
    """A row of weights that rises to the middle and falls again."""
    factor = (length + 1) // 2
    middle = factor - 1 if length % 2 else factor - 0.5
    return 1 - (torch.arange(length) - middle).abs() / factor


class BilinearConvTranspose2d(nn.ConvTranspose2d):
    """`nn.ConvTranspose2d` whose weights start as bilinear interpolation, channel by channel, and whose bias starts at 0.

    Long, Shelhamer, Darrell 2014 (FCN): upsampling begins as the textbook's and is learned from there.

    Shapes:
        x: (N, C, H, W) -> (N, O, H', W').
    """

    def reset_parameters(self) -> None:
        height, width = self.kernel_size
        with torch.no_grad():
            self.weight.zero_()
            inside = self.weight.shape[0] // self.groups
            for channel in range(self.weight.shape[0]):
                if channel % inside < self.weight.shape[1]:
                    self.weight[channel, channel % inside] = torch.outer(_tent(height), _tent(width))
            if self.bias is not None:
                self.bias.zero_()
