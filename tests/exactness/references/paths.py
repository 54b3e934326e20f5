"""GoogLeNet, SqueezeNet and DenseNet-121 in the layout, order and names of torchvision; GoogLeNet as published.

The last one's tensors stand in the order of the drawing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.exactness.references.plain import response_norm


class BasicConv2d(nn.Module):
    def __init__(self, arriving: int, width: int, **settings: object) -> None:
        super().__init__()
        self.conv = nn.Conv2d(arriving, width, bias=False, **settings)
        self.bn = nn.BatchNorm2d(width, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    """Szegedy et al. 2014; the third branch is 3 × 3, as in torchvision (its issue 906)."""

    def __init__(self, arriving: int, one: int, reduce3: int, three: int, reduce5: int, five: int, pool: int) -> None:
        super().__init__()
        self.branch1 = BasicConv2d(arriving, one, kernel_size=1)
        self.branch2 = nn.Sequential(
            BasicConv2d(arriving, reduce3, kernel_size=1), BasicConv2d(reduce3, three, kernel_size=3, padding=1)
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(arriving, reduce5, kernel_size=1), BasicConv2d(reduce5, five, kernel_size=3, padding=1)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), BasicConv2d(arriving, pool, kernel_size=1)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()
        self.conv = BasicConv2d(arriving, 128, kernel_size=1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(nn.functional.adaptive_avg_pool2d(x, (4, 4)))
        x = torch.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(nn.functional.dropout(x, 0.7, training=self.training))


class GoogLeNet(nn.Module):
    """With `auxiliary`, three answers: its own, and those of the two heads, which a training draws on."""

    def __init__(self, auxiliary: bool = False) -> None:
        super().__init__()
        self.conv1 = BasicConv2d(3, 64, kernel_size=7, stride=2, padding=3)
        self.conv2 = BasicConv2d(64, 64, kernel_size=1)
        self.conv3 = BasicConv2d(64, 192, kernel_size=3, padding=1)
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = InceptionAux(512) if auxiliary else None
        self.aux2 = InceptionAux(528) if auxiliary else None
        self.fc = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        def pool(x: Tensor, size: int = 3) -> Tensor:
            return nn.functional.max_pool2d(x, size, 2, ceil_mode=True)

        x = pool(self.conv3(self.conv2(pool(self.conv1(x)))))
        x = self.inception4a(pool(self.inception3b(self.inception3a(x))))
        heads = [self.aux1(x)] if self.aux1 is not None else []
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        heads += [self.aux2(x)] if self.aux2 is not None else []
        x = self.inception5b(self.inception5a(pool(self.inception4e(x), 2)))
        x = torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1)
        return (self.fc(nn.functional.dropout(x, 0.2, training=self.training)), *heads)


class PublishedInception(nn.Module):
    """With true 5 × 5 filters, and biases instead of batch norm."""

    def __init__(self, arriving: int, one: int, reduce3: int, three: int, reduce5: int, five: int, pool: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(arriving, one, 1)
        self.reduce3, self.three = nn.Conv2d(arriving, reduce3, 1), nn.Conv2d(reduce3, three, 3, padding=1)
        self.reduce5, self.five = nn.Conv2d(arriving, reduce5, 1), nn.Conv2d(reduce5, five, 5, padding=2)
        self.pool = nn.Conv2d(arriving, pool, 1)

    def forward(self, x: Tensor) -> Tensor:
        three, five = torch.relu(self.reduce3(x)), torch.relu(self.reduce5(x))
        pooled = nn.functional.max_pool2d(x, 3, 1, 1)
        return torch.relu(torch.cat([self.one(x), self.three(three), self.five(five), self.pool(pooled)], 1))


class PublishedHead(nn.Module):
    def __init__(self, arriving: int, places: int) -> None:
        super().__init__()
        self.conv, self.fc1, self.fc2 = (
            nn.Conv2d(arriving, 128, 1),
            nn.Linear(128 * places, 1024),
            nn.Linear(1024, 1000),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.conv(nn.functional.avg_pool2d(x, 5, 3))).flatten(1)
        return self.fc2(nn.functional.dropout(torch.relu(self.fc1(x)), 0.7, self.training))


class PublishedGoogLeNet(nn.Module):
    """Szegedy et al. 2014, with response norms; it gives its own answer and those of the two heads.

    Args:
        widths: Of the nine modules, from 3a to 5b.
        places: Of the map that the heads make.
    """

    def __init__(self, widths: tuple[tuple[int, int, int, int, int, int], ...], places: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 64, 7, 2, 3), nn.Conv2d(64, 64, 1)
        self.conv3 = nn.Conv2d(64, 192, 3, padding=1)
        arriving, modules = [192], []
        for one, reduce3, three, reduce5, five, pool in widths:
            modules.append(PublishedInception(arriving[-1], one, reduce3, three, reduce5, five, pool))
            arriving.append(one + three + five + pool)
        self.inceptions = nn.ModuleList(modules)
        self.heads = nn.ModuleList([PublishedHead(arriving[3], places), PublishedHead(arriving[6], places)])
        self.fc = nn.Linear(arriving[-1], 1000)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        def pool(x: Tensor) -> Tensor:
            return nn.functional.max_pool2d(x, 3, 2, ceil_mode=True)

        x = response_norm(pool(torch.relu(self.conv1(x))), alpha=1e-4 / 5, k=1)
        x = torch.relu(self.conv3(torch.relu(self.conv2(x))))
        x, said = pool(response_norm(x, alpha=1e-4 / 5, k=1)), []
        for number, module in enumerate(self.inceptions):
            x = module(pool(x) if number in (2, 7) else x)
            said.append(x)
        heads = [head(said[at]) for head, at in zip(self.heads, (2, 5), strict=True)]
        return (self.fc(nn.functional.dropout(x.mean((2, 3)), 0.4, self.training)), *heads)


class Fire(nn.Module):
    def __init__(self, arriving: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(arriving, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.cat([torch.relu(self.expand1x1(x)), torch.relu(self.expand3x3(x))], 1)


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, 2, ceil_mode=True)


class SqueezeNet(nn.Module):
    """Iandola et al. 2016, version "1_0" or "1_1"."""

    def __init__(self, version: str) -> None:
        super().__init__()
        if version == "1_0":
            layers = [
                nn.Conv2d(3, 96, 7, 2), nn.ReLU(), _pool(), Fire(96, 16, 64), Fire(128, 16, 64), Fire(128, 32, 128), _pool(),
                Fire(256, 32, 128), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), _pool(), Fire(512, 64, 256),
            ]  # fmt: skip
        else:
            layers = [
                nn.Conv2d(3, 64, 3, 2), nn.ReLU(), _pool(), Fire(64, 16, 64), Fire(128, 16, 64), _pool(), Fire(128, 32, 128),
                Fire(256, 32, 128), _pool(), Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
            ]  # fmt: skip
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.5), nn.Conv2d(512, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.classifier(self.features(x)), 1)


class DenseLayer(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(arriving)
        self.conv1 = nn.Conv2d(arriving, 128, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(128)
        self.conv2 = nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, before: list[Tensor]) -> Tensor:
        x = self.conv1(torch.relu(self.norm1(torch.cat(before, 1))))
        return self.conv2(torch.relu(self.norm2(x)))


class DenseBlock(nn.ModuleDict):
    def __init__(self, layers: int, arriving: int) -> None:
        super().__init__({f"denselayer{i + 1}": DenseLayer(arriving + 32 * i) for i in range(layers)})

    def forward(self, x: Tensor) -> Tensor:
        maps = [x]
        for layer in self.values():
            maps.append(layer(maps))
        return torch.cat(maps, 1)


class Transition(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(arriving)
        self.conv = nn.Conv2d(arriving, arriving // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(self.conv(torch.relu(self.norm(x))), 2, 2)


class DenseNet(nn.Module):
    """Huang et al. 2016; 6, 12, 24, 16 layers are DenseNet-121."""

    def __init__(self, layers: tuple[int, ...] = (6, 12, 24, 16)) -> None:
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv0", nn.Conv2d(3, 64, 7, 2, 3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(64))
        self.features.add_module("relu0", nn.ReLU())
        self.features.add_module("pool0", nn.MaxPool2d(3, 2, 1))
        channels = 64
        for number, count in enumerate(layers, start=1):
            self.features.add_module(f"denseblock{number}", DenseBlock(count, channels))
            channels += 32 * count
            if number < len(layers):
                self.features.add_module(f"transition{number}", Transition(channels))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.features(x))
        return self.classifier(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))
