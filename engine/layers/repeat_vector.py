"""A vector once for each step."""

from __future__ import annotations

from torch import Tensor, nn


class RepeatVector(nn.Module):
    """The same vector at each of `steps` steps.

    Shapes:
        x: (N, F) -> (N, steps, F).
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, x: Tensor) -> Tensor:
        return x.unsqueeze(1).expand(-1, self.steps, -1)
