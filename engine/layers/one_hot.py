"""Whole numbers as vectors of zeros with a one. Not for: learned vectors, which `nn.Embedding` has."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class OneHot(nn.Module):
    """The vector that is 1 at the place of the number and 0 elsewhere, in the type of the network's numbers.

    Shapes:
        x: (N, ...) of whole numbers below `classes` -> (N, ..., classes).
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.register_buffer("one", torch.ones(()), persistent=False)  # knows the type that the network was brought to
        self.one: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.one_hot(x.long(), self.classes).to(self.one.dtype)
