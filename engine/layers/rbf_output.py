"""The output layer of LeNet-5: how far is what arrives from the code of each class?"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# The digits as the paper's figure 3 draws them, seven numbers wide and twelve high: "#" is +1, "." is -1.
_DIGITS = """
.#####. ...##.. .#####. ####### .#####. .#####. ..####. ####### .#####. .#####.
....... ..###.. ....... .....## ....... ....... .##.... .....## ##...## ##..###
..###.. .####.. .#####. ....##. ....... ####### ##..... .....## ##...## ##...##
.##.##. ...##.. ##...## ...##.. .##..## ##..... ##..... ....##. ##...## ##...##
##...## ...##.. #....## ..####. .##..## ##..... ######. ...##.. .#####. ##..###
##...## ...##.. ....##. .....## ###..## .####.. ###..## ...##.. ##...## .######
##...## ...##.. ..###.. .....## ##...## ..####. ##...## ..##... ##...## .....##
##...## ...##.. .##.... .....## ##...## .....## ##...## ..##... ##...## .....##
.##.##. ...##.. ##..... ##...## ##..### ##...## ###..## ..##... ##...## ....##.
..###.. .###### ####### .#####. .###### .#####. .#####. ..##... .#####. .####..
....... ....... ....... ....... .....## ....... ....... ....... ....... .......
....... ....... ....... ....... .....## ....... ....... ....... ....... .......
"""


def _digits() -> Tensor:
    """(10, 84): one code a digit, row by row."""
    lines = [line.split() for line in _DIGITS.split("\n") if line]
    codes = ["".join(line[digit] for line in lines) for digit in range(10)]
    return torch.tensor([[1.0 if sign == "#" else -1.0 for sign in code] for code in codes])


class RBFOutput(nn.Module):
    """The squared distance from the code of each class: y_k = Σ_i (x_i - w_ki)².

    LeCun, Bottou, Bengio, Haffner 1998, equation 7. The codes are fixed unless `learned`.

    Shapes:
        x: (N, F) -> (N, K).
        weight: (K, F), every number +1 or -1.
    """

    def __init__(
        self, features: int, classes: int, codes: str = "digits", learned: bool = False, negative: bool = False
    ) -> None:
        super().__init__()
        if codes == "digits":
            if features != 84 or classes > 10:
                raise ValueError(f"the digits' codes are 10 of 84 numbers, not {classes} of {features}")
            chosen = _digits()[:classes]
        else:
            drawn = torch.randint(0, 2, (classes, features), generator=torch.Generator().manual_seed(0))
            chosen = drawn.float() * 2 - 1
        self.negative = negative
        self.weight = nn.Parameter(chosen, requires_grad=learned)

    def forward(self, x: Tensor) -> Tensor:
        distance = (x.unsqueeze(1) - self.weight).square().sum(dim=2)
        return -distance if self.negative else distance
