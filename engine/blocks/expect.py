"""What blocks want to arrive, said in sentences: features, sequences, maps with the channels last, axes.

Not for: maps and vectors (`engine.blocks.spec` has these). No torch.
"""

from __future__ import annotations

from engine.blocks.spec import BlockError, Shape


def want_features(x: Shape, title: str, port: str | None = None) -> tuple[int, ...]:
    """The sizes of a tensor of numbers with at least one axis; a learned constant will do.

    Raises:
        BlockError: "wants-features", something else arrives.
    """
    if x.dtype != "float" or not x.dims:
        what = "whole numbers" if x.dtype != "float" else "one number a sample" if x.batched else "a loss"
        raise BlockError("wants-features", f"{title} wants numbers of a network, but {what} arrive.", port=port)
    return x.dims


def want_axes(x: Shape, title: str) -> tuple[int, ...]:
    """The sizes of a tensor of whatever numbers with at least one axis.

    Raises:
        BlockError: "wants-features", one number a sample arrives, or a loss.
    """
    if not x.dims:
        raise BlockError("wants-features", f"{title} wants a tensor with at least one axis, but {x.words} arrives.")
    return x.dims


def want_sequence(x: Shape, title: str, port: str | None = None) -> tuple[int, int]:
    """(T, F) of a sequence of vectors.

    Raises:
        BlockError: "wants-sequence", something else arrives.
    """
    if len(x.dims) == 2 and x.dtype == "float" and x.batched:
        return x.dims[0], x.dims[1]
    if x.dtype != "float":
        advice = "; put an embedding or a one-hot in front of it, which make vectors of tokens"
    elif len(x.dims) == 3:
        advice = "; flatten height and width and permute the channels to the end"
    else:
        advice = ""
    what = f"{x.words} of whole numbers" if x.dtype != "float" else x.words
    raise BlockError(
        "wants-sequence", f"{title} wants a sequence T×F of vectors, but {what} arrives{advice}.", port=port
    )


def want_last(x: Shape, title: str) -> tuple[int, int, int]:
    """(H, W, C) of a map with its channels last.

    Raises:
        BlockError: "wants-map", something else arrives.
    """
    if len(x.dims) != 3 or x.dtype != "float" or not x.batched:
        raise BlockError(
            "wants-map",
            f"{title} wants an H×W×C map with its channels last, but {x.words} arrives; permute 2, 3, 1 makes one of a C×H×W map.",
        )
    return x.dims[0], x.dims[1], x.dims[2]


def axis(dim: int, rank: int, title: str, *, setting: str = "dim") -> int:
    """The place among a sample's sizes of an axis as torch counts it: 0 is the batch, -1 the last.

    Args:
        dim: What the setting says.
        rank: How many sizes a sample has.
        title: The block's.
        setting: The setting's name.

    Raises:
        BlockError: "batch-axis", it is the batch; "no-such-axis", there is none.
    """
    place = dim - 1 if dim >= 0 else dim + rank
    if place == -1:
        raise BlockError(
            "batch-axis", f"{title}: {setting} {dim} is the batch, which stays as it is; count from 1.", setting=setting
        )
    if not 0 <= place < rank:
        raise BlockError(
            "no-such-axis",
            f"{title}: there is no axis {dim}, for a sample here has {rank}; use 1 to {rank}, or -1 for the last.",
            setting=setting,
        )
    return place


def stretched(xs: tuple[Shape, ...]) -> tuple[int, ...] | None:
    """The sizes of tensors of as many axes each, where a size of 1 is stretched to the others'; None where they differ."""
    if len({len(x.dims) for x in xs}) != 1:
        return None
    out = []
    for sizes in zip(*(x.dims for x in xs), strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            return None
        out.append(wide.pop() if wide else 1)
    return tuple(out)
