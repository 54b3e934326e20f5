"""A convolution whose rim differs from side to side. Not for: equal rims, which `nn.Conv2d` adds itself."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class PaddedConv2d(nn.Conv2d):
    """`nn.Conv2d` with a rim given side by side: (left, right, top, bottom).

    TensorFlow's "SAME" at stride 2 and the down-sampling of Ho, Jain, Abbeel 2020 (DDPM) pad the right and the bottom only.

    Shapes:
        x: (N, C, H, W) -> (N, O, H', W').
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        sides: tuple[int, ...],
        **more: Any,
    ) -> None:
        if len(sides) != 4:
            raise ValueError(f"the rim needs four numbers (left, right, top, bottom), but {len(sides)} arrived")
        self.fill = more.pop("padding_mode", "zeros")
        super().__init__(in_channels, out_channels, kernel_size, **more)
        self.sides = tuple(sides)

    def forward(self, x: Tensor) -> Tensor:
        mode = "constant" if self.fill == "zeros" else self.fill
        return super().forward(nn.functional.pad(x, self.sides, mode=mode))
