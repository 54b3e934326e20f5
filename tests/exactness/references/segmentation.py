"""Networks that give a class to every pixel: U-Nets (Ronneberger et al. 2015; padded, in the names of milesial and of torch.hub's
brain segmentation), and FCN and DeepLabv3 over a dilated ResNet-50 in the layout, order and names of torchvision.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def double(arriving: int, width: int, *, padded: bool) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (arriving, width):
        layers.append(nn.Conv2d(channels, width, 3, padding=int(padded), bias=not padded))
        layers += [nn.BatchNorm2d(width), nn.ReLU()] if padded else [nn.ReLU()]
    return nn.Sequential(*layers)


class UNet2015(nn.Module):
    """Without padding: the map from the way down is cut to its middle, and stands first."""

    def __init__(self, base: int = 64) -> None:
        super().__init__()
        widths = [base << level for level in range(5)]
        self.downs = nn.ModuleList(
            double(arriving, width, padded=False) for arriving, width in zip([1, *widths], widths, strict=False)
        )
        self.ups = nn.ModuleList()
        for width in reversed(widths[:-1]):
            self.ups.append(nn.ConvTranspose2d(2 * width, width, 2, 2))
            self.ups.append(double(2 * width, width, padded=False))
        self.head = nn.Conv2d(base, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level, down in enumerate(self.downs):
            x = down(nn.functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        for level in range(4):
            x, skip = self.ups[2 * level](x), kept[3 - level]
            rim = (skip.shape[2] - x.shape[2]) // 2
            skip = skip[:, :, rim : rim + x.shape[2], rim : rim + x.shape[3]]
            x = self.ups[2 * level + 1](torch.cat([skip, x], 1))
        return self.head(x)


class DoubleConv(nn.Module):
    def __init__(self, arriving: int, width: int) -> None:
        super().__init__()
        self.double_conv = double(arriving, width, padded=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, arriving: int, width: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(arriving, width))

    def forward(self, x: Tensor) -> Tensor:
        return self.maxpool_conv(x)


class Up(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.up, self.conv = nn.ConvTranspose2d(2 * width, width, 2, 2), DoubleConv(2 * width, width)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.conv(torch.cat([skip, self.up(x)], 1))


class Out(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, 2, 1)


class UNetMilesial(nn.Module):
    def __init__(self, base: int = 64) -> None:
        super().__init__()
        self.inc = DoubleConv(3, base)
        for level in range(4):
            setattr(self, f"down{level + 1}", Down(base << level, base << (level + 1)))
        for level in range(4):
            setattr(self, f"up{level + 1}", Up(base << (3 - level)))
        self.outc = Out(base)

    def forward(self, x: Tensor) -> Tensor:
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up3(self.up2(self.up1(self.down4(x4), x4), x3), x2)
        return self.outc.conv(self.up4(x, x1))


class UNetHub(nn.Module):
    """What comes from below stands first."""

    def __init__(self, base: int = 32) -> None:
        super().__init__()
        for level in range(4):
            arriving = base << (level - 1) if level else 3
            self.add_module(f"encoder{level + 1}", self.block(arriving, base << level, f"enc{level + 1}"))
        self.bottleneck = self.block(base << 3, base << 4, "bottleneck")
        for level in range(3, -1, -1):
            width = base << level
            self.add_module(f"upconv{level + 1}", nn.ConvTranspose2d(2 * width, width, 2, 2))
            self.add_module(f"decoder{level + 1}", self.block(2 * width, width, f"dec{level + 1}"))
        self.conv = nn.Conv2d(base, 1, 1)

    @staticmethod
    def block(arriving: int, width: int, name: str) -> nn.Sequential:
        out = nn.Sequential()
        for number, channels in ((1, arriving), (2, width)):
            out.add_module(f"{name}conv{number}", nn.Conv2d(channels, width, 3, padding=1, bias=False))
            out.add_module(f"{name}norm{number}", nn.BatchNorm2d(width))
            out.add_module(f"{name}relu{number}", nn.ReLU())
        return out

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level in range(1, 5):
            x = self.get_submodule(f"encoder{level}")(x)
            kept.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.bottleneck(x)
        for level in range(4, 0, -1):
            x = torch.cat([self.get_submodule(f"upconv{level}")(x), kept[level - 1]], 1)
            x = self.get_submodule(f"decoder{level}")(x)
        return self.conv(x)


class Dilated(nn.Module):
    """A bottleneck whose 3 × 3 convolution has holes."""

    def __init__(self, arriving: int, width: int, stride: int, dilation: int, *, shortcut: bool) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(arriving, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)
        self.downsample = (
            nn.Sequential(nn.Conv2d(arriving, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))
            if shortcut
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))
        return torch.relu(self.bn3(self.conv3(y)) + (x if self.downsample is None else self.downsample(x)))


class Backbone(nn.Module):
    """Strides of the last two stages are made dilations; a stage's first block keeps the dilation of the stage before."""

    def __init__(self, base: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, base, 7, 2, 3, bias=False), nn.BatchNorm2d(base)
        arriving = base
        for stage, (times, stride, first, dilation) in enumerate(
            ((3, 1, 1, 1), (4, 2, 1, 1), (6, 1, 1, 2), (3, 1, 2, 4)), start=1
        ):
            width, blocks = base << (stage - 1), []
            for index in range(times):
                step, holes = (stride, first) if index == 0 else (1, dilation)
                blocks.append(Dilated(arriving, width, step, holes, shortcut=index == 0))
                arriving = 4 * width
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        third = self.layer3(self.layer2(self.layer1(x)))
        return self.layer4(third), third


def head(arriving: int, width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(arriving, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.Dropout(0.1),
        nn.Conv2d(width, 21, 1),
    )  # fmt: skip


class ASPP(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()

        def branch(size: int, rate: int, *before: nn.Module) -> nn.Sequential:
            padding = rate if size == 3 else 0
            conv = nn.Conv2d(arriving, 256, size, padding=padding, dilation=rate, bias=False)
            return nn.Sequential(*before, conv, nn.BatchNorm2d(256), nn.ReLU())

        self.convs = nn.ModuleList(
            [branch(1, 1), *(branch(3, rate) for rate in (12, 24, 36)), branch(1, 1, nn.AdaptiveAvgPool2d(1))]
        )
        self.project = nn.Sequential(
            nn.Conv2d(1280, 256, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU(), nn.Dropout(0.5)
        )

    def forward(self, x: Tensor) -> Tensor:
        found = [conv(x) for conv in self.convs]
        found[-1] = found[-1].expand(-1, -1, *x.shape[2:])  # one number, enlarged by whatever rule
        return self.project(torch.cat(found, 1))


class OverResNet(nn.Module):
    """FCN, or with `deeplab` DeepLabv3: the answer, and that of the head that helps while training."""

    def __init__(self, *, deeplab: bool, base: int = 64) -> None:
        super().__init__()
        self.backbone = Backbone(base)
        self.classifier = (
            nn.Sequential(
                ASPP(32 * base),
                nn.Conv2d(256, 256, 3, padding=1, bias=False),
                nn.BatchNorm2d(256),
                nn.ReLU(),
                nn.Conv2d(256, 21, 1),
            )
            if deeplab
            else head(32 * base, 512)
        )
        self.aux_classifier = head(16 * base, 256)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        last, third = self.backbone(x)
        size = x.shape[2:]

        def enlarged(scores: Tensor) -> Tensor:
            return nn.functional.interpolate(scores, size=size, mode="bilinear", align_corners=False)

        return enlarged(self.classifier(last)), enlarged(self.aux_classifier(third))
