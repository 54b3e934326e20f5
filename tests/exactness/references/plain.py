"""VGG in the layout and names of torchvision: Simonyan and Zisserman 2014; AlexNet of 2012 and Caffe's.

AlexNet's tensors stand in the order of the drawings.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Convolutions of the five stages in columns A, D and E of the paper's table 1; each stage ends in a pooling.
COLUMNS = {"vgg11": (1, 1, 2, 2, 2), "vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}


class VGG(nn.Module):
    """A network of the paper.

    Args:
        name: Of the column.
        norm: Whether batch norm follows each convolution.
        base: Channels of the first stage, 64 in the paper; they double three times.
        hidden: Neurons of the hidden linear layers, 4096 in the paper.
    """

    def __init__(
        self, name: str, *, norm: bool = False, base: int = 64, hidden: int = 4096, classes: int = 1000
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        arriving = 3
        for stage, convolutions in enumerate(COLUMNS[name]):
            width = base * 2 ** min(stage, 3)
            for _ in range(convolutions):
                layers.append(nn.Conv2d(arriving, width, 3, padding=1))
                layers += [nn.BatchNorm2d(width), nn.ReLU()] if norm else [nn.ReLU()]
                arriving = width
            layers.append(nn.MaxPool2d(2, 2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(arriving * 49, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def response_norm(x: Tensor, *, alpha: float, k: float) -> Tensor:
    """Each number divided by the strength of five channels at its pixel; `alpha` counts each of them in full, as in the paper."""
    squares = nn.functional.pad(x * x, (0, 0, 0, 0, 2, 2))
    around = sum(squares[:, shift : shift + x.shape[1]] for shift in range(5))
    return x / (k + alpha * around) ** 0.75


class AlexNet(nn.Module):
    """The network of 2012 with its towers as groups, and with other constants Caffe's.

    Args:
        wide: Neurons of the hidden linear layers, 4096 in the paper.
        alpha: Of the response norm.
        k: Of the response norm.
    """

    def __init__(self, wide: int, *, alpha: float, k: float) -> None:
        super().__init__()
        self.alpha, self.k = alpha, k
        self.conv1, self.conv2 = nn.Conv2d(3, 96, 11, 4), nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6, self.fc7, self.fc8 = nn.Linear(256, wide), nn.Linear(wide, wide), nn.Linear(wide, 1000)

    def forward(self, x: Tensor) -> Tensor:
        for conv in (self.conv1, self.conv2):
            x = response_norm(torch.relu(conv(x)), alpha=self.alpha, k=self.k)
            x = nn.functional.max_pool2d(x, 3, 2)
        for conv in (self.conv3, self.conv4, self.conv5):
            x = torch.relu(conv(x))
        x = nn.functional.max_pool2d(x, 3, 2).flatten(1)
        for layer in (self.fc6, self.fc7):
            x = nn.functional.dropout(torch.relu(layer(x)), 0.5, self.training)
        return self.fc8(x)


class Tower(nn.Module):
    """One tower's convolutions up to where it meets the other."""

    def __init__(self, *convs: nn.Conv2d) -> None:
        super().__init__()
        self.convs = nn.ModuleList(convs)


class AlexNetTowers(nn.Module):
    """Two towers with a response norm each; they meet in front of the third convolution and at the end."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self.fronts = nn.ModuleList(Tower(nn.Conv2d(3, 48, 11, 4), nn.Conv2d(48, 128, 5, padding=2)) for _ in range(2))
        self.backs = nn.ModuleList(
            Tower(*(nn.Conv2d(a, b, 3, padding=1) for a, b in ((256, 192), (192, 192), (192, 128)))) for _ in range(2)
        )
        self.fc6, self.fc7, self.fc8 = nn.Linear(256, wide), nn.Linear(wide, wide), nn.Linear(wide, 1000)

    def forward(self, x: Tensor) -> Tensor:
        said = []
        for tower in self.fronts:
            y = x
            for conv in tower.convs:
                y = nn.functional.max_pool2d(response_norm(torch.relu(conv(y)), alpha=1e-4, k=2), 3, 2)
            said.append(y)
        x, said = torch.cat(said, 1), []
        for tower in self.backs:
            y = x
            for conv in tower.convs:
                y = torch.relu(conv(y))
            said.append(nn.functional.max_pool2d(y, 3, 2))
        x = torch.cat(said, 1).flatten(1)
        for layer in (self.fc6, self.fc7):
            x = nn.functional.dropout(torch.relu(layer(x)), 0.5, self.training)
        return self.fc8(x)
