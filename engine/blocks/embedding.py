"""Tables of learned vectors: what turns tokens into numbers that a network can work with."""

from __future__ import annotations

from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Shape, block, choice, integer, real
from engine.blocks.wants import want_tokens
from engine.blocks.window import Looks


class _Table(Weighted):
    """What the embeddings share."""

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    max_norm: float | None

    def _tokens(self, x: Shape) -> Shape:
        want_tokens(x, self.title)
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            raise BlockError(
                "padding-outside",
                f"the padding token is {self.padding_idx}, but a vocabulary of {self.num_embeddings} ends at "
                f"{self.num_embeddings - 1}; choose a token inside or leave the padding token empty.",
                setting="padding_idx",
            )
        return x

    def parameters(self, *xs: Shape) -> int:
        return self.num_embeddings * self.embedding_dim

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.num_embeddings:,} → {self.embedding_dim}"


@block("embedding", title="Embedding", family="Sequence", stem="embed", source="torch.nn.Embedding")
class Embedding(_Table):
    """A learned vector for every token of a vocabulary: the token is looked up in a table of vocabulary × width.

    It is what a linear layer does to one-hot vectors, without multiplying by all the zeros. The first block of nearly every
    network that reads text; tokens that mean alike come to have similar vectors.
    """

    num_embeddings: int = integer(20000, lo=1, hi=50_000_000, help="how many tokens there are", unit="tokens",
                                  title="Vocabulary")  # fmt: skip
    embedding_dim: int = integer(
        128, lo=1, hi=65536, help="length of each token's vector", unit="features", title="Width"
    )
    padding_idx: int | None = integer(
        None, lo=0, hi=50_000_000, help="token that only fills up; its vector stays 0", title="Padding token", unit="token",
        advanced=True,
    )  # fmt: skip
    max_norm: float | None = real(
        None,
        lo=1e-6,
        hi=1e6,
        help="vectors longer than this are shortened when they are read",
        unit="length",
        advanced=True,
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((6,), "index"),)

    def shape(self, *xs: Shape) -> Shape:
        return Shape((*self._tokens(xs[0]).dims, self.embedding_dim))

    def lower(self, *xs: Shape) -> Call:
        more = {name: getattr(self, name) for name in ("padding_idx", "max_norm") if getattr(self, name) is not None}
        return Call("nn.Embedding", self.num_embeddings, self.embedding_dim, **more)


@block("embedding_bag", title="Embedding bag", family="Sequence", stem="bag", source="torch.nn.EmbeddingBag")
class EmbeddingBag(_Table):
    """The mean (or sum, or largest value) of the learned vectors of all tokens of a text, whatever their order.

    The bag of words: one vector a text, without a network that reads it step by step. A strong and very fast start for
    classifying texts.
    """

    num_embeddings: int = integer(20000, lo=1, hi=50_000_000, help="how many tokens there are", unit="tokens",
                                  title="Vocabulary")  # fmt: skip
    embedding_dim: int = integer(
        128, lo=1, hi=65536, help="length of each token's vector", unit="features", title="Width"
    )
    mode: str = choice("mean", options=("mean", "sum", "max"), help="what becomes of the vectors of a text")
    padding_idx: int | None = integer(
        None, lo=0, hi=50_000_000, help="token that only fills up and is left out", title="Padding token", unit="token",
        advanced=True,
    )  # fmt: skip
    max_norm: float | None = real(
        None,
        lo=1e-6,
        hi=1e6,
        help="vectors longer than this are shortened when they are read",
        unit="length",
        advanced=True,
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((6,), "index"),)

    def shape(self, *xs: Shape) -> Shape:
        x = self._tokens(xs[0])
        if len(x.dims) != 1:
            raise BlockError("wants-tokens", f"Embedding bag wants a row of tokens, but {x.words} arrives.")
        return Shape((self.embedding_dim,))

    def lower(self, *xs: Shape) -> Call:
        more = {name: getattr(self, name) for name in ("padding_idx", "max_norm") if getattr(self, name) is not None}
        return Call("nn.EmbeddingBag", self.num_embeddings, self.embedding_dim, mode=self.mode, **more)
