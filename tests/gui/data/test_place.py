"""The Data place through its real widgets, on real data that are written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from engine.data.kinds import kind_of
from engine.data.registry import datasets
from engine.errors import DataError
from engine.images import encode_png
from engine.project import open_project
from gui import theme
from gui.background import open_jobs
from gui.data import fetching
from gui.data.place import DataPlace
from gui.data.samples import COLUMNS, Sheet, pick
from gui.document import Document
from gui.session import Session


@pytest.fixture
def place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataPlace]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    document = Document(open_project("preset:lenet5_relu_max"))
    session = Session(document)
    made = DataPlace(document, session)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    qtbot.waitExposed(made)
    yield made
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=30_000)
    session.close()


@pytest.fixture
def loaded(place: DataPlace, qtbot: QtBot) -> DataPlace:
    qtbot.waitUntil(lambda: place.grid.sheet is not None, timeout=60_000)
    return place


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes of colour pictures, and one file that is none."""
    folder = tmp_path / "pets"
    rng = np.random.default_rng(0)
    for name, count in (("cat", 12), ("dog", 8)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = rng.integers(0, 255, (10, 12, 3), dtype=np.uint8)
            (folder / name / f"{number}.png").write_bytes(encode_png(picture))
    (folder / "dog" / "broken.png").write_bytes(b"no picture")
    return folder


def fact(place: DataPlace, key: str) -> str:
    label = place.findChild(QLabel, f"fact_{key}")
    assert isinstance(label, QLabel)
    return label.text()


def test_there_is_a_card_for_every_declared_data_set(place: DataPlace) -> None:
    assert set(place.choosing.cards.cards) == set(datasets())
    assert place.choosing.cards.cards["digits"].isChecked()


def test_the_facts_are_those_of_the_data(loaded: DataPlace) -> None:
    data = loaded.session.dataset
    assert data is not None
    parts = [len(data.splits[part]) for part in ("train", "val", "test")]
    assert fact(loaded, "samples") == "1,797"
    assert fact(loaded, "classes") == "10"
    assert fact(loaded, "size") == "28 × 28"
    assert fact(loaded, "split") == " · ".join(f"{size:,}" for size in parts)
    assert f"{data.normalisation.mean[0]:.4g}" in fact(loaded, "scaling")
    counts = data.class_counts()
    assert loaded.bars.row_text(3) == (
        f"3: Training {counts['train'][3]} · Validation {counts['val'][3]} · Test {counts['test'][3]}"
    )


def test_samples_stand_in_the_row_of_their_class(loaded: DataPlace) -> None:
    data, sheet = loaded.session.dataset, loaded.grid.sheet
    assert data is not None
    assert sheet is not None
    assert [name for name, _ in sheet.rows] == list(data.classes)
    for number, (_, rows) in enumerate(sheet.rows):
        assert len(set(rows)) == COLUMNS
        assert set(data.columns["label"][list(rows)].tolist()) == {number}
        x, y, width, height = sheet.box(number, 2)
        assert np.array_equal(sheet.picture[y : y + height, x : x + width, 0], data.columns["image"][rows[2], 0])


def test_shuffling_shows_others(loaded: DataPlace, qtbot: QtBot) -> None:
    before = loaded.grid.sheet
    loaded.shuffle.click()
    qtbot.waitUntil(lambda: loaded.grid.sheet is not before, timeout=20_000)
    assert loaded.grid.sheet is not None
    assert before is not None
    assert loaded.grid.sheet.rows != before.rows


def test_a_click_enlarges_the_sample_under_it(loaded: DataPlace, qtbot: QtBot) -> None:
    sheet = loaded.grid.sheet
    assert sheet is not None
    qtbot.mouseClick(loaded.grid, Qt.MouseButton.LeftButton, pos=loaded.grid.cell(4, 1).center())
    dialog = loaded.findChild(QDialog, "sample_dialog")
    assert isinstance(dialog, QDialog)
    label = dialog.findChild(QLabel, "sample_text")
    assert isinstance(label, QLabel)
    assert label.text().startswith(f"4 · sample {sheet.rows[4][1][1] + 1:,} · ")
    dialog.close()


def test_samples_are_reached_by_keyboard(loaded: DataPlace, qtbot: QtBot) -> None:
    sheet = loaded.grid.sheet
    assert sheet is not None
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(loaded.grid, key)
    with qtbot.waitSignal(loaded.grid.opened) as opened:
        qtbot.keyClick(loaded.grid, Qt.Key.Key_Return)
    assert opened.args == [sheet.rows[1][1][1]]
    dialog = loaded.findChild(QDialog, "sample_dialog")
    assert isinstance(dialog, QDialog)
    dialog.close()


def test_a_card_is_an_edit_that_can_be_undone(loaded: DataPlace, qtbot: QtBot) -> None:
    qtbot.mouseClick(loaded.choosing.cards.cards["npz"], Qt.MouseButton.LeftButton)
    assert loaded.document.project.data.name == "npz"
    qtbot.waitUntil(lambda: loaded.stack.currentWidget() is loaded.fault, timeout=20_000)
    assert loaded.fault.browse.isVisible()
    assert not loaded.fault.fetch.isVisible()
    assert loaded.fault.state.text.text().endswith(".")
    loaded.document.stack.undo()
    assert loaded.document.project.data.name == "digits"
    assert loaded.choosing.cards.cards["digits"].isChecked()
    qtbot.waitUntil(lambda: loaded.stack.currentIndex() == 0, timeout=20_000)


def test_a_folder_not_chosen_yet_is_no_fault_of_the_data(loaded: DataPlace, qtbot: QtBot) -> None:
    loaded.choosing.cards.cards["folder"].click()
    title = loaded.fault.state.title
    qtbot.waitUntil(lambda: title.text() == "No folder is chosen yet", timeout=10_000)
    assert loaded.fault.again.isHidden()


def test_a_dropped_folder_of_pictures_is_shown_with_what_is_wrong_in_it(
    loaded: DataPlace, qtbot: QtBot, pictures: Path
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(pictures))])
    event = QDropEvent(
        QPointF(QPoint(600, 300)),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(loaded.session.dataset_ready, timeout=30_000):
        loaded.dropEvent(event)
    assert loaded.document.project.data.name == "folder"
    assert loaded.choosing.path.text() == str(pictures)
    assert fact(loaded, "samples") == "20"
    assert loaded.bars.classes == ("cat", "dog")
    assert loaded.notes.isVisible()
    assert loaded.notes.fold.text() == "1 file could not be read"
    loaded.notes.fold.click()
    assert loaded.notes.files.isVisible()
    assert "broken.png" in loaded.notes.files.toPlainText()


def test_arrays_of_numbers_are_shown_as_numbers(loaded: DataPlace, qtbot: QtBot, tmp_path: Path) -> None:
    x = np.arange(120, dtype=np.float32).reshape(40, 3) / 7
    np.savez(tmp_path / "table.npz", x=x, y=np.arange(40) % 2)
    with qtbot.waitSignal(loaded.session.dataset_ready, timeout=30_000):
        assert loaded.take(tmp_path / "table.npz")
    data = loaded.session.dataset
    assert data is not None
    assert loaded.values.isVisible()
    first = loaded.values.item(0, 1)
    assert first is not None
    assert first.text() == f"{x[data.splits['train'][0], 1]:.4g}"
    assert pick(data, 0) is None


def test_what_is_no_data_set_is_not_taken(loaded: DataPlace, tmp_path: Path) -> None:
    (tmp_path / "notes.bin").write_text("words")
    assert not loaded.take(tmp_path / "notes.bin")
    assert not loaded.take(tmp_path / "nowhere")
    assert loaded.document.project.data.name == "digits"


def test_a_folder_is_known_by_its_files(tmp_path: Path) -> None:
    for name, file, expected in (
        ("digits", "train-images-idx3-ubyte.gz", "mnist"),
        ("fashion", "train-images-idx3-ubyte", "fashion-mnist"),
        ("pets", "cat.png", "folder"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_bytes(b"")
        assert kind_of(tmp_path / name) == expected


def test_a_split_typed_in_the_form_is_the_split_of_the_data(loaded: DataPlace, qtbot: QtBot) -> None:
    field = loaded.choosing.form.editor("val_fraction").field
    field.setFocus()
    field.selectAll()
    with qtbot.waitSignal(loaded.session.dataset_ready, timeout=30_000):
        qtbot.keyClicks(field, "0.5")
    data = loaded.session.dataset
    assert data is not None
    assert len(data.splits["val"]) == pytest.approx(0.5 * 1797, abs=10)
    assert fact(loaded, "split").split(" · ")[1] == f"{len(data.splits['val']):,}"


def test_a_download_without_a_network_ends_in_one_sentence(
    loaded: DataPlace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str, folder: object, **_: object) -> Path:
        raise DataError("No server could be reached. Connect to a network, or choose the folder by hand.")

    monkeypatch.setattr(fetching, "download", refused)
    loaded.choosing.choose("mnist")
    qtbot.waitUntil(lambda: loaded.stack.currentWidget() is loaded.fault, timeout=20_000)
    assert loaded.fault.fetch.isVisible()
    assert loaded.fault.fetch.text().startswith("Download MNIST (1")
    qtbot.mouseClick(loaded.fault.fetch, Qt.MouseButton.LeftButton)
    made = loaded.choosing.fetching
    qtbot.waitUntil(lambda: not made.busy, timeout=20_000)
    assert made.fault.text() == "No server could be reached. Connect to a network, or choose the folder by hand."
    assert made.fault.isVisible()


def test_a_download_tells_its_progress_can_be_stopped_and_leads_to_the_data(
    loaded: DataPlace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    go_on = Event()

    def slow(name: str, folder: object, *, progress: object, cancelled: object) -> Path:
        progress("Fetching", 5_000_000, 10_000_000)  # type: ignore[operator]
        go_on.wait(30)
        if cancelled():  # type: ignore[operator]
            raise DataError("Fetching was stopped.")
        return Path()

    monkeypatch.setattr(fetching, "download", slow)
    made = loaded.choosing.fetching
    made.set_name("mnist")
    made.start()
    qtbot.waitUntil(lambda: made.text.text() == "5.0 of 10.0 MB", timeout=20_000)
    assert made.bar.value() == 5_000_000
    made.cancel.click()
    go_on.set()
    qtbot.waitUntil(lambda: not made.busy, timeout=20_000)
    assert made.text.text() == "Fetching was stopped."
    assert not made.fault.isVisible()
    with qtbot.waitSignal(made.fetched, timeout=20_000) as told:
        made.start()
    assert told.args == ["mnist"]


def test_pictures_with_a_white_ground_have_an_edge(loaded: DataPlace) -> None:
    grid = loaded.grid
    sheet = grid.sheet
    grid.show_sheet(Sheet(np.full_like(sheet.picture, 255), sheet.tile, sheet.rows))
    cell = grid.cell(0, 0)
    shot = grid.grab().toImage()
    assert shot.pixelColor(cell.center()).name() == "#ffffff"
    assert shot.pixelColor(cell.left(), cell.center().y()).name() == theme.current().border_strong
