"""The Inspect place through its real widgets: it shows what is there, follows, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, SetSection
from engine.images import encode_png
from engine.probes.data import Confusion
from engine.project import open_project
from gui import theme
from gui.document import Document
from gui.inspector.film import Film
from gui.inspector.mosaic import MosaicCard
from gui.inspector.place import UNTRAINED, InspectPlace, run_words
from gui.session import Session

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InspectPlace]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    document = Document(open_project("preset:lenet5_relu_max"))
    document.do(SetSection("data", {"name": "digits", "limit": 300}), "Few")
    session = Session(document)
    made = InspectPlace(document, session)
    qtbot.addWidget(made)
    made.resize(1280, 690)
    made.show()
    qtbot.waitUntil(lambda: made.maps.maps.view.atlas is not None, timeout=LONG)
    qtbot.waitUntil(lambda: made.maps.answer.bars.bars is not None, timeout=LONG)
    yield made
    session.close()


def drawn(place: InspectPlace, qtbot: QtBot, points: list[tuple[float, float]]) -> None:
    """Pull the brush over the pad, places as shares of it."""
    pad = place.tryit.pad
    spot = pad.place()
    on_pad = [QPoint(int(spot.left() + x * spot.width()), int(spot.top() + y * spot.height())) for x, y in points]
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=on_pad[0])
    for point in on_pad[1:]:
        qtbot.mouseMove(pad, point)
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=on_pad[-1])


def test_filters_maps_and_answers_are_there_and_the_weights_are_called_untrained(place: InspectPlace) -> None:
    filters = place.maps.filters.view.atlas
    assert filters is not None
    assert filters.tiles.values.shape == (6, 5, 5)
    maps = place.maps.maps.view.atlas
    assert maps is not None
    assert maps.tiles.values.shape == (6, 28, 28)
    assert place.source.text() == UNTRAINED
    assert "True class" in place.maps.answer.truth_line.text()


def test_the_drawings_selection_chooses_the_block(place: InspectPlace, qtbot: QtBot) -> None:
    place.document.select([place.document.graph.named("pool2").id])
    qtbot.waitUntil(lambda: place.maps.maps.view.atlas.tiles.values.shape == (16, 5, 5), timeout=LONG)
    assert "conv2, which feeds pool2" in place.maps.filters.title.text()


def test_deep_filters_can_be_seen_as_slices_and_as_strengths(place: InspectPlace, qtbot: QtBot) -> None:
    place.maps.blocks.choose(place.document.graph.named("conv2").id)
    qtbot.waitUntil(lambda: len(place.maps.filters.view.atlas.tiles) == 96, timeout=LONG)
    kind = place.maps.kind
    assert kind.isVisible()
    qtbot.keyClick(kind, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: place.maps.filters.view.atlas.tiles.values.shape == (1, 16, 6), timeout=LONG)


def test_another_sample_changes_maps_and_answers(place: InspectPlace, qtbot: QtBot) -> None:
    before = place.maps.maps.view.atlas
    place.maps.samples.after()
    qtbot.waitUntil(lambda: place.maps.maps.view.atlas is not before, timeout=LONG)
    assert not np.array_equal(before.tiles.values, place.maps.maps.view.atlas.tiles.values)
    assert "2 of" in place.maps.samples.count.text()


def test_a_class_can_be_picked(place: InspectPlace) -> None:
    samples = place.maps.samples
    samples.classes.setCurrentIndex(4)  # "All classes" comes first
    labels = place.session.dataset.columns["label"][samples.film.order]
    assert set(labels) == {3}


def test_a_frozen_scale_stays_while_the_sample_changes(place: InspectPlace, qtbot: QtBot) -> None:
    card = place.maps.maps
    held = card.view.atlas.hi
    for _ in range(2):
        qtbot.keyClick(card.scale, Qt.Key.Key_Right)
    place.maps.samples.after()
    qtbot.waitUntil(lambda: "2 of" in place.maps.samples.count.text(), timeout=LONG)
    before = card.view.atlas
    place.maps.samples.after()
    qtbot.waitUntil(lambda: card.view.atlas is not before, timeout=LONG)
    assert card.view.atlas.hi == pytest.approx(held)


def test_a_click_on_a_filter_enlarges_it(place: InspectPlace, qtbot: QtBot) -> None:
    view = place.maps.filters.view
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=view.canvas.box(4).center())
    enlarged = place.maps.filters.enlarged
    assert enlarged is not None
    assert enlarged.isVisible()
    assert enlarged.index == 4
    assert "min" in enlarged.figures.text()
    enlarged.after()
    enlarged.after()
    assert enlarged.index == 0
    enlarged.close()


def test_a_hidden_place_asks_for_nothing(place: InspectPlace, qtbot: QtBot) -> None:
    place.hide()
    asked: list[str] = []
    place.session.probe = lambda key, _request: asked.append(key)
    place.maps.samples.after()
    place.maps.ask()
    QGuiApplication.processEvents()
    assert asked == []


def test_the_confusion_matrix_counts_the_part_and_a_cell_shows_its_samples(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("confusion")
    panel = place.confusion
    qtbot.waitUntil(lambda: panel.matrix.found is not None, timeout=LONG)
    found = panel.matrix.found
    assert int(found.matrix.sum()) == len(place.session.dataset.splits["val"])
    truth, answer = (int(k) for k in np.argwhere(found.matrix > 0)[0])
    qtbot.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=panel.matrix.box(truth, answer).center().toPoint())
    assert panel.matrix.cell == (truth, answer)
    assert len(panel.gallery.order) == found.matrix[truth, answer]
    assert set(place.session.dataset.columns["label"][panel.gallery.order]) == {truth}
    panel.gallery.go(0)
    assert place.tabs.currentIndex() == 0
    assert place.maps.samples.sample == panel.gallery.sample


def test_drawing_on_the_pad_changes_the_answers(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("try")
    drawn(place, qtbot, [(0.5, 0.2), (0.5, 0.5), (0.5, 0.8)])
    qtbot.waitUntil(lambda: place.tryit.bars.bars is not None, timeout=LONG)
    first = place.tryit.bars.bars
    assert sum(first.values) == pytest.approx(1, abs=1e-4)
    assert len(first.values) == 10
    assert "untrained" in place.tryit.line.text()
    drawn(place, qtbot, [(0.2, 0.3), (0.8, 0.3), (0.8, 0.6), (0.2, 0.6)])
    qtbot.waitUntil(lambda: place.tryit.bars.bars.values != first.values, timeout=LONG)


def test_undo_on_the_pad_takes_a_stroke_and_not_a_block(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("try")
    place.document.do(Configure(place.document.graph.named("fc1").id, {"out_features": 99}), "Change")
    drawn(place, qtbot, [(0.5, 0.2), (0.5, 0.8)])
    drawn(place, qtbot, [(0.2, 0.2), (0.8, 0.8)])
    blocks = len(place.document.graph)
    qtbot.keyClick(place.tryit.pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert place.tryit.pad.strokes == 1
    assert place.document.graph.named("fc1").settings["out_features"] == 99
    assert len(place.document.graph) == blocks
    qtbot.keyClick(place.tryit.pad, Qt.Key.Key_Delete)
    assert place.tryit.pad.blank
    assert place.tryit.sample is None


def test_the_eraser_takes_ink_away(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("try")
    drawn(place, qtbot, [(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)])
    inked = int(place.tryit.pad.picture().astype(int).sum())
    place.tryit.pad.erasing = True
    drawn(place, qtbot, [(0.1, 0.5), (0.4, 0.5)])
    assert int(place.tryit.pad.picture().astype(int).sum()) < inked


def test_a_picture_file_and_a_pasted_picture_reach_the_pad(place: InspectPlace, qtbot: QtBot, tmp_path: Path) -> None:
    place.show_tab("try")
    paper = np.full((64, 64, 1), 250, np.uint8)
    paper[16:48, 28:36] = 10
    file = tmp_path / "one.png"
    file.write_bytes(encode_png(paper))
    place.tryit.load(file)
    qtbot.waitUntil(lambda: place.tryit.sample is not None, timeout=LONG)
    assert place.tryit.invert.isChecked()  # dark on light, while the digits are light on dark
    assert place.tryit.sample[0, 0, 0] < 60
    place.tryit.pad.clear()
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    for y in range(10, 30):
        image.setPixelColor(20, y, Qt.GlobalColor.white)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(place.tryit.pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert place.tryit.sample is not None
    assert not place.tryit.invert.isChecked()
    QGuiApplication.clipboard().clear()


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(place: InspectPlace, qtbot: QtBot, tmp_path: Path) -> None:
    place.show_tab("try")
    file = tmp_path / "broken.png"
    file.write_bytes(b"not a picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    QGuiApplication.clipboard().setMimeData(data)
    place.tryit.paste()
    qtbot.waitUntil(lambda: bool(place.tryit.pad_fault.text()), timeout=LONG)
    assert place.tryit.pad.blank
    QGuiApplication.clipboard().clear()


def test_a_drawing_can_be_looked_into(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("try")
    drawn(place, qtbot, [(0.5, 0.2), (0.5, 0.8)])
    sample = place.tryit.sample
    before = place.maps.maps.view.atlas
    qtbot.mouseClick(place.tryit.inside, Qt.MouseButton.LeftButton)
    assert place.tabs.currentIndex() == 0
    qtbot.waitUntil(lambda: place.maps.maps.view.atlas is not before, timeout=LONG)
    np.testing.assert_array_equal(place.maps._own[0], sample)
    assert "pad" in place.maps.answer.where.text()


def test_the_maps_follow_a_training_and_name_the_run_afterwards(place: InspectPlace, qtbot: QtBot) -> None:
    session = place.session
    place.document.do(SetSection("training", {"epochs": 2, "batch_size": 32}), "Short")
    steps: list[int] = []
    place.maps.answered.connect(lambda result: steps.append(result.step) if result.step else None)
    before = place.maps.filters.view.atlas.tiles.values.copy()
    session.play()
    qtbot.waitUntil(lambda: session.state == "running", timeout=LONG)
    qtbot.waitUntil(lambda: session.state == "idle", timeout=LONG)
    qtbot.waitUntil(lambda: place.source.text().startswith("Best weights"), timeout=LONG)
    qtbot.waitUntil(lambda: not np.array_equal(place.maps.filters.view.atlas.tiles.values, before), timeout=LONG)
    qtbot.waitUntil(lambda: place.maps.samples.mistakes.isEnabled(), timeout=LONG)


def test_a_drawing_that_cannot_be_built_is_told_plainly(place: InspectPlace, qtbot: QtBot) -> None:
    graph = place.document.graph
    place.document.do(Configure(graph.named("conv2").id, {"kernel_size": 99}), "Too large")
    qtbot.waitUntil(lambda: place.session.looking_at is None, timeout=LONG)
    assert place.maps.filters.stack.currentWidget() is place.maps.filters.empty
    place.document.stack.undo()
    qtbot.waitUntil(lambda: place.maps.filters.stack.currentWidget() is place.maps.filters.view, timeout=LONG)


def test_a_runs_folder_is_read_as_words() -> None:
    assert run_words("/home/me/a.runs/2026-11-22_15-18-10_lenet-5") == "lenet-5, 2026-11-22 15:18"
    assert run_words("/home/me/odd") == "odd"


def test_a_drawing_that_was_broken_and_mended_shows_its_sample_again(place: InspectPlace, qtbot: QtBot) -> None:
    document, session = place.document, place.session
    shown = place.maps.answer.where.text()
    document.do(Configure(document.graph.named("conv2").id, {"kernel_size": 31}), "Break it")
    qtbot.waitUntil(lambda: session.looking_at is None, timeout=LONG)
    document.stack.undo()
    qtbot.waitUntil(lambda: session.looking_at is not None, timeout=LONG)
    assert place.maps.answer.where.text() == shown
    assert shown.startswith("Sample ")


def test_tiles_stay_where_they_are_while_the_same_is_shown_in_nearly_the_same_place(qtbot: QtBot) -> None:
    card = MosaicCard("Learned filters", name="filters")
    qtbot.addWidget(card)
    card.resize(500, 400)
    card.show()
    asked = card.look().aspect
    card.view.resize(card.view.width(), round(card.view.height() * 1.1))  # another theme, a longer note below
    assert card.view.aspect != asked
    assert card.look().aspect == asked
    card.set_title("Learned filters of conv2")
    assert card.look().aspect == card.view.aspect
    card.look()
    card.view.resize(card.view.width() * 2, card.view.height())
    assert card.look().aspect == card.view.aspect


def test_no_sample_is_marked_while_a_picture_of_ones_own_is_looked_at(place: InspectPlace, qtbot: QtBot) -> None:
    samples = place.maps.samples
    place.maps.look_at((np.zeros((1, 32, 32), np.uint8),))
    assert not samples.film.marked
    assert samples.count.text() == f"{len(samples.film.order):,} samples"
    samples.mistakes.setEnabled(True)
    samples.mistakes.setChecked(True)  # a person's choice shows a sample again
    assert samples.film.marked
    place.maps.look_at((np.zeros((1, 32, 32), np.uint8),))
    count = len(samples.dataset.classes)
    every = samples.film.order
    zeros = np.zeros(len(every), np.int64)
    samples.set_found(
        Confusion(np.zeros((count, count), np.int64), samples.dataset.classes, every, zeros, zeros + 1, zeros + 1.0)
    )
    assert place.maps._own is not None  # mistakes that become known are none
    assert not samples.film.marked
    qtbot.mouseClick(samples.film, Qt.MouseButton.LeftButton, pos=samples.film.box(samples.film.place).center())
    assert samples.film.marked
    assert place.maps._own is None
    assert samples.count.text().startswith("1 of")


def test_a_picture_with_a_white_ground_has_an_edge(qtbot: QtBot) -> None:
    film = Film()
    qtbot.addWidget(film)
    white = QImage(28, 28, QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    film.set_source(lambda _row: white)
    film.set_order(np.arange(3))
    film.resize(film.sizeHint())
    shot = film.grab().toImage()
    box = film.box(1)
    edge = shot.pixelColor(box.left() - 1, box.center().y())
    assert abs(edge.lightness() - QColor(theme.current().border_strong).lightness()) < 30
    assert shot.pixelColor(box.center()).name() == "#ffffff"


def test_what_hinders_a_picture_is_said_beside_the_pad_which_keeps_its_size(place: InspectPlace, qtbot: QtBot) -> None:
    place.show_tab("try")
    QGuiApplication.clipboard().clear()
    size = place.tryit.pad.size()
    place.tryit.paste()
    said = place.tryit.pad_fault
    assert "no picture on the clipboard" in said.text()
    assert said.parentWidget() is place.tryit.pad.parentWidget()
    assert not place.tryit.fault.text()
    QApplication.sendPostedEvents()
    assert place.tryit.pad.size() == size
    drawn(place, qtbot, [(0.5, 0.2), (0.5, 0.8)])
    assert not said.text()
