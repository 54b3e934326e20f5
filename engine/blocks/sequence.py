"""Blocks that choose, repeat and mark the steps of a sequence. Not for: layers that read it (`engine.blocks.recurrent`)."""

from __future__ import annotations

from engine.blocks.attention import check_mask
from engine.blocks.expect import want_sequence
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, choice, integer, want_vector
from engine.blocks.window import Looks

_FAMILY = "Sequence"


@block(
    "last_step",
    title="Last step",
    family=_FAMILY,
    stem="last",
    source="y[:, -1]; Schuster and Paliwal 1997 (both ways)",
)
class LastStep(Block):
    """One vector for a whole sequence, T×F to F: the last step of a recurrent layer has read all of it. Of a layer that reads
    both ways take "both ends": the backward half of the last step has read that one step only, and has read everything when it
    comes to the first. With a mask the last step is the last one that is no padding."""

    mode: str = choice(
        "last", options=("last", "first", "final"), labels=("Last", "First", "Both ends"), help="which step is taken",
    )  # fmt: skip

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 8)), Shape((5,), "index"))

    def inputs(self) -> tuple[Port, ...]:
        return (Port("x", "the sequence"), Port("mask", "0 for steps at the end that are padding", optional=True))

    def shape(self, *xs: Shape) -> Shape:
        steps, features = want_sequence(xs[0], self.title, "x")
        check_mask(xs[1] if len(xs) > 1 else None, steps, self.title)
        if self.mode == "final" and features % 2:
            raise BlockError(
                "odd-features",
                f"{self.title} takes one half of the features from each end, but there are {features}; it belongs behind a layer "
                "that reads both ways.",
                setting="mode",
            )
        return Shape((features,))

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.LastStep", self.mode)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return {"last": "", "first": "first", "final": "both ends"}[self.mode]


@block("repeat_vector", title="Repeat vector", family=_FAMILY, stem="repeat", source="keras.layers.RepeatVector")
class RepeatVector(Block):
    """The same vector at every step: F becomes T×F. So a recurrent decoder is told at each step what the encoder has made of
    the whole sequence."""

    steps: int = integer(10, lo=1, hi=1_000_000, help="how many steps", unit="steps")

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.steps, want_vector(xs[0], self.title)))

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.RepeatVector", self.steps)

    def face(self) -> str:
        return f"{self.steps} steps"


@block("sequence_mask", title="Sequence mask", family=_FAMILY, stem="mask", source="tokens != padding")
class SequenceMask(Block):
    """Which tokens are none: T tokens become T marks, 0 where a token is padding. Wire it to the mask of attention and of
    recurrent layers, which then do as if the padding was not there."""

    pad_id: int = integer(
        0, lo=0, hi=10_000_000, help="the token that fills sequences up", title="Padding", unit="token"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5,), "index"),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "index" or len(x.dims) != 1:
            raise BlockError(
                "wants-index",
                f"{self.title} wants tokens, one whole number a step, but {x.words} arrives; wire the token input.",
            )
        return x

    def lower(self, *xs: Shape) -> Call:
        return Call("torch.ne", self.pad_id)

    def face(self) -> str:
        return f"{self.pad_id} is padding"
