"""What torch keeps of a step until its gradient is known, worked out from the plan: no torch, nothing is run.

Three questions to a step: which of the values that arrive and leave are kept, how many bytes are kept besides, and whether what
leaves is new memory at all. What composite layers (attention, recurrent cells) keep is counted here, and held against torch in a
test that goes through all blocks. Not for: when it is let go again (`engine.training.footprint`).
"""

from __future__ import annotations

from math import prod
from typing import Any

from engine.compiler.plan import Step

FLOAT, INDEX = 4, 8  # bytes of a number: float32, int64

# What torch keeps: "x" what arrives, "y" what it gives. Targets that are in none of the lists keep both.
_ARRIVES = (
    "nn.Conv1d nn.Conv2d nn.Conv3d nn.ConvTranspose1d nn.ConvTranspose2d nn.Linear nn.Bilinear nn.Embedding "
    "nn.EmbeddingBag nn.BatchNorm1d nn.BatchNorm2d nn.BatchNorm3d nn.GroupNorm nn.InstanceNorm2d nn.LayerNorm "
    "nn.LocalResponseNorm nn.RMSNorm nn.LeakyReLU nn.ELU nn.SELU nn.GELU nn.GLU nn.Mish nn.PReLU nn.ReLU6 "
    "nn.SiLU nn.Softplus nn.Hardsigmoid nn.Hardswish nn.Hardtanh nn.MaxPool1d nn.MaxPool2d nn.AvgPool1d "
    "nn.AvgPool2d nn.AdaptiveAvgPool2d nn.AdaptiveMaxPool2d nn.LPPool2d mul formula torch.matmul torch.maximum "
    "torch.minimum torch.abs torch.log torch.sin torch.cos layers.BilinearConvTranspose2d layers.LSTMCellLoop "
    "layers.LayerNorm2d layers.LayerScale layers.MaskedConv2d layers.MatMulTransposed layers.PaddedConv2d "
    "layers.PatchEmbed layers.ScaledDotProduct layers.SeparableConv2d layers.SpatialAttention "
    "layers.TrainableSubsample"
).split()
_LEAVES = (
    "nn.ReLU nn.Sigmoid nn.Tanh nn.Softmax nn.LogSoftmax torch.exp torch.relu torch.sigmoid torch.sqrt torch.tanh"
).split()
_NEITHER = (
    "nn.AlphaDropout nn.ChannelShuffle nn.MaxUnpool2d nn.Dropout nn.Dropout2d nn.Flatten nn.Fold nn.PixelShuffle "
    "nn.PixelUnshuffle nn.Unfold nn.Upsample nn.functional.pad add sub torch.cat torch.mean torch.ne torch.roll "
    "torch.sign torch.stack torch.sum .repeat layers.ClassToken layers.ConcatConstant layers.ConnectionTableConv "
    "layers.Elementwise layers.GRU layers.GaussianNoise layers.LSTM layers.LastStep layers.LearnedTensor "
    "layers.LocallyConnected2d layers.MultiheadAttention layers.Normalize layers.OneHot layers.PatchMerging "
    "layers.PositionEmbedding layers.RBFOutput layers.RNN layers.RelativePositionBias layers.Reparameterize "
    "layers.ScaleShift layers.ScaledTanh layers.SinusoidalPosition layers.Step layers.StochasticDepth "
    "layers.TimestepEmbedding layers.TransformerDecoderLayer layers.TransformerEncoderLayer layers.UpsampleLike "
    "layers.WindowAttention layers.WindowPartition layers.WindowReverse"
).split()
_KEEPS = dict.fromkeys(_ARRIVES, "x") | dict.fromkeys(_LEAVES, "y") | dict.fromkeys(_NEITHER, "")
_OTHERS = "xy"

# The same memory seen otherwise.
VIEWS = frozenset(
    "nn.Identity nn.Unflatten .detach .expand .permute .reshape .select .squeeze .unsqueeze slice torch.chunk torch.split "
    "layers.Crop layers.RepeatVector".split()
)

# Bytes kept besides for each number that leaves: places of the largest, masks, squares.
_BESIDES = {
    "nn.MaxPool1d": INDEX, "nn.MaxPool2d": INDEX, "nn.AdaptiveMaxPool2d": INDEX, "nn.Dropout": FLOAT, "nn.AlphaDropout": FLOAT,
    "nn.LPPool2d": 8 * FLOAT, "nn.LocalResponseNorm": 4 * FLOAT, "nn.RMSNorm": FLOAT, "formula": FLOAT,
    "layers.PatchMerging": 4 * FLOAT, "layers.Reparameterize": 2 * FLOAT, "layers.ScaledTanh": FLOAT,
    "layers.TrainableSubsample": FLOAT,
}  # fmt: skip

# What a recurrent cell keeps of a step for each number of its state: gates, states and what they are made of.
_CELLS = {"layers.RNN": 1, "layers.GRU": 7, "layers.LSTM": 19, "layers.LSTMCellLoop": 7}
_PROBABILITIES = 2.2  # numbers kept for each pair of a query and a key: products, softmax and masks


def keeps(step: Step) -> str:
    """Which of the values that arrive ("x") and leave ("y") are kept."""
    if step.call.target in VIEWS or (step.call.target == "nn.AdaptiveAvgPool2d" and step.output.dims[1:] == (1, 1)):
        return ""  # torch takes the mean then
    return _KEEPS.get(step.call.target, _OTHERS)


def besides(step: Step) -> int:
    """Bytes that are kept besides, for one sample."""
    known = _BESIDES.get(step.call.target)
    return known * step.output.size if known is not None else round(FLOAT * _inside(step))


def _argument(step: Step, place: int, name: str, default: Any) -> Any:
    """An argument of the call, wherever it stands."""
    return step.call.args[place] if place < len(step.call.args) else dict(step.call.kwargs).get(name, default)


def _inside(step: Step) -> float:
    """Numbers that a layer made of several steps keeps between them."""
    first = step.inputs[0].dims if step.inputs else ()
    match step.call.target:
        case "layers.RNN" | "layers.GRU" | "layers.LSTM":
            hidden = _argument(step, 1, "hidden_size", 0) * (2 if _argument(step, 9, "bidirectional", False) else 1)
            return float(_CELLS[step.call.target] * first[0] * hidden * _argument(step, 9, "num_layers", 1))
        case "layers.LSTMCellLoop":
            cells = _argument(step, 2, "cells", 2) * _argument(step, 1, "hidden_size", 0)
            return float(_CELLS[step.call.target] * cells * (first[0] + _argument(step, 3, "future", 0)))
        case "layers.MultiheadAttention":
            keys = next((shape.dims[0] for shape in step.inputs[1:] if len(shape.dims) == 2), first[0])
            return _attention(first[0], keys, first[1], _argument(step, 1, "num_heads", 1))
        case "layers.TransformerEncoderLayer" | "layers.TransformerDecoderLayer":
            return _transformer(step)
        case "layers.WindowAttention":
            height, width, channels = first
            side = _argument(step, 2, "window", 7)
            pixels = -(-height // side) * side * -(-width // side) * side
            return float(pixels * (5 * channels + _argument(step, 1, "heads", 1) * side**2))
        case "layers.SpatialAttention":
            channels, places = first[0], prod(first[1:])
            return float(places * (5 * channels + _argument(step, 2, "heads", 1) * places))
        case "layers.ScaledDotProduct" if len(step.inputs) > 3 or _argument(step, 0, "causal", False):
            keys = step.inputs[1].dims[-2]
            return float(step.inputs[0].size // first[-1] * keys)
        case "layers.ConnectionTableConv":
            joined = sum(len(row) for row in _argument(step, 0, "table", ()))
            return float(joined * prod(first[1:]))
        case "layers.LocallyConnected2d":
            return float(
                step.parameters // max(1, step.output.dims[0])
            )  # each place has weights of its own, and sees as many
        case "layers.SeparableConv2d":
            return float(first[0] * prod(step.output.dims[1:]))
        case "layers.RBFOutput":
            return float(first[0] * step.output.size)
        case _:
            return 0.0


def _attention(queries: int, keys: int, width: int, heads: int) -> float:
    """Projections, what they make together, and the probabilities."""
    return 2 * queries * width + 2 * keys * width + _PROBABILITIES * heads * queries * keys


def _transformer(step: Step) -> float:
    """Attention to itself, for a decoder also to a memory, then two linear layers; norms and dropout between them."""
    steps, width = step.inputs[0].dims
    heads, inner = _argument(step, 1, "nhead", 1), _argument(step, 2, "dim_feedforward", 0)
    dropped = 2 if _argument(step, 3, "dropout", 0.1) > 0 else 1  # masks
    around = (3 + dropped) * steps * width  # a norm, a sum and dropout
    total: float = _attention(steps, steps, width, heads) + (1 + dropped) * steps * inner + 2 * around
    if step.call.target == "layers.TransformerDecoderLayer":
        total += _attention(steps, step.inputs[1].dims[0], width, heads) + around
    return total
