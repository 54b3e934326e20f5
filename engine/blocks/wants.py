"""What blocks say when something else arrives than they work on, beside `want_map` and `want_vector` of `engine.blocks.spec`.

Not for: particular blocks.
"""

from __future__ import annotations

from engine.blocks.spec import BlockError, Shape


def want_features(x: Shape, title: str, port: str | None = None) -> Shape:
    """Numbers of a network, in any shape.

    Raises:
        BlockError: "wants-features", labels or a loss arrive.
    """
    if x.dtype != "float" or not x.batched:
        raise BlockError(
            "wants-features",
            f"{title} wants numbers of a network, but {x.words} of labels or a loss arrives.",
            port=port,
        )
    return x


def want_signal(x: Shape, title: str, port: str | None = None) -> tuple[int, int]:
    """(C, L) of a signal: channels first, then places along it.

    Raises:
        BlockError: "wants-map", something else arrives.
    """
    if len(x.dims) != 2 or x.dtype != "float" or not x.batched:
        raise BlockError(
            "wants-map", f"{title} wants a signal of C channels × L places, but {x.words} arrives.", port=port
        )
    return x.dims[0], x.dims[1]


def want_volume(x: Shape, title: str, port: str | None = None) -> tuple[int, int, int, int]:
    """(C, D, H, W) of a volume or a film.

    Raises:
        BlockError: "wants-map", something else arrives.
    """
    if len(x.dims) != 4 or x.dtype != "float" or not x.batched:
        raise BlockError("wants-map", f"{title} wants a C×D×H×W volume, but {x.words} arrives.", port=port)
    return x.dims[0], x.dims[1], x.dims[2], x.dims[3]


def want_tokens(x: Shape, title: str, port: str | None = None) -> Shape:
    """Whole numbers: places in a vocabulary.

    Raises:
        BlockError: "wants-tokens", something else arrives.
    """
    if x.dtype != "index" or not x.batched:
        raise BlockError(
            "wants-tokens",
            f"{title} wants whole numbers such as tokens, but {x.words} of other numbers arrives; wire it to a token input.",
            port=port,
        )
    return x


def want_axis(x: Shape, dim: int, title: str, setting: str = "dim") -> int:
    """The axis that `dim` names, counted as in torch: 0 is the batch, 1 the channels, -1 the last; as a positive number.

    Raises:
        BlockError: "no-axis", there is none, or it is the batch.
    """
    rank = len(x.dims) + 1
    axis = dim + rank if dim < 0 else dim
    if not 1 <= axis < rank:
        last = f"1 to {rank - 1}" if rank > 1 else "none"
        wrong = "axis 0 is the batch" if axis == 0 else f"there is no axis {dim}"
        raise BlockError(
            "no-axis",
            f"{wrong}: {title} can work along the axes {last} of what arrives, {x.words} a sample; choose one of these.",
            setting=setting,
        )
    return axis
