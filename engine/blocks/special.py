"""Convolutions out of the ordinary: without sharing, with a table of connections, in patches."""

from __future__ import annotations

from typing import Any

from engine.blocks.convolution import Convolving2d
from engine.blocks.convolving import Axis
from engine.blocks.initial import Weighted
from engine.blocks.spec import (
    BlockError,
    Call,
    Shape,
    Size2,
    block,
    by,
    choice,
    flag,
    integer,
    pair,
    real,
    size2,
    text,
    want_map,
)
from engine.blocks.window import Looks, Span, Window

Table = tuple[tuple[int, ...], ...]

# LeCun, Bottou, Bengio, Haffner 1998, table I: which maps of S2 each map of C3 reads.
LENET: Table = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip


class _Undilated(Convolving2d):
    """What has no dilation and one group."""

    def axes(self) -> tuple[Axis, ...]:
        sides = zip(pair(self.kernel_size), pair(self.stride), pair(self.padding), strict=True)
        return tuple(Axis(kernel, stride, rim, rim, 1) for kernel, stride, rim in sides)


@block("locally_connected2d", title="Locally connected", family="Convolution", stem="local",
       source="Taigman, Yang, Ranzato, Wolf 2014 (DeepFace)")  # fmt: skip
class LocallyConnected2d(_Undilated):
    """A convolution that shares nothing: every place of the map has filters and biases of its own.

    Right where each place means something else, as in pictures of aligned faces; costly, for it has a convolution's weights
    once for every pixel that comes out.
    """

    out_channels: int = integer(
        16, lo=1, hi=65536, help="how many filters at each place, each gives one channel", unit="channels"
    )
    kernel_size: Size2 = size2(3, lo=1, hi=1024, help="size of a filter, height × width")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place of the filter to the next")
    padding: Size2 = size2(0, lo=0, hi=1024, help="rim of zeros added on each side", advanced=True)
    bias: bool = flag(True, help="add a learned number to each output channel at each place")

    def lower(self, *xs: Shape) -> Call:
        _, height, width = xs[0].dims
        plain = self.called("layers.LocallyConnected2d", xs, "stride", "padding", "bias")
        return Call(plain.target, *plain.args, size=(height, width), **dict(plain.kwargs))

    def parameters(self, *xs: Shape) -> int:
        kh, kw = pair(self.kernel_size)
        return self.shape(*xs).size * (xs[0].dims[0] * kh * kw + (1 if self.bias else 0))


@block("connection_table_conv", title="Connection-table convolution", family="Convolution", stem="conv",
       source="LeCun, Bottou, Bengio, Haffner 1998, table I")  # fmt: skip
class ConnectionTableConv(_Undilated):
    """A convolution whose output maps each read only some of the input maps, as a table says.

    Layer C3 of LeNet-5: 16 maps read 3, 4 or all 6 of the maps before, which breaks their symmetry and leaves 1,516 of 2,416
    parameters. Each row of the table is an output map and names the input maps that it reads, counted from 0.
    """

    preset: str = choice(
        "lenet",
        options=("lenet", "own"),
        labels=("LeNet-5, table I", "own table"),
        help="which table is used",
        title="Table",
    )
    table: str = text(
        "0 1 2; 1 2 3; 2 3 4", longest=20000, title="Own table",
        help="input maps of each output map, rows separated by semicolons: 0 1 2; 1 2 3; 2 3 4",
    )  # fmt: skip
    kernel_size: Size2 = size2(5, lo=1, hi=1024, help="size of a filter, height × width")
    stride: Size2 = size2(1, lo=1, hi=1024, help="pixels from one place of the filter to the next", advanced=True)
    padding: Size2 = size2(0, lo=0, hi=1024, help="rim of zeros added on each side", advanced=True)
    bias: bool = flag(True, help="add a learned number to each output channel")
    dense: bool = flag(
        False, title="One tensor under a mask", advanced=True,
        help="hold the weights of all connections, those that are not there under a mask of zeros: one large convolution "
        "instead of one for each output map",
    )  # fmt: skip

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((6, 14, 14)),)

    def filters(self, channels: int) -> tuple[int, int]:
        return len(self.rows()), 1

    def rows(self) -> Table:
        """The input maps of each output map.

        Raises:
            BlockError: "wants-table", the text is none.
        """
        if self.preset == "lenet":
            return LENET
        rows = []
        for row in self.table.strip().strip(";").split(";"):
            words = row.replace(",", " ").split()
            if not words or not all(word.isascii() and word.isdigit() and len(word) < 6 for word in words):
                raise BlockError(
                    "wants-table",
                    f'"{row.strip()[:40]}" is no row of a table of connections; write the numbers of the input maps that an output '
                    "map reads, and a semicolon after each row: 0 1 2; 1 2 3.",
                    setting="table",
                )
            rows.append(tuple(int(word) for word in words))
        return tuple(rows)

    def shape(self, *xs: Shape) -> Shape:
        channels, _, _ = want_map(xs[0], self.title)
        last = max(max(row) for row in self.rows())
        if last >= channels:
            raise BlockError(
                "table-too-wide",
                f"the table reads map {last}, counted from 0, but only {channels} arrive; "
                + (
                    "LeNet's table wants 6 maps, or write an own table."
                    if self.preset == "lenet"
                    else "change the table or give more channels to the layer before."
                ),
                setting="preset" if self.preset == "lenet" else "table",
            )
        return super().shape(*xs)

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        for name in ("stride", "padding", "bias"):
            if getattr(self, name) != type(self).settings[name].default:
                more[name] = getattr(self, name)
        if self.dense:
            return Call("layers.MaskedConv2d", xs[0].dims[0], table=self.rows(), kernel_size=self.kernel_size, **more)
        return Call("layers.ConnectionTableConv", table=self.rows(), kernel_size=self.kernel_size, **more)

    def _connections(self, x: Shape) -> int:
        kh, kw = pair(self.kernel_size)
        rows = self.rows()
        return (len(rows) * x.dims[0] if self.dense else sum(len(row) for row in rows)) * kh * kw

    def parameters(self, *xs: Shape) -> int:
        return self._connections(xs[0]) + (len(self.rows()) if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        _, height, width = self.shape(*xs).dims
        return self._connections(xs[0]) * height * width

    def face_of_filters(self, kernel: str) -> str:
        return f"16 @ {kernel}" if self.preset == "lenet" else f"table @ {kernel}"


@block("patch_embed", title="Patch embedding", family="Convolution", stem="patches",
       source="Dosovitskiy and others 2020 (ViT); Liu and others 2021 (Swin), 2022 (ConvNeXt)")  # fmt: skip
class PatchEmbed(Weighted):
    """Cut a picture into patches that do not overlap and write each as a vector: one linear map for all patches, done as a
    convolution whose stride is its kernel.

    The first block of vision transformers. They take a row of patches (steps × width), Swin a grid whose channels come last,
    ConvNeXt a map; Swin and ConvNeXt put a layer norm behind it.
    """

    patch_size: Size2 = size2(16, lo=1, hi=1024, help="size of a patch, height × width")
    embedding_dim: int = integer(
        768, lo=1, hi=65536, help="length of each patch's vector", unit="features", title="Width"
    )
    layout: str = choice(
        "NLC", options=("NLC", "NHWC", "NCHW"), labels=("steps × width", "height × width × channels", "channels first"),
        help="how the patches leave: a row, a grid with channels last, or a map",
    )  # fmt: skip
    norm: bool = flag(False, help="a layer norm over each patch's vector", title="Layer norm")
    eps: float = real(
        1e-5, lo=1e-12, hi=1.0, log=True, help="added to the layer norm's variance (1e-6 in ConvNeXt)", advanced=True
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((3, 32, 48)),)

    def shape(self, *xs: Shape) -> Shape:
        _, h, w = want_map(xs[0], self.title)
        high, wide = pair(self.patch_size)
        if h % high or w % wide:
            raise BlockError(
                "patch-differs",
                f"{by(self.patch_size)} patches do not divide a {h}×{w} map; choose a patch size that divides both sides, or "
                "resize the pictures.",
                setting="patch_size",
            )
        height, width = h // high, w // wide
        match self.layout:
            case "NLC":
                return Shape((height * width, self.embedding_dim))
            case "NHWC":
                return Shape((height, width, self.embedding_dim))
            case _:
                return Shape((self.embedding_dim, height, width))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.layout == "NLC" else {"layout": self.layout}
        if self.norm:
            more["norm"] = True
            if self.eps != 1e-5:
                more["eps"] = self.eps
        return Call("layers.PatchEmbed", xs[0].dims[0], self.embedding_dim, patch_size=self.patch_size, **more)

    def parameters(self, *xs: Shape) -> int:
        high, wide = pair(self.patch_size)
        return self.embedding_dim * (xs[0].dims[0] * high * wide + 1 + (2 if self.norm else 0))

    def macs(self, *xs: Shape) -> int:
        return xs[0].size * self.embedding_dim

    def window(self, *xs: Shape) -> Looks:
        if self.layout != "NCHW":
            return "whole"
        high, wide = pair(self.patch_size)
        return Window(Span(high, high), Span(wide, wide))

    def face(self) -> str:
        return f"{self.embedding_dim} @ {by(self.patch_size)}"
