"""The Inspect place through its real widgets: it shows what is there, follows, and answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, SetSection
from engine.images import encode_png
from engine.project import open_project
from gui.document import Document
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
    qtbot.waitUntil(lambda: bool(place.tryit.fault.text()), timeout=LONG)
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
