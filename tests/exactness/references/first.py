"""LeNet-5 as LeCun, Bottou, Bengio and Haffner describe it in 1998, written out from the text of section II.B."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Table I, column by column: which maps of S2 each map of C3 reads.
TABLE = """
X . . . X X X . . X X X X . X X
X X . . . X X X . . X X X X . X
X X X . . . X X X . . X . X X X
. X X X . . X X X X . . X . X X
. . X X X . . X X X X . X X . X
. . . X X X . . X X X X . X X X
"""
CONNECTED = [[sign == "X" for sign in line.split()] for line in TABLE.split("\n") if line]


def squash(x: Tensor) -> Tensor:
    return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    """Four numbers are added, multiplied by a trainable coefficient, and a trainable bias is added."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.zeros(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: Tensor) -> Tensor:
        four = x[:, :, ::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, ::2] + x[:, :, 1::2, 1::2]
        return four * self.coefficient.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


class Codes(nn.Module):
    """Minus the squared distance from the code of each class; the codes are given."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = nn.Parameter(torch.zeros(10, 84), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return -torch.stack([((x - code) ** 2).sum(1) for code in self.codes], 1)


class Table(nn.Module):
    """C3 held as the weights that there are."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.ParameterList([torch.zeros(1, sum(reads(k)), 5, 5) for k in range(16)])
        self.bias = nn.Parameter(torch.zeros(16))


def reads(k: int) -> list[bool]:
    """Which maps of S2 map k of C3 reads."""
    return [row[k] for row in CONNECTED]


class LeNet1998(nn.Module):
    """C3 held as "dense" with a mask, as sixteen "nodes", or as a "table"; the answer is minus the distance."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6)
        self.c3: nn.Module
        if how == "dense":
            self.c3 = nn.Conv2d(6, 16, 5)
        elif how == "nodes":
            self.c3 = nn.ModuleList([nn.Conv2d(sum(reads(k)), 1, 5) for k in range(16)])
        else:
            self.c3 = Table()
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.codes = Codes()

    def third(self, x: Tensor) -> Tensor:
        """Each map by itself."""
        if self.how == "dense":
            mask = torch.tensor(CONNECTED, dtype=x.dtype).T.view(16, 6, 1, 1)
            return nn.functional.conv2d(x, self.c3.weight * mask, self.c3.bias)
        maps = []
        for k in range(16):
            weight = self.c3[k].weight if self.how == "nodes" else self.c3.weights[k]
            bias = self.c3[k].bias if self.how == "nodes" else self.c3.bias[k : k + 1]
            maps.append(nn.functional.conv2d(x[:, reads(k)], weight, bias))
        return torch.cat(maps, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = squash(self.s2(squash(self.c1(x))))
        x = squash(self.s4(squash(self.third(x))))
        return self.codes(squash(self.f6(torch.flatten(squash(self.c5(x)), 1))))
