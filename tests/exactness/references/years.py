"""AlexNet of 2012 with its two groups and local response normalisation (Krizhevsky et al.), and DeepFace (Taigman et al. 2014)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def neighbours(x: Tensor) -> Tensor:
    """x / (2 + 1e-4 · sum of squares of the channel and of two to each side) ** 0.75: section 3.3 of the paper."""
    squares, channels = x**2, x.shape[1]
    sums = [squares[:, max(0, c - 2) : c + 3].sum(1) for c in range(channels)]
    return x / (2 + 1e-4 * torch.stack(sums, 1)) ** 0.75


class AlexNet2012(nn.Module):
    def __init__(self, side: int, hidden: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 96, 11, 4), nn.Conv2d(96, 256, 5, 1, 2, groups=2)
        self.conv3, self.conv4 = nn.Conv2d(256, 384, 3, 1, 1), nn.Conv2d(384, 384, 3, 1, 1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, 1, 1, groups=2)
        for size, step in ((11, 4), (3, 2), (3, 2), (3, 2)):
            side = (side - size) // step + 1
        self.fc6, self.fc7, self.fc8 = (
            nn.Linear(256 * side**2, hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, 1000),
        )

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2):
            x = nn.functional.max_pool2d(neighbours(torch.relu(conv(x))), 3, 2)
        x = torch.relu(self.conv4(torch.relu(self.conv3(x))))
        x = nn.functional.max_pool2d(torch.relu(self.conv5(x)), 3, 2).flatten(1)
        for layer in (self.fc6, self.fc7):
            x = nn.functional.dropout(torch.relu(layer(x)), 0.5, self.training)
        return self.fc8(x)


class Local(nn.Module):
    """Sixteen filters of their own, with their own biases, at each place."""

    def __init__(self, side: int, kernel: int, step: int) -> None:
        super().__init__()
        self.kernel, self.step, self.out = kernel, step, (side - kernel) // step + 1
        self.weight = nn.Parameter(torch.zeros(self.out**2 * 16, 16 * kernel**2))
        self.bias = nn.Parameter(torch.zeros(16 * self.out**2))

    def forward(self, x: Tensor) -> Tensor:
        rows = []
        for place, filters in enumerate(self.weight.view(self.out**2, 16, -1).unbind()):
            top, left = place // self.out * self.step, place % self.out * self.step
            part = x[:, :, top : top + self.kernel, left : left + self.kernel].flatten(1)
            rows.append(part @ filters.T)
        y = torch.stack(rows, 2).view(len(x), 16, self.out, self.out)
        return y + self.bias.view(16, self.out, self.out)


class DeepFace(nn.Module):
    def __init__(self, side: int, hidden: int) -> None:
        super().__init__()
        self.C1 = nn.Conv2d(3, 32, 11)
        side = -(-(side - 10 - 3) // 2) + 1 - 8
        self.C3 = nn.Conv2d(32, 16, 9)
        self.L4, self.L5 = Local(side, 9, 1), Local(side - 8, 7, 2)
        self.L6 = Local(self.L5.out, 5, 1)
        self.F7, self.F8 = nn.Linear(16 * self.L6.out**2, hidden), nn.Linear(hidden, 4030)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(torch.relu(self.C1(x)), 3, 2, ceil_mode=True)
        for layer in (self.C3, self.L4, self.L5, self.L6):
            x = torch.relu(layer(x))
        return self.F8(nn.functional.dropout(torch.relu(self.F7(x.flatten(1))), 0.5, self.training))
