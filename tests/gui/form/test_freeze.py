"""The switch that freezes a block."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from engine.project import open_project
from gui.document import Document
from gui.form.pages import BlockPage
from gui.session import Session
from gui.statusline import StatusBar, StatusLine


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(open_project("preset:lenet5"))


def test_the_switch_freezes_a_block_as_one_step_and_follows(document: Document, qtbot: QtBot) -> None:
    page = BlockPage(document, "b2")
    qtbot.addWidget(page)
    assert not page.frozen.isHidden()
    page.frozen.row.editor.changed.emit(True)
    assert document.graph.node("b2").frozen
    assert document.stack.undoText() == "Freeze conv1"
    document.stack.undo()
    page.refresh()
    assert page.frozen.row._value is False


def test_a_block_without_weights_has_no_switch(document: Document, qtbot: QtBot) -> None:
    page = BlockPage(document, "b3")
    qtbot.addWidget(page)
    assert page.frozen.isHidden()


def test_the_status_bar_counts_what_is_trained(document: Document, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    session = Session(document)
    bar = StatusBar()
    window.setStatusBar(bar)
    line = StatusLine(bar, document, session, QWidget())
    page = BlockPage(document, "b9")
    qtbot.addWidget(page)
    page.frozen.row.editor.changed.emit(True)
    assert line.totals.text().startswith("13,586 of 61,706 parameters trained")
    session.close()
