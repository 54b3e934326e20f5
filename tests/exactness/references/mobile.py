"""Networks for small devices in the layout, order and names of torchvision, MobileNet v1 in those of timm.

Howard et al. 2017, Sandler et al. 2018, Howard et al. 2019, Tan and Le 2019.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn


def conv_norm(
    arriving: int,
    leaving: int,
    size: int,
    stride: int = 1,
    groups: int = 1,
    act: nn.Module | None = None,
    **norm: float,
) -> nn.Sequential:
    layers = [
        nn.Conv2d(arriving, leaving, size, stride, (size - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(leaving, **norm),
    ]
    return nn.Sequential(*layers, *([act] if act is not None else []))


class Separable(nn.Module):
    def __init__(self, arriving: int, leaving: int, stride: int) -> None:
        super().__init__()
        self.conv_dw = nn.Conv2d(arriving, arriving, 3, stride, 1, groups=arriving, bias=False)
        self.bn1 = nn.BatchNorm2d(arriving)
        self.conv_pw = nn.Conv2d(arriving, leaving, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(leaving)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn1(self.conv_dw(x)).clamp(0, 6)
        return self.bn2(self.conv_pw(x)).clamp(0, 6)


class MobileNetV1(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv_stem = nn.Conv2d(3, 32, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(32)
        arriving, stages = 32, []
        for width, stride, times in ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 2, 6), (1024, 2, 2)):
            blocks = [Separable(arriving if not i else width, width, stride if not i else 1) for i in range(times)]
            stages.append(nn.Sequential(*blocks))
            arriving = width
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn1(self.conv_stem(x)).clamp(0, 6)
        return self.classifier(self.blocks(x).mean((2, 3)))


class InvertedV2(nn.Module):
    def __init__(self, arriving: int, leaving: int, stride: int, factor: int) -> None:
        super().__init__()
        inside = arriving * factor
        self.added = stride == 1 and arriving == leaving
        layers = [conv_norm(arriving, inside, 1, act=nn.ReLU6())] if factor != 1 else []
        layers += [conv_norm(inside, inside, 3, stride, inside, nn.ReLU6())]
        self.conv = nn.Sequential(*layers, nn.Conv2d(inside, leaving, 1, bias=False), nn.BatchNorm2d(leaving))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.added else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [conv_norm(3, 32, 3, 2, act=nn.ReLU6())]
        arriving = 32
        for factor, width, times, stride in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ):  # fmt: skip
            for index in range(times):
                layers.append(InvertedV2(arriving, width, stride if index == 0 else 1, factor))
                arriving = width
        self.features = nn.Sequential(*layers, conv_norm(arriving, 1280, 1, act=nn.ReLU6()))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3)))


class Weighing(nn.Module):
    """Squeeze and excitation; `act` is an activation, `gate` what makes the numbers."""

    def __init__(self, channels: int, narrow: int, act: nn.Module, gate: nn.Module) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, narrow, 1), nn.Conv2d(narrow, channels, 1)
        self.act, self.gate = act, gate

    def forward(self, x: Tensor) -> Tensor:
        return self.gate(self.fc2(self.act(self.fc1(x.mean((2, 3), keepdim=True))))) * x


class InvertedDeep(nn.Module):
    """The block of MobileNet v3 and of EfficientNet; a training leaves it out with probability p."""

    def __init__(
        self, arriving: int, inside: int, leaving: int, size: int, stride: int, weighing: nn.Module | None,
        act: type[nn.Module], p: float = 0.0, **norm: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.added, self.p = stride == 1 and arriving == leaving, p
        layers = [conv_norm(arriving, inside, 1, act=act(), **norm)] if inside != arriving else []
        layers += [conv_norm(inside, inside, size, stride, inside, act(), **norm)]
        layers += [weighing] if weighing is not None else []
        self.block = nn.Sequential(*layers, conv_norm(inside, leaving, 1, **norm))

    def forward(self, x: Tensor) -> Tensor:
        out = self.block(x)
        if not self.added:
            return out
        if self.training and self.p:
            kept = torch.empty(len(x), 1, 1, 1, dtype=x.dtype).bernoulli_(1 - self.p)
            out = out * (kept / (1 - self.p))
        return out + x


class MobileNetV3Large(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        norm = {"eps": 0.001, "momentum": 0.01}
        layers: list[nn.Module] = [conv_norm(3, 16, 3, 2, act=nn.Hardswish(), **norm)]
        arriving = 16
        for size, inside, width, weighed, hard, stride in (
            (3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1), (5, 72, 40, 1, 0, 2), (5, 120, 40, 1, 0, 1),
            (5, 120, 40, 1, 0, 1), (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1),
            (3, 480, 112, 1, 1, 1), (3, 672, 112, 1, 1, 1), (5, 672, 160, 1, 1, 2), (5, 960, 160, 1, 1, 1), (5, 960, 160, 1, 1, 1),
        ):  # fmt: skip
            # A quarter, to the nearest multiple of 8, but not under nine tenths of it.
            narrow = max(8, int(inside / 4 + 4) // 8 * 8)
            narrow += 8 if narrow < 0.9 * inside / 4 else 0
            weighing = Weighing(inside, narrow, nn.ReLU(), nn.Hardsigmoid()) if weighed else None
            act = nn.Hardswish if hard else nn.ReLU
            layers.append(InvertedDeep(arriving, inside, width, size, stride, weighing, act, **norm))
            arriving = width
        self.features = nn.Sequential(*layers, conv_norm(160, 960, 1, act=nn.Hardswish(), **norm))
        self.classifier = nn.Sequential(nn.Linear(960, 1280), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3)))


class EfficientNetB0(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [conv_norm(3, 32, 3, 2, act=nn.SiLU())]
        arriving, place = 32, 0
        for factor, size, stride, width, times in (
            (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
            (6, 3, 1, 320, 1),
        ):  # fmt: skip
            blocks = []
            for index in range(times):
                inside = arriving * factor
                weighing = Weighing(inside, max(1, arriving // 4), nn.SiLU(), nn.Sigmoid())
                step = stride if index == 0 else 1
                p = 0.2 * place / 16  # of sixteen blocks
                blocks.append(InvertedDeep(arriving, inside, width, size, step, weighing, nn.SiLU, p))
                arriving, place = width, place + 1
            layers.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*layers, conv_norm(320, 1280, 1, act=nn.SiLU()))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3)))


def shuffled(x: Tensor, groups: int) -> Tensor:
    """Channel c of group g, of n channels each, goes to place c * groups + g."""
    each = x.shape[1] // groups
    return x[:, [g * each + c for c in range(each) for g in range(groups)]]


class UnitV2(nn.Module):
    """A unit of ShuffleNet v2 (Ma et al. 2018)."""

    def __init__(self, arriving: int, leaving: int, stride: int) -> None:
        super().__init__()
        half = leaving // 2
        self.stride = stride

        def depthwise(channels: int) -> list[nn.Module]:
            return [nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels)]

        def pointwise(channels: int) -> list[nn.Module]:
            return [nn.Conv2d(channels, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU()]

        self.branch1 = nn.Sequential(*depthwise(arriving), *pointwise(arriving)) if stride > 1 else nn.Sequential()
        self.branch2 = nn.Sequential(*pointwise(arriving if stride > 1 else half), *depthwise(half), *pointwise(half))

    def forward(self, x: Tensor) -> Tensor:
        if self.stride > 1:
            return shuffled(torch.cat([self.branch1(x), self.branch2(x)], 1), 2)
        half = x.shape[1] // 2
        return shuffled(torch.cat([x[:, :half], self.branch2(x[:, half:])], 1), 2)


class ShuffleNetV2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = conv_norm(3, 24, 3, 2, act=nn.ReLU())
        arriving = 24
        for stage, width, times in ((2, 116, 4), (3, 232, 8), (4, 464, 4)):
            units = [UnitV2(width if i else arriving, width, 1 if i else 2) for i in range(times)]
            setattr(self, f"stage{stage}", nn.Sequential(*units))
            arriving = width
        self.conv5 = conv_norm(464, 1024, 1, act=nn.ReLU())
        self.fc = nn.Linear(1024, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(self.conv1(x), 3, 2, 1)
        return self.fc(self.conv5(self.stage4(self.stage3(self.stage2(x)))).mean((2, 3)))


class UnitV1(nn.Module):
    """A unit of ShuffleNet v1 with three groups (Zhang et al. 2017), as the authors' code has it, or as the paper draws it."""

    def __init__(self, arriving: int, leaving: int, *, first: bool, down: bool, paper: bool) -> None:
        super().__init__()
        middle, out = leaving // 4, leaving - arriving if down else leaving
        self.down, self.paper = down, paper
        self.branch_main_1 = nn.Sequential(
            nn.Conv2d(arriving, middle, 1, groups=1 if first else 3, bias=False), nn.BatchNorm2d(middle), nn.ReLU(),
            nn.Conv2d(middle, middle, 3, 2 if down else 1, 1, groups=middle, bias=False), nn.BatchNorm2d(middle),
        )  # fmt: skip
        self.branch_main_2 = nn.Sequential(nn.Conv2d(middle, out, 1, groups=3, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        if self.paper:
            y = self.branch_main_1[3:](shuffled(self.branch_main_1[:3](x), 3))
        else:  # the other way round: place g * n + c takes channel c * groups + g, of n channels a group
            y = self.branch_main_1(x)
            each = y.shape[1] // 3
            y = shuffled(y, each)
        y = self.branch_main_2(y)
        if self.down:
            return torch.cat([nn.functional.avg_pool2d(x, 3, 2, 1), torch.relu(y)], 1)
        return torch.relu(x + y)


class ShuffleNetV1(nn.Module):
    def __init__(self, *, paper: bool) -> None:
        super().__init__()
        self.first_conv = conv_norm(3, 24, 3, 2, act=nn.ReLU())
        units, arriving = [], 24
        for stage, (width, times) in enumerate(((240, 4), (480, 8), (960, 4))):
            for index in range(times):
                first = stage == 0 and index == 0
                units.append(UnitV1(arriving, width, first=first, down=index == 0, paper=paper))
                arriving = width
        self.features = nn.Sequential(*units)
        self.classifier = nn.Sequential(OrderedDict({"0": nn.Linear(960, 1000, bias=paper)}))

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(self.first_conv(x), 3, 2, 1)
        return self.classifier(self.features(x).mean((2, 3)))
