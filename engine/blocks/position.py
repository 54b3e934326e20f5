"""What tells a transformer where things are: class tokens, position embeddings, relative positions."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.blocks.expect import want_sequence
from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Port, Shape, block, choice, integer

_FAMILY = "Attention"


@block("class_token", title="Class token", family=_FAMILY, stem="token",
       source="Dosovitskiy et al. 2020, arXiv:2010.11929 (ViT); Devlin et al. 2018 (BERT)")  # fmt: skip
class ClassToken(Weighted):
    """Put a learned vector in front of a sequence: T×D becomes (T+1)×D. It belongs to no place, so attention can gather there
    what the answer needs; select 0 reads it at the end."""

    bare: ClassVar[bool] = True

    tokens: int = integer(1, lo=1, hi=4096, help="how many vectors", unit="vectors")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 8)),)

    def shape(self, *xs: Shape) -> Shape:
        steps, features = want_sequence(xs[0], self.title)
        return Shape((steps + self.tokens, features))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {} if self.tokens == 1 else {"tokens": self.tokens}
        return Call("layers.ClassToken", xs[0].dims[1], **more)

    def parameters(self, *xs: Shape) -> int:
        return self.tokens * xs[0].dims[1]

    def face(self) -> str:
        return "" if self.tokens == 1 else f"{self.tokens} tokens"


@block("position_embedding", title="Position embedding", family=_FAMILY, stem="positions",
       source="Vaswani et al. 2017, arXiv:1706.03762; Dosovitskiy et al. 2020, arXiv:2010.11929")  # fmt: skip
class PositionEmbedding(Weighted):
    """Add to each step of a sequence a vector that says where it stands, for attention by itself does not know. Learned: one
    free vector a place, as in ViT and GPT. Sines: sin(t·ω), cos(t·ω) with ω falling from 1 to 1/10000, as in the paper of 2017;
    nothing to learn, and any length."""

    form: str = choice(
        "learned", options=("learned", "interleaved", "sin_cos"),
        labels=("Learned", "Sines and cosines in turn", "Sines, then cosines"), help="where the vectors come from",
    )  # fmt: skip
    max_len: int | None = integer(
        None, lo=1, hi=1_000_000, help="learned places; empty: as many as arrive", unit="steps", title="Longest"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 8)),)

    def _length(self, steps: int) -> int:
        return steps if self.max_len is None else self.max_len

    def shape(self, *xs: Shape) -> Shape:
        steps, features = want_sequence(xs[0], self.title)
        if self.form == "learned" and steps > self._length(steps):
            raise BlockError(
                "too-long",
                f"{self.title} knows {self.max_len} places, but a sequence of {steps} arrives; make it longer, or leave it empty.",
                setting="max_len",
            )
        if self.form != "learned" and features % 2:
            raise BlockError(
                "odd-features",
                f"{self.title} makes a sine and a cosine of each frequency, so it wants an even number of features, but "
                f"{features} arrive; use learned vectors.",
                setting="form",
            )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        steps, features = xs[0].dims
        if self.form == "learned":
            return Call("layers.PositionEmbedding", self._length(steps), features)
        return Call("layers.SinusoidalPosition", order=self.form)

    def parameters(self, *xs: Shape) -> int:
        steps, features = xs[0].dims
        return self._length(steps) * features if self.form == "learned" else 0

    def face(self) -> str:
        return "learned" if self.form == "learned" else "sines"


@block("relative_position_bias", title="Relative positions", family=_FAMILY, stem="positions",
       source="Liu et al. 2021, arXiv:2103.14030 (Swin)")  # fmt: skip
class RelativePositionBias(Weighted):
    """For each head and each pair of pixels of a window a learned number that depends on their distance alone: (2M−1)² numbers
    a head, read into a heads × M² × M² tensor that is added to the products of attention. The same for all samples."""

    bare: ClassVar[bool] = True

    window_size: int = integer(7, lo=1, hi=64, help="side of the window", unit="pixels", title="Window")
    heads: int = integer(3, lo=1, hi=1024, help="how many heads", unit="heads")

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.heads, self.window_size**2, self.window_size**2), batched=False)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.RelativePositionBias", self.window_size, self.heads)

    def parameters(self, *xs: Shape) -> int:
        return (2 * self.window_size - 1) ** 2 * self.heads

    def face(self) -> str:
        return f"{self.heads} heads, {self.window_size}×{self.window_size}"
