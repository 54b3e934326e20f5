"""Initialising with data in the window: what is shown, taken over, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.project import open_project
from engine.torch_import import ready
from gui.dialogs.first_values import FirstValuesDialog
from gui.document import Document
from gui.session import Session
from gui.weights import weights_of

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Document:
    ready()
    document = Document(open_project("preset:lenet5"))
    document.save(tmp_path / "mine.loom")
    return document


@pytest.fixture
def session(document: Document, qtbot: QtBot) -> Iterator[Session]:
    made = Session(document)
    qtbot.waitUntil(lambda: made.dataset is not None, timeout=LONG)
    yield made
    made.close()


def test_variances_are_shown_taken_over_and_taken_back(document: Document, session: Session, qtbot: QtBot) -> None:
    dialog = FirstValuesDialog(document, session)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.take.isEnabled()
    qtbot.waitUntil(dialog.take.isEnabled, timeout=LONG)
    assert dialog.progress.isHidden()
    cells = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(dialog.table.rowCount())]
    assert [row[0] for row in cells] == ["conv1", "conv2", "fc1", "fc2", "fc3"]
    assert all(abs(float(after) - 1) < 0.1 for _, _, after in cells)
    assert all(float(before) < 0.5 for _, before, _ in cells)
    assert weights_of(document) is None, "looking changes nothing"
    said: list[str] = []
    dialog.said.connect(said.append)
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    assert weights_of(document) is not None
    assert said
    assert "5 of 5 layers" in said[0]
    document.stack.undo()
    assert weights_of(document) is None


def test_without_data_it_says_why(document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(document)
    monkeypatch.setattr(Session, "dataset", None)
    dialog = FirstValuesDialog(document, session)
    qtbot.addWidget(dialog)
    assert "data" in dialog.fault.text()
    assert not dialog.take.isEnabled()
    session.close()
