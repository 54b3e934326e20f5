"""Every widget that takes the keyboard says what it is to somebody who does not see it, in all four places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QMessageBox,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.project import open_project
from gui.app import build
from gui.window import PLACES, Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
    made = build(open_project("preset:lenet5"))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.session.close()


def is_part(widget: QWidget) -> bool:
    """Whether it is a part of a compound widget of Qt's, which is told by the whole."""
    parent = widget.parentWidget()
    compound = isinstance(parent, QAbstractScrollArea | QAbstractSpinBox | QComboBox | QTabWidget)
    popup = parent is not None and parent.metaObject().className() == "QComboBoxPrivateContainer"
    return compound or popup


def takes_keyboard(widget: QWidget) -> bool:
    """Whether a person can come to it with the keyboard. A label is read by its text, an area only holds others."""
    holds = isinstance(widget, QLabel) or type(widget) is QScrollArea
    unused = widget.isHidden() and isinstance(widget, QAbstractButton) and not widget.text()
    focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.focusProxy() is None
    return focus and not holds and not unused and not is_part(widget)


def named(widget: QWidget) -> bool:
    """Whether it has a name: of its own, its text, or the label that belongs to it."""
    if widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text().strip()):
        return True
    if isinstance(widget, QTabBar):
        return widget.count() > 0 and all(widget.tabText(index) for index in range(widget.count()))
    return any(label.buddy() is widget for label in widget.window().findChildren(QLabel))


def nameless(root: QWidget) -> list[str]:
    """What takes the keyboard and has no name."""
    return [
        f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parentWidget()).__name__}"
        for widget in root.findChildren(QWidget)
        if takes_keyboard(widget) and not named(widget)
    ]


def test_every_focusable_widget_of_the_window_has_a_name(window: Window, qtbot: QtBot) -> None:
    faults: list[str] = []
    for place, _ in PLACES:
        window.show_place(place)
        QApplication.processEvents()
        if place == "design":
            design = window.parts.places["design"]
            graph = window.document.graph
            for ids in ([], [graph.named("conv1").id], list(graph.nodes)[1:4]):
                window.document.select(ids)
                faults += [f"design: {fault}" for fault in nameless(design)]
        faults += [f"{place}: {fault}" for fault in nameless(window.parts.places[place])]
    window.toggle_history()
    faults += [f"window: {fault}" for fault in nameless(window)]
    assert not sorted(set(faults)), "\n".join(sorted(set(faults)))


def test_the_rule_finds_a_nameless_widget(window: Window) -> None:
    widget = QWidget(window)
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.setObjectName("nameless")
    assert any("nameless" in fault for fault in nameless(window))
    widget.setAccessibleName("named")
    assert not any("nameless" in fault for fault in nameless(window))
