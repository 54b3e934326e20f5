"""Attention within windows of a map, which may be moved by half a window (Swin)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _places(window: int) -> Tensor:
    """For each pair of pixels of a window the row of the bias table, which is that of their distance."""
    side = torch.arange(window)
    rows, columns = torch.meshgrid(side, side, indexing="ij")
    rows, columns = rows.flatten(), columns.flatten()
    down = rows[:, None] - rows[None, :] + window - 1
    right = columns[:, None] - columns[None, :] + window - 1
    return (down * (2 * window - 1) + right).flatten()


class WindowAttention(nn.Module):
    """Every pixel attends to the pixels of its window; a learned number for each distance is added to the products.

    Liu et al. 2021, arXiv:2103.14030 (Swin), parameters in torchvision's order. The map is moved up and to the left by `shift`
    first; then a window can hold up to four pieces that do not lie together, and between pieces -100 is added. A side that one
    window covers is not moved. A map that windows do not fill is filled up with zeros.

    Shapes:
        x: (N, H, W, C) -> (N, H, W, C).
        relative_position_bias_table: ((2 * window - 1) ** 2, heads).
    """

    def __init__(
        self,
        channels: int,
        heads: int,
        window: int = 7,
        shift: int = 0,
        bias: bool = True,
        attention_dropout: float = 0.0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.qkv = nn.Linear(channels, 3 * channels, bias=bias)
        self.proj = nn.Linear(channels, channels)
        self.attention_dropout, self.dropout = nn.Dropout(attention_dropout), nn.Dropout(dropout)
        self.relative_position_bias_table = nn.Parameter(torch.empty((2 * window - 1) ** 2, heads))
        self.register_buffer("relative_position_index", _places(window))
        self.relative_position_index: Tensor
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        n, h, w, c = x.shape
        size = self.window
        x = nn.functional.pad(x, (0, 0, 0, -w % size, 0, -h % size))
        height, width = x.shape[1:3]
        down = 0 if size >= height else self.shift
        right = 0 if size >= width else self.shift
        if down or right:
            x = x.roll((-down, -right), dims=(1, 2))
        windows = self._cut(x)  # (windows, pixels, C)
        count, pixels, _ = windows.shape
        q, k, v = self.qkv(windows).reshape(count, pixels, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        products = (q * (c // self.heads) ** -0.5) @ k.transpose(-2, -1)
        table = self.relative_position_bias_table[self.relative_position_index]
        products = products + table.reshape(pixels, pixels, self.heads).permute(2, 0, 1)
        if down or right:
            apart = self._apart(height, width, down, right, x)  # (windows of a map, 1, pixels, pixels)
            products = (products.reshape(n, -1, self.heads, pixels, pixels) + apart).reshape(products.shape)
        attention = self.attention_dropout(products.softmax(dim=-1))
        y: Tensor = (attention @ v).transpose(1, 2).reshape(count, pixels, c)
        y = self.dropout(self.proj(y))
        y = y.reshape(n, height // size, width // size, size, size, c).permute(0, 1, 3, 2, 4, 5)
        y = y.reshape(n, height, width, c)
        if down or right:
            y = y.roll((down, right), dims=(1, 2))
        return y[:, :h, :w]

    def _cut(self, x: Tensor) -> Tensor:
        n, h, w, c = x.shape
        size = self.window
        x = x.reshape(n, h // size, size, w // size, size, c).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(-1, size * size, c)

    def _apart(self, height: int, width: int, down: int, right: int, x: Tensor) -> Tensor:
        """-100 for pairs of pixels that lie together only because the map was moved."""
        pieces = x.new_zeros(1, height, width, 1)
        number = 0
        for rows in ((0, -self.window), (-self.window, -down), (-down, None)):
            for columns in ((0, -self.window), (-self.window, -right), (-right, None)):
                pieces[:, rows[0] : rows[1], columns[0] : columns[1]] = number
                number += 1
        pieces = self._cut(pieces).squeeze(-1)
        differ = pieces[:, None, :] != pieces[:, :, None]
        return x.new_zeros(differ.shape).masked_fill(differ, -100.0).unsqueeze(1)
