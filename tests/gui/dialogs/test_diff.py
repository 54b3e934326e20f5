"""Two drawings are compared side by side: what differs is marked in both, listed, and found by a click."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import store
from engine.graph.model import Configure, RemoveBlock
from engine.project import open_project
from engine.training.record import GRAPH, INFO
from engine.training.runs import runs_folder
from gui import theme
from gui.background import open_jobs
from gui.dialogs import sides
from gui.dialogs.changes import Row
from gui.dialogs.diff import FILE, DiffDialog
from gui.dialogs.sides import Side
from gui.document import Document
from gui.figure.plan import plan
from tests.engine.graph.test_diff import renumbered

LONG = 60_000  # milliseconds after which a test gives up

RELU = Side("LeNet-5 with ReLU and max pooling", "preset", "preset:lenet5_relu_max")


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Document:
    project = open_project("preset:lenet5")
    project.save(tmp_path / "mine.loom")
    return Document(open_project(tmp_path / "mine.loom"))


@pytest.fixture
def dialog(qtbot: QtBot, document: Document) -> Iterator[DiffDialog]:
    made = DiffDialog(document)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=LONG)
    yield made
    QGuiApplication.clipboard().clear()


def test_it_stays_within_the_window_that_it_stands_over(document: Document, qtbot: QtBot) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    sizes = []
    for width, height in ((1280, 800), (2560, 1440)):
        over.resize(width, height)
        sizes.append(DiffDialog(document, over).size().toTuple())
    assert sizes == [(1203, 752), (1240, 800)]


def done(dialog: DiffDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=LONG)


def listed(dialog: DiffDialog) -> list[Row]:
    tree = dialog.changes
    return [tree.topLevelItem(index).data(0, Qt.ItemDataRole.UserRole) for index in range(tree.topLevelItemCount())]  # type: ignore[union-attr]


def choose(dialog: DiffDialog, number: int, wanted: Callable[[str], bool]) -> None:
    """Choose an entry of a box as a person does."""
    box = dialog.boxes[number]
    at = next(index for index in range(box.count()) if wanted(box.itemText(index)))
    box.setCurrentIndex(at)
    box.activated.emit(at)


def a_run(document: Document, name: str, **settings: object) -> Path:
    """The folder of a run, as far as comparing reads it."""
    folder = runs_folder(document.path) / name
    folder.mkdir(parents=True)
    graph = document.project.graph.copy()
    graph.apply(Configure(graph.named("conv1").id, dict(settings)))
    store.save(graph, folder / GRAPH)
    (folder / INFO).write_text(json.dumps({"title": name, "created": "2026-01-02T03:04:05"}), encoding="utf-8")
    return folder


def test_a_preset_is_compared_and_every_difference_is_marked_in_both(dialog: DiffDialog, qtbot: QtBot) -> None:
    assert dialog.found is None
    choose(dialog, 0, lambda text: "ReLU and max" in text)
    done(dialog, qtbot)
    assert [(row.sign, row.name) for row in listed(dialog)][:2] == [("changed", "tanh1"), ("changed", "pool1")]
    assert "kind: ReLU → Tanh" in listed(dialog)[0].text
    for view in dialog.views:
        assert {card.id for card in view.plan.cards if card.mark == "changed"} == {
            "b3", "b4", "b6", "b7", "b10", "b12"
        }  # fmt: skip
    assert "61.7 K parameters" in dialog.sums.text()


def test_it_begins_beside_the_preset_that_is_named(document: Document, qtbot: QtBot) -> None:
    made = DiffDialog(document, beside=RELU.reference)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.found is not None, timeout=LONG)
    assert made.found is not None
    assert (made.found.sides[0], made.found.sides[1].kind) == (RELU, "this")


def test_the_same_drawing_is_told_to_be_the_same(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(dialog.this, dialog.this)
    done(dialog, qtbot)
    assert "the same" in dialog.hint.text()
    assert dialog.changes.isHidden()


def test_a_change_in_the_list_shows_its_block_in_both_drawings(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(RELU, dialog.this)
    done(dialog, qtbot)
    views = dialog.views
    for view in views:
        view.look(view.plan.bounds.topLeft(), 4)
    index = next(i for i, row in enumerate(listed(dialog)) if row.name == "tanh4")
    dialog.changes.setCurrentItem(dialog.changes.topLevelItem(index))
    for view in views:
        card = next(card for card in view.plan.cards if card.id == "b12")
        assert view.seen().contains(card.rect.center())


def test_a_click_on_a_block_finds_its_partner_and_its_change(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(RELU, dialog.this)
    done(dialog, qtbot)
    dialog.views[1].clicked.emit("b10")
    item = dialog.changes.currentItem()
    assert item is not None
    assert item.text(1) == "tanh3"
    dialog.views[0].clicked.emit("b2")  # unchanged: shown in both, listed nowhere
    assert dialog.changes.selectedItems() == []


def test_partners_are_found_in_drawings_with_other_ids(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(Side("Shifted", "file", graph=renumbered(dialog.this.read(), 50)), dialog.this)
    done(dialog, qtbot)
    first, second = dialog.views
    second.clicked.emit("b10")
    assert (first.chosen, second.chosen) == ("b59", "b10")
    first.clicked.emit("b51")
    assert (first.chosen, second.chosen) == ("b51", "b2")
    first.clicked.emit("")
    assert (first.chosen, second.chosen) == ("", "")


def test_a_run_of_this_project_is_offered_and_compared(qtbot: QtBot, document: Document) -> None:
    a_run(document, "first", out_channels=12)
    dialog = DiffDialog(document)
    qtbot.addWidget(dialog)
    done(dialog, qtbot)
    choose(dialog, 0, lambda text: text.startswith("Run: first, 2026-01-02"))
    done(dialog, qtbot)
    [row] = listed(dialog)
    assert (row.sign, row.name, row.text) == ("changed", "conv1", "Out channels: 12 → 6")
    shutil.rmtree(runs_folder(document.path))


def test_two_runs_are_compared_at_once(qtbot: QtBot, document: Document) -> None:
    paths = [a_run(document, "first", out_channels=12), a_run(document, "second", out_channels=20)]
    dialog = DiffDialog(document, runs=paths)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=LONG)
    assert [row.text for row in listed(dialog)] == ["Out channels: 12 → 20"]
    assert [box.currentText().split(",")[0] for box in dialog.boxes] == ["Run: first", "Run: second"]


def test_a_file_can_be_chosen_and_a_bad_one_is_told_in_a_sentence(
    dialog: DiffDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_project("preset:lenet5")
    other.graph.apply(RemoveBlock(other.graph.named("tanh1").id))
    other.save(tmp_path / "other.loom")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "other.loom"), ""))
    choose(dialog, 0, lambda text: text == FILE)
    done(dialog, qtbot)
    assert next((row.sign, row.name) for row in listed(dialog)) == ("added", "tanh1")
    (tmp_path / "bad.loom").write_text("no project")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "bad.loom"), ""))
    choose(dialog, 1, lambda text: text == FILE)
    done(dialog, qtbot)
    assert "bad.loom" in dialog.fault.text()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    choose(dialog, 1, lambda text: text == FILE)
    assert dialog.boxes[1].currentText() == "This drawing"


def test_before_and_after_can_be_exchanged_and_copied_as_text(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(RELU, dialog.this)
    done(dialog, qtbot)
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("− Preset: LeNet-5 with ReLU and max pooling\n+ This drawing\n")
    assert "~ tanh1: name relu1 → tanh1; kind ReLU → Tanh" in text
    dialog.swap.click()
    done(dialog, qtbot)
    assert "kind Tanh → ReLU" in dialog.text()


def test_the_drawing_that_is_open_stays_as_it_was(dialog: DiffDialog, document: Document, qtbot: QtBot) -> None:
    before = document.project.graph.copy()
    dialog.compare(RELU, dialog.this)
    done(dialog, qtbot)
    assert document.project.graph.same_as(before)
    assert not document.dirty


def test_the_pictures_follow_the_theme(dialog: DiffDialog, qtbot: QtBot) -> None:
    dialog.compare(RELU, dialog.this)
    done(dialog, qtbot)
    app = QGuiApplication.instance()
    before = theme.current().name
    light = dialog.views[0].grab().toImage()
    try:
        theme.apply(app, "dark" if before == "light" else "light")  # type: ignore[arg-type]
        assert dialog.views[0].grab().toImage() != light
    finally:
        theme.apply(app, before)  # type: ignore[arg-type]


def test_drawings_are_laid_out_on_another_thread(
    document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noting(*given: Any) -> Any:
        threads.append(threading.current_thread())
        return plan(*given)

    monkeypatch.setattr(sides, "plan", noting)
    dialog = DiffDialog(document)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.views[1].plan.cards), timeout=LONG)
    assert not dialog.views[0].plan.cards
    dialog.compare(RELU, dialog.this)
    qtbot.waitUntil(lambda: bool(dialog.views[0].plan.cards), timeout=LONG)
    assert len(threads) == 3
    assert threading.main_thread() not in threads
