"""The right half of the status bar says what is true of a drawing, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QStatusBar
from pytestqt.qtbot import QtBot

from engine.graph.facts import Column, DataFacts
from engine.graph.model import Connect, End, Wire
from engine.project import Project, open_project
from gui.document import Document
from gui.session import Session
from gui.statusline import StatusLine


@pytest.fixture
def line(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StatusLine]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    document = Document(open_project("preset:lenet5"))
    session = Session(document)
    session.feed.close()
    bar = QStatusBar()
    qtbot.addWidget(bar)
    made = StatusLine(bar, document, session, QLabel())
    yield made
    made.fit.close()
    session.close()


def test_an_empty_drawing_is_neither_an_error_nor_zero_parameters(line: StatusLine) -> None:
    line.document.replace(Project())
    assert line.problems.text() == "Nothing drawn yet"
    assert line.totals.isHidden()
    line.document.add_block("relu", at=(0.0, 0.0))
    assert "error" in line.problems.text()
    assert not line.totals.isHidden()


def test_the_figures_are_called_partial_only_where_a_shape_is_not_known(line: StatusLine) -> None:
    document, graph = line.document, line.document.graph
    labels = Column("label", "label", (), classes=("a", "b", "c"))
    document.set_facts(DataFacts("three", 9, (Column("image", "image", (1, 28, 28)), labels)))
    assert not document.root_report.ok
    whole = line.totals.text()
    assert "up to the error" not in whole
    document.do(Connect(Wire(End(graph.named("pool2").id, "y"), End(graph.named("fc1").id, "x"))), "Connect")
    assert "up to the error" in line.totals.text()


def test_a_sound_drawing_without_data_is_not_said_to_have_no_problems(
    line: StatusLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.document.replace(open_project("preset:perceptron"))
    line.refresh()
    assert line.document.root_report.ok
    assert line.problems.text() == "No problems"
    monkeypatch.setattr(Session, "data_error", "The file is gone.")
    line.refresh()
    assert (line.data.text(), line.problems.text()) == ("No data", "Every shape fits")
