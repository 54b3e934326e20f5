"""Finding one's way in a network: its blocks, their layers, and what stands before and behind them.

Also copies for probing, built without a draw from torch's generator, which a running training is using.

Not for: what is found there (`filters`, `activations`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.compiler.module import Network, build
from engine.compiler.plan import Plan, Step
from engine.data.normalisation import Normalisation
from engine.declare import unknown
from engine.errors import DataError
from engine.images import to_input
from engine.probes.spec import ProbeError, Sample

# Blocks behind which a value is still the same picture, point by point.
POINTWISE = frozenset({"dropout", "relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "batchnorm1d", "batchnorm2d"})


def step_of(network: Network, block: str) -> Step | None:
    """The step of a block, in composites by the way to it; None for what does nothing by itself, such as an input or an instance.

    Raises:
        ProbeError: The network has no such block.
    """
    if block not in network.plan.slots:
        raise ProbeError(unknown(block, list(network.plan.slots), "block in the network named"))
    return next((step for step in network.plan.steps if step.name == block), None)


def layer_of(network: Network, block: str) -> nn.Module | None:
    """The torch layer of a block, if it has one."""
    step = step_of(network, block)
    return network.get_submodule(block) if step is not None and step.call.is_module else None


def writer(plan: Plan, slot: int) -> Step | None:
    """The step that fills a slot; None for an input of the network."""
    return next((step for step in plan.steps if step.writes == slot or slot in step.more), None)


def readers(plan: Plan, slot: int) -> tuple[Step, ...]:
    """The steps that read a slot."""
    return tuple(step for step in plan.steps if slot in step.reads)


def source_map(plan: Plan, step: Step) -> tuple[int, int, int] | None:
    """(C, H, W) of the picture that a linear layer sees flattened; None where it sees no picture."""
    slot = step.reads[0]
    while (before := writer(plan, slot)) is not None:
        if before.kind == "flatten":
            dims = before.inputs[0].dims
            return (dims[0], dims[1], dims[2]) if len(dims) == 3 else None
        if before.kind not in POINTWISE:
            return None
        slot = before.reads[0]
    features = plan.inputs[slot].shape.size
    side = math.isqrt(features)
    return (1, side, side) if side * side == features and side >= 4 else None


def first_layer(plan: Plan, step: Step) -> bool:
    """Whether a block reads an input of the network itself."""
    return writer(plan, step.reads[0]) is None


@contextmanager
def quiet(network: nn.Module) -> Iterator[None]:
    """Inference mode with every layer in evaluation mode; each layer's own mode afterwards."""
    training = [module for module in network.modules() if module.training]
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module in training:
            module.training = True


def private_copy(plan: Plan, *, seed: int = 0) -> Network:
    """A network with fresh weights, the same as `build(plan, seed=seed)` gives, in evaluation mode.

    `build` draws from torch's one generator of the process; a training that runs in another thread draws from it too. Here a
    generator of its own gives the same numbers.
    """
    with torch.device("meta"):
        empty = build(plan)
    layers = [module for module in empty.modules() if next(module.parameters(recurse=False), None) is not None]
    known = (nn.Conv2d, nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d)
    if not all(isinstance(layer, known) for layer in layers):
        return build(plan, seed=seed).eval()
    network = empty.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        match layer:
            case nn.Conv2d() | nn.Linear():
                nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
                if layer.bias is not None:
                    bound = 1 / math.sqrt(layer.weight[0].numel())
                    nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
            case nn.BatchNorm1d() | nn.BatchNorm2d():
                layer.reset_parameters()
    return network.eval()


def load(network: Network, state: dict[str, NDArray[np.generic]]) -> None:
    """Copy weights into a network.

    Raises:
        ProbeError: They belong to another network.
    """
    own = network.state_dict()
    if own.keys() != state.keys() or any(tuple(own[name].shape) != state[name].shape for name in own):
        raise ProbeError("These weights belong to another network than the one on show; pick its run to see them.")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(state[name])))


def fit_sample(plan: Plan, raw: tuple[NDArray[np.generic], ...], normalisation: Normalisation | None) -> Sample:
    """Samples as the data set holds them, made ready for the network: resized if need be, and normalised.

    Args:
        plan: Of the network.
        raw: One array an input: uint8 [C,H,W] pictures or float32 [F] vectors.
        normalisation: As measured on the training part; None scales pictures to 0..1 and leaves numbers alone.

    Raises:
        ProbeError: They do not fit the inputs.
    """
    if len(raw) != len(plan.inputs):
        raise ProbeError(f"The network takes {len(plan.inputs)} inputs, but the sample has {len(raw)}.")
    out: list[Any] = []  # float32 arrays, of tokens int64
    for value, spec in zip(raw, plan.inputs, strict=True):
        dims = spec.shape.dims
        if value.dtype == np.uint8 and len(dims) == 3 and value.shape != dims:
            try:
                value = to_input(np.ascontiguousarray(value.transpose(1, 2, 0)), (dims[0], dims[1], dims[2]))
            except DataError as error:
                raise ProbeError(str(error)) from error
        tokens = value.dtype.kind == "i"  # indices, which are looked up and never scaled
        scaled = value if tokens or spec.draw is not None else _scaled(value, normalisation)
        if scaled.shape != dims:
            if scaled.size != spec.shape.size:
                arrived = "×".join(map(str, value.shape))
                raise ProbeError(f"The input {spec.name} takes {spec.shape.words}, but a sample of {arrived} arrived.")
            scaled = scaled.reshape(dims)
        out.append(np.ascontiguousarray(scaled, np.int64 if tokens else np.float32))
    return tuple(out)


def _scaled(value: NDArray[np.generic], normalisation: Normalisation | None) -> NDArray[np.float32]:
    if normalisation is None:
        return value.astype(np.float32) / np.float32(255 if value.dtype == np.uint8 else 1)
    channels = len(normalisation.mean)
    if value.ndim == 3 and channels not in (1, value.shape[0]):
        raise ProbeError(f"The normalisation is for {channels} channels, but the picture has {value.shape[0]}.")
    return normalisation.apply(value)


def batch(sample: Sample) -> tuple[Tensor, ...]:
    """A sample as tensors with a batch of one."""
    return tuple(torch.from_numpy(value).unsqueeze(0) for value in sample)
