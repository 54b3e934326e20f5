"""Networks that make pictures: autoencoders, the VAE (Kingma & Welling 2014), DCGAN (Radford et al. 2016), DDPM (Ho et al. 2020).

Their tensors stand in the order of the drawings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class DenseAutoencoder(nn.Module):
    def __init__(self, inside: Sequence[int]) -> None:
        super().__init__()
        widths = (784, *inside, 784)
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, x: Tensor) -> Tensor:
        x = x.reshape(len(x), 784)
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return torch.sigmoid(self.layers[-1](x))


class ConvAutoencoder(nn.Module):
    """28 to 14, 7 and 4 (a pooling that rounds up), then to 8, 16; a convolution without a rim makes 14 of it, and 28."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in ((1, 16), (16, 8), (8, 8)))
        self.up = nn.ModuleList([nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 16, 3)])
        self.pixels = nn.Conv2d(16, 1, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.down:
            x = functional.max_pool2d(torch.relu(conv(x)), 2, ceil_mode=True)
        for conv in self.up:
            x = torch.relu(conv(x)).repeat_interleave(2, 2).repeat_interleave(2, 3)
        return torch.sigmoid(self.pixels(x))


class VAE(nn.Module):
    """Its code is drawn while it trains; afterwards it is the mean."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.mu, self.logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.fc3, self.fc4 = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x: Tensor) -> Tensor:
        hidden = torch.relu(self.fc1(x.reshape(len(x), 784)))
        z, logvar = self.mu(hidden), self.logvar(hidden)
        if self.training:
            z = z + logvar.exp().sqrt() * torch.randn_like(z)
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(z))))


class Generator(nn.Module):
    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for arriving, width in zip((100, *widths), widths, strict=False):
            stride, padding = (2, 1) if layers else (1, 0)
            layers += [nn.ConvTranspose2d(arriving, width, 4, stride, padding, bias=False), nn.BatchNorm2d(width)]
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*layers, nn.ConvTranspose2d(widths[-1], 3, 4, 2, 1, bias=False), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z.reshape(len(z), 100, 1, 1))


class Discriminator(nn.Module):
    """The first convolution has no batch norm."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for arriving, width in zip((3, *widths), widths, strict=False):
            norm = [nn.BatchNorm2d(width)] if layers else []
            layers += [nn.Conv2d(arriving, width, 4, 2, 1, bias=False), *norm, nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.layers(x))


def swish(x: Tensor) -> Tensor:
    return x * torch.sigmoid(x)


class Attention(nn.Module):
    """Every place looks at all others; projections are 1 × 1 convolutions."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, eps=1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(width, width, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        n, width, height, length = x.shape
        h = self.norm(x)
        products = torch.einsum("nchw,ncHW->nhwHW", self.q(h), self.k(h)) * width**-0.5
        weights = products.reshape(n, height, length, -1).softmax(-1).reshape(products.shape)
        return x + self.proj_out(torch.einsum("nhwHW,ncHW->nchw", weights, self.v(h)))


class ResBlock(nn.Module):
    def __init__(self, sizes: tuple[int, int, int, int], dropout: float, *, attend: bool) -> None:
        super().__init__()
        arriving, width, time, groups = sizes
        self.dropout = dropout
        self.norm1 = nn.GroupNorm(groups, arriving, eps=1e-6)
        self.conv1 = nn.Conv2d(arriving, width, 3, padding=1)
        self.time = nn.Linear(time, width)
        self.norm2 = nn.GroupNorm(groups, width, eps=1e-6)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.skip = nn.Conv2d(arriving, width, 1) if arriving != width else None
        self.attention = Attention(width, groups) if attend else None

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        h = self.conv1(swish(self.norm1(x))) + self.time(swish(t))[:, :, None, None]
        h = self.conv2(functional.dropout(swish(self.norm2(h)), self.dropout, self.training))
        h = h + (x if self.skip is None else self.skip(x))
        return h if self.attention is None else self.attention(h)


class DDPM(nn.Module):
    """The U-Net of Ho et al.: all that comes up on the way down is kept and popped on the way up, one block more a level.

    Args:
        channels: Of the picture.
        widths: Of the levels.
        sines: Numbers that tell the time.
        blocks: Residual blocks of a level on the way down.
        groups: Of the group norms.
    """

    def __init__(self, channels: int, widths: Sequence[int], *, sines: int, blocks: int, groups: int) -> None:
        super().__init__()
        self.sines, self.blocks, time, base = sines, blocks, 4 * sines, widths[0]

        def block(arriving: int, width: int, *, attend: bool) -> ResBlock:
            return ResBlock((arriving, width, time, groups), 0.1, attend=attend)

        self.time1, self.time2 = nn.Linear(sines, time), nn.Linear(time, time)
        self.first = nn.Conv2d(channels, base, 3, padding=1)
        kept, arriving, last = [base], base, len(widths) - 1
        self.down = nn.ModuleList()
        for level, width in enumerate(widths):
            for _ in range(blocks):
                self.down.append(block(arriving, width, attend=level == 1))
                arriving = width
                kept.append(width)
            if level < last:
                self.down.append(nn.Conv2d(width, width, 3, 2))
                kept.append(width)
        self.middle = nn.ModuleList([block(arriving, arriving, attend=True), block(arriving, arriving, attend=False)])
        self.up = nn.ModuleList()
        for level in range(last, -1, -1):
            for _ in range(blocks + 1):
                self.up.append(block(arriving + kept.pop(), widths[level], attend=level == 1))
                arriving = widths[level]
            if level:
                self.up.append(nn.Conv2d(arriving, arriving, 3, padding=1))
        self.norm, self.noise = nn.GroupNorm(groups, arriving, eps=1e-6), nn.Conv2d(arriving, channels, 3, padding=1)

    def forward(self, t: Tensor, x: Tensor) -> Tensor:
        half = self.sines // 2
        angles = t.float()[:, None] * torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
        time = self.time2(swish(self.time1(torch.cat([torch.sin(angles), torch.cos(angles)], 1).to(x.dtype))))
        kept = [self.first(x)]
        for layer in self.down:
            if isinstance(layer, ResBlock):
                kept.append(layer(kept[-1], time))
            else:  # a rim on the right and at the bottom alone
                kept.append(layer(functional.pad(kept[-1], (0, 1, 0, 1))))
        h = kept[-1]
        for layer in self.middle:
            h = layer(h, time)
        for layer in self.up:
            if isinstance(layer, ResBlock):
                h = layer(torch.cat([h, kept.pop()], 1), time)
            else:
                h = layer(h.repeat_interleave(2, 2).repeat_interleave(2, 3))
        return self.noise(swish(self.norm(h)))
