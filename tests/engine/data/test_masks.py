"""Pictures and masks are paired by name; a mask's colours are classes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import load
from engine.data.choice import DataChoice
from engine.errors import DataError
from engine.images import encode_png
from tests.engine.data.own import loaded

RNG = np.random.Generator(np.random.PCG64(5))


def pair(folder, name, mask, *, size=None, ending=""):
    """A picture of noise and its mask."""
    for place in ("images", "masks"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    size = size or mask.shape[:2]
    picture = RNG.integers(0, 256, (*size, 3), dtype=np.uint8)
    (folder / "images" / f"{name}.png").write_bytes(encode_png(picture))
    (folder / "masks" / f"{name}{ending}.png").write_bytes(encode_png(mask))
    return picture


def levels(*values, shape=(12, 16)):
    """A grey mask of vertical stripes."""
    return np.resize(np.array(values, np.uint8), shape)[..., None].copy()


def test_grey_levels_are_classes_in_their_order(tmp_path):
    picture = pair(tmp_path, "a", levels(0, 1, 2), ending="_mask")
    pair(tmp_path, "b", levels(2, 1))
    data = loaded("masks", tmp_path, val_fraction=0.0, test_fraction=0.0)
    assert data.facts.target.classes == ("0", "1", "2")
    np.testing.assert_array_equal(data.columns["image"][0], picture.transpose(2, 0, 1))
    np.testing.assert_array_equal(data.columns["mask"][0], levels(0, 1, 2)[..., 0])
    assert data.class_counts()["train"].sum() == 2 * 12 * 16


def test_black_and_white_are_two_classes_and_white_among_few_levels_is_not_judged(tmp_path):
    pair(tmp_path / "two", "a", levels(0, 255))
    two = loaded("masks", tmp_path / "two")
    assert two.facts.target.classes == ("0", "255")
    assert two.facts.target.pad is None
    pair(tmp_path / "void", "a", levels(0, 1, 255))
    void = loaded("masks", tmp_path / "void")
    assert void.facts.target.classes == ("0", "1")
    assert void.facts.target.pad == 2
    assert void.columns["mask"].max() == 2
    assert "Pixels of the grey level 255 count as not judged." in void.notes


def test_colours_are_classes_from_dark_to_bright_and_a_list_names_them(tmp_path):
    mask = np.zeros((6, 6, 3), np.uint8)
    mask[2:4] = (200, 0, 0)
    mask[4:] = (200, 200, 0)
    pair(tmp_path, "a", mask)
    assert loaded("masks", tmp_path).facts.target.classes == ("#000000", "#c80000", "#c8c800")
    (tmp_path / "classes.txt").write_text("ground\ncat\ndog\n", "utf-8")
    named = loaded("masks", tmp_path)
    assert named.facts.target.classes == ("ground", "cat", "dog")
    assert named.columns["mask"][0][:, 0].tolist() == [0, 0, 1, 1, 2, 2]


def test_pictures_and_masks_are_brought_to_the_networks_input_together(tmp_path):
    pair(tmp_path, "a", np.kron(levels(0, 1, shape=(2, 2)), np.ones((8, 8, 1), np.uint8)))
    data = load(DataChoice(name="masks", path=str(tmp_path)), image=(1, 4, 4))
    assert data.columns["image"].shape == (1, 1, 4, 4)
    assert data.columns["mask"][0].tolist() == [[0, 0, 1, 1]] * 4


def test_parts_are_kept_and_strangers_left_out(tmp_path):
    for part in ("train", "val", "test"):
        for name in "ab":
            pair(tmp_path / part, name, levels(0, 1))
    (tmp_path / "train" / "images" / "c.png").write_bytes(encode_png(levels(5)))
    data = loaded("masks", tmp_path)
    assert {part: len(rows) for part, rows in data.splits.items()} == {"train": 2, "val": 2, "test": 2}
    assert "1 files have no partner of their name and are left out." in data.notes


def test_a_mask_of_another_shape_and_a_damaged_file_are_listed(tmp_path):
    pair(tmp_path, "a", levels(0, 1))
    pair(tmp_path, "b", levels(0, 1), size=(12, 30))
    pair(tmp_path, "c", levels(0, 1))
    (tmp_path / "masks" / "c.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    data = loaded("masks", tmp_path)
    assert data.facts.samples == 1
    assert len(data.unreadable) == 2
    assert "The picture is 12×30, but its mask is 12×16." in data.unreadable[0]


def test_smooth_masks_and_empty_folders_are_refused(tmp_path):
    pair(tmp_path, "a", RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    with pytest.raises(DataError, match="a colour is a class"):
        loaded("masks", tmp_path)
    for folder in (tmp_path / "images", tmp_path / "none"):
        with pytest.raises(DataError, match=r"holds no picture with a mask|cannot be read"):
            loaded("masks", folder)
