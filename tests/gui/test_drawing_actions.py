"""The menus open the figure dialog and the comparison, the table of runs compares drawings, and nothing stays behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from engine.graph import store
from engine.graph.model import Configure
from engine.project import open_project
from engine.training.record import GRAPH, INFO
from gui.app import build
from gui.background import open_jobs
from gui.dialogs.diff import DiffDialog
from gui.dialogs.figure import FigureDialog
from gui.training.place import TrainPlace
from gui.window import Window
from tests.gui.test_names import nameless

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
    made = build(open_project("preset:lenet5"))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.session.close()


def opened(window: Window, kind: type[QDialog]) -> QDialog:
    found = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    assert len(found) == 1
    return found[0]


def closed(window: Window, dialog: QDialog, qtbot: QtBot) -> None:
    """Close a dialog and see that it is gone, not only hidden."""
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=LONG)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert window.findChildren(QDialog) == []


def test_ctrl_shift_e_opens_the_figure_of_what_is_drawn(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.document.select(["b2"])
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_E, modifiers)
    dialog = opened(window, FigureDialog)
    assert isinstance(dialog, FigureDialog)
    assert len(dialog.plan.cards) == len(window.document.graph)
    assert nameless(dialog) == []
    closed(window, dialog, qtbot)


def test_the_view_menu_opens_the_comparison(window: Window, qtbot: QtBot) -> None:
    window.actions_.made["view.compare"].trigger()
    dialog = opened(window, DiffDialog)
    assert nameless(dialog) == []
    closed(window, dialog, qtbot)


def test_the_table_of_runs_compares_a_run_with_the_checked_one(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    paths = []
    for width in (12, 20):
        folder = tmp_path / f"run{width}"
        folder.mkdir()
        graph = window.document.graph.copy()
        graph.apply(Configure(graph.named("conv1").id, {"out_channels": width}))
        store.save(graph, folder / GRAPH)
        (folder / INFO).write_text(json.dumps({"title": folder.name}), encoding="utf-8")
        paths.append(str(folder))
    train = window.parts.places["train"]
    assert isinstance(train, TrainPlace)
    train.table.runs.checked = [paths[0]]
    train.table.asked.emit("drawing", paths[1])
    dialog = opened(window, DiffDialog)
    assert isinstance(dialog, DiffDialog)
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=LONG)
    assert "conv1: out_channels 12 → 20" in dialog.text()
    train.table.runs.checked = []
    closed(window, dialog, qtbot)
