"""The export dialog writes what it shows, checked, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QTextDocument
from pytestqt.qtbot import QtBot

from engine.export import read_weights
from engine.graph import store
from engine.graph.model import Configure
from engine.graph.reader import VERSION
from engine.project import open_project
from gui.background import open_jobs
from gui.code import Highlighter
from gui.dialogs import export_job as job
from gui.dialogs.export import ExportDialog
from gui.document import Document
from gui.session import Session

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExportDialog]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    document = Document(open_project("preset:lenet5"))
    session = Session(document)
    made = ExportDialog(document, session)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.code.toPlainText()), timeout=LONG)
    yield made
    session.close()


def saved(dialog: ExportDialog, qtbot: QtBot, path: Path) -> None:
    dialog.save_to(path)
    qtbot.waitUntil(lambda: dialog.written is not None or bool(dialog.fault.text()), timeout=LONG)
    assert dialog.fault.text() == ""


def test_the_source_is_previewed_copied_and_written_with_its_weights(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    shown = dialog.code.toPlainText()
    assert "class LeNet5(nn.Module)" in shown
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == shown
    QGuiApplication.clipboard().clear()
    saved(dialog, qtbot, tmp_path / "net.py")
    assert "class LeNet5" in (tmp_path / "net.py").read_text()
    assert (tmp_path / "net.safetensors").exists()
    assert "bit-equal" in dialog.outcome.text()


@pytest.mark.parametrize("kind", ["safetensors", "pt"])
def test_weights_are_previewed_by_name_and_written(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    dialog.choose(kind)
    qtbot.waitUntil(lambda: "conv1.weight" in dialog.code.toPlainText(), timeout=LONG)
    assert "6×1×5×5" in dialog.code.toPlainText()
    saved(dialog, qtbot, tmp_path / f"net.{kind}")
    weights = read_weights(tmp_path / f"net.{kind}")
    assert tuple(weights["conv1.weight"].shape) == (6, 1, 5, 5)


def test_the_project_file_holds_the_same_drawing(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.choose("project")
    qtbot.waitUntil(lambda: f'"loom": {VERSION}' in dialog.code.toPlainText(), timeout=LONG)
    assert not dialog.weights.isEnabled()
    saved(dialog, qtbot, tmp_path / "net.loom")
    assert store.load(tmp_path / "net.loom").same_as(dialog.document.graph)


def test_a_drawing_with_errors_cannot_be_exported_and_says_why(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    document = dialog.document
    document.do(Configure(document.graph.named("conv2").id, {"kernel_size": 99}), "Too large")
    dialog.choose("pt")
    qtbot.waitUntil(lambda: bool(dialog.fault.text()), timeout=LONG)
    assert "99" in dialog.fault.text()
    assert not dialog.save.isEnabled()


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.choose("project")
    (tmp_path / "file").write_text("not a folder")
    dialog.save_to(tmp_path / "file" / "net.loom")
    qtbot.waitUntil(lambda: bool(dialog.fault.text()), timeout=LONG)
    assert "net.loom" in dialog.fault.text()
    assert dialog.written is None


def test_words_strings_and_comments_have_colours_of_their_own(qtbot: QtBot) -> None:
    text = QTextDocument('"""Two\nlines."""\ndef go():  # now\n    return "a", 12')
    highlighter = Highlighter(text)
    highlighter.rehighlight()

    def colours(line: int) -> list[str]:
        formats = text.findBlockByNumber(line).layout().formats()
        return [entry.format.foreground().color().name() for entry in formats]

    assert len(colours(0)) == 1
    assert colours(0) == colours(1)
    assert len(set(colours(2))) == 3  # def, its name, the comment
    assert len(set(colours(3))) == 3  # return, the text, the number


class Running:
    """What the dialog knows of a session, in the middle of a training."""

    def __init__(self, state: str, run: str) -> None:
        self.state, self.run, self.dataset = state, run, None


@pytest.mark.parametrize(("state", "chosen"), [("running", "last"), ("paused", "last"), ("idle", "best")])
def test_while_a_training_runs_its_last_weights_are_proposed_because_the_best_are_not_settled(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, chosen: str
) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    session = Running(state, str(tmp_path / "2026-11-22_15-18-00_lenet-5"))
    made = ExportDialog(Document(open_project("preset:lenet5")), session)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    assert made.weights.currentData().which == chosen
    assert made.weights_note.isVisible() == (state != "idle")
    qtbot.waitUntil(lambda: "2026-11-22 15:18" in made.weights.currentText(), timeout=LONG)  # all runs are listed now
    assert made.weights.currentData().which == chosen
    made.choose("project")
    assert not made.weights_note.isVisible()
    qtbot.waitUntil(lambda: not open_jobs(), timeout=LONG)


def test_a_choice_of_weights_stays_when_the_other_runs_become_known(qtbot: QtBot, dialog: ExportDialog) -> None:
    qtbot.waitUntil(lambda: not open_jobs(), timeout=LONG)
    dialog.session.run = "run"
    offered = [job.Weights("best", "run", "best"), job.Weights("last", "run", "last"), job.UNTRAINED]
    dialog._offer(offered)
    assert dialog.weights.currentData() == job.UNTRAINED
    dialog.weights.setCurrentIndex(1)
    dialog._offer([job.Weights("newer", "other"), *offered])
    assert dialog.weights.currentText() == "last"
    qtbot.waitUntil(lambda: not open_jobs(), timeout=LONG)
