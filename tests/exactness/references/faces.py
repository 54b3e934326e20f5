"""Age and gender from faces: the network of Levi & Hassner 2015 with two answers, and a small one with batch norm.

Their tensors stand in the order of the drawings.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.exactness.references.plain import response_norm


class Levi(nn.Module):
    """Age and gender from the same numbers."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            [nn.Conv2d(3, 96, 7, 4), nn.Conv2d(96, 256, 5, 1, 2), nn.Conv2d(256, 384, 3, 1, 1)],
        )
        self.fc1, self.fc2 = nn.Linear(features, 512), nn.Linear(512, 512)
        self.age, self.gender = nn.Linear(512, 1), nn.Linear(512, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        for number, conv in enumerate(self.convs):
            x = functional.max_pool2d(torch.relu(conv(x)), 3, 2, ceil_mode=True)
            x = response_norm(x, alpha=1e-4 / 5, k=1) if number < 2 else x
        x = x.flatten(1)
        for layer in (self.fc1, self.fc2):
            x = functional.dropout(torch.relu(layer(x)), 0.5, self.training)
        return self.age(x), self.gender(x)


class SmallFaces(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(a, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))
            for a, b in pairwise((3, 32, 64, 128, 256))
        )
        self.fc1, self.age, self.gender = nn.Linear(256, 128), nn.Linear(128, 1), nn.Linear(128, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        for block in self.blocks:
            x = block(x)
        x = functional.dropout(torch.relu(self.fc1(x.mean((2, 3)))), 0.5, self.training)
        return self.age(x), self.gender(x)
