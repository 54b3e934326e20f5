"""Pictures of values: honest about zero, about sides, and about what is not finite."""

from __future__ import annotations

import numpy as np
import pytest

from engine.images import lut
from engine.probes.data import Confusion, Tiles
from engine.probes.render import BAD, Look, legend, neutral, one, render, table


def tiles(values, signed=True, columns=None):
    values = np.asarray(values, np.float32)
    return Tiles(values, signed, tuple(str(k) for k in range(len(values))), columns=columns)


@pytest.mark.parametrize("dark", [False, True])
def test_zero_has_exactly_the_neutral_colour(dark):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(9, 8, 8))
    values[:, 3, 4] = 0.0
    for scale in ("layer", "each"):
        atlas = render(tiles(values), Look(scale=scale, dark=dark))
        for index in range(9):
            x, y, _, _ = atlas.box(index)
            assert tuple(atlas.image[y + 3, x + 4]) == neutral(dark)
            assert (atlas.image[y : y + 8, x : x + 8] == neutral(dark)).all(axis=2).sum() < 20


def test_the_signed_tables_are_odd_and_their_middle_is_nearly_grey():
    for name in ("CET-D1", "CET-D4"):
        entries = lut(name).astype(int)
        assert len(entries) == 255
        assert np.ptp(entries[127]) < 10
        # Opposite values are equally far from the middle in lightness.
        grey = entries @ [0.299, 0.587, 0.114]
        assert abs(abs(grey[0] - grey[127]) - abs(grey[254] - grey[127])) < 60
    assert len(lut("viridis")) == 256


def test_a_kernel_is_shown_as_printed_pixel_for_pixel():
    kernel = np.array([[1, 0, -1], [2, 0, -2], [3, 0, -3]], np.float32)
    atlas = render(tiles(kernel[None]))
    x, y, width, height = atlas.box(0)
    part = atlas.image[y : y + height : atlas.zoom, x : x + width : atlas.zoom]
    wanted = table(True, False)[np.rint(kernel / 3 * 127).astype(int) + 127]
    np.testing.assert_array_equal(part, wanted)


def test_every_value_fills_a_whole_square():
    atlas = render(tiles([[[1.0, -1.0]]]))
    assert atlas.zoom >= 2
    x, y, _width, height = atlas.box(0)
    square = atlas.image[y : y + height, x : x + atlas.zoom].reshape(-1, 3)
    assert (square == square[0]).all()


def test_scales_layer_each_and_frozen():
    values = [[[1.0, 0.5]], [[4.0, 2.0]]]
    layer, each = render(tiles(values)), render(tiles(values), Look(scale="each"))
    frozen = render(tiles(values), Look(scale="frozen", limit=8.0))
    assert (layer.lo, layer.hi) == (-4.0, 4.0)
    assert list(each.limits) == [1.0, 4.0]
    assert (frozen.lo, frozen.hi) == (-8.0, 8.0)
    ends = table(True, False)

    def first(atlas, index):
        x, y, _, _ = atlas.box(index)
        return tuple(atlas.image[y, x])

    assert first(each, 0) == tuple(ends[254]) == first(layer, 1)
    assert first(layer, 0) != tuple(ends[254])
    assert first(frozen, 1) == tuple(ends[127 + 64])


def test_unsigned_values_start_at_zero():
    atlas = render(tiles([[[0.0, 2.0]]], signed=False))
    x, y, _, _ = atlas.box(0)
    assert atlas.lo == 0.0
    assert tuple(atlas.image[y, x]) == tuple(lut("viridis")[0])
    assert tuple(atlas.image[y, x + atlas.zoom]) == tuple(lut("viridis")[255])


def test_colour_filters_share_one_factor_and_grey_is_zero():
    values = np.zeros((2, 3, 3, 3), np.float32)
    values[1, 0, 0] = [1.0, -1.0, 0.5]
    atlas = render(tiles(values))
    x, y, _, _ = atlas.box(1)
    assert tuple(atlas.image[y, x]) == (255, 0, 191)
    x, y, _, _ = atlas.box(0)
    assert tuple(atlas.image[y, x]) == (128, 128, 128)
    assert legend(atlas).shape == (1, 256, 3)


def test_what_is_not_finite_has_a_colour_of_its_own_and_leaves_the_scale_alone():
    atlas = render(tiles([[[np.nan, np.inf, 1.0]]]))
    x, y, _, _ = atlas.box(0)
    assert tuple(atlas.image[y, x]) == BAD == tuple(atlas.image[y, x + atlas.zoom])
    assert atlas.hi == 1.0


def test_a_layer_of_zeros_is_neutral_everywhere():
    atlas = render(tiles(np.zeros((4, 3, 3))))
    x, y, width, height = atlas.box(3)
    assert (atlas.image[y : y + height, x : x + width] == neutral(False)).all()


@pytest.mark.parametrize(("count", "shape"), [(1, (3, 3)), (6, (5, 5)), (7, (1, 1)), (64, (28, 28)), (13, (2, 9))])
def test_a_pixel_of_the_mosaic_leads_back_to_its_value(count, shape):
    rng = np.random.default_rng(1)
    atlas = render(tiles(rng.normal(size=(count, *shape))))
    seen = 0
    for y in range(atlas.image.shape[0]):
        for x in range(atlas.image.shape[1]):
            found = atlas.at(x, y)
            if found is not None:
                index, row, column = found
                left, top, _, _ = atlas.box(index)
                assert left + column * atlas.zoom <= x < left + (column + 1) * atlas.zoom
                assert top + row * atlas.zoom <= y < top + (row + 1) * atlas.zoom
                seen += 1
    assert seen == count * shape[0] * shape[1] * atlas.zoom**2
    assert atlas.at(-1, -1) is None


def test_gutters_have_the_windows_colour_and_are_one_pixel():
    atlas = render(tiles(np.ones((4, 8, 8)), columns=2), Look(ground=(1, 2, 3)))
    assert atlas.gutter == 1
    assert (atlas.image[0] == (1, 2, 3)).all()
    assert (atlas.image[9] == (1, 2, 3)).all()
    assert atlas.image.shape == (19, 19, 3)


def test_one_tile_alone_has_the_scale_it_has_in_the_mosaic():
    atlas = render(tiles([[[1.0, 0.5]], [[4.0, 2.0]]]))
    x, y, _, _ = atlas.box(0)
    assert tuple(one(atlas, 0)[0, 0]) == tuple(atlas.image[y, x])


def test_recall_precision_and_mistakes_follow_from_the_counts():
    found = Confusion(
        np.array([[3, 1], [0, 0]]), ("a", "b"), np.array([10, 11, 12, 13]), np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1]),
        np.array([0.5, 0.9, 0.7, 0.6], np.float32),
    )  # fmt: skip
    assert found.accuracy == 0.75
    np.testing.assert_allclose(found.recall, [0.75, np.nan])
    np.testing.assert_allclose(found.precision, [1.0, 0.0])
    assert list(found.cell(0, 0)) == [11, 12, 10]
    assert list(found.mistakes()) == [13]


def test_a_thumbnail_is_of_the_first_tiles_and_no_larger_than_asked():
    values = np.random.default_rng(0).normal(size=(64, 28, 28)).astype(np.float32)
    atlas = render(tiles(values), Look(aspect=1.0, most=16, within=84))
    assert len(atlas.tiles) == 16
    assert max(atlas.image.shape[:2]) <= 84 + 5  # and the gutters
    assert np.array_equal(atlas.tiles.values, values[:16, ::2, ::2])
    small = render(tiles(values[:4, :5, :5]), Look(aspect=1.0, most=16, within=84))
    assert small.tiles.values.shape == (4, 5, 5)
