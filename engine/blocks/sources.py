"""Input and output blocks: where data comes in and where the network's answer leaves."""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Port, Shape, block, choice, integer, numbers, text

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
    """Rows of numbers of the data set: one vector of F features a sample, normalised column by column.

    A table in a CSV file, such as the measures of a flower, comes in here; categories are made numbers before.
    """

    features: int = integer(2, lo=1, hi=10_000_000, help="numbers in one sample", unit="features")
    column: str = text("features", longest=64, help="column of the data set that is read", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.features,))

    def face(self) -> str:
        return f"{self.features} features"


@block("sequence_input", title="Sequence input", family="Input and output", role="input", stem="series",
       source="LayerLoom: a column of series of numbers of the data set")  # fmt: skip
class SequenceInput(Block):
    """Series of the data set: T steps of F numbers each, such as the weather of the last 120 hours, normalised feature by
    feature. The shape is N×T×F: batch, time, features."""

    steps: int = integer(120, lo=1, hi=1_000_000, help="steps of time in one sample", unit="steps")
    features: int = integer(7, lo=1, hi=1_000_000, help="numbers at each step", unit="features")
    column: str = text("features", longest=64, help="column of the data set that is read", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.steps, self.features))

    def face(self) -> str:
        return f"{self.steps} steps × {self.features}"


@block("token_input", title="Token input", family="Input and output", role="input", stem="tokens",
       source="LayerLoom: a column of tokens of the data set")  # fmt: skip
class TokenInput(Block):
    """Words or characters of the data set by their number, from 0 to the vocabulary's size less 1: T of them a sample.

    Numbers of words are no quantities: an embedding or a one-hot block behind this input turns them into vectors.
    """

    steps: int = integer(80, lo=1, hi=1_000_000, help="tokens in one sample", unit="tokens")
    vocabulary: int = integer(20_000, lo=1, hi=100_000_000, help="how many different tokens there are", unit="tokens")
    pad: int | None = integer(
        None, lo=0, help="the number that fills short texts up; empty: the data set's", unit="token", advanced=True
    )
    column: str = text("tokens", longest=64, help="column of the data set that is read", advanced=True)

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((self.steps,), "index")

    def face(self) -> str:
        return f"{self.steps} of {self.vocabulary:,}"


@block("timestep_input", title="Time step input", family="Input and output", role="input", stem="t",
       source="Ho et al. 2020, arXiv:2006.11239")  # fmt: skip
class TimestepInput(Block):
    """How strongly a picture is noised: a whole number from 0 to T − 1, drawn anew for every sample of every step.

    For diffusion models, together with a diffusion loss. The draw depends on the run's seed and the step alone.
    """

    steps: int = integer(
        1000, lo=2, hi=10_000, help="strengths of noise, as many as the diffusion loss has", unit="steps"
    )

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape((), "index")

    @property
    def draw(self) -> tuple[str, int]:
        """How its numbers are drawn: whole ones below T."""
        return ("index", self.steps)

    def face(self) -> str:
        return f"T = {self.steps}"


@block("noise_input", title="Noise input", family="Input and output", role="input", stem="noise",
       source="torch.randn, torch.rand")  # fmt: skip
class NoiseInput(Block):
    """Random numbers, drawn anew for every sample of every step: what a generator makes its pictures from.

    The draw depends on the run's seed and the step alone, so a run that is resumed sees the same noise.
    """

    dims: tuple[int, ...] = numbers((100, 1, 1), lo=1, hi=1_000_000, least=1, most=4, help="shape of one sample's noise",
                                    title="Shape")  # fmt: skip
    distribution: str = choice(
        "normal",
        options=("normal", "uniform"),
        labels=("Normal, deviation 1", "Uniform, −1 to 1"),
        help="how it is drawn",
    )

    def inputs(self) -> tuple[Port, ...]:
        return ()

    def shape(self, *xs: Shape) -> Shape:
        return Shape(tuple(self.dims))

    @property
    def draw(self) -> tuple[str, int]:
        """How its numbers are drawn."""
        return (self.distribution, 0)

    def face(self) -> str:
        return "×".join(map(str, self.dims))


@block("output", title="Output", family="Input and output", role="output", source="LayerLoom: the network's answer")
class Output(Block):
    """The network's answer. For classes: one number (logit) a class, before any softmax.

    A network that ends here needs no loss block: cross entropy and accuracy are used where the data set has classes, mean
    squared error where it has numbers, and so on for masks, tags and pictures to be made again. Place a loss block on the same
    wire to choose another. Of several outputs each takes the column of its own name, else the one that fits its shape.
    """

    task: str = choice(
        "auto", options=("auto", "classify", "regress", "segment", "sequence", "reconstruct", "features"),
        labels=("What fits the data", "Classes", "Numbers", "A class for each pixel", "A class for each step",
                "The input again", "Features, nothing to learn here"),
        help="what it is trained to say where no loss block is drawn for it", advanced=True,
    )  # fmt: skip
    target: str = text("", longest=64, help="column that it is to predict; empty: the one that fits", advanced=True)

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
