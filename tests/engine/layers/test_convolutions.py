"""Layers of ours that convolve, compared with torch's convolutions and with numbers worked out by hand."""

import pytest
import torch
from torch import nn

from engine.layers import layer


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def test_a_rim_side_by_side_is_that_of_a_padded_picture():
    conv = layer("PaddedConv2d")(2, 3, 3, sides=(0, 1, 2, 3), stride=2)
    x = torch.randn(2, 2, 6, 7)
    padded = nn.functional.pad(x, (0, 1, 2, 3))
    torch.testing.assert_close(conv(x), nn.functional.conv2d(padded, conv.weight, conv.bias, stride=2))
    assert list(conv.state_dict()) == ["weight", "bias"]


def test_a_rim_of_other_sides_may_reflect():
    conv = layer("PaddedConv2d")(1, 1, 1, sides=(1, 0, 0, 0), bias=False, padding_mode="reflect")
    nn.init.ones_(conv.weight)
    assert conv(torch.tensor([[[[1.0, 2.0, 3.0]]]])).tolist() == [[[[2.0, 1.0, 2.0, 3.0]]]]


def test_a_rim_of_three_numbers_is_refused():
    with pytest.raises(ValueError, match="four numbers"):
        layer("PaddedConv2d")(1, 1, 1, sides=(1, 2, 3))


def test_a_separable_convolution_is_its_two_parts():
    conv = layer("SeparableConv2d")(4, 5, 3, stride=2, padding=1)
    x = torch.randn(2, 4, 7, 7)
    inside = nn.functional.conv2d(x, conv.depthwise.weight, stride=2, padding=1, groups=4)
    torch.testing.assert_close(conv(x), nn.functional.conv2d(inside, conv.pointwise.weight, conv.pointwise.bias))
    assert sum(p.numel() for p in conv.parameters()) == 4 * 9 + 4 * 5 + 5


def test_a_separable_convolution_clips_between_its_parts():
    conv = layer("SeparableConv2d")(1, 1, 1, bias=False, activation="relu6")
    nn.init.ones_(conv.depthwise.weight)
    nn.init.ones_(conv.pointwise.weight)
    assert conv(torch.tensor([[[[-3.0, 2.0, 9.0]]]])).flatten().tolist() == [0.0, 2.0, 6.0]


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, (1, 2)])
def test_equal_filters_everywhere_are_a_convolution(stride, padding):
    conv = nn.Conv2d(3, 4, (3, 2), stride=stride, padding=padding)
    local = layer("LocallyConnected2d")(3, 4, (7, 8), (3, 2), stride=stride, padding=padding)
    places = local.size[0] * local.size[1]
    with torch.no_grad():
        local.weight.copy_(conv.weight.reshape(4, -1).repeat(places, 1))
        local.bias.copy_(conv.bias.repeat_interleave(places))
    x = torch.randn(2, 3, 7, 8)
    torch.testing.assert_close(local(x), conv(x))


def test_each_place_has_filters_of_its_own():
    local = layer("LocallyConnected2d")(1, 1, (1, 3), 1, bias=False)
    with torch.no_grad():
        local.weight.copy_(torch.tensor([[1.0], [10.0], [100.0]]))
    assert local(torch.tensor([[[[2.0, 3.0, 4.0]]]])).flatten().tolist() == [2.0, 30.0, 400.0]


LENET = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345"  # the paper's table I, column by column


def table():
    return tuple(tuple(int(digit) for digit in row) for row in LENET.split())


def test_c3_of_lenet_is_sixteen_separate_convolutions_with_1516_parameters():
    conv = layer("ConnectionTableConv")(table(), 5)
    assert sum(p.numel() for p in conv.parameters()) == 1516
    x = torch.randn(2, 6, 14, 14)
    y = conv(x)
    assert y.shape == (2, 16, 10, 10)
    for place, row in enumerate(table()):
        alone = nn.functional.conv2d(x[:, list(row)], conv.weights[place], conv.bias[place : place + 1])
        torch.testing.assert_close(y[:, place : place + 1], alone)


def test_a_map_that_the_table_does_not_name_is_not_read():
    conv = layer("ConnectionTableConv")(((0, 2), (1,)), 3)
    x = torch.randn(1, 3, 5, 5, requires_grad=True)
    conv(x)[:, 0].sum().backward()
    assert x.grad[:, 1].abs().sum() == 0
    assert x.grad[:, 0].abs().sum() > 0


@pytest.mark.parametrize(("layout", "shape"), [("NLC", (2, 6, 5)), ("NHWC", (2, 2, 3, 5)), ("NCHW", (2, 5, 2, 3))])
def test_a_patch_is_one_linear_map_of_its_pixels(layout, shape):
    embed = layer("PatchEmbed")(3, 5, 4, layout=layout)
    x = torch.randn(2, 3, 8, 12)
    y = embed(x)
    assert y.shape == shape
    patch = x[0, :, 4:8, 8:12].flatten() @ embed.proj.weight.flatten(1).T + embed.proj.bias
    last = {"NLC": lambda: y[0, 5], "NHWC": lambda: y[0, 1, 2], "NCHW": lambda: y[0, :, 1, 2]}[layout]()
    torch.testing.assert_close(last, patch)


def test_the_norm_of_patches_is_over_their_vector():
    embed = layer("PatchEmbed")(3, 8, 2, layout="NCHW", norm=True, eps=1e-6)
    y = embed(torch.randn(1, 3, 4, 4))
    torch.testing.assert_close(y.mean(dim=1), torch.zeros(1, 2, 2), atol=1e-6, rtol=0)
    assert list(embed.state_dict()) == ["proj.weight", "proj.bias", "norm.weight", "norm.bias"]


def test_patches_that_do_not_divide_the_picture_are_refused():
    with pytest.raises(ValueError, match="do not divide"):
        layer("PatchEmbed")(3, 8, 4)(torch.zeros(1, 3, 8, 10))


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(4, 2, 1), (16, 8, 4)])
def test_a_bilinear_start_draws_a_plane_through_the_pixels(kernel, stride, padding):
    up = layer("BilinearConvTranspose2d")(2, 2, kernel, stride=stride, padding=padding)
    x = torch.randn(1, 2, 5, 6)
    wanted = nn.functional.interpolate(x, scale_factor=stride, mode="bilinear")
    inside = slice(stride, -stride)  # at the rim the interpolation has nothing to lean on
    torch.testing.assert_close(up(x)[..., inside, inside], wanted[..., inside, inside], atol=1e-5, rtol=1e-5)


def test_a_bilinear_start_keeps_channels_apart_in_every_group():
    up = layer("BilinearConvTranspose2d")(4, 4, 2, stride=2, groups=2)
    x = torch.zeros(1, 4, 1, 1)
    x[0, 3] = 1.0
    assert (up(x)[0].sum(dim=(1, 2)) != 0).tolist() == [False, False, False, True]
