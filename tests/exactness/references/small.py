"""The networks that one begins with, AlexNet in one tower, and DCGAN's two networks against each other.

The first are the perceptron, networks of linear layers, LeNet-5 as it is built today, and the CNNs of Keras and CNN Explainer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.exactness.references.generative import Discriminator, Generator

Act = Callable[[Tensor], Tensor]


class _Threshold(torch.autograd.Function):
    """Says 1 from 0 on; on the way back the error reaches the sum as it is, so that a step is w += rate * (wanted - said) * x."""

    @staticmethod
    def forward(_ctx: Any, x: Tensor) -> Tensor:
        return torch.heaviside(x, torch.ones((), dtype=x.dtype))

    @staticmethod
    def backward(_ctx: Any, *errors: Tensor) -> Tensor:
        return errors[0]


class Perceptron(nn.Module):
    """Rosenblatt 1958: one weighted sum and a threshold."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(1, 2)), nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        said: Tensor = _Threshold.apply(torch.einsum("ni,oi->no", x, self.weight) + self.bias)
        return said


class MLP(nn.Module):
    """Linear layers.

    Args:
        widths: From the inputs to the answers.
        act: After every layer but the last.
        last: Whether after the last too.
        dropout: After every activation.
    """

    def __init__(self, widths: Sequence[int], act: Act, *, last: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.act, self.last, self.dropout = act, last, dropout

    def forward(self, x: Tensor) -> Tensor:
        x = x.reshape(len(x), -1)
        for layer in self.layers[:-1]:
            x = functional.dropout(self.act(layer(x)), self.dropout, self.training)
        x = self.layers[-1](x)
        return self.act(x) if self.last else x


class LeNet5(nn.Module):
    """After LeCun et al. 1998, as it is taught: every map sees all maps, plain poolings, a linear end; 28 to 14, 10 and 5."""

    def __init__(self, act: Act, pool: Callable[[Tensor, int], Tensor]) -> None:
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.f5, self.f6, self.out = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
        self.act, self.pool = act, pool

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.act(self.c1(x)), 2)
        x = self.pool(self.act(self.c3(x)), 2)
        return self.out(self.act(self.f6(self.act(self.f5(x.flatten(1))))))


class KerasMnist(nn.Module):
    """Keras' first example: two convolutions without a rim, one pooling, dropout of a quarter and of a half."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d, self.conv2d_1 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dense, self.dense_1 = nn.Linear(64 * 12 * 12, 128), nn.Linear(128, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(torch.relu(self.conv2d_1(torch.relu(self.conv2d(x)))), 2)
        x = torch.relu(self.dense(functional.dropout(x, 0.25, self.training).flatten(1)))
        return self.dense_1(functional.dropout(x, 0.5, self.training))


class TinyVGG(nn.Module):
    """CNN Explainer's: two convolutions without a rim and a pooling, twice; 64 to 62, 60, 30, 28, 26 and 13."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(width, 10, 3) for width in (3, 10, 10, 10))
        self.output = nn.Linear(13 * 13 * 10, 10)

    def forward(self, x: Tensor) -> Tensor:
        for number, conv in enumerate(self.convs):
            x = torch.relu(conv(x))
            if number % 2:
                x = functional.max_pool2d(x, 2)
        return self.output(x.flatten(1))


class AlexNet(nn.Module):
    """Krizhevsky 2014 as torchvision has it, under its names: no response norm, dropout in front of the hidden layers."""

    def __init__(self, hidden: int = 4096) -> None:
        super().__init__()
        pool, act = nn.MaxPool2d(3, 2), nn.ReLU()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), act, pool,
            nn.Conv2d(64, 192, 5, padding=2), act, pool,
            nn.Conv2d(192, 384, 3, padding=1), act,
            nn.Conv2d(384, 256, 3, padding=1), act,
            nn.Conv2d(256, 256, 3, padding=1), act, pool,
        )  # fmt: skip
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), nn.Linear(256 * 6 * 6, hidden), act,
            nn.Dropout(0.5), nn.Linear(hidden, hidden), act,
            nn.Linear(hidden, 1000),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


class Adversaries(nn.Module):
    """DCGAN's generator and, behind it, the discriminator: what the one makes is what the other judges."""

    def __init__(self, up: Sequence[int], down: Sequence[int]) -> None:
        super().__init__()
        self.generator, self.discriminator = Generator(up), Discriminator(down)

    def forward(self, z: Tensor, _real: Tensor) -> Tensor:
        judged: Tensor = self.discriminator(self.generator(z))
        return judged
