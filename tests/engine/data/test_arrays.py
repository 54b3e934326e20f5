"""Arrays that numpy saved: every usual layout is read and said, everything else is refused in a sentence."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import DataChoice, DataSet, load
from engine.errors import DataError

RNG = np.random.Generator(np.random.PCG64(2))
LABELS = np.arange(60) % 3


def pixels(*shape: int) -> np.ndarray:
    return RNG.integers(0, 256, shape, dtype=np.uint8)


def loaded(folder: Path, **arrays: object) -> DataSet:
    np.savez(folder / "a.npz", **arrays)
    return load(DataChoice(name="npz", path=str(folder / "a.npz")))


@pytest.mark.parametrize(
    "names", [("x", "y"), ("X", "Y"), ("images", "labels"), ("x_train", "y_train"), ("data", "target")]
)
def test_usual_names_are_known(tmp_path, names):
    x, y = names
    data = loaded(tmp_path, **{x: pixels(60, 5, 4), y: LABELS})
    assert data.columns["image"].shape == (60, 1, 5, 4)
    assert data.columns["label"].tolist() == LABELS.tolist()
    assert data.classes == ("0", "1", "2")


@pytest.mark.parametrize("shape", [(60, 5, 6, 3), (60, 3, 5, 6), (60, 5, 6, 1)])
def test_the_last_axis_decides_the_layout_and_it_is_said(tmp_path, shape):
    x = pixels(*shape)
    data = loaded(tmp_path, x=x, y=LABELS)
    last = shape[3] in (1, 3)
    np.testing.assert_array_equal(data.columns["image"], x.transpose(0, 3, 1, 2) if last else x)
    assert f"so the pictures are read as {'N×H×W×C' if last else 'N×C×H×W'}." in data.notes[0]


def test_a_test_part_and_a_validation_part_are_used(tmp_path):
    data = loaded(
        tmp_path, train_images=pixels(60, 5, 5), train_labels=LABELS[:, None],
        val_images=pixels(6, 5, 5), val_labels=LABELS[:6, None],
        test_images=pixels(9, 5, 5), test_labels=LABELS[:9, None],
    )  # fmt: skip
    assert {name: len(rows) for name, rows in data.splits.items()} == {"train": 60, "val": 6, "test": 9}
    assert data.splits["test"].tolist() == list(range(66, 75))


def test_fractions_become_pixels_only_from_0_to_1(tmp_path):
    data = loaded(tmp_path, x=np.linspace(0, 1, 60 * 4).reshape(60, 2, 2), y=LABELS)
    assert data.columns["image"].max() == 255
    assert "The pixels are fractions from 0 to 1" in data.notes[0]
    with pytest.raises(
        DataError, match=r"pixels from -1 to 1 of the type float64.*Bring them into the range from 0 to 1"
    ):
        loaded(tmp_path, x=np.linspace(-1, 1, 60 * 4).reshape(60, 2, 2), y=LABELS)
    with pytest.raises(DataError, match=r"pixels from 0 to 300.*from 0 to 255"):
        loaded(tmp_path, x=np.full((60, 2, 2), 300) * (LABELS > 0)[:, None, None], y=LABELS)
    with pytest.raises(DataError, match="NaN"):
        loaded(tmp_path, x=np.full((60, 2, 2), np.nan), y=LABELS)


def test_whole_numbers_and_truth_values_become_pixels(tmp_path):
    assert loaded(tmp_path, x=pixels(60, 2, 2).astype(np.int64), y=LABELS).columns["image"].dtype == np.uint8
    assert set(np.unique(loaded(tmp_path, x=pixels(60, 2, 2) > 128, y=LABELS).columns["image"])) == {0, 255}


def test_transparency_is_laid_on_white(tmp_path):
    x = np.zeros((60, 2, 2, 4), np.uint8)
    data = loaded(tmp_path, x=x, y=LABELS)
    assert data.columns["image"].shape == (60, 3, 2, 2)
    assert data.columns["image"].min() == 255


def test_features_and_numbers_to_predict(tmp_path):
    data = loaded(tmp_path, x=RNG.normal(size=(60, 7)), y=RNG.normal(size=60))
    assert data.columns["features"].dtype == data.columns["target"].dtype == np.float32
    assert data.columns["target"].shape == (60, 1)
    assert data.facts.target is not None
    assert data.facts.target.kind == "number"
    assert data.classes == ()
    assert data.class_counts() == {}
    assert loaded(tmp_path, x=RNG.normal(size=(60, 7)), y=RNG.normal(size=(60, 2))).columns["target"].shape == (60, 2)


def test_features_that_are_not_finite_are_refused(tmp_path):
    x = RNG.normal(size=(60, 7))
    x[3, 4] = np.nan
    with pytest.raises(DataError, match="holds 1 features that are not finite"):
        loaded(tmp_path, x=x, y=LABELS)


def test_labels_may_be_texts_one_hot_rows_or_any_whole_numbers(tmp_path):
    texts = loaded(tmp_path, x=pixels(60, 2, 2), y=np.array(["item10", "item2", "Äpfel"])[LABELS])
    assert texts.classes == ("item2", "item10", "Äpfel")
    assert texts.columns["label"][:3].tolist() == [1, 0, 2]
    hot = loaded(tmp_path, x=pixels(60, 2, 2), y=np.eye(3, dtype=int)[LABELS])
    assert hot.columns["label"].tolist() == LABELS.tolist()
    gaps = loaded(tmp_path, x=pixels(60, 2, 2), y=LABELS * 10 - 5)
    assert gaps.classes == ("-5", "5", "15")
    named = loaded(tmp_path, x=pixels(60, 2, 2), y=LABELS, classes=np.array(["a", "b", "c", "d"]))
    assert named.classes == ("a", "b", "c", "d")


def test_arrays_that_are_not_used_are_named(tmp_path):
    data = loaded(
        tmp_path, features=np.ones((60, 2)), label=LABELS, target=np.linspace(0, 1, 60), classes=np.array(list("abcd"))
    )
    assert data.facts.target.name == "label"
    assert 'Not used: the arrays "target".' in data.notes
    assert not any("Not used" in note for note in loaded(tmp_path, x=np.ones((60, 2)), y=LABELS).notes)


def test_without_labels_it_is_said(tmp_path):
    data = loaded(tmp_path, x=pixels(60, 2, 2))
    assert data.facts.target is None
    assert 'There are no labels: the file holds no array "y".' in data.notes


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"foo": LABELS}, 'holds the arrays "foo", but no array of samples'),
        ({}, "holds no array"),
        ({"x": np.array(3), "y": LABELS}, "holds samples of the shape"),
        ({"x": np.zeros((60, 1, 1, 1, 1)), "y": LABELS}, "60 × 1 × 1 × 1 × 1"),
        ({"x": np.zeros((60, 0, 4)), "y": LABELS}, "60 × 0 × 4"),
        ({"x": np.zeros((0, 4, 4)), "y": np.zeros(0, int)}, "holds no sample"),
        ({"x": np.zeros((60, 4)), "y": LABELS[:9]}, "60 samples of the training part, but 9 labels"),
        ({"x": np.zeros((60, 4)), "y": np.array(1)}, "60 samples of the training part, but 0 labels"),
        ({"x": np.zeros((60, 4)), "y": LABELS, "x_test": np.zeros((3, 4))}, "test part, but not their labels"),
        ({"x": np.zeros((60, 4)), "y": LABELS, "x_test": np.zeros((3, 5)), "y_test": LABELS[:3]}, "shape 4 in one part and 5"),
        ({"x": np.zeros((60, 4), complex), "y": LABELS}, "type complex128"),
        ({"x": np.zeros((60, 4)), "y": np.zeros((60, 2, 2))}, "labels of the shape 60 × 2 × 2"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays, said):
    with pytest.raises(DataError, match=said):
        loaded(tmp_path, **arrays)


class Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("unpickled"),))


def test_nothing_is_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="holds Python objects"):
        loaded(tmp_path, x=np.zeros((60, 4)), y=np.array([Bomb()] * 60, object))
    assert not (tmp_path / "unpickled").exists()


def test_an_array_that_claims_more_than_the_file_holds_is_refused_before_memory_is_taken(tmp_path):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", buffer.getvalue())
    with pytest.raises(DataError, match="the file is of another size"):
        load(DataChoice(name="npz", path=str(tmp_path / "a.npz")))


def test_other_files_are_refused_in_a_sentence(tmp_path):
    np.save(tmp_path / "a.npy", LABELS)
    with pytest.raises(DataError, match=r"single array \(.npy\)"):
        load(DataChoice(name="npz", path=str(tmp_path / "a.npy")))
    (tmp_path / "b.npz").write_text("hello")
    with pytest.raises(DataError, match=r"b.npz cannot be read as arrays"):
        load(DataChoice(name="npz", path=str(tmp_path / "b.npz")))
    with zipfile.ZipFile(tmp_path / "c.npz", "w") as archive:
        archive.writestr("x.txt", "hello")
    with pytest.raises(DataError, match="which is no array"):
        load(DataChoice(name="npz", path=str(tmp_path / "c.npz")))
    for path in (tmp_path, tmp_path / "gone.npz"):
        with pytest.raises(DataError, match="cannot be read"):
            load(DataChoice(name="npz", path=str(path)))


def _saved(save) -> bytes:
    buffer = io.BytesIO()
    save(buffer, x=pixels(12, 3, 3), y=LABELS[:12])
    return buffer.getvalue()


GOOD = (_saved(np.savez), _saved(np.savez_compressed))


@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=5),
    st.integers(0, 60),
)
def test_mutated_files_give_data_or_one_sentence(tmp_path, good, changes, cut):
    content = bytearray(good)
    for at, value in changes:
        content[at % len(content)] = value
    path = tmp_path / "m.npz"
    path.write_bytes(content[: len(content) - max(0, cut - 40)])
    with contextlib.suppress(DataError):
        assert load(DataChoice(name="npz", path=str(path))).facts.samples > 0
