"""Networks for faces: DeepFace (Taigman et al. 2014), Levi & Hassner 2015 with two answers, and a small one with batch norm.

Their tensors stand in the order of the drawings.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.exactness.references.plain import response_norm


class Local(nn.Module):
    """Filters of each place, and a bias of each place; weights lie place by place, biases map by map."""

    def __init__(self, sizes: tuple[int, int, int], kernel: int, stride: int) -> None:
        super().__init__()
        arriving, width, side = sizes
        self.kernel, self.stride, self.width, self.side = kernel, stride, width, (side - kernel) // stride + 1
        places = self.side**2
        self.weight = nn.Parameter(torch.zeros(width * places, arriving * kernel * kernel))
        self.bias = nn.Parameter(torch.zeros(width * places))

    def forward(self, x: Tensor) -> Tensor:
        weights = iter(self.weight.reshape(self.side**2, self.width, -1).unbind())
        said = []
        for i in range(self.side):
            top = i * self.stride
            for j in range(self.side):
                left = j * self.stride
                seen = x[:, :, top : top + self.kernel, left : left + self.kernel].reshape(len(x), -1)
                said.append(seen @ next(weights).T)
        maps = torch.stack(said, 2).reshape(len(x), self.width, self.side, self.side)
        return maps + self.bias.reshape(self.width, self.side, self.side)


class DeepFace(nn.Module):
    def __init__(self, side: int, wide: int, people: int) -> None:
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(3, 32, 11), nn.Conv2d(32, 16, 9)
        side = -(-(side - 10 - 3) // 2) + 1 - 8  # the pooling rounds up
        layers = []
        for kernel, stride in ((9, 1), (7, 2), (5, 1)):
            layers.append(Local((16, 16, side), kernel, stride))
            side = layers[-1].side
        self.local = nn.ModuleList(layers)
        self.f7, self.f8 = nn.Linear(16 * side * side, wide), nn.Linear(wide, people)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.c3(functional.max_pool2d(torch.relu(self.c1(x)), 3, 2, ceil_mode=True)))
        for layer in self.local:
            x = torch.relu(layer(x))
        x = torch.relu(self.f7(x.flatten(1)))
        return self.f8(functional.dropout(x, 0.5, self.training))


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
