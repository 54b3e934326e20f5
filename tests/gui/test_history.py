"""The history shows every step and leads to each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Rename
from engine.project import open_project
from gui.app import build
from gui.history import BEGINNING, History
from gui.window import Window

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def lasting(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """One window for all tests: making one takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_DATA", str(tmp_path_factory.mktemp("data")))
        made = build(open_project("preset:lenet5"))
        yield made
        made.session.close()
        made.document.stack.setClean()
        made.close()
        made.deleteLater()


@pytest.fixture
def window(lasting: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Window:
    """The window with a project that nobody has changed, and its history put away."""
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
    assert lasting.filing.open("preset:lenet5")
    lasting.show_place("design")
    lasting.history.hide()
    with qtbot.waitExposed(lasting):
        lasting.show()
    lasting.activateWindow()
    return lasting


@pytest.fixture
def history(window: Window, qtbot: QtBot) -> History:
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | ALT)
    assert window.history.isVisible()
    found = window.history.widget()
    assert isinstance(found, History)
    return found


def rows(history: History) -> list[str]:
    model = history.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click(history: History, row: int, qtbot: QtBot) -> None:
    rect = history.list.visualRect(history.list.model().index(row, 0))
    qtbot.mouseClick(history.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def three_steps(window: Window) -> str:
    document = window.document
    id_ = document.graph.named("conv1").id
    document.do(Configure(id_, {"out_channels": 9}), "Set filters of conv1")
    document.do(Rename(id_, "stem"), "Rename")
    document.do(Configure(id_, {"out_channels": 11}), "Set filters of stem")
    return id_


def test_an_empty_history_says_what_it_is_for(window: Window, history: History) -> None:
    assert history.empty.isVisible()
    assert not history.list.isVisible()
    three_steps(window)
    assert history.list.isVisible()
    assert not history.empty.isVisible()


def test_a_click_goes_to_the_state_after_a_step_and_forth_again(window: Window, history: History, qtbot: QtBot) -> None:
    id_ = three_steps(window)
    graph = window.document.graph
    assert rows(history) == [BEGINNING, "Set filters of conv1", "Rename", "Set filters of stem"]
    click(history, 1, qtbot)
    assert (graph.node(id_).name, graph.node(id_).settings["out_channels"]) == ("conv1", 9)
    click(history, 3, qtbot)
    assert (graph.node(id_).name, graph.node(id_).settings["out_channels"]) == ("stem", 11)
    click(history, 0, qtbot)
    assert not window.document.dirty


def test_the_keyboard_goes_through_the_steps(window: Window, history: History, qtbot: QtBot) -> None:
    id_ = three_steps(window)
    history.list.setFocus()
    qtbot.keyClick(history.list, Qt.Key.Key_Up)
    assert window.document.graph.node(id_).settings["out_channels"] == 9
    assert window.document.graph.node(id_).name == "stem"
    qtbot.keyClick(history.list, Qt.Key.Key_Home)
    assert window.document.stack.index() == 0


def test_undone_steps_are_told_apart_in_words(window: Window, history: History) -> None:
    three_steps(window)
    shown = history.list.viewport().grab().toImage()
    window.document.stack.undo()
    assert history.list.currentIndex().row() == 2, "the list follows Ctrl+Z"
    assert history.list.viewport().grab().toImage() != shown


def test_another_project_starts_another_history(window: Window, history: History) -> None:
    three_steps(window)
    window.document.new()
    assert history.empty.isVisible()


def test_the_key_puts_it_away_again_and_the_menu_has_it(window: Window, history: History, qtbot: QtBot) -> None:
    action = window.actions_.made["edit.history"]
    window.actions_.refresh()
    assert action.isChecked()
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | ALT)
    assert not window.history.isVisible()


def test_it_can_be_read_in_every_place(window: Window, history: History) -> None:
    for place in ("data", "train", "inspect", "design"):
        window.show_place(place)
        assert history.isVisible()
        assert history.mapTo(window, QPoint(0, 0)).x() > 0


def test_a_narrow_window_keeps_its_canvas_whole_and_a_wide_one_has_a_column_for_it(
    window: Window, history: History, qtbot: QtBot
) -> None:
    design = window.parts.places["design"]
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.history.over)
    qtbot.waitUntil(lambda: design.width() == 1280)
    assert history.isVisible()
    right = window.history.geometry()
    assert right.right() + 1 == 1280
    assert right.top() == window.stack.y()
    window.resize(1800, 900)
    qtbot.waitUntil(lambda: not window.history.over)
    qtbot.waitUntil(lambda: design.width() < 1800 - 200)
    assert history.isVisible()


def test_the_keyboard_is_the_drawings_again_once_the_history_is_left(
    window: Window, history: History, qtbot: QtBot
) -> None:
    canvas = window.parts.places["design"].canvas  # type: ignore[attr-defined]
    window.document.do(Configure(window.document.graph.named("conv1").id, {"out_channels": 7}), "Set")
    history.list.setFocus()
    qtbot.keyClick(history.list, Qt.Key.Key_Escape)
    assert canvas.hasFocus()
    assert window.history.isVisible()
    history.list.setFocus()
    window.toggle_history()
    assert window.history.isHidden()
    assert canvas.hasFocus()
    window.toggle_history()
    assert history.list.hasFocus()
    window.history.titleBarWidget().findChild(QToolButton).click()  # type: ignore[union-attr]
    assert window.history.isHidden()
    assert canvas.hasFocus()
