"""What layers have learned: filters as pictures, with a batch norm that follows folded in.

Not for: what the layers answer to a sample (`activations`).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from engine.compiler.module import Network
from engine.compiler.plan import Step
from engine.probes.data import Answer, Floats, Matrix, Nothing, Tiles
from engine.probes.spec import Sample, probe
from engine.probes.where import first_layer, layer_of, quiet, readers, source_map, step_of

Slices = Literal["auto", "all", "strongest"]
MOST = 256  # slices shown in full; of more, only the strongest: nobody reads thousands of them
STRONGEST = 64
WIDEST = 1 << 22  # numbers in a weight matrix shown as one picture


@probe("filters", title="Learned filters", wants_sample=False)
def filters(network: Network, block: str, sample: Sample | None = None, *, slices: Slices = "auto",
            folded: bool = True) -> Answer:  # fmt: skip
    """The learned weights of a layer, shown as pictures.

    Args:
        network: With the weights to show.
        block: Name of a convolution, a linear layer or a batch norm.
        sample: Not used.
        slices: For convolutions of many channels: all slices, the strongest, or all where there are few.
        folded: Whether a batch norm right behind a convolution is folded into its filters: what the two compute together.
    """
    del sample  # every probe is called alike
    step = step_of(network, block)
    layer = layer_of(network, block)
    with quiet(network):
        match layer:
            case nn.Conv2d() if step is not None:
                return _convolution(network, step, layer, slices, folded)
            case nn.Linear() if step is not None:
                return _linear(network, step, layer)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if layer.affine:
                both = torch.stack([layer.weight, layer.bias])[:, None, :]
                return Tiles(
                    _numpy(both), True, ("scale", "shift"), f"The learned scale and shift of {block}.", columns=1
                )
    return Nothing(
        f"{block} has no learned filters: it computes the same before and after training. Pick a layer with weights."
    )


@probe("norms", title="Filter strengths", wants_sample=False)
def norms(network: Network, block: str, sample: Sample | None = None, *, folded: bool = True) -> Answer:
    """How strongly each filter of a convolution listens to each channel that arrives (the slices' L2 norms)."""
    del sample
    step = step_of(network, block)
    layer = layer_of(network, block)
    if not isinstance(layer, nn.Conv2d) or step is None:
        return Nothing(f"{block} is not a convolution, so it has no slices to compare.")
    with quiet(network):
        weight, note = _folded(network, step, layer, folded)
        values = weight.flatten(2).norm(dim=2)
    per_group = weight.shape[1]
    columns = tuple(str(index) if layer.groups == 1 else f"{index} of its group" for index in range(per_group))
    rows = tuple(str(index) for index in range(weight.shape[0]))
    return Matrix(
        _numpy(values),
        rows,
        columns,
        False,
        f"Rows: filters. Columns: channels that arrive. L2 norm of each slice{note}.",
    )


def _convolution(network: Network, step: Step, layer: nn.Conv2d, slices: Slices, folded: bool) -> Answer:
    weight, note = _folded(network, step, layer, folded)
    count, channels, height, width = weight.shape
    size = f"{height}×{width}"
    names = tuple(f"filter {index}" for index in range(count))
    if channels == 3 and layer.groups == 1 and first_layer(network.plan, step):
        colours = weight.permute(0, 2, 3, 1)
        return Tiles(
            _numpy(colours), True, names, f"{count} filters of {size} on red, green and blue{note}; grey is zero."
        )
    if channels == 1:
        return Tiles(_numpy(weight[:, 0]), True, names, f"{count} filters of {size}{note}.")
    flat = weight.reshape(count * channels, height, width)
    if slices == "all" or (slices == "auto" and count * channels <= MOST):
        # One column a filter, one row a channel.
        ordered = weight.transpose(0, 1).reshape(count * channels, height, width)
        titles = tuple(f"filter {o} · channel {_channel(layer, o, i)}" for i in range(channels) for o in range(count))
        note = f"{count} filters (columns) of {size} on {channels} channels (rows){note}."
        return Tiles(_numpy(ordered), True, titles, note, columns=count)
    strength = flat.flatten(1).norm(dim=1)
    best = torch.argsort(strength, descending=True, stable=True)[:STRONGEST].tolist()
    titles = tuple(f"filter {k // channels} · channel {_channel(layer, k // channels, k % channels)}" for k in best)
    shown = f"The {len(best)} strongest of {count * channels:,} slices of {size} ({count} filters on {channels} channels){note}."
    return Tiles(_numpy(flat[best]), True, titles, shown)


def _channel(layer: nn.Conv2d, output: int, within: int) -> int:
    """The channel that arrives, from its place in the filter's group."""
    per_group = layer.in_channels // layer.groups
    return output // (layer.out_channels // layer.groups) * per_group + within


def _folded(network: Network, step: Step, layer: nn.Conv2d, folded: bool) -> tuple[Tensor, str]:
    """The filters, times the factor of a batch norm that alone reads the convolution; and what to say about it."""
    behind = readers(network.plan, step.writes)
    if folded and len(behind) == 1 and behind[0].kind == "batchnorm2d":
        norm = network.get_submodule(behind[0].name)
        if isinstance(norm, nn.BatchNorm2d) and norm.running_var is not None:
            factor = torch.rsqrt(norm.running_var + norm.eps)
            factor = factor * norm.weight if norm.affine else factor
            return layer.weight * factor[:, None, None, None], f", with {behind[0].name} folded in"
    return layer.weight, ""


def _linear(network: Network, step: Step, layer: nn.Linear) -> Answer:
    weight = layer.weight
    count, features = weight.shape
    picture = source_map(network.plan, step)
    if picture is not None and picture[0] in (1, 3):
        channels, height, width = picture
        shaped = weight.reshape(count, channels, height, width)
        names = tuple(f"neuron {index}" for index in range(count))
        note = (
            f"{count} neurons; each one's {features:,} weights laid out as the {height}×{width} picture they look at."
        )
        return Tiles(_numpy(shaped[:, 0] if channels == 1 else shaped.permute(0, 2, 3, 1)), True, names, note)
    if count * features > WIDEST:
        return Nothing(f"{step.name} has {count * features:,} weights, too many for one picture.")
    note = f"The weights of {step.name}: {count} rows (neurons that give) × {features:,} columns (numbers that arrive)."
    return Tiles(_numpy(weight[None]), True, (f"{step.name}.weight",), note, columns=1)


def _numpy(tensor: Tensor) -> Floats:
    return np.ascontiguousarray(tensor.detach().to("cpu", torch.float32).numpy().copy())
