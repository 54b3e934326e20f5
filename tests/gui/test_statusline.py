"""The right half of the status bar says what is true of a drawing, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.graph.facts import Column, DataFacts
from engine.graph.model import Connect, End, Wire
from engine.project import Project, open_project
from gui.document import Document
from gui.session import Session
from gui.statusline import StatusBar, StatusLine


@pytest.fixture
def line(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StatusLine]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    document = Document(open_project("preset:lenet5"))
    session = Session(document)
    session.feed.close()
    bar = StatusBar()
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


def test_a_sentence_without_room_takes_that_of_the_figures_and_gives_it_back(line: StatusLine, qtbot: QtBot) -> None:
    bar, labels = line.bar, Column("label", "label", (), classes=("a", "b", "c"))
    line.document.set_facts(DataFacts("three", 9, (Column("image", "image", (1, 28, 28)), labels)))
    bar.resize(900, 30)
    bar.show()
    bar.showMessage("Saved")
    assert line.totals.isVisible()
    bar.showMessage("The block conv1 can not take its answer back into itself, for a drawing has no circles; draw on")
    assert not line.totals.isVisible()
    line.refresh()
    assert not line.totals.isVisible(), "an edit does not bring them back"
    bar.resize(2000, 30)
    assert line.totals.isVisible(), "now there is room"
    bar.resize(900, 30)
    assert not line.totals.isVisible()
    bar.clearMessage()
    assert line.totals.isVisible()
    assert line.data.isVisible()


def test_a_sentence_longer_than_the_bar_ends_in_an_ellipsis_and_is_whole_in_the_tool_tip(qtbot: QtBot) -> None:
    bar, sentence = StatusBar(), "what arrived, what was wanted, what to do; " * 20
    beside = QLabel("beside")
    bar.addPermanentWidget(beside)
    qtbot.addWidget(bar)
    bar.resize(600, 30)
    bar.show()
    bar.showMessage("Saved")
    qtbot.waitUntil(lambda: beside.x() > 400)
    assert bar.shown() == "Saved"
    plain = bar.grab().toImage()
    bar.showMessage(sentence)
    assert bar.shown().endswith("\N{HORIZONTAL ELLIPSIS}")
    assert bar.toolTip() == sentence
    cut = bar.grab().toImage()
    background = plain.pixelColor(300, 15)
    inked = [x for x in range(cut.width()) if any(cut.pixelColor(x, y) != background for y in range(4, 26))]
    assert beside.x() - 40 < max(x for x in inked if x < beside.x()) < beside.x() - 4, (
        "it ends before what stands there"
    )
    bar.clearMessage()
    assert bar.toolTip() == ""
