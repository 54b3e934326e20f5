"""Tensors that no wire brings, and numbers made of others by rule: learned tensors, one-hot vectors, normalisation."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.expect import want_features
from engine.blocks.initial import Weighted
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, integer, numbers


@block("learned_tensor", title="Learned tensor", family="Input and output", stem="learned", source="torch.nn.Parameter")
class LearnedTensor(Weighted):
    """A tensor of numbers that are learned and the same for every sample. Add it to a sequence and it is a position embedding,
    concatenate it and it is a class token, multiply by it and it is a scale. It starts as zeros unless its first values say
    otherwise. Where it stands in the file is where its weights stand among the others."""

    bare: ClassVar[bool] = True

    dims: tuple[int, ...] = numbers(
        (1, 8), lo=1, hi=10_000_000, least=1, most=6, help="shape without the batch", title="Shape"
    )

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape(self.dims, batched=False)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.LearnedTensor", self.dims)

    def parameters(self, *xs: Shape) -> int:
        return self.shape().size

    def face(self) -> str:
        return "×".join(map(str, self.dims))


@block("one_hot", title="One-hot", family="Input and output", stem="one_hot", source="torch.nn.functional.one_hot")
class OneHot(Block):
    """A whole number as a vector that is 0 everywhere but 1 at its place: 2 of 4 classes is 0, 0, 1, 0. Tokens T become T×K. The
    plainest way to give letters to a network; an embedding learns a shorter vector instead. No gradient goes through it."""

    classes: int = integer(
        10, lo=1, hi=1_000_000, help="how many different numbers there are, from 0 on", unit="classes"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5,), "index"),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dtype != "index":
            raise BlockError("wants-index", f"{self.title} wants whole numbers such as tokens, but {x.words} arrives.")
        return Shape((*x.dims, self.classes), batched=x.batched)

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.OneHot", self.classes)

    def face(self) -> str:
        return f"{self.classes} classes"


@block("normalize", title="Normalise", family="Input and output", stem="normalise",
       source="torchvision.transforms.Normalize")  # fmt: skip
class Normalize(Block):
    """Subtract a known mean and divide by a known deviation, channel by channel: (x − mean)/std. A network that carries it
    takes pictures as they are. The usual figures of ImageNet are 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225."""

    mean: tuple[float, ...] = numbers(
        (0.5,), real=True, lo=-1e6, hi=1e6, least=1, most=4096, help="one, or one a channel"
    )
    std: tuple[float, ...] = numbers(
        (0.5,), real=True, lo=1e-6, hi=1e6, least=1, most=4096, help="one, or one a channel"
    )

    def shape(self, *xs: Shape) -> Shape:
        channels = want_features(xs[0], self.title)[0]
        for name, row in (("mean", self.mean), ("std", self.std)):
            if len(row) not in (1, channels):
                raise BlockError(
                    "one-a-channel",
                    f"{self.title} has {len(row)} numbers as {name}, but {xs[0].words} arrives; say one, or {channels}.",
                    setting=name,
                )
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.Normalize", self.mean, self.std)

    def face(self) -> str:
        return (
            f"{self.mean[0]:g}, {self.std[0]:g}"
            if len(self.mean) == len(self.std) == 1
            else f"{len(self.mean)} channels"
        )
