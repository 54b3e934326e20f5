"""A depthwise convolution and a pointwise one behind it. Not for: the block of MobileNet with its two batch norms."""

from __future__ import annotations

from torch import Tensor, nn


class SeparableConv2d(nn.Module):
    """Filter each channel by itself, then mix the channels pixel by pixel (Chollet 2016, Xception).

    Shapes:
        x: (N, C, H, W) -> (N, O, H', W').
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
        norm: bool = False,
        activation: str = "none",
    ) -> None:
        super().__init__()
        # The bias of the depthwise part would be swallowed by the pointwise one, so there is none.
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, dilation, groups=in_channels, bias=False
        )
        self.norm = nn.BatchNorm2d(in_channels) if norm else nn.Identity()
        self.activation = {"none": nn.Identity, "relu": nn.ReLU, "relu6": nn.ReLU6, "silu": nn.SiLU}[activation]()
        self.pointwise = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.pointwise(self.activation(self.norm(self.depthwise(x))))
        return y
