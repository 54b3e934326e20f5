"""FCN over VGG-16 (Long et al. 2015), ResNet for CIFAR with shortcuts without weights (He et al. 2015), and a small GPT.

Their tensors stand in the order of the drawings.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class FCN(nn.Module):
    """With skips the one that enlarges by 8, else by 32."""

    def __init__(self, widths: tuple[int, ...], wide: int, *, skips: bool) -> None:
        super().__init__()
        arriving, stages = 3, []
        for width, times in zip(widths, (2, 2, 3, 3, 3), strict=True):
            layers: list[nn.Module] = []
            for _ in range(times):
                layers += [nn.Conv2d(arriving, width, 3, padding=1 if layers or stages else 100), nn.ReLU()]
                arriving = width
            stages.append(nn.Sequential(*layers, nn.MaxPool2d(2, ceil_mode=True)))
        self.stages = nn.ModuleList(stages)
        self.fc6, self.fc7, self.score = nn.Conv2d(arriving, wide, 7), nn.Conv2d(wide, wide, 1), nn.Conv2d(wide, 21, 1)
        self.skips = skips
        if skips:
            self.up2, self.score2 = self.enlarging(2), nn.Conv2d(widths[3], 21, 1)
            self.up3, self.score3 = self.enlarging(2), nn.Conv2d(widths[2], 21, 1)
        self.up = self.enlarging(8 if skips else 32)

    @staticmethod
    def enlarging(by: int) -> nn.ConvTranspose2d:
        return nn.ConvTranspose2d(21, 21, 2 * by, by, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        side, kept, out = x.shape[2], [], x
        for stage in self.stages:
            out = stage(out)
            kept.append(out)
        for layer in (self.fc6, self.fc7):
            out = nn.functional.dropout2d(torch.relu(layer(out)), 0.5, self.training)
        out = self.score(out)
        if not self.skips:
            return self.up(out)[:, :, 19 : 19 + side, 19 : 19 + side]
        for up, score, pool, rim in ((self.up2, self.score2, 3, 5), (self.up3, self.score3, 2, 9)):
            out = up(out)
            size = out.shape[2]
            out = out + score(kept[pool])[:, :, rim : rim + size, rim : rim + size]
        return self.up(out)[:, :, 31 : 31 + side, 31 : 31 + side]


class CifarBlock(nn.Module):
    def __init__(self, arriving: int, width: int) -> None:
        super().__init__()
        self.stride, self.added = width // arriving, width - arriving
        self.conv1 = nn.Conv2d(arriving, width, 3, self.stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        short = x[:, :, :: self.stride, :: self.stride]
        if self.added:
            zeros = torch.zeros(len(x), self.added // 2, *short.shape[2:], dtype=x.dtype)
            short = torch.cat([zeros, short, zeros], 1)
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + short)


class ResNetCifar(nn.Module):
    def __init__(self, times: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        arriving, blocks = 16, []
        for width in (16, 32, 64):
            for _ in range(times):
                blocks.append(CifarBlock(arriving, width))
                arriving = width
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.blocks(torch.relu(self.bn1(self.conv1(x)))).mean((2, 3)))


class GPTBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1 = nn.LayerNorm(width, bias=False)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.ln_2 = nn.LayerNorm(width, bias=False)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.c_attn(self.ln_1(x)).chunk(3, -1)
        size, heads = x.shape[-1] // self.heads, []
        for head in range(self.heads):
            at = slice(head * size, (head + 1) * size)
            rows = []
            for step in range(x.shape[1]):  # each step looks at itself and at those before it
                products = k[:, : step + 1, at] @ q[:, step, at, None] / math.sqrt(size)
                rows.append((products.softmax(1) * v[:, : step + 1, at]).sum(1))
            heads.append(torch.stack(rows, 1))
        x = x + self.c_proj(torch.cat(heads, -1))
        return x + self.fc2(nn.functional.gelu(self.fc1(self.ln_2(x))))


class GPT(nn.Module):
    """Its head is its embedding."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(65, 384), nn.Embedding(256, 384)
        self.blocks = nn.Sequential(*(GPTBlock(384, 6) for _ in range(depth)))
        self.ln = nn.LayerNorm(384, bias=False)
        self.head = nn.Linear(384, 65, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        return self.head(self.ln(self.blocks(x)))
