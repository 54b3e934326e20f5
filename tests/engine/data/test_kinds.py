"""What is dropped or typed is told by its name and its beginning."""

from __future__ import annotations

import pytest

from engine.data.kinds import kind_of
from engine.data.registry import datasets
from tests.engine.data.own import written


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "x,y\n1,2\n3,4\n", "csv"), ("a.tsv", "x\ty\n1\tred rose\n2\tblue\n", "csv"), ("a.csv", "", "csv"),
        ("a.CSV", "text,label\nI like it very much,1\nno no no no,0\n", "sentences"), ("a.txt", "hello", "text"),
        ("a.npz", "", "npz"), ("a.loom", "{}", None), ("a.csv", "\x00\"\n", "csv"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_name_and_content(tmp_path, name, content, kind):
    assert kind_of(written(tmp_path, content, name)) == kind
    assert kind is None or kind in datasets()


@pytest.mark.parametrize(
    ("folders", "kind"),
    [
        (("cats", "dogs"), "folder"), (("images", "masks"), "masks"), (("Images", "Annotations"), "masks"), ((), "folder"),
        (("train/images", "train/masks"), "masks"), (("train/cats", "train/dogs"), "folder"), (("images", "dogs"), "folder"),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_the_folders_in_it(tmp_path, folders, kind):
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    assert kind_of(tmp_path) == kind


def test_what_is_not_there_is_none(tmp_path):
    assert kind_of(tmp_path / "missing.csv") is None
    assert kind_of(tmp_path / "missing") is None


def test_idx_files_are_mnist_or_its_sibling(tmp_path):
    for name, kind in (("mnist", "mnist"), ("my-fashion", "fashion-mnist")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train-images-idx3-ubyte.gz").write_bytes(b"")
        assert kind_of(tmp_path / name) == kind
