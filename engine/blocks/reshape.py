"""Blocks that change only the shape."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Shape, block


@block("flatten", title="Flatten", family="Shape", source="torch.nn.Flatten")
class Flatten(Block):
    """Write a map as one long vector, channel by channel, row by row: C×H×W becomes F = C·H·W. Stands between
    convolutions and linear layers."""

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "float" or not x.batched or not x.dims:
            raise BlockError("wants-features", f"Flatten wants a map or a vector, but {x.words} arrives.")
        return Shape((x.size,))

    def lower(self, *xs: Shape) -> Call:
        return Call("nn.Flatten")
