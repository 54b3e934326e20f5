"""Maps cut into windows and patches, and put together again.

Not for: attention within windows (`engine.blocks.attention`).
"""

from __future__ import annotations

from math import isqrt
from typing import Any

from engine.blocks.expect import want_features, want_last
from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, BlockError, Call, Shape, Size2, block, by, integer, pair, real, size2, want_map
from engine.blocks.window import Looks, Span, Window


@block("window_partition", title="Cut into windows", family="Shape", stem="windows",
       source="Liu et al. 2021, arXiv:2103.14030 (Swin)")  # fmt: skip
class WindowPartition(Block):
    """Cut an H×W×C map into square windows that do not overlap, row by row: windows × M² × C. Attention on the last two axes
    then looks within windows only. The windows are an axis of their own, not more samples."""

    window_size: int = integer(7, lo=1, hi=1024, help="side of a window", unit="pixels", title="Window")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((14, 21, 3)),)

    def shape(self, *xs: Shape) -> Shape:
        h, w, c = want_last(xs[0], self.title)
        size = self.window_size
        if h % size or w % size:
            raise BlockError(
                "not-divisible",
                f"{size}×{size} windows do not fill a map of {h}×{w} evenly; choose a divisor of both sides, or pad the map first.",
                setting="window_size",
            )
        return Shape(((h // size) * (w // size), size * size, c))

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.WindowPartition", self.window_size)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return by(self.window_size)


@block("window_reverse", title="Windows to map", family="Shape", stem="windows_back",
       source="Liu et al. 2021, arXiv:2103.14030 (Swin)")  # fmt: skip
class WindowReverse(Block):
    """Put windows together to a map again: windows × M² × C becomes H×W×C. The way back from cutting into windows."""

    height: int | None = integer(None, lo=1, hi=100_000, help="height of the map; empty: it is a square", unit="pixels")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 9, 5)),)

    def _sizes(self, x: Shape) -> tuple[int, int, int]:
        """Side of a window, height and width of the map."""
        size = isqrt(x.dims[1])
        height = self.height or isqrt(x.dims[0]) * size
        return size, height, x.dims[0] * size * size // height

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(want_features(x, self.title)) != 3 or not x.batched or isqrt(x.dims[1]) ** 2 != x.dims[1]:
            raise BlockError("wants-windows", f"{self.title} wants windows × M² × C, but {x.words} arrives.")
        size, height, width = self._sizes(x)
        if height % size or width % size or height * width != x.dims[0] * x.dims[1]:
            raise BlockError(
                "sizes-differ",
                f"{x.dims[0]} windows of {size}×{size} make no map of height {height}; say a multiple of {size} that divides them "
                "into rows.",
                setting="height",
            )
        return Shape((height, width, x.dims[2]))

    def lower(self, *xs: Shape) -> Call:
        size, height, _ = self._sizes(xs[0])
        return Call("layers.WindowReverse", size, height)

    def window(self, *xs: Shape) -> Looks:
        return "whole"


@block("patch_merging", title="Patch merging", family="Shape", stem="merging",
       source="Liu et al. 2021, arXiv:2103.14030 (Swin); torchvision's PatchMerging")  # fmt: skip
class PatchMerging(Weighted):
    """Four pixels made one: the channels of each 2×2 pixels of an H×W×C map are put side by side (4C), normed, and brought to 2C
    by a linear layer without bias. Swin's way to halve a map between its stages, where convolutional networks take a stride."""

    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="of the layer norm", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((8, 6, 5)),)

    def shape(self, *xs: Shape) -> Shape:
        h, w, c = want_last(xs[0], self.title)
        return Shape(((h + 1) // 2, (w + 1) // 2, 2 * c))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.eps == 1e-5 else {"eps": self.eps}
        return Call("layers.PatchMerging", xs[0].dims[2], **more)

    def parameters(self, *xs: Shape) -> int:
        c = xs[0].dims[2]
        return 8 * c * c + 8 * c

    def macs(self, *xs: Shape) -> int:
        return self.shape(*xs).size * 4 * xs[0].dims[2]

    def window(self, *xs: Shape) -> Looks:
        return Window(Span(2, 2), Span(2, 2), last=True)


def _steps(side: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    return (side + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


class _Patches(Block):
    """What unfolding and folding share: patches that may overlap."""

    kernel_size: Size2
    stride: Size2
    padding: Size2
    dilation: Size2

    def _grid(self, height: int, width: int) -> tuple[int, int]:
        """How many patches there are, downwards and across."""
        sides = zip(
            (height, width),
            pair(self.kernel_size),
            pair(self.stride),
            pair(self.padding),
            pair(self.dilation),
            strict=True,
        )
        down, across = (_steps(*side) for side in sides)
        if down < 1 or across < 1:
            raise BlockError(
                "window-too-large",
                f"{self.title}: a {by(self.kernel_size)} patch does not fit {height}×{width} pixels; use a smaller one.",
                setting="kernel_size",
            )
        return down, across

    def _given(self) -> dict[str, Any]:
        more = {"padding": self.padding, "dilation": self.dilation, "stride": self.stride}
        usual = {"padding": 0, "dilation": 1, "stride": 1}
        return {name: value for name, value in more.items() if value != usual[name]}

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return by(self.kernel_size)


@block("unfold", title="Unfold", family="Shape", source="torch.nn.Unfold (im2col)")
class Unfold(_Patches):
    """Write each patch of a map as a column: C×H×W becomes (C·k²)×L, with L patches. A matrix product with these is a convolution;
    so it can be taken apart and looked at."""

    kernel_size: Size2 = size2(3, lo=1, hi=1024, help="height × width of a patch")
    stride: Size2 = size2(1, lo=1, hi=1024, help="from one patch to the next")
    padding: Size2 = size2(0, lo=0, hi=1024, help="rim of zeros around the map")
    dilation: Size2 = size2(1, lo=1, hi=1024, help="from one pixel of a patch to the next", advanced=True)

    def shape(self, *xs: Shape) -> Shape:
        c, h, w = want_map(xs[0], self.title)
        down, across = self._grid(h, w)
        height, width = pair(self.kernel_size)
        return Shape((c * height * width, down * across))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Unfold", self.kernel_size, **self._given())


@block("fold", title="Fold", family="Shape", source="torch.nn.Fold (col2im)")
class Fold(_Patches):
    """Put columns of patches back to a map: (C·k²)×L becomes C×H×W; where patches overlap they are added. The way back from an
    unfold, and what a transposed convolution does at its end."""

    output_size: Size2 = size2(8, lo=1, hi=100_000, help="height × width of the map")
    kernel_size: Size2 = size2(2, lo=1, hi=1024, help="height × width of a patch")
    stride: Size2 = size2(2, lo=1, hi=1024, help="from one patch to the next")
    padding: Size2 = size2(0, lo=0, hi=1024, help="rim that is cut off the map")
    dilation: Size2 = size2(1, lo=1, hi=1024, help="from one pixel of a patch to the next", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((12, 16)),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(want_features(x, self.title)) != 2 or not x.batched:
            raise BlockError("wants-patches", f"{self.title} wants patches (C·k²)×L, but {x.words} arrives.")
        height, width = pair(self.output_size)
        kernel = pair(self.kernel_size)[0] * pair(self.kernel_size)[1]
        down, across = self._grid(height, width)
        if x.dims[0] % kernel or x.dims[1] != down * across:
            raise BlockError(
                "sizes-differ",
                f"{self.title} makes {height}×{width} pixels of {down * across} patches with a multiple of {kernel} numbers each, "
                f"but {x.dims[1]} with {x.dims[0]} arrive; set its sizes as those of the unfold.",
                setting="output_size",
            )
        return Shape((x.dims[0] // kernel, height, width))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Fold", self.output_size, self.kernel_size, **self._given())
