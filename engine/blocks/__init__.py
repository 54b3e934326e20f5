"""Everything that can be placed on the canvas, one family a file. Importing the package declares all of them.

A new block is a class with settings, a shape rule and a call, in the file of its family; palette, form, checker, compiler,
source export and documentation have it at once. Not for: torch.
"""

from engine.blocks import (  # the order in which the palette shows the families
    sources,
    convolution,
    convolution_nd,
    depthwise,
    transposed,
    special,
    pooling,
    linear,
    embedding,
    activation,
    normalisation,
    regularisation,
    reshape,
    merge,
    generative,
    loss,
    task_loss,
    metric,
)  # fmt: skip  # isort: skip

__all__ = [
    "activation", "convolution", "convolution_nd", "depthwise", "embedding", "generative", "linear", "loss", "merge", "metric",
    "normalisation", "pooling", "regularisation", "reshape", "sources", "special", "task_loss", "transposed",
]  # fmt: skip
