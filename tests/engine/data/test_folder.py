"""A folder of pictures per class: whatever people have in it is read, counted, or listed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine import images
from engine.data import DataChoice, DataSet, load
from engine.data.folder import natural
from engine.errors import DataError


def picture(path: Path | str, *, size: tuple[int, int] = (6, 5), colour: bool = True, value: int = 90) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pixels = np.full((*size, 3 if colour else 1), value, np.uint8)
    with open(path, "wb") as file:
        file.write(images.encode_png(pixels))


def fill(folder: Path, classes: tuple[str, ...] = ("cat", "dog"), count: int = 10, **how: object) -> Path:
    for value, name in enumerate(classes):
        for i in range(count):
            picture(folder / name / f"{i}.png", value=value * 50, **how)
    return folder


def loaded(folder: Path, image: tuple[int, int, int] | None = None, **settings: object) -> DataSet:
    return load(DataChoice(name="folder", path=str(folder), **settings), image=image)


def test_folders_are_classes(tmp_path):
    data = loaded(fill(tmp_path))
    assert data.classes == ("cat", "dog")
    assert data.columns["image"].shape == (20, 3, 6, 5)
    assert data.columns["label"].tolist() == [0] * 10 + [1] * 10
    assert data.columns["image"][:, 0, 0, 0].tolist() == [0] * 10 + [50] * 10
    assert data.notes == ()
    assert data.facts.name == tmp_path.name


@pytest.mark.parametrize("names", [("train", "test"), ("Training", "Validation", "TEST"), ("train", "val")])
def test_train_val_and_test_around_the_classes_are_the_parts(tmp_path, names):
    for name in names:
        fill(tmp_path / name)
    data = loaded(tmp_path, val_fraction=0.2, test_fraction=0.1)
    assert data.classes == ("cat", "dog")
    own = {name: {"t": "test", "v": "val"}.get(name[0].lower(), "train") for name in names}
    own = {name: "train" if name.lower().startswith("train") else part for name, part in own.items()}
    for part in set(own.values()) - {"train"}:
        assert len(data.splits[part]) == 20
    assert len(data.splits["train"]) == 20 - (4 if "val" not in own.values() else 0) - (
        2 if "test" not in own.values() else 0
    )


def test_classes_that_happen_to_be_called_test_are_classes(tmp_path):
    assert loaded(fill(tmp_path, ("test", "other"))).classes == ("other", "test")


def test_a_folder_around_the_folder_is_seen_through(tmp_path):
    fill(tmp_path / "unpacked" / "train")
    assert loaded(tmp_path).classes == ("cat", "dog")


def test_pictures_of_many_sizes_are_brought_to_one_and_it_is_said(tmp_path):
    fill(tmp_path, size=(8, 8))
    picture(tmp_path / "cat" / "large.png", size=(40, 20))
    data = loaded(tmp_path)
    assert data.columns["image"].shape == (21, 3, 8, 8)
    assert data.notes == ("1 of 21 pictures are resized to 8×8; they are from 8×8 to 40×20.",)
    wanted = loaded(tmp_path, (1, 12, 12))
    assert wanted.columns["image"].shape == (21, 1, 12, 12)
    assert wanted.notes == (
        "21 of 21 pictures are resized to 12×12 for this network's input; they are from 8×8 to 40×20.",
        "21 of 21 pictures are made grey for this network's input.",
    )


def test_grey_pictures_stay_grey_unless_some_have_colour(tmp_path):
    fill(tmp_path, colour=False)
    assert loaded(tmp_path).columns["image"].shape[1] == 1
    picture(tmp_path / "cat" / "colour.png")
    data = loaded(tmp_path)
    assert data.columns["image"].shape[1] == 3
    assert data.notes == ("20 of 21 pictures are made colour.",)


def test_files_that_cannot_be_read_are_left_out_and_listed_with_the_reason(tmp_path):
    fill(tmp_path)
    (tmp_path / "cat" / "3.png").write_bytes(b"")
    (tmp_path / "dog" / "4.png").write_bytes((tmp_path / "dog" / "5.png").read_bytes()[:-20])
    os.mkfifo(tmp_path / "dog" / "pipe.jpg")
    (tmp_path / "dog" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    data = loaded(tmp_path)
    assert data.facts.samples == 18
    assert "4 of 22 files cannot be read and are left out." in data.notes
    assert [text.removeprefix(str(tmp_path)) for text in data.unreadable] == [
        "/cat/3.png: The picture file is empty.",
        "/dog/4.png: The PNG picture is cut short.",
        "/dog/gone.jpg: It cannot be read: no such file or directory.",
        "/dog/pipe.jpg: It is no ordinary file.",
    ]
    assert data.columns["image"][:, 0, 0, 0].tolist() == [0] * 9 + [50] * 9


def test_other_files_are_counted_and_hidden_ones_passed_over(tmp_path):
    fill(tmp_path)
    for name in ("notes.txt", ".DS_Store", "Thumbs.db"):
        (tmp_path / "cat" / name).write_text("x")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "empty").mkdir()
    data = loaded(tmp_path)
    assert data.classes == ("cat", "dog")
    assert data.notes == ("1 other file is no picture by its name and is not read.",)


def test_names_in_other_encodings_survive(tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
    fill(tmp_path)
    os.makedirs(name)
    (tmp_path / "cat" / "0.png").rename(os.fsdecode(name + b"/\xff.png"))
    data = loaded(tmp_path)
    assert data.classes == (r"caf\xe9", "cat", "dog")
    assert data.facts.samples == 20
    "".join(data.classes).encode("utf-8")


def test_names_are_put_into_the_order_a_person_counts_in(tmp_path):
    assert sorted(["b10", "b9", "B1", "a", "10", "9", "010"], key=natural) == ["9", "010", "10", "a", "B1", "b9", "b10"]
    assert sorted(["1" * 5000, "2"], key=natural) == ["2", "1" * 5000]
    assert loaded(fill(tmp_path, ("class 10", "class 9"))).classes == ("class 9", "class 10")


def test_a_limit_reads_that_many_from_all_classes_and_parts(tmp_path):
    fill(tmp_path / "train", count=30)
    fill(tmp_path / "test", count=10)
    data = loaded(tmp_path, limit=16)
    assert data.facts.samples == 16
    assert data.class_counts()["test"].tolist() == [2, 2]
    assert data.notes[0] == "16 of 80 pictures are used, as the limit says."


def test_pictures_deeper_down_belong_to_the_class_above(tmp_path):
    fill(tmp_path, ("cat/images", "dog/images"))
    assert loaded(tmp_path).classes == ("cat", "dog")


def test_one_class_is_said_to_be_too_few(tmp_path):
    assert "There is only one class" in loaded(fill(tmp_path, ("cat",))).notes[0]


def test_a_changed_picture_changes_the_digest(tmp_path):
    before = loaded(fill(tmp_path)).digest
    picture(tmp_path / "cat" / "3.png", value=91)
    assert loaded(tmp_path).digest != before


@pytest.mark.parametrize("what", ["gone", "file", "empty", "loose"])
def test_folders_without_classes_are_refused_in_a_sentence(tmp_path, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    picture(tmp_path / "loose" / "a.png")
    with pytest.raises(
        DataError, match=rf"{what} (cannot be read: .* Choose another folder|holds no picture in a folder of its class)"
    ):
        loaded(tmp_path / what)


def test_a_folder_in_which_nothing_can_be_read_is_refused_with_the_first_reason(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"None of the 2 pictures .* can be read. The first: The picture file is empty"):
        loaded(tmp_path)


def test_reading_can_be_broken_off(tmp_path):
    fill(tmp_path)

    def stop(what: str, done: int, total: int) -> None:
        if what == "Reading pictures":
            raise InterruptedError(what)

    with pytest.raises(InterruptedError):
        load(DataChoice(name="folder", path=str(tmp_path)), progress=stop)
