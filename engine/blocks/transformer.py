"""Whole layers of a transformer, as torch has them. Not for: attention alone (`engine.blocks.attention`)."""

from __future__ import annotations

from typing import Any

from engine.blocks.attention import check_heads, check_mask
from engine.blocks.expect import want_sequence
from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Port, Shape, block, choice, flag, integer, real
from engine.blocks.window import Looks
from engine.declare import declared

_FAMILY = "Attention"


@declared
class _Layer(Weighted):
    """What the two layers share."""

    heads: int = integer(4, lo=1, hi=1024, help="how many heads share the features; divides them", unit="heads")
    feedforward: int | None = integer(
        None, lo=1, hi=1_000_000, help="width of the small network inside; empty: 4 times the features", unit="features"
    )
    activation: str = choice(
        "relu", options=("relu", "gelu"), labels=("ReLU", "GELU"), help="of the small network inside"
    )
    norm_first: bool = flag(
        False, help="norm before each part (as GPT and ViT do) instead of after it (as the paper of 2017)"
    )
    dropout: float = real(0.1, lo=0.0, hi=0.95, help="share that is dropped while training, in three places")
    eps: float = real(1e-5, lo=1e-12, hi=1.0, log=True, help="of the layer norms", advanced=True)
    bias: bool = flag(True, help="add learned numbers in all linear layers and norms", advanced=True)

    causal: bool

    def _width(self, features: int) -> int:
        return self.feedforward or 4 * features

    def _call(self, target: str, features: int, usual_causal: bool) -> Call:
        more: dict[str, Any] = {"dropout": self.dropout}
        for name, usual in (
            ("activation", "relu"), ("norm_first", False), ("bias", True), ("causal", usual_causal),
        ):  # fmt: skip
            if getattr(self, name) != usual:
                more[name] = getattr(self, name)
        if self.eps != 1e-5:
            more["layer_norm_eps"] = self.eps
        return Call(target, features, self.heads, self._width(features), **more)

    def _count(self, d: int, attentions: int) -> int:
        f = self._width(d)
        weights = attentions * 4 * d * d + 2 * d * f + (attentions + 1) * d
        return weights + (attentions * 4 * d + f + d + (attentions + 1) * d if self.bias else 0)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.heads} heads" + (", norm first" if self.norm_first else "")


@block("transformer_encoder_layer", title="Transformer encoder", family=_FAMILY, stem="encoder",
       source="torch.nn.TransformerEncoderLayer; Vaswani et al. 2017, arXiv:1706.03762")  # fmt: skip
class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, then a small network for each step (features to 4 times as many and back), each with
    its layer norm and with what arrived added. Some of these in a row are an encoder such as BERT; causal ones are a GPT."""

    causal: bool = flag(False, help="each step sees only itself and earlier ones")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 8)), Shape((5,), "index"))

    def inputs(self) -> tuple[Port, ...]:
        return (Port("x", "the sequence"), Port("mask", "0 for steps that are padding", optional=True))

    def shape(self, *xs: Shape) -> Shape:
        steps, features = want_sequence(xs[0], self.title, "x")
        check_heads(self.heads, features, self.title)
        check_mask(xs[1] if len(xs) > 1 else None, steps, self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return self._call("layers.TransformerEncoderLayer", xs[0].dims[1], usual_causal=False)

    def parameters(self, *xs: Shape) -> int:
        return self._count(xs[0].dims[1], 1)

    def macs(self, *xs: Shape) -> int:
        t, d = xs[0].dims
        return 4 * t * d * d + 2 * t * t * d + 2 * t * d * self._width(d)


@block("transformer_decoder_layer", title="Transformer decoder", family=_FAMILY, stem="decoder",
       source="torch.nn.TransformerDecoderLayer; Vaswani et al. 2017, arXiv:1706.03762")  # fmt: skip
class TransformerDecoderLayer(_Layer):
    """Attention of the sequence that is being written to itself (no step sees later ones), then to the memory, which is what
    the encoder made of the sequence that was read, then a small network for each step. For translation and other ways from
    one sequence to another."""

    causal: bool = flag(True, help="each step sees only itself and earlier ones of the sequence being written")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 8)), Shape((7, 8)), Shape((7,), "index"))

    def inputs(self) -> tuple[Port, ...]:
        return (
            Port("x", "the sequence that is being written"),
            Port("memory", "the sequence that was read"),
            Port("mask", "0 for steps of the memory that are padding", optional=True),
        )

    def shape(self, *xs: Shape) -> Shape:
        _, features = want_sequence(xs[0], self.title, "x")
        read, others = want_sequence(xs[1], self.title, "memory")
        if others != features:
            raise BlockError(
                "shapes-differ",
                f"{self.title} has {features} features, but the memory has {others}; a linear layer makes them equal.",
                port="memory",
            )
        check_heads(self.heads, features, self.title)
        check_mask(xs[2] if len(xs) > 2 else None, read, self.title)
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return self._call("layers.TransformerDecoderLayer", xs[0].dims[1], usual_causal=True)

    def parameters(self, *xs: Shape) -> int:
        return self._count(xs[0].dims[1], 2)

    def macs(self, *xs: Shape) -> int:
        (t, d), s = xs[0].dims, xs[1].dims[0]
        itself = 4 * t * d * d + 2 * t * t * d
        memory = 2 * t * d * d + 2 * s * d * d + 2 * t * s * d
        return itself + memory + 2 * t * d * self._width(d)
