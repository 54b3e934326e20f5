"""Input and output blocks: where data comes in and where the network's answer leaves."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Port, Shape, block, integer, text

LARGEST_SIDE = 8192  # pixels; larger pictures are cut into tiles before any network sees them


@block("image_input", title="Image input", family="Input and output", role="input", stem="image",
       source="LayerLoom: a column of pictures of the data set")  # fmt: skip
class ImageInput(Block):
    """Pictures of the data set, as C×H×W maps of normalised numbers.

    Pictures of another size are resized to height × width, and grey ones are copied into every channel (colour is turned to grey
    where one channel is asked for), so any data set of pictures fits. The normalisation computed from the training part is
    applied before the network sees the numbers.
    """

    channels: int = integer(1, lo=1, hi=1024, help="colour channels: 1 grey, 3 red-green-blue", unit="channels")
    height: int = integer(28, lo=1, hi=LARGEST_SIDE, help="height that pictures are resized to", unit="pixels")
    width: int = integer(28, lo=1, hi=LARGEST_SIDE, help="width that pictures are resized to", unit="pixels")
    column: str = text("image", longest=64, help="column of the data set that is read", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.channels, self.height, self.width))

    def face(self) -> str:
        return f"{self.channels}×{self.height}×{self.width}"


@block("vector_input", title="Vector input", family="Input and output", role="input", stem="features",
       source="LayerLoom: a column of numbers of the data set")  # fmt: skip
class VectorInput(Block):
    """Rows of numbers of the data set: one vector of F features a sample, normalised column by column."""

    features: int = integer(2, lo=1, hi=10_000_000, help="numbers in one sample", unit="features")
    column: str = text("features", longest=64, help="column of the data set that is read", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.features,))

    def face(self) -> str:
        return f"{self.features} features"


@block("output", title="Output", family="Input and output", role="output", source="LayerLoom: the network's answer")
class Output(Block):
    """The network's answer. For classes: one number (logit) a class, before any softmax.

    A network that ends here needs no loss block: cross entropy and accuracy are used where the data set has classes, mean
    squared error where it has numbers. Place a loss block on the same wire to choose another.
    """

    def outputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return xs[0]


@block("port_in", title="Composite input", family="Input and output", role="entry", stem="x",
       source="LayerLoom: a port of the composite that it stands in")  # fmt: skip
class PortIn(Block):
    """Where a wire from outside comes into a composite. Its name is the name of the port."""

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        if not xs:
            raise BlockError("no-shape", "Composite input takes its shape from outside, and nothing arrives there.")
        return xs[0]


@block("port_out", title="Composite output", family="Input and output", role="exit", stem="y",
       source="LayerLoom: a port of the composite that it stands in")  # fmt: skip
class PortOut(Block):
    """Where a wire leaves a composite. Its name is the name of the port."""

    def outputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return xs[0]
