"""Inception v3 without its head, in the layout, order and names of torchvision: Szegedy et al. 2015."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.exactness.references.paths import BasicConv2d as Conv


class A(nn.Module):
    def __init__(self, arriving: int, pool: int) -> None:
        super().__init__()
        self.branch1x1 = Conv(arriving, 64, kernel_size=1)
        self.branch5x5_1 = Conv(arriving, 48, kernel_size=1)
        self.branch5x5_2 = Conv(48, 64, kernel_size=5, padding=2)
        self.branch3x3dbl_1 = Conv(arriving, 64, kernel_size=1)
        self.branch3x3dbl_2 = Conv(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = Conv(96, 96, kernel_size=3, padding=1)
        self.branch_pool = Conv(arriving, pool, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        pool = self.branch_pool(nn.functional.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), five, double, pool], 1)


class B(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()
        self.branch3x3 = Conv(arriving, 384, kernel_size=3, stride=2)
        self.branch3x3dbl_1 = Conv(arriving, 64, kernel_size=1)
        self.branch3x3dbl_2 = Conv(64, 96, kernel_size=3, padding=1)
        self.branch3x3dbl_3 = Conv(96, 96, kernel_size=3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, nn.functional.max_pool2d(x, 3, 2)], 1)


class C(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        wide, tall = {"kernel_size": (1, 7), "padding": (0, 3)}, {"kernel_size": (7, 1), "padding": (3, 0)}
        self.branch1x1 = Conv(768, 192, kernel_size=1)
        self.branch7x7_1 = Conv(768, width, kernel_size=1)
        self.branch7x7_2 = Conv(width, width, **wide)
        self.branch7x7_3 = Conv(width, 192, **tall)
        self.branch7x7dbl_1 = Conv(768, width, kernel_size=1)
        self.branch7x7dbl_2 = Conv(width, width, **tall)
        self.branch7x7dbl_3 = Conv(width, width, **wide)
        self.branch7x7dbl_4 = Conv(width, width, **tall)
        self.branch7x7dbl_5 = Conv(width, 192, **wide)
        self.branch_pool = Conv(768, 192, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        once = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        twice = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        twice = self.branch7x7dbl_5(self.branch7x7dbl_4(twice))
        pool = self.branch_pool(nn.functional.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), once, twice, pool], 1)


class D(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.branch3x3_1 = Conv(768, 192, kernel_size=1)
        self.branch3x3_2 = Conv(192, 320, kernel_size=3, stride=2)
        self.branch7x7x3_1 = Conv(768, 192, kernel_size=1)
        self.branch7x7x3_2 = Conv(192, 192, kernel_size=(1, 7), padding=(0, 3))
        self.branch7x7x3_3 = Conv(192, 192, kernel_size=(7, 1), padding=(3, 0))
        self.branch7x7x3_4 = Conv(192, 192, kernel_size=3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), seven, nn.functional.max_pool2d(x, 3, 2)], 1)


class E(nn.Module):
    def __init__(self, arriving: int) -> None:
        super().__init__()
        wide, tall = {"kernel_size": (1, 3), "padding": (0, 1)}, {"kernel_size": (3, 1), "padding": (1, 0)}
        self.branch1x1 = Conv(arriving, 320, kernel_size=1)
        self.branch3x3_1 = Conv(arriving, 384, kernel_size=1)
        self.branch3x3_2a = Conv(384, 384, **wide)
        self.branch3x3_2b = Conv(384, 384, **tall)
        self.branch3x3dbl_1 = Conv(arriving, 448, kernel_size=1)
        self.branch3x3dbl_2 = Conv(448, 384, kernel_size=3, padding=1)
        self.branch3x3dbl_3a = Conv(384, 384, **wide)
        self.branch3x3dbl_3b = Conv(384, 384, **tall)
        self.branch_pool = Conv(arriving, 192, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        once, twice = self.branch3x3_1(x), self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        once = torch.cat([self.branch3x3_2a(once), self.branch3x3_2b(once)], 1)
        twice = torch.cat([self.branch3x3dbl_3a(twice), self.branch3x3dbl_3b(twice)], 1)
        pool = self.branch_pool(nn.functional.avg_pool2d(x, 3, 1, 1))
        return torch.cat([self.branch1x1(x), once, twice, pool], 1)


class InceptionV3(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32, kernel_size=3, stride=2)
        self.Conv2d_2a_3x3 = Conv(32, 32, kernel_size=3)
        self.Conv2d_2b_3x3 = Conv(32, 64, kernel_size=3, padding=1)
        self.Conv2d_3b_1x1 = Conv(64, 80, kernel_size=1)
        self.Conv2d_4a_3x3 = Conv(80, 192, kernel_size=3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = A(192, 32), A(256, 64), A(288, 64)
        self.Mixed_6a = B(288)
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = C(128), C(160), C(160), C(192)
        self.Mixed_7a, self.Mixed_7b, self.Mixed_7c = D(), E(1280), E(2048)
        self.fc = nn.Linear(2048, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(nn.functional.max_pool2d(x, 3, 2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(nn.functional.max_pool2d(x, 3, 2))))
        x = self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))
        x = self.Mixed_7a(self.Mixed_6e(self.Mixed_6d(x)))
        x = torch.flatten(nn.functional.adaptive_avg_pool2d(self.Mixed_7c(self.Mixed_7b(x)), 1), 1)
        return self.fc(nn.functional.dropout(x, 0.5, training=self.training))
