"""IDX files are found under their usual names, checked against their header, and read."""

from __future__ import annotations

import contextlib
import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import DataChoice, load
from engine.data.idx import FILES, read
from engine.errors import DataError

RNG = np.random.Generator(np.random.PCG64(5))


def idx(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    )


def four(count: int = 40, tests: int = 10) -> dict[str, bytes]:
    pictures = RNG.integers(0, 256, (count + tests, 6, 5))
    labels = np.arange(count + tests) % 10
    arrays = (pictures[:count], labels[:count], pictures[count:], labels[count:])
    return dict(zip(FILES, map(idx, arrays), strict=True))


def put(folder: Path, files: dict[str, bytes], *, packed: bool = False, dotted: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        name = name.replace("-idx", ".idx") if dotted else name
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("dotted", [False, True])
def test_plain_and_packed_files_are_read_under_all_their_names(tmp_path, packed, dotted):
    put(tmp_path, four(), packed=packed, dotted=dotted)
    data = load(DataChoice(name="mnist", path=str(tmp_path)))
    assert data.columns["image"].shape == (50, 1, 6, 5)
    assert data.splits["test"].tolist() == list(range(40, 50))
    assert len(data.splits["val"]) == 4
    assert data.columns["label"].tolist() == [*(np.arange(50) % 10)]


@pytest.mark.parametrize("where", ["", "mnist", "MNIST", "MNIST/raw"])
def test_the_folder_of_data_sets_is_searched_for_them(tmp_path, where):
    put(tmp_path / where, four())
    assert load(DataChoice(name="mnist"), data_dir=tmp_path).facts.samples == 50


def test_one_of_the_files_names_the_folder(tmp_path):
    put(tmp_path, four())
    assert load(DataChoice(name="mnist", path=str(tmp_path / FILES[2]))).facts.samples == 50


def test_fashion_mnist_has_names_for_its_classes(tmp_path):
    put(tmp_path / "FashionMNIST" / "raw", four())
    data = load(DataChoice(name="fashion-mnist"), data_dir=tmp_path)
    assert data.classes[0] == "T-shirt/top"


def test_missing_files_are_named_with_the_folder(tmp_path):
    with pytest.raises(
        DataError, match=r"MNIST cannot be read from .*none of its four files.*train-images-idx3-ubyte.gz.*download"
    ):
        load(DataChoice(name="mnist", path=str(tmp_path)))
    put(tmp_path, four())
    (tmp_path / FILES[1]).unlink()
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte.gz is missing"):
        load(DataChoice(name="mnist", path=str(tmp_path)))


def test_a_header_that_claims_more_than_the_file_holds_is_refused_before_memory_is_taken(tmp_path):
    path = tmp_path / "x"
    head = bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 2**15, 2**15)
    for content in (head + b"abc", gzip.compress(head + b"abc")):
        path.write_bytes(content)
        with pytest.raises(DataError, match="the file is of another size"):
            read(path, dims=3)


@pytest.mark.parametrize("packed", [False, True])
def test_damaged_files_are_refused_in_a_sentence_with_their_name(tmp_path, packed):
    good = idx(RNG.integers(0, 256, (4, 3, 3)))
    pack = gzip.compress if packed else bytes
    whole = pack(good)
    damaged = [
        b"",
        whole[:1],
        whole[:9],
        whole[:-1],
        pack(good[:-1]),
        pack(good + b"x"),
        pack(b"\x00\x00\x0d\x03" + good[4:]),
        pack(idx(np.arange(3))),
    ]
    for content in damaged:
        (tmp_path / "a.idx").write_bytes(content)
        with pytest.raises(DataError, match=r"a\.idx .*etch .*again\.$"):
            read(tmp_path / "a.idx", dims=3)
    with pytest.raises(DataError, match="gone"):
        read(tmp_path / "gone", dims=3)


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    files = four()
    put(tmp_path, files | {FILES[1]: idx(np.arange(39) % 10)})
    with pytest.raises(DataError, match=r"40 pictures.*39 labels"):
        load(DataChoice(name="mnist", path=str(tmp_path)))
    put(tmp_path, files | {FILES[1]: idx(np.arange(40) % 11)})
    with pytest.raises(DataError, match="label 10"):
        load(DataChoice(name="mnist", path=str(tmp_path)))
    put(tmp_path, files | {FILES[2]: idx(np.zeros((10, 5, 5)))})
    with pytest.raises(DataError, match=r"6×5 pictures.*5×5"):
        load(DataChoice(name="mnist", path=str(tmp_path)))


GOOD = {packed: (gzip.compress if packed else bytes)(idx(RNG.integers(0, 256, (6, 4, 4)))) for packed in (False, True)}


@given(st.booleans(), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), max_size=4), st.integers(0, 130))
def test_mutated_files_give_an_array_or_one_sentence(tmp_path, packed, changes, length):
    content = bytearray(GOOD[packed])
    for at, value in changes:
        content[at % len(content)] = value
    path = tmp_path / "m"
    path.write_bytes(content[: max(0, len(content) - max(0, length - 100))])
    with contextlib.suppress(DataError):
        assert read(path, dims=3).ndim == 3
