"""Attention: what lets every step or pixel look at every other.

Not for: whole transformer layers (`engine.blocks.transformer`) and positions (`engine.blocks.position`).
"""

from __future__ import annotations

from typing import Any

from engine.blocks.expect import want_features, want_last, want_sequence
from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, flag, integer, real, want_map
from engine.blocks.window import Looks, Span, Window

_FAMILY = "Attention"


def check_heads(heads: int, features: int, title: str) -> None:
    """Whether as many heads can share the features.

    Raises:
        BlockError: "not-divisible", they cannot.
    """
    if features % heads:
        fitting = [n for n in range(1, min(features, 64) + 1) if features % n == 0]
        near = min(fitting, key=lambda n: abs(n - heads))
        raise BlockError(
            "not-divisible",
            f"{title} has {heads} heads that share {features} features, which does not come out even; choose a divisor such as "
            f"{near}.",
            setting="heads",
        )


def check_mask(mask: Shape | None, steps: int, title: str) -> None:
    """Whether a mask has one number for each step that it hides.

    Raises:
        BlockError: "wants-mask", it has not.
    """
    if mask is None:
        return
    if mask.dims != (steps,) or not mask.batched:
        raise BlockError(
            "wants-mask",
            f"{title} wants a mask of {steps}, one number a step (0: padding), but {mask.words} arrives; a sequence mask makes one "
            "of the tokens.",
            port="mask",
        )


@block("multihead_attention", title="Multi-head attention", family=_FAMILY, stem="attention",
       source="torch.nn.MultiheadAttention; Vaswani et al. 2017, arXiv:1706.03762")  # fmt: skip
class MultiheadAttention(Weighted):
    """Every step asks a question (query) of all steps, which answer as far as their key fits: softmax(QKᵀ/√d)·V, in several
    heads that each look for something else, joined by a linear layer. With nothing at k and v a sequence attends to itself;
    with the encoder's output at k a decoder attends to that. Causal: no step sees what comes after it, as language models
    need. It knows no order: add positions first."""

    heads: int = integer(4, lo=1, hi=1024, help="how many heads share the features; divides them", unit="heads")
    causal: bool = flag(False, help="each step sees only itself and earlier ones")
    dropout: float = real(
        0.0, lo=0.0, hi=0.95, help="share of the attention that is dropped while training", advanced=True
    )
    bias: bool = flag(True, help="add learned numbers in the projections", advanced=True)
    weights: bool = flag(False, help="also give who looks at whom, the mean over the heads", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 24)), Shape((7, 12)), Shape((7, 8)), Shape((7,), "index"))

    def inputs(self) -> tuple[Port, ...]:
        return (
            Port("x", "the sequence that asks"),
            Port("k", "the sequence that is asked; without a wire x itself", optional=True),
            Port("v", "what it answers; without a wire what is asked", optional=True),
            Port("mask", "0 for steps that are padding and not asked", optional=True),
        )

    def outputs(self) -> tuple[Port, ...]:
        return (Port("y"), Port("weights", "who looks at whom")) if self.weights else (Port("y"),)

    def _sizes(self, xs: tuple[Shape, ...]) -> tuple[int, int, int, int, int]:
        """Steps and features of the query, steps of the key, features of key and value."""
        k = xs[1] if len(xs) > 1 else None
        v = xs[2] if len(xs) > 2 else None
        steps, features = want_sequence(xs[0], self.title, "x")
        asked, key = (steps, features) if k is None else want_sequence(k, self.title, "k")
        answers, value = (asked, key) if v is None else want_sequence(v, self.title, "v")
        if answers != asked:
            raise BlockError(
                "shapes-differ",
                f"{self.title} has {asked} keys but {answers} values; each key needs one value.",
                port="v",
            )
        check_heads(self.heads, features, self.title)
        check_mask(xs[3] if len(xs) > 3 else None, asked, self.title)
        return steps, features, asked, key, value

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        steps, features, asked, _, _ = self._sizes(xs)
        y = Shape((steps, features))
        return (y, Shape((steps, asked))) if self.weights else (y,)

    def lower(self, *xs: Shape) -> Call:
        _, features, _, key, value = self._sizes(xs)
        more: dict[str, Any] = {}
        for name, usual in (("dropout", 0.0), ("bias", True), ("causal", False), ("weights", False)):
            if getattr(self, name) != usual:
                more[name] = getattr(self, name)
        if key != features:
            more["kdim"] = key
        if value != features:
            more["vdim"] = value
        return Call("layers.MultiheadAttention", features, self.heads, **more)

    def parameters(self, *xs: Shape) -> int:
        _, d, _, key, value = self._sizes(xs)
        return d * (2 * d + key + value) + (4 * d if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        steps, d, asked, key, value = self._sizes(xs)
        return 2 * steps * d * d + asked * d * (key + value) + 2 * steps * asked * d

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.heads} heads" + (", causal" if self.causal else "")


@block("window_attention", title="Window attention", family=_FAMILY, stem="attention",
       source="Liu et al. 2021, arXiv:2103.14030 (Swin); torchvision's ShiftedWindowAttention")  # fmt: skip
class WindowAttention(Weighted):
    """Attention among the pixels of each window of an H×W×C map, with a learned number added for each distance between two
    pixels: the cost grows with the area, not with its square. Every second block of Swin moves the windows by half, so that
    they lie across the borders of the last; pieces that meet only by that do not see each other. Where one window covers the
    whole map it is not moved."""

    heads: int = integer(3, lo=1, hi=1024, help="how many heads share the channels; divides them", unit="heads")
    window_size: int = integer(7, lo=1, hi=64, help="side of a window", unit="pixels", title="Window")
    shift: int = integer(0, lo=0, hi=63, help="by how much the windows are moved; less than a window", unit="pixels")
    bias: bool = flag(True, help="learned numbers added to queries, keys and values", advanced=True)
    attention_dropout: float = real(0.0, lo=0.0, hi=0.95, help="share of the attention that is dropped", advanced=True)
    dropout: float = real(0.0, lo=0.0, hi=0.95, help="share of the output that is dropped", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((14, 14, 6)),)

    def shape(self, *xs: Shape) -> Shape:
        channels = want_last(xs[0], self.title)[2]
        check_heads(self.heads, channels, self.title)
        if self.shift >= self.window_size:
            raise BlockError(
                "shift-too-large",
                f"{self.title} is moved by {self.shift}, but its windows have a side of {self.window_size}; half of it, "
                f"{self.window_size // 2}, is usual.",
                setting="shift",
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        for name, usual in (("bias", True), ("attention_dropout", 0.0), ("dropout", 0.0)):
            if getattr(self, name) != usual:
                more[name] = getattr(self, name)
        return Call("layers.WindowAttention", xs[0].dims[2], self.heads, self.window_size, shift=self.shift, **more)

    def parameters(self, *xs: Shape) -> int:
        c = xs[0].dims[2]
        table = (2 * self.window_size - 1) ** 2 * self.heads
        return 4 * c * c + c + (3 * c if self.bias else 0) + table

    def macs(self, *xs: Shape) -> int:
        h, w, c = xs[0].dims
        pixels = self.window_size**2
        windows = -(-h // self.window_size) * -(-w // self.window_size)
        return windows * pixels * (4 * c * c + 2 * pixels * c)

    def window(self, *xs: Shape) -> Looks:
        h, w, _ = xs[0].dims
        if self.window_size >= max(h, w):
            return "whole"
        side = Span(
            2 * self.window_size - 1, 1, self.window_size - 1
        )  # the hull: a pixel may lie at any side of its window
        return Window(side, side, last=True)

    def face(self) -> str:
        return f"{self.heads} heads, {self.window_size}×{self.window_size}" + (
            f" moved {self.shift}" if self.shift else ""
        )


@block("scaled_dot_product", title="Dot-product attention", family=_FAMILY, stem="attention",
       source="torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017")  # fmt: skip
class ScaledDotProduct(Block):
    """The heart of attention without any weights: softmax(QKᵀ·scale + bias)·V on the last two axes, T×D. For attention that
    is built from its parts; axes in front of these (heads, windows) are worked through one by one. A bias is added to the
    products, such as that of relative positions."""

    causal: bool = flag(False, help="each step sees only itself and earlier ones")
    dropout: float = real(
        0.0, lo=0.0, hi=0.95, help="share of the attention that is dropped while training", advanced=True
    )
    scale: float | None = real(
        None, lo=1e-6, hi=1e6, help="what the products are multiplied by; empty: 1/√D", unit="factor", advanced=True
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((2, 5, 8)), Shape((2, 7, 8)), Shape((2, 7, 6)), Shape((2, 5, 7)))

    def inputs(self) -> tuple[Port, ...]:
        return (
            Port("q", "queries"),
            Port("k", "keys"),
            Port("v", "values"),
            Port("bias", "added to the products", True),
        )

    def shape(self, *xs: Shape) -> Shape:
        q, k, v = xs[:3]
        for port, x in (("q", q), ("k", k), ("v", v)):
            if len(want_features(x, self.title, port)) < 2 or not x.batched:
                raise BlockError(
                    "wants-sequence", f"{self.title} wants T×D on the last two axes, but {x.words} arrives.", port=port
                )
        for port, x, y, what in (("k", q, k, "queries"), ("v", k, v, "keys")):
            own = x.dims[:-2] == y.dims[:-2] and (x.dims[-1] == y.dims[-1] if port == "k" else x.dims[-2] == y.dims[-2])
            if not own:
                same = "as many features" if port == "k" else "one value a key"
                raise BlockError(
                    "shapes-differ",
                    f"{self.title} gets {what} of {'×'.join(map(str, x.dims))} and {'keys' if port == 'k' else 'values'} of "
                    f"{'×'.join(map(str, y.dims))}; it wants {same}, and the axes in front equal.",
                    port=port,
                )
        if len(xs) > 3:
            self._check_bias(xs[3], (*q.dims[:-1], k.dims[-2]))
        return Shape((*q.dims[:-1], v.dims[-1]))

    def _check_bias(self, bias: Shape, products: tuple[int, ...]) -> None:
        short = len(products) - len(bias.dims)
        aligned = short == 0 or (short > 0 and not bias.batched)
        fits = aligned and all(a in (1, b) for a, b in zip(bias.dims, products[short:], strict=True))
        if not fits or bias.dtype != "float" or len(bias.dims) < 2:
            raise BlockError(
                "shapes-differ",
                f"{self.title} makes products of {'×'.join(map(str, products))}, to which {bias.words} cannot be added.",
                port="bias",
            )

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        for name, usual in (("causal", False), ("dropout", 0.0), ("scale", None)):
            if getattr(self, name) != usual:
                more[name] = getattr(self, name)
        return Call("layers.ScaledDotProduct", **more)

    def macs(self, *xs: Shape) -> int:
        q, k, v = xs[:3]
        return q.size // q.dims[-1] * k.dims[-2] * (q.dims[-1] + v.dims[-1])

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return "causal" if self.causal else ""


@block("spatial_attention", title="Spatial attention", family=_FAMILY, stem="attention",
       source="Ho, Jain, Abbeel 2020, arXiv:2006.11239 (DDPM)")  # fmt: skip
class SpatialAttention(Weighted):
    """Attention among all pixels of a C×H×W map: group norm, 1×1 convolutions that make queries, keys and values, a softmax
    over all pixels, a 1×1 convolution, and what arrived is added. Diffusion networks place it where the map is small (16×16),
    for its cost grows with the square of the number of pixels."""

    groups: int = integer(32, lo=1, hi=4096, help="groups of the norm; divides the channels", unit="groups")
    heads: int = integer(1, lo=1, hi=1024, help="how many heads share the channels; divides them", unit="heads")
    eps: float = real(1e-6, lo=1e-12, hi=1.0, log=True, help="added to the variance before the root", advanced=True)
    residual: bool = flag(True, help="add what arrived to what comes out", advanced=True)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((32, 3, 5)),)

    def shape(self, *xs: Shape) -> Shape:
        channels = want_map(xs[0], self.title)[0]
        if channels % self.groups:
            raise BlockError(
                "not-divisible",
                f"{self.title} norms {channels} channels in {self.groups} groups, which does not come out even; choose a divisor "
                f"of {channels}.",
                setting="groups",
            )
        check_heads(self.heads, channels, self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {}
        for name, usual in (("heads", 1), ("eps", 1e-6), ("residual", True)):
            if getattr(self, name) != usual:
                more[name] = getattr(self, name)
        return Call("layers.SpatialAttention", xs[0].dims[0], groups=self.groups, **more)

    def parameters(self, *xs: Shape) -> int:
        c = xs[0].dims[0]
        return 2 * c + 4 * (c * c + c)

    def macs(self, *xs: Shape) -> int:
        c, h, w = xs[0].dims
        return 4 * h * w * c * c + 2 * (h * w) ** 2 * c

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.heads} heads" if self.heads > 1 else ""
