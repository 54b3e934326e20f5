"""The threshold of the first artificial neurons."""

from __future__ import annotations

from torch import Tensor, nn


class Step(nn.Module):
    """1 where x reaches the threshold, 0 elsewhere (McCulloch, Pitts 1943; Rosenblatt 1958).

    Its derivative is 0 wherever there is one. With `straight_through` the gradient passes as if the step were not there (Hinton
    2012; Bengio, Léonard, Courville 2013), which for half the squared error of a single unit is Rosenblatt's learning rule.

    Shapes:
        x: any -> the same.
    """

    def __init__(self, threshold: float = 0.0, straight_through: bool = True) -> None:
        super().__init__()
        self.threshold, self.straight_through = threshold, straight_through

    def forward(self, x: Tensor) -> Tensor:
        y = (x >= self.threshold).to(x.dtype)
        return y + (x - x.detach()) if self.straight_through else y
