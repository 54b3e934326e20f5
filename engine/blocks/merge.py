"""Blocks that bring several wires together."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, integer

MOST_INPUTS = 64  # more wires than anyone can read at one block


class _Merge(Block):
    """What merging blocks share: as many input ports as the setting says."""

    count: int

    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(f"x{number}") for number in range(1, self.count + 1))

    def _check_features(self, xs: tuple[Shape, ...]) -> None:
        for number, x in enumerate(xs, start=1):
            if x.dtype != "float" or not x.batched:
                raise BlockError(
                    "wants-features",
                    f"{self.title} wants numbers of a network, but {x.words} arrives.",
                    port=f"x{number}",
                )


@block("add", title="Add", family="Merge", source="elementwise a + b; He, Zhang, Ren, Sun 2015 (residual connections)")
class Add(_Merge):
    """Add tensors of equal shape, number by number. The way a residual connection comes back."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are added", unit="inputs", title="Inputs")

    def shape(self, *xs: Shape) -> Shape:
        self._check_features(xs)
        for number, x in enumerate(xs[1:], start=2):
            if x.dims == xs[0].dims:
                continue
            same_grid = len(x.dims) == 3 and len(xs[0].dims) == 3 and x.dims[1:] == xs[0].dims[1:]
            advice = (
                f"a 1×1 convolution with {xs[0].dims[0]} filters makes the channels equal"
                if same_grid
                else "make the shapes equal on the way, for example by the same stride and padding"
            )
            raise BlockError(
                "shapes-differ",
                f"Add wants equal shapes, but {xs[0].words} and {x.words} arrive; {advice}.",
                port=f"x{number}",
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("add")


@block("concat", title="Concatenate", family="Merge", stem="concat", source="torch.cat along the channels")
class Concat(_Merge):
    """Stack tensors along the channels (features of a vector), in the order of the ports. Height and width must agree."""

    count: int = integer(2, lo=2, hi=MOST_INPUTS, help="how many tensors are stacked", unit="inputs", title="Inputs")

    def shape(self, *xs: Shape) -> Shape:
        self._check_features(xs)
        first = xs[0]
        if not first.dims:
            raise BlockError("wants-features", "Concatenate wants maps or vectors, but one number arrives.", port="x1")
        for number, x in enumerate(xs[1:], start=2):
            if len(x.dims) != len(first.dims) or x.dims[1:] != first.dims[1:]:
                raise BlockError(
                    "shapes-differ",
                    f"Concatenate stacks channels, so all else must be equal, but {first.words} and {x.words} arrive; "
                    "bring them to the same height and width first.",
                    port=f"x{number}",
                )
        return Shape((sum(x.dims[0] for x in xs), *first.dims[1:]))

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.cat", packed=True, dim=1)
