"""First values of weights: the settings that every block with weights has, and what they say.

Not for: drawing the values (`engine.layers.initialise`). No torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.blocks.spec import Block
from engine.declare import choice, declared, real

SCHEMES = (
    "default", "constant", "uniform", "normal", "trunc_normal", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal",
)  # fmt: skip
SCHEME_LABELS = (
    "PyTorch's own", "Constant", "Uniform", "Normal", "Truncated normal", "Xavier uniform", "Xavier normal",
    "Kaiming uniform", "Kaiming normal", "Orthogonal",
)  # fmt: skip


@dataclass(frozen=True)
class Initial:
    """What the first values are; the arguments of `engine.layers.initialise`."""

    weight: str = "default"
    value: float | None = None
    mean: float = 0.0
    fan: str = "fan_in"
    bias: float | None = None

    def given(self) -> dict[str, str | float]:
        """The arguments that are not as usual, by name."""
        usual = Initial()
        out: dict[str, str | float] = {}
        for name in ("value", "mean", "fan", "bias"):
            held = getattr(self, name)
            if held != getattr(usual, name):
                out[name] = held
        return out


@declared
class Weighted(Block):
    """What blocks with weights share: how these begin."""

    init: str = choice(
        "default",
        options=SCHEMES,
        labels=SCHEME_LABELS,
        help="how the weights begin",
        title="Weights begin",
        advanced=True,
    )
    init_value: float | None = real(
        None, lo=-1e6, hi=1e6, title="Value",
        help="constant, bound, standard deviation or gain of the first weights; empty: the usual one", advanced=True,
    )  # fmt: skip
    init_mean: float = real(0.0, lo=-1e6, hi=1e6, title="Mean", help="mean of normally drawn weights", advanced=True)
    init_fan: str = choice(
        "fan_in", options=("fan_in", "fan_out"), labels=("Inputs", "Outputs"), title="Kaiming counts",
        help="whether Kaiming keeps the variance of the answers (inputs) or of the gradients (outputs)", advanced=True,
    )  # fmt: skip
    init_bias: float | None = real(
        None,
        lo=-1e6,
        hi=1e6,
        title="Biases begin",
        help="first value of the biases; empty: PyTorch's own",
        advanced=True,
    )

    def initial(self) -> Initial | None:
        """How the weights begin; None where torch's own values stay."""
        if self.init == "default" and self.init_bias is None:
            return None
        return Initial(self.init, self.init_value, self.init_mean, self.init_fan, self.init_bias)


FIRST_VALUES = tuple(Weighted.settings)  # names of these settings: a form keeps them together


def matters(scheme: str) -> tuple[str, ...]:
    """Which of these settings mean anything with a scheme."""
    out = ["init"]
    if scheme != "default":
        out.append("init_value")
    if scheme in ("normal", "trunc_normal"):
        out.append("init_mean")
    if scheme.startswith("kaiming"):
        out.append("init_fan")
    return (*out, "init_bias")
