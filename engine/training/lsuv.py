"""Layer-sequential unit-variance: first values of weights that suit a network and a batch.

Mishkin and Matas 2015, "All you need is a good init", arXiv:1511.06422. Each convolution and linear layer gets orthogonal weights
and is then scaled until what it gives for the batch has a variance of one, from the first layer to the last. Deep networks without
any normalisation start to learn that way.

Not for: first values that need no data (`engine.layers.initialise`), and not for choosing the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.compiler.module import Network

# Layers that are one product with a weight; the norms between them and the gates of recurrent layers stay as they are.
LAYERS = (
    nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
)  # fmt: skip


@dataclass(frozen=True)
class Scaled:
    """What was done to a layer.

    Attributes:
        name: The way to it in the network.
        before: Variance of what it gave with orthogonal weights.
        after: Variance that it gives now.
        rounds: How often it was scaled.
    """

    name: str
    before: float
    after: float
    rounds: int


def lsuv(
    network: Network,
    inputs: Sequence[Tensor] | Tensor,
    *,
    tolerance: float = 0.1,
    rounds: int = 10,
    generator: torch.Generator | None = None,
) -> tuple[Scaled, ...]:
    """Give the weights of a network their first values, in place.

    Frozen layers, layers that share a weight with an earlier one and layers that give a constant are left as they are. Running
    statistics of norms stay as they were.

    Args:
        network: The network.
        inputs: A batch, one tensor an input; some hundred samples are enough.
        tolerance: How far the variance may be from one.
        rounds: How often a layer is scaled at most.
        generator: What the orthogonal weights are drawn from; None for torch's own.

    Returns:
        What was done, layer by layer.
    """
    training = network.training
    kept = {name: buffer.clone() for name, buffer in network.named_buffers()}
    layers = dict(network.named_modules())
    seen: set[int] = set()
    done: list[Scaled] = []
    network.train()
    try:
        with torch.no_grad():
            for step in network.plan.steps:
                layer = layers.get(step.name)
                if not isinstance(layer, LAYERS) or id(layer.weight) in seen or not layer.weight.requires_grad:
                    continue
                seen.add(id(layer.weight))
                scaled = _scale(network, inputs, step.writes, layer, tolerance, rounds, generator)
                if scaled is not None:
                    done.append(Scaled(step.name, *scaled))
    finally:
        for name, buffer in network.named_buffers():
            buffer.copy_(kept[name])
        network.train(training)
    return tuple(done)


def _scale(
    network: Network, inputs: Sequence[Tensor] | Tensor, slot: int, layer: nn.Module, tolerance: float, rounds: int,
    generator: torch.Generator | None,
) -> tuple[float, float, int] | None:  # fmt: skip
    """One layer: variance before and after, and how often it was scaled; None (and nothing done) for a constant."""
    weight, bias = layer.weight, layer.bias
    assert isinstance(weight, Tensor)
    old = [tensor.clone() for tensor in (weight, bias) if isinstance(tensor, Tensor)]
    nn.init.orthogonal_(weight, generator=generator)
    if isinstance(bias, Tensor):
        bias.zero_()
    before = variance = _variance(network, inputs, slot)
    if not 0 < before < float("inf"):
        for tensor, value in zip((weight, bias), old, strict=False):
            if isinstance(tensor, Tensor):
                tensor.copy_(value)
        return None
    count = 0
    while abs(variance - 1) > tolerance and count < rounds:
        weight.div_(variance**0.5)
        variance = _variance(network, inputs, slot)
        count += 1
    return before, variance, count


def _variance(network: Network, inputs: Sequence[Tensor] | Tensor, slot: int) -> float:
    (value,) = network.values(inputs, [slot])
    return value.double().var(correction=0).item()
