"""What a block looks at: the window of its input from which one number of its output comes.

Declared beside the shape rule of a block, read by `engine.graph.receptive`. Not for: computing receptive fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True)
class Span:
    """A window along one side: position i of the output sees `kernel` positions of the input from i · stride - padding on.

    Attributes:
        kernel: How many positions it looks at.
        stride: Positions of the input from one window to the next; a fraction where windows do not lie evenly.
        padding: Positions of the rim before the first one.
        dilation: Positions from one tap to the next.
    """

    kernel: int = 1
    stride: int | Fraction = 1
    padding: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Positions from the first tap to the last, both counted."""
        return self.dilation * (self.kernel - 1) + 1


@dataclass(frozen=True)
class Window:
    """A window over a map: one span for the height, one for the width.

    Attributes:
        height, width: The two sides.
        last: Whether the map has its channels last, H×W×C.
    """

    height: Span
    width: Span
    last: bool = False

    @property
    def sides(self) -> tuple[Span, Span]:
        """Height, width."""
        return self.height, self.width


# What `Block.window` gives: a window, everything that arrives, or (None) each position by itself.
Looks = Window | Literal["whole"] | None


def adaptive(side: int, out: int) -> Span:
    """The windows of an adaptive pooling from `side` to `out` positions; even ones where `out` divides `side`."""
    if side % out == 0:
        return Span(side // out, side // out)
    widest = max(-(-(i + 1) * side // out) - i * side // out for i in range(out))
    return Span(widest, Fraction(side, out))
