"""The network's answer to one sample: the likeliest classes, or the numbers themselves.

Not for: many samples at once (`confusion`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.compiler.module import Network
from engine.compiler.plan import OutputSpec
from engine.probes.data import Answer, Bars, Nothing
from engine.probes.spec import ProbeError, Sample, probe
from engine.probes.where import batch, quiet, writer


@probe("answers", title="Top answers", wants_block=False)
def answers(network: Network, block: str = "", sample: Sample | None = None, *, classes: Sequence[str] = (),
            top: int = 5, single: str = "") -> Answer:  # fmt: skip
    """The likeliest classes with their probabilities.

    Args:
        network: With the weights to ask.
        block: Name of the output to read; empty: the first one.
        sample: Normalised arrays without a batch axis.
        classes: Names of the classes; empty: the numbers are shown as they are.
        top: How many answers; 0: all of them, in the order of the classes.
        single: How a single number says which of two classes: "logit", "share" of the second one, or "" where it does not.

    Raises:
        ProbeError: No sample was given.
    """
    if sample is None:
        raise ProbeError("An answer needs a sample; choose or draw a picture.")
    spec = output_of(network, block)
    with quiet(network):
        value = network.values(batch(sample), [spec.slot])[0][0].float().cpu()
        if single and value.numel() == 1 and len(classes) == 2:
            value = sides(value.reshape(1), single)[0]
            both = (0, 1) if top == 0 or value[0] >= value[1] else (1, 0)
            return Bars(tuple(classes[k] for k in both), tuple(float(value[k]) for k in both), both, probabilities=True)
        if value.dim() != 1:
            return Nothing(f"The network gives {spec.shape.words}, not one number a class.")
        named = len(classes) == len(value)
        likely = named and is_likelihood(network, spec)
        shares = probabilities(network, spec, value[None])[0] if named else value
        order = range(len(value)) if top == 0 else torch.argsort(shares, descending=True, stable=True)[:top].tolist()
    labels = tuple(classes[k] if named else f"output {k}" for k in order)
    return Bars(labels, tuple(float(shares[k]) for k in order), tuple(order), likely)


def sides(values: Tensor, single: str) -> Tensor:
    """[N] single numbers as shares of two classes, [N, 2]."""
    second = torch.sigmoid(values) if single == "logit" else values.clamp(0.0, 1.0)
    return torch.stack([1 - second, second], dim=1)


def output_of(network: Network, block: str = "") -> OutputSpec:
    """An output by name; the first one where the name is empty.

    Raises:
        ProbeError: No such output.
    """
    for spec in network.plan.outputs:
        if block in ("", spec.name):
            return spec
    raise ProbeError(f'the network has no output "{block[:60]}".')


def probabilities(network: Network, spec: OutputSpec, value: Tensor) -> Tensor:
    """[N, K] outputs as probabilities; left alone where they are so already, or are none (`is_likelihood`)."""
    return torch.softmax(value, dim=1) if spec.logits and not _ends_in_softmax(network, spec) else value


def is_likelihood(network: Network, spec: OutputSpec) -> bool:
    """Whether the outputs can be told as probabilities: not those that mean squared error drew towards 0 and 1."""
    return spec.logits or _ends_in_softmax(network, spec)


def _ends_in_softmax(network: Network, spec: OutputSpec) -> bool:
    last = writer(network.plan, spec.slot)
    return last is not None and last.kind == "softmax"
