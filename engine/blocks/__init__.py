"""Everything that can be placed on the canvas, one family a file. Importing the package declares all of them.

A new block is a class with settings, a shape rule and a call, in the file of its family; palette, form, checker, compiler,
source export and documentation have it at once. Not for: torch.
"""

from engine.blocks import (  # the order in which the palette shows the families
    sources,
    constant,
    convolution,
    convolution_nd,
    depthwise,
    transposed,
    special,
    pooling,
    pooling_global,
    pooling_more,
    resampling,
    linear,
    embedding,
    rectifier,
    activation,
    batchnorm,
    normalisation,
    regularisation,
    reshape,
    slicing,
    patches,
    merge,
    arithmetic,
    formula,
    python,
    recurrent,
    sequence,
    attention,
    transformer,
    position,
    generative,
    loss,
    task_loss,
    metric,
)  # fmt: skip  # isort: skip

__all__ = [
    "activation", "arithmetic", "attention", "batchnorm", "constant", "convolution", "convolution_nd", "depthwise",
    "embedding", "formula", "generative", "linear", "loss", "merge", "metric", "normalisation", "patches", "pooling",
    "pooling_global", "pooling_more", "position", "python", "rectifier", "recurrent", "regularisation", "resampling", "reshape",
    "sequence", "slicing", "sources", "special", "task_loss", "transformer", "transposed",
]  # fmt: skip
