"""What generative networks need besides layers: a drawn code, the embedding of a time step, a stop for gradients.

Not for: their losses (`engine.blocks.task_loss`).
"""

from __future__ import annotations

from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, choice, flag, integer, real

_FAMILY = "Generative"


@block(
    "reparameterize", title="Reparameterise", family=_FAMILY, stem="z", source="Kingma & Welling 2014, arXiv:1312.6114"
)
class Reparameterize(Block):
    """Draws the code of a variational autoencoder: z = μ + ε·exp(½ log σ²) with ε from a standard normal.

    Written this way the draw lets gradients through to μ and σ. When the network is asked, μ itself is given, unless sampling
    is switched on there, too.
    """

    sample_in_eval: bool = flag(False, help="draw in validation and when asked, too; off: give the mean")

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((6,)), Shape((6,)))

    def inputs(self) -> tuple[Port, ...]:
        return (Port("mu", "means"), Port("logvar", "logarithms of the variances"))

    def shape(self, *xs: Shape) -> Shape:
        mu, logvar = xs[0], xs[1]
        for port, x in (("mu", mu), ("logvar", logvar)):
            if x.dtype != "float" or not x.batched:
                raise BlockError("wants-features", f"{self.title} wants features, but {x.words} arrives.", port=port)
        if mu.dims != logvar.dims:
            raise BlockError(
                "shapes-differ",
                f"{self.title} gets means of {mu.words} and variances of {logvar.words}; make both layers equally wide.",
                port="logvar",
            )
        return mu

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.Reparameterize", sample_in_eval=self.sample_in_eval)


@block("timestep_embedding", title="Time step embedding", family=_FAMILY, stem="time",
       source="Ho et al. 2020, arXiv:2006.11239; Vaswani et al. 2017")  # fmt: skip
class TimestepEmbedding(Block):
    """A whole number t as a vector of sines and cosines: sin(t·ωᵢ) and cos(t·ωᵢ), with ω falling from 1 to 1/period.

    Near numbers get near vectors, far ones do not, at every scale: so a network can tell how noisy its picture is. The
    exponent of ω counts to half − 1 as in the paper's code, or to half.
    """

    dim: int = integer(128, lo=4, hi=65_536, help="numbers in the vector, an even number", unit="features")
    max_period: float = real(10_000.0, lo=1.0, hi=1e9, help="period of the slowest wave over 2π", unit="steps")
    order: str = choice("sin_cos", options=("sin_cos", "cos_sin"), labels=("sines, cosines", "cosines, sines"),
                        help="which half comes first", advanced=True)  # fmt: skip
    last: bool = flag(True, title="Ends at period", help="count the exponent to half − 1, so that the slowest wave has "
                      "exactly the period; off: to half", advanced=True)  # fmt: skip

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((), "index"),)

    def inputs(self) -> tuple[Port, ...]:
        return (Port("t", "whole numbers, one a sample"),)

    def shape(self, *xs: Shape) -> Shape:
        x = xs[0]
        if x.dims != () or x.dtype != "index" or not x.batched:
            raise BlockError(
                "wants-index",
                f"{self.title} wants one whole number a sample, as a time step input gives, but {x.words} arrives.",
                port="t",
            )
        if self.dim % 2:
            raise BlockError(
                "dim-odd",
                f"{self.title} makes as many sines as cosines, so dim {self.dim} has to be even.",
                setting="dim",
            )
        return Shape((self.dim,))

    def lower(self, *xs: Shape) -> Call:
        return Call("layers.TimestepEmbedding", self.dim, max_period=self.max_period, order=self.order, last=self.last)

    def face(self) -> str:
        return str(self.dim)


@block("detach", title="Detach", family=_FAMILY, source="torch.Tensor.detach")
class Detach(Block):
    """Passes its input on and lets no gradient back: what lies before it does not learn from what lies behind.

    For heads that shall not disturb the trunk, and for targets that a network makes itself.
    """

    def shape(self, *xs: Shape) -> Shape:
        return xs[0]

    def lower(self, *xs: Shape) -> Call:
        return Call(".detach")
