"""First values of a layer's weights, when they are not to be torch's own.

Not for: which values a network gets (a block's settings say so).
"""

from __future__ import annotations

from typing import Literal

from torch import nn


def initialise(
    layer: nn.Module,
    weight: str = "default",
    *,
    value: float | None = None,
    mean: float = 0.0,
    fan: Literal["fan_in", "fan_out"] = "fan_in",
    bias: float | None = None,
) -> None:
    """Draw the weights of a layer anew.

    Weights are its learned tensors of two axes or more, and its own "weight" if that has one axis (the scale of a
    normalisation; a normalisation inside another layer keeps its ones); biases are called so. Kaiming is for ReLU: gain √2.

    Args:
        layer: The layer.
        weight: "default" (left as torch drew them), "constant", "uniform" (-value to value), "normal", "trunc_normal" (cut at
            -2 and 2, PyTorch's own limits), "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal" or "orthogonal".
        value: The constant, the bound, the standard deviation, or the gain; None for the usual one (0, 0.05, 0.02, 1).
        mean: Mean of "normal" and "trunc_normal".
        fan: "fan_in" or "fan_out", for Kaiming.
        bias: Value of all biases; None leaves them.

    Sources: Glorot and Bengio 2010 (Xavier), He et al. 2015 (Kaiming), Saxe et al. 2013 (orthogonal).
    """
    for name, tensor in layer.named_parameters():
        if tensor.ndim < 2 and name != "weight":
            if bias is not None and "bias" in name:
                nn.init.constant_(tensor, bias)
        elif weight == "constant":
            nn.init.constant_(tensor, 0.0 if value is None else value)
        elif weight == "uniform":
            bound = 0.05 if value is None else value
            nn.init.uniform_(tensor, -bound, bound)
        elif weight == "normal":
            nn.init.normal_(tensor, mean, 0.02 if value is None else value)
        elif weight == "trunc_normal":
            nn.init.trunc_normal_(tensor, mean, 0.02 if value is None else value)
        elif tensor.ndim < 2:
            continue  # a scale has no inputs and outputs to measure by
        elif weight == "xavier_uniform":
            nn.init.xavier_uniform_(tensor, 1.0 if value is None else value)
        elif weight == "xavier_normal":
            nn.init.xavier_normal_(tensor, 1.0 if value is None else value)
        elif weight == "kaiming_uniform":
            nn.init.kaiming_uniform_(tensor, mode=fan, nonlinearity="relu")
        elif weight == "kaiming_normal":
            nn.init.kaiming_normal_(tensor, mode=fan, nonlinearity="relu")
        elif weight == "orthogonal":
            nn.init.orthogonal_(tensor, 1.0 if value is None else value)
