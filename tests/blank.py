"""Weights that nobody draws: for tests that give a network other weights before they look at it.

Not for: tests of what a network begins with.
"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

DRAWN = (
    "kaiming_normal_", "kaiming_uniform_", "normal_", "orthogonal_", "trunc_normal_", "uniform_", "xavier_normal_",
    "xavier_uniform_",
)  # fmt: skip


def leave_weights_blank(patch: pytest.MonkeyPatch) -> None:
    """Fill with noughts what torch would draw at random: the draws take longer than all else that makes a network."""

    def blank(tensor: Tensor, *_arguments: object, **_named: object) -> Tensor:
        with torch.no_grad():
            return tensor.zero_()

    for name in DRAWN:
        patch.setattr(nn.init, name, blank)
