from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Rename
from engine.project import open_project
from gui import preferences, recovery, retheme, theme
from gui.app import build
from gui.dialogs.finder import KEYS, Finder
from gui.dialogs.gallery import Gallery
from gui.window import Window


class Questions:
    """What was asked, and the answer that is given."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = QMessageBox.StandardButton.Discard


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Questions:
    made = Questions()

    def answer(box: QMessageBox) -> QMessageBox.StandardButton:
        made.asked.append(box.text())
        return made.answer

    monkeypatch.setattr("gui.filing.QMessageBox.exec", answer)
    monkeypatch.setattr(
        "gui.filing.QMessageBox.warning", lambda _window, title, text: made.asked.append(f"{title}: {text}")
    )
    return made


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, questions: Questions) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    made = build(open_project("preset:lenet5"))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    questions.answer = QMessageBox.StandardButton.Discard
    made.session.close()


@pytest.fixture(scope="module")
def lasting(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """A window for all tests that leave it as it is; making one takes longer than they do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_DATA", str(tmp_path_factory.mktemp("data")))
        made = build(open_project("preset:lenet5"))
    made.resize(1280, 800)
    made.show()
    yield made
    made.session.close()
    made.close()
    made.deleteLater()


def change(window: Window) -> None:
    graph = window.document.graph
    window.document.do(Configure(graph.named("conv1").id, {"out_channels": 9}), "More filters")


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, Qt.MouseButton.LeftButton, none))


def test_opening_another_project_asks_for_unsaved_changes_and_cancel_keeps_them(
    window: Window, questions: Questions, tmp_path: Path
) -> None:
    change(window)
    questions.answer = QMessageBox.StandardButton.Cancel
    assert not window.filing.open("preset:perceptron")
    assert questions.asked == ["Save the changes to LeNet-5?"]
    assert window.document.graph.named("conv1").settings["out_channels"] == 9
    questions.answer = QMessageBox.StandardButton.Discard
    assert window.filing.open("preset:perceptron")
    assert window.document.title == "Perceptron"


def test_another_project_stops_a_training_only_when_asked_to(
    window: Window, questions: Questions, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []
    monkeypatch.setattr(window.session, "stop", lambda: stopped.append(1))
    monkeypatch.setattr(window.session, "state", "running")
    questions.answer = QMessageBox.StandardButton.Cancel
    window.filing.new()
    assert not window.filing.open("preset:perceptron")
    assert questions.asked == ["Stop the training of LeNet-5?"] * 2
    assert not stopped
    assert len(window.document.graph)
    questions.answer = QMessageBox.StandardButton.Yes
    window.filing.new()
    assert stopped
    assert not len(window.document.graph)
    monkeypatch.setattr(window.session, "state", "idle")
    window.filing.new()
    assert len(questions.asked) == 3


def test_a_project_that_cannot_be_opened_is_a_sentence_and_the_open_one_stays(
    window: Window, questions: Questions, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.loom"
    bad.write_text('{"loom": 1, "blocks": 5, "wires": []}')
    assert not window.filing.open(str(bad))
    assert "at blocks: a list is wanted, but a number is there." in questions.asked[0]
    assert window.document.title == "LeNet-5"


def test_a_refusal_is_no_longer_said_once_something_else_is_done(window: Window) -> None:
    document = window.document
    bar, conv1 = window.statusBar(), document.graph.named("conv1").id
    assert not document.do(Rename(conv1, "conv2"), "Rename")
    assert "already a block called" in bar.currentMessage()
    change(window)
    assert bar.currentMessage() == ""
    assert not document.do(Rename(conv1, "conv2"), "Rename")
    window.say("Saved.")
    change(window)
    assert bar.currentMessage() == "Saved."


def test_saving_writes_the_file_clears_the_mark_and_is_remembered(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    change(window)
    assert "•" in window.name.text()
    path = tmp_path / "kept.loom"
    with qtbot.waitSignal(window.filing.settled) as settled:  # what it has trained goes along
        assert window.filing._save_to(path)
    assert settled.args == [path, "LeNet-5"]
    assert "•" not in window.name.text()
    assert str(path) in window.windowTitle()
    assert preferences.recent_files()[0] == path
    change_back = open_project(path)
    assert change_back.graph.same_as(window.document.graph)


def test_a_save_that_fails_says_so_and_stays_dirty(window: Window, questions: Questions, tmp_path: Path) -> None:
    change(window)
    (tmp_path / "file").write_text("")
    assert not window.filing._save_to(tmp_path / "file" / "x.loom")
    assert "could not be written" in questions.asked[0]
    assert window.document.dirty


def test_a_dropped_project_opens_and_a_strange_file_is_answered(window: Window, tmp_path: Path) -> None:
    other = open_project("preset:perceptron").save(tmp_path / "other.loom")
    drop(window, other)
    assert window.document.path == other
    strange = tmp_path / "notes.docx"
    strange.write_text("")
    drop(window, strange)
    assert "this is none" in window.statusBar().currentMessage()


def test_closing_a_clean_window_asks_nothing_and_leaves_nothing_to_recover(
    window: Window, questions: Questions
) -> None:
    assert window.close()
    assert questions.asked == []
    assert recovery.leftovers() == []


def test_recovery_is_offered_and_opens_the_unsaved_drawing_as_unsaved(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recovery.folder()
    folder.mkdir(parents=True, exist_ok=True)
    project = open_project("preset:perceptron")
    project.save(folder / "left.loom")
    (folder / "left.json").write_text('{"origin": null, "title": "Perceptron"}')
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: 0)
    monkeypatch.setattr("gui.filing.QMessageBox.clickedButton", lambda box: box.buttons()[0])
    labels: list[str] = []
    monkeypatch.setattr("gui.filing.QMessageBox.setText", lambda _box, text: labels.append(text))
    window.filing.offer_recovery()
    assert "unsaved changes in Perceptron" in labels[0]
    assert window.document.title == "Perceptron"
    assert window.document.dirty
    qtbot.waitUntil(window.autosave.file.exists)
    qtbot.waitUntil(lambda: not (folder / "left.loom").exists())


def test_every_action_has_a_title_and_no_two_share_a_shortcut(lasting: Window) -> None:
    keys: dict[str, str] = {}
    for action in lasting.actions_.table.values():
        assert action.title
        for key in filter(None, action.shortcut.split(", ")):
            assert key not in keys, f"{action.id} and {keys.get(key)} share {key}"
            keys[key] = action.id


def test_the_command_palette_finds_an_action_by_a_few_letters_and_runs_it(lasting: Window, qtbot: QtBot) -> None:
    finder = Finder(list(lasting.actions_.table.values()), lasting)
    qtbot.addWidget(finder)
    finder.show()
    whole = finder.height()
    first = finder.list.item(0)
    assert (first.text(), first.data(KEYS)) == ("New drawing", "Ctrl+N")
    qtbot.keyClicks(finder.field, "zzzz")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert finder.isVisible(), "there is nothing to run"
    assert finder.list.item(0).text() == "No command is called that."
    finder.field.clear()
    qtbot.keyClicks(finder.field, "inspect")
    qtbot.waitUntil(lambda: finder.height() < whole)
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert lasting.switch.value == "inspect"


def test_the_command_palette_takes_what_is_being_typed_and_runs_for_the_drawing(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, canvas = window.document, window.parts.places["design"].canvas  # type: ignore[attr-defined]
    window.activateWindow()
    canvas.setFocus()
    wanted = "Select all"

    def answer(finder: Finder) -> None:
        finder.show()
        qtbot.keyClicks(finder.field, wanted)
        qtbot.keyClick(finder.field, Qt.Key.Key_Return)

    monkeypatch.setattr("gui.window.Finder.exec", answer)
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    qtbot.keyClicks(canvas.text_field, "kept")
    window.commands()
    assert [mark.text for mark in document.graph.marks.values()] == ["kept"]
    assert not canvas.text_field.isVisible()
    document.select([document.graph.named("conv1").id])
    page = window.parts.places["design"].properties.page  # type: ignore[attr-defined]
    page.name.setFocus()
    qtbot.waitUntil(page.name.hasFocus)
    window.commands()
    assert len(document.selection) == len(document.graph)
    qtbot.waitUntil(lambda: not window.findChildren(Finder))


def test_panels_of_the_drawing_are_left_alone_in_other_places(window: Window) -> None:
    window.show_place("train")
    action = window.actions_.table["view.dock_analyser"]
    assert not action.possible
    assert not window.actions_.made["view.dock_analyser"].isEnabled()
    window.show_place("design")
    assert window.actions_.made["view.dock_analyser"].isEnabled()


def test_the_gallery_searches_and_opens_what_is_chosen(lasting: Window, qtbot: QtBot) -> None:
    gallery = Gallery(lasting)
    qtbot.addWidget(gallery)
    gallery.show()
    qtbot.waitUntil(lambda: bool(gallery.wall.in_order()), timeout=60_000)
    qtbot.keyClicks(gallery.search, "keras")
    with qtbot.waitSignal(gallery.chosen) as chosen:
        gallery.open_button.click()
    assert chosen.args == ["preset:keras_mnist_cnn"]


def test_the_theme_switches_at_once_and_is_remembered(window: Window) -> None:
    window.set_theme("dark")
    retheme.finish()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert theme.current().name == "dark"
    assert app.palette().window().color().name() == theme.tokens_of("dark").panel
    assert preferences.theme_choice() == "dark"
    window.flip_theme()
    assert theme.current().name == "light"


def test_nothing_moves_when_the_theme_switches(lasting: Window, qtbot: QtBot) -> None:
    qtbot.waitExposed(lasting)
    QApplication.sendPostedEvents()
    before = lasting.stack.geometry()
    lasting.flip_theme()
    retheme.finish()
    QApplication.processEvents()
    assert lasting.stack.geometry() == before
    lasting.flip_theme()


def test_every_place_fits_into_1280_by_800(lasting: Window) -> None:
    for place in ("design", "data", "train", "inspect"):
        lasting.show_place(place)
        assert lasting.minimumSizeHint().width() <= 1280, place
        assert lasting.minimumSizeHint().height() <= 800, place
        assert lasting.parts.places[place].minimumSizeHint().width() <= 1280, place
