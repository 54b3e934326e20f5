"""Losses of one task each: heads together, auxiliary heads, masks, embeddings, and the three generative recipes.

A GAN, a VAE and a diffusion model are recognised by their loss: training then does what that recipe asks for
(`engine.training.recipes`). Not for: plain comparisons (`engine.blocks.loss`).
"""

from __future__ import annotations

from engine.blocks.compare import MASK, ONE, PREDICTION, TARGET, Comparison, column, share
from engine.blocks.spec import BlockError, Port, Shape, block, choice, flag, integer, numbers, real, text, want_map

_FAMILY = "Loss and metric"


@block("multi_task", title="Multi-task sum", family=_FAMILY, role="loss", stem="heads",
       source="LayerLoom: weighted sum of the heads' losses")  # fmt: skip
class MultiTaskSum(Comparison):
    """Several heads at once: each gets the loss that fits its column (cross entropy for a label, squared error for numbers), and
    the total is their weighted sum. Columns are found by the names given here, else by the heads' names, kinds and shapes.
    """

    heads: int = integer(2, lo=2, hi=8, help="how many heads there are", unit="heads")
    weights: tuple[float, ...] = numbers(
        (), real=True, lo=0.0, most=8, help="share of each head in the total; empty: 1 each"
    )
    weight: float = share()
    target: str = text(
        "", longest=512, help="columns in the order of the heads, between commas; empty: those that fit", advanced=True
    )

    def inputs(self) -> tuple[Port, ...]:
        return tuple(Port(f"prediction{number}", f"what head {number} says") for number in range(1, self.heads + 1))

    def shape(self, *xs: Shape) -> Shape:
        if self.weights and len(self.weights) != self.heads:
            raise BlockError(
                "weights-differ",
                f"{self.title} has {self.heads} heads but {len(self.weights)} weights; give one a head, or none.",
                setting="weights",
            )
        for port, x in zip(self.inputs(), xs, strict=False):
            if x.dtype != "float" or not x.batched:
                raise BlockError(
                    "wants-features", f"{self.title} wants predictions, but {x.words} arrives.", port=port.name
                )
        return ONE


@block("aux_output", title="Auxiliary output", family=_FAMILY, role="loss", stem="aux",
       source="Szegedy et al. 2015, Going deeper with convolutions")  # fmt: skip
class AuxOutput(Comparison):
    """A second answer from the middle of the network that is there in training only: it brings gradients to early layers.

    It gets the loss that fits the data, times its weight (0.3 in GoogLeNet), and is left out when the network is asked. Its
    layers are part of the network all the same.
    """

    weight: float = real(0.3, lo=0.0, hi=1e6, help="share of its loss in the total")
    target: str = column()

    def inputs(self) -> tuple[Port, ...]:
        return (Port("x", "what the auxiliary head says"),)

    def shape(self, *xs: Shape) -> Shape:
        self.prediction(xs)
        return ONE

    def face(self) -> str:
        return f"× {self.weight:g}, training only"


@block(
    "dice",
    title="Dice",
    family=_FAMILY,
    role="loss",
    source="Milletari et al. 2016, V-Net; mateuszbuda, brain-segmentation",
)
class Dice(Comparison):
    """For masks: 1 − (2 Σ p·y + s) / (Σ p + Σ y + s), the mean over the classes, over all pixels of the batch.

    It counts overlap, so a small organ on a large background weighs as much as the background. Smoothing s keeps it defined
    where a class is absent.
    """

    weight: float = share()
    smooth: float = real(1.0, lo=0.0, hi=1e6, help="number added above and below the line", unit="value")
    logits: bool = flag(True, help="whether a sigmoid (one map) or softmax (one map a class) is still to be taken")
    target: str = column("mask")

    def inputs(self) -> tuple[Port, ...]:
        return (PREDICTION, TARGET, MASK)

    def shape(self, *xs: Shape) -> Shape:
        want_map(self.prediction(xs), self.title, "prediction")
        return ONE


@block("triplet_margin", title="Triplet margin", family=_FAMILY, role="loss",
       source="torch.nn.TripletMarginLoss; Schroff et al. 2015; Hermans et al. 2017")  # fmt: skip
class TripletMargin(Comparison):
    """For embeddings: max(0, d(a, p) − d(a, n) + margin), so that samples of one class lie closer than those of others.

    Triplets are mined in the batch: all of them, or for each anchor the farthest sample of its class and the nearest of
    another. Take batches in which every class stands several times.
    """

    weight: float = share()
    margin: float = real(1.0, lo=0.0, hi=1e6, help="how much farther another class shall be", unit="value")
    mining: str = choice(
        "all",
        options=("all", "hardest"),
        labels=("All triplets", "Hardest"),
        help="which triplets of a batch are taken",
    )
    target: str = column()

    def inputs(self) -> tuple[Port, ...]:
        return (PREDICTION, TARGET)

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        if len(x.dims) != 1:
            raise BlockError(
                "wants-vector", f"{self.title} wants an embedding, a flat vector, but {x.words} arrives.",
                port="prediction",
            )  # fmt: skip
        return ONE


@block("vae_loss", title="VAE loss", family=_FAMILY, role="loss", source="Kingma & Welling 2014, arXiv:1312.6114")
class VariationalLoss(Comparison):
    """Reconstruction plus β times the distance of the code from a standard normal: −½ Σ (1 + log σ² − μ² − σ²).

    Both are added up over a sample and averaged over the batch, so that the value is minus the evidence lower bound, in nats
    for binary cross entropy. β above 1 gives codes whose directions mean something each (β-VAE).
    """

    weight: float = share()
    recon: str = choice(
        "bce", options=("bce", "mse"), labels=("Binary cross entropy", "Squared error"),
        help="how the reconstruction is judged; binary cross entropy wants numbers from 0 to 1",
    )  # fmt: skip
    beta: float = real(
        1.0, lo=0.0, hi=1e6, help="share of the distance of the code from a standard normal", unit="factor"
    )
    reduction: str = choice(
        "sum", options=("sum", "mean"), labels=("Added up", "Mean"), help="over the numbers of a sample", advanced=True
    )
    target: str = column("picture")

    def inputs(self) -> tuple[Port, ...]:
        return (
            PREDICTION,
            Port("mu", "means of the code"),
            Port("logvar", "logarithms of its variances"),
            TARGET,
        )

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        mu, logvar = self.at(xs, "mu"), self.at(xs, "logvar")
        if mu is not None and logvar is not None and mu.dims != logvar.dims:
            raise BlockError(
                "shapes-differ",
                f"{self.title} gets means of {mu.words} and variances of {logvar.words}; both need the same size.",
                port="logvar",
            )
        self.alike(x, xs)
        return ONE


@block("gan_loss", title="GAN loss", family=_FAMILY, role="loss",
       source="Goodfellow et al. 2014; Radford et al. 2016; Mao et al. 2017; Gulrajani et al. 2017")  # fmt: skip
class AdversarialLoss(Comparison):
    """Two networks against each other: the generator makes pictures from noise, the discriminator tells them from real ones.

    Draw them in one chain: noise, generator, discriminator, and its score to the port *prediction*; wire the generator's
    picture to *generated* as well, which is where the two networks meet, and the picture input to *real*. Training then runs
    the discriminator on real and on generated pictures and the generator against it, each with its own optimiser.
    """

    weight: float = share()
    mode: str = choice(
        "bce", options=("bce", "lsgan", "wgan_gp"), labels=("Binary cross entropy", "Least squares", "Wasserstein"),
        help="how scores are judged; with a sigmoid at the end take binary cross entropy, it is noticed",
    )  # fmt: skip
    discriminator_steps: int = integer(
        1, lo=1, hi=100, help="steps of the discriminator for one of the generator (Wasserstein: 5)", unit="steps"
    )
    penalty: float = real(
        10.0, lo=0.0, hi=1e6, help="weight of the gradient penalty (Wasserstein)", unit="factor", advanced=True
    )
    target: str = column("picture")

    def inputs(self) -> tuple[Port, ...]:
        return (
            Port("prediction", "the discriminator's score"),
            Port("generated", "the generator's picture"),
            Port("real", "real pictures; without a wire, the data set's", optional=True),
        )

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        if x.size != 1:
            raise BlockError(
                "wants-score",
                f"{self.title} wants one score a picture, but {x.words} arrives; end the discriminator with one number.",
                port="prediction",
            )
        generated, real_ones = self.at(xs, "generated"), self.at(xs, "real")
        if generated is not None and real_ones is not None and generated.dims != real_ones.dims:
            raise BlockError(
                "shapes-differ",
                f"The generator makes {generated.words}, but the real pictures are {real_ones.words}; make both alike.",
                port="generated",
            )
        return ONE

    def face(self) -> str:
        return {"bce": "", "lsgan": "least squares", "wgan_gp": "Wasserstein"}[self.mode]


@block("diffusion_loss", title="Diffusion loss", family=_FAMILY, role="loss", source="Ho et al. 2020, arXiv:2006.11239")
class DiffusionLoss(Comparison):
    """Teaches a network to tell the noise in a noisy picture: the mean of (ε − ε̂(√ᾱₜ x + √(1 − ᾱₜ) ε, t))².

    The picture that the network reads is mixed with noise of a random strength t first, while training; the noise is the
    target. New pictures come from noise alone, freed of it step by step. Needs a picture input and a time step input.
    """

    weight: float = share()
    steps: int = integer(1000, lo=2, hi=10_000, help="strengths of noise", unit="steps")
    beta_start: float = real(1e-4, lo=0.0, hi=0.999, help="noise that the first step adds", advanced=True)
    beta_end: float = real(0.02, lo=0.0, hi=0.999, help="noise that the last step adds", advanced=True)
    target: str = column("picture")

    def inputs(self) -> tuple[Port, ...]:
        return (
            Port("prediction", "the noise that the network sees"),
            Port("picture", "the picture input that is noised; without a wire, the only one", optional=True),
        )

    def shape(self, *xs: Shape) -> Shape:
        x = self.prediction(xs)
        picture = self.at(xs, "picture")
        if picture is not None and picture.dims != x.dims:
            raise BlockError(
                "shapes-differ",
                f"{self.title} gets noise of {x.words} for a picture of {picture.words}; both need the same shape.",
                port="prediction",
            )
        return ONE

    def face(self) -> str:
        return f"T = {self.steps}"


__all__ = [
    "AdversarialLoss", "AuxOutput", "Dice", "DiffusionLoss", "MultiTaskSum", "TripletMargin", "VariationalLoss",
]  # fmt: skip
