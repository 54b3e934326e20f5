"""What blocks that make maps larger or smaller say about the pixels that they look at, against torch's gradients."""

import pytest
import torch

from engine.blocks.spec import Shape, make
from engine.blocks.window import Window
from engine.compiler.module import build
from engine.compiler.plan import InputSpec, OutputSpec, Plan, Step

CASES = [
    ("conv2d", {"kernel_size": 3, "extra_padding": [0, 1, 2, 0], "stride": 2}),
    ("depthwise_conv2d", {"kernel_size": [3, 2], "padding": 1}),
    ("pointwise_conv", {"stride": 2}),
    ("separable_conv2d", {"kernel_size": 3, "padding": "same"}),
    ("locally_connected2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("connection_table_conv", {"preset": "own", "table": "0 1; 1 2", "kernel_size": 3}),
    ("patch_embed", {"patch_size": [2, 4], "layout": "NCHW", "embedding_dim": 3}),
    ("conv_transpose2d", {}),
    ("conv_transpose2d", {"kernel_size": 3, "stride": 1, "padding": 2}),
    ("conv_transpose2d", {"kernel_size": 4, "stride": 2, "padding": 1}),
    ("conv_transpose2d", {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1, "dilation": 2}),
    ("lppool2d", {"kernel_size": 3, "stride": 2}),
    ("trainable_subsample", {"kernel_size": [2, 3]}),
    ("upsample", {}),
    ("upsample", {"scale": 1.5}),
    ("upsample", {"scale": 0.5, "mode": "nearest-exact"}),
    ("upsample", {"scale": 0.25, "mode": "bilinear"}),
    ("upsample", {"scale": 0.3, "mode": "bicubic"}),
    ("upsample", {"scale": 3.0, "mode": "bilinear"}),
    ("upsample", {"size": [13, 5], "mode": "bilinear"}),
    ("upsample", {"scale": 2.5, "mode": "bicubic"}),
    ("pixel_shuffle", {"upscale_factor": 2}),
    ("pixel_unshuffle", {"downscale_factor": 2}),
]


def seen(block, x, row, column):
    """Rows and columns of the input from which the number at a place of the output has a gradient."""
    step = Step("b1", "it", block.kind, block.lower(x), (0,), 1, (x,), Shape(()))
    network = build(
        Plan("", (InputSpec("x", "image", x),), (step,), (OutputSpec("y", 1, Shape(())),), {"it": 1}), seed=0
    )
    given = torch.rand((2, *x.dims), requires_grad=True)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(weight.abs() + 0.1)
    network(given)[:, :, row, column].sum().backward()
    pixels = (given.grad != 0).any(0).any(0)
    return [pixels.any(1).nonzero().flatten().tolist(), pixels.any(0).nonzero().flatten().tolist()]


@pytest.mark.parametrize(("kind", "settings"), CASES, ids=lambda value: str(value))
def test_a_number_comes_from_its_window_and_from_nothing_else(kind, settings):
    block, x = make(kind, settings), Shape((4, 8, 8))
    window = block.window(x)
    assert isinstance(window, Window)
    _, height, width = block.shape(x).dims
    for row, column in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
        for place, span, pixels in zip((row, column), window.sides, seen(block, x, row, column), strict=True):
            first = place * span.stride - span.padding
            assert all(first - 1 < pixel < first + span.reach for pixel in pixels), (place, span, pixels)
