"""What the conformance test does not draw: rims side by side, tables of connections, a start of its own."""

import pytest
import torch

from engine.blocks.spec import BlockError, Shape, make
from engine.compiler.module import build
from engine.compiler.plan import InputSpec, OutputSpec, Plan, Step


def built(block, *xs):
    """The layer that a block becomes, alone in a network."""
    inputs = tuple(InputSpec(f"x{place}", "image", x) for place, x in enumerate(xs))
    step = Step(
        "b1", "it", block.kind, block.lower(*xs), tuple(range(len(xs))), len(xs), xs, Shape(()), initial=block.initial()
    )
    return build(Plan("", inputs, (step,), (OutputSpec("y", len(xs), Shape(())),), {"it": len(xs)}), seed=0)


@pytest.mark.parametrize("settings", [
    {"extra_padding": [0, 1, 0, 1], "stride": 2},
    {"extra_padding": [2, 0, 1, 3], "padding": 1},
    {"extra_padding": [1, 0, 0, 0], "padding": "same", "padding_mode": "reflect"},
    {"extra_padding": [0, 0, 0, 0]},
])  # fmt: skip
def test_a_rim_side_by_side_gives_the_promised_shape(settings):
    block, x = make("conv2d", settings), Shape((2, 9, 8))
    network = built(block, x)
    assert tuple(network(torch.zeros(2, *x.dims)).shape[1:]) == block.shape(x).dims
    assert sum(p.numel() for p in network.parameters()) == block.parameters(x)


def test_the_rim_of_ddpm_halves_a_map():
    assert make("conv2d", {"extra_padding": [0, 1, 0, 1], "stride": 2}).shape(Shape((3, 32, 32))).dims == (32, 16, 16)


@pytest.mark.parametrize(("kind", "settings", "x", "setting"), [
    ("conv2d", {"extra_padding": [1, 2]}, (3, 8, 8), "extra_padding"),
    ("conv2d", {"extra_padding": [9, 0, 0, 0], "padding_mode": "reflect"}, (3, 8, 8), "padding"),
    ("conv3d", {"stride": [1, 2]}, (3, 8, 8, 8), "stride"),
    ("conv1d", {"kernel_size": 9}, (3, 8), "kernel_size"),
    ("conv1d", {"same": True, "stride": 2}, (3, 8), "padding"),
    ("conv_transpose2d", {"output_padding": 2}, (3, 8, 8), "output_padding"),
    ("connection_table_conv", {}, (5, 14, 14), "preset"),
    ("connection_table_conv", {"preset": "own", "table": "0 1; 7"}, (5, 14, 14), "table"),
    ("connection_table_conv", {"preset": "own", "table": "0 one"}, (5, 14, 14), "table"),
    ("connection_table_conv", {"preset": "own", "table": "0;;1"}, (5, 14, 14), "table"),
    ("patch_embed", {}, (3, 30, 32), "patch_size"),
    ("rbf_output", {}, (80,), "codes"),
    ("rbf_output", {"classes": 11}, (84,), "classes"),
    ("softmax", {"dim": 0}, (3,), "dim"),
    ("softmax", {"dim": -2}, (3,), "dim"),
    ("glu", {}, (3,), "dim"),
    ("group_norm", {}, (3, 8, 8), "groups"),
    ("hardtanh", {"min_value": 2.0}, (3,), "max_value"),
    ("pixel_shuffle", {}, (3, 8, 8), "upscale_factor"),
    ("upsample", {"scale": 0.1}, (3, 8, 8), "scale"),
])  # fmt: skip
def test_what_does_not_fit_is_told_in_a_sentence_at_its_setting(kind, settings, x, setting):
    with pytest.raises(BlockError) as caught:
        make(kind, settings).shape(Shape(x))
    assert str(caught.value).endswith(".")
    assert caught.value.setting == setting


def test_the_table_of_lenet_is_the_paper_s():
    # Rows of the paper's table I: which maps of C3 read each map of S2.
    readers = ["0 4 5 6 9 10 11 12 14 15", "0 1 5 6 7 10 11 12 13 15", "0 1 2 6 7 8 11 13 14 15", "1 2 3 6 7 8 9 12 14 15",
               "2 3 4 7 8 9 10 12 13 15", "3 4 5 8 9 10 11 13 14 15"]  # fmt: skip
    rows = make("connection_table_conv", {}).rows()
    for source, line in enumerate(readers):
        assert [place for place, row in enumerate(rows) if source in row] == [int(word) for word in line.split()]


def test_c3_of_lenet_has_the_paper_s_counts():
    block, x = make("connection_table_conv", {}), Shape((6, 14, 14))
    assert (block.parameters(x), block.macs(x)) == (1516, 150_000)
    assert block.macs(x) + block.shape(x).size == 151_600  # the paper's connections


def test_the_first_locally_connected_layer_of_deepface_has_its_counts():
    block, x = make("locally_connected2d", {"out_channels": 16, "kernel_size": 9}), Shape((16, 63, 63))
    assert block.shape(x).dims == (16, 55, 55)
    assert block.parameters(x) == 16 * 55 * 55 * (16 * 81 + 1)


def test_a_bilinear_form_counts_its_products():
    block = make("bilinear", {"out_features": 5})
    assert block.macs(Shape((3,)), Shape((4,))) == 5 * 3 * 4 + 5 * 4


def test_a_bilinear_start_leaves_the_bias_to_its_own_setting():
    block = make(
        "conv_transpose2d", {"init": "bilinear", "init_bias": 0.5, "out_channels": 2, "kernel_size": 4, "padding": 1}
    )
    network = built(block, Shape((2, 3, 3)))
    weights = dict(network.named_parameters())
    assert weights["it.bias"].tolist() == [0.5, 0.5]
    assert weights["it.weight"][0, 1].abs().sum() == 0
    assert weights["it.weight"][1, 1].sum().item() == pytest.approx(4.0)


def test_a_linear_layer_takes_steps_and_where_asked_pixels_but_no_map_unasked():
    assert make("linear", {}).shape(Shape((7, 5))).dims == (7, 128)
    assert make("linear", {"per_position": True}).shape(Shape((4, 4, 5))).dims == (4, 4, 128)
    with pytest.raises(BlockError, match="flatten"):
        make("linear", {}).shape(Shape((5, 4, 4)))


@pytest.mark.parametrize(("settings", "x", "y"), [
    ({}, (5, 7, 8), (5,)), ({}, (7, 5), (5,)), ({"layout": "channels_first"}, (5, 7), (5,)),
    ({"layout": "channels_last"}, (7, 8, 5), (5,)), ({"keepdim": True}, (5, 7, 8), (5, 1, 1)),
    ({"keepdim": True}, (7, 5), (1, 5)),
])  # fmt: skip
def test_global_pooling_keeps_the_channels_of_maps_and_the_features_of_sequences(settings, x, y):
    assert make("global_avgpool", settings).shape(Shape(x)).dims == y
