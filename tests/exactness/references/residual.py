"""ResNets in the layout, order and names of torchvision: He et al. 2015, with the stride in the (first) 3 × 3 convolution.

ResNeXt: Xie et al. 2016. SE-ResNet: Hu et al. 2017, in the names of timm.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, arriving: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(arriving, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(arriving, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


def shortcut(arriving: int, leaving: int, stride: int) -> nn.Module | None:
    if stride == 1 and arriving == leaving:
        return None
    return nn.Sequential(nn.Conv2d(arriving, leaving, 1, stride, bias=False), nn.BatchNorm2d(leaving))


class SEModule(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 16, 1)
        self.act = nn.ReLU()
        self.fc2 = nn.Conv2d(channels // 16, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True)))))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(
        self, arriving: int, width: int, stride: int, groups: int = 1, base: int = 64, squeeze: bool = False
    ) -> None:
        super().__init__()
        inner, leaving = width * base // 64 * groups, width * 4
        self.conv1 = nn.Conv2d(arriving, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, leaving, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(leaving)
        self.se = SEModule(leaving) if squeeze else None
        self.relu = nn.ReLU()
        self.downsample = shortcut(arriving, leaving, stride)

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.se is not None:
            out = self.se(out)
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, kind: type[nn.Module], layers: tuple[int, ...], classes: int = 1000, **more: object) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        arriving, stages = 64, []
        for index, count in enumerate(layers):
            width, blocks = 64 * 2**index, []
            for place in range(count):
                blocks.append(kind(arriving, width, 2 if index and not place else 1, **more))
                arriving = width * kind.expansion  # type: ignore[operator]
            stages.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(arriving, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class ResNet18(ResNet):
    def __init__(self, classes: int = 1000) -> None:
        super().__init__(BasicBlock, (2, 2, 2, 2), classes)
