"""A theme is switched in steps; nobody sees one half done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from gui import retheme, theme


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light")
    yield
    retheme.finish()
    theme.apply(qapp, "light")


@pytest.fixture
def label(qtbot: QtBot) -> QLabel:
    made = QLabel("text")
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_event_loop_turns_between_the_steps_and_the_window_waits(qapp: QApplication, label: QLabel) -> None:
    seen: list[str] = []
    notes = theme.notifier().changed.connect(lambda name: seen.append(name))
    QTimer.singleShot(0, lambda: seen.append("something else"))
    try:
        retheme.turn_to(qapp, "dark")
        assert not label.updatesEnabled()
        assert not seen, "the rest is not done at once"
        for _ in range(10):
            qapp.processEvents()
    finally:
        theme.notifier().changed.disconnect(notes)
    assert seen == ["something else", "dark"]
    assert label.updatesEnabled()


def test_what_comes_out_is_what_putting_it_into_force_at_once_gives(qapp: QApplication, label: QLabel) -> None:
    theme.apply(qapp, "dark")
    wanted = qapp.styleSheet(), qapp.palette(), qapp.font(), theme.current()
    theme.apply(qapp, "light")
    retheme.turn_to(qapp, "dark")
    retheme.finish()
    assert (qapp.styleSheet(), qapp.palette(), qapp.font(), theme.current()) == wanted
    assert label.palette().windowText().color().name() == theme.tokens_of("dark").text


def test_who_switches_twice_gets_the_second(qapp: QApplication, label: QLabel) -> None:
    told: list[str] = []
    notes = theme.notifier().changed.connect(lambda name: told.append(name))
    retheme.turn_to(qapp, "dark")
    retheme.turn_to(qapp, "light")
    for _ in range(10):
        qapp.processEvents()
    theme.notifier().changed.disconnect(notes)
    assert told == ["dark", "light"]
    assert theme.current().name == "light"
    assert qapp.palette().window().color().name() == theme.tokens_of("light").panel
    assert label.updatesEnabled()


def test_a_listener_that_fails_leaves_no_window_dead(
    qapp: QApplication, label: QLabel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_app: QApplication, _name: str) -> Iterator[str]:
        yield "bare"
        raise RuntimeError("a listener failed")

    monkeypatch.setattr(theme, "steps", broken)
    retheme.turn_to(qapp, "dark")
    with pytest.raises(RuntimeError, match="a listener failed"):
        retheme.finish()
    assert label.updatesEnabled()


def test_a_window_that_is_closed_meanwhile_is_no_fault(qapp: QApplication) -> None:
    gone = QLabel("gone")
    gone.show()
    retheme.turn_to(qapp, "dark")
    shiboken6.delete(gone)
    retheme.finish()
    assert theme.current().name == "dark"


def test_a_dock_that_floats_meanwhile_stays_alive(qapp: QApplication, qtbot: QtBot) -> None:
    window, dock = QMainWindow(), QDockWidget("dock")
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    qtbot.addWidget(window)
    window.show()
    retheme.turn_to(qapp, "dark")
    dock.setFloating(True)
    retheme.finish()
    assert dock.updatesEnabled()
    assert window.updatesEnabled()


def test_a_theme_that_is_put_into_force_meanwhile_is_the_one_that_stays(qapp: QApplication, label: QLabel) -> None:
    retheme.turn_to(qapp, "dark")
    theme.apply(qapp, "light")
    retheme.finish()
    assert theme.current().name == "light"
    assert qapp.palette().window().color().name() == theme.tokens_of("light").panel
    assert label.updatesEnabled()
