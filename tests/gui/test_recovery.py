from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Graph
from engine.project import open_project
from gui import recovery
from gui.document import Document

ROOT = Path(__file__).resolve().parents[2]

# A window's document with unsaved changes, killed after its autosave.
VICTIM = """
import os, signal
from PySide6.QtCore import QCoreApplication, QTimer
app = QCoreApplication([])
from engine.graph.model import Configure
from engine.project import open_project
from gui import recovery
from gui.background import open_jobs
from gui.document import Document
document = Document(open_project("preset:lenet5"))
saver = recovery.Autosave(document)
document.do(Configure(document.graph.named("conv1").id, {"out_channels": 11}), "Change")
saver.write()
def look():
    if saver.file.exists() and not open_jobs():
        os.kill(os.getpid(), signal.SIGKILL)
timer = QTimer(); timer.timeout.connect(look); timer.start(20)
app.exec()
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))


def changed(qtbot: QtBot) -> tuple[Document, recovery.Autosave]:
    document = Document(open_project("preset:lenet5"))
    saver = recovery.Autosave(document)
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 11}), "Change")
    saver.write()
    qtbot.waitUntil(saver.file.exists)
    return document, saver


def test_work_that_was_killed_unsaved_can_be_recovered_equal(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", VICTIM], cwd=ROOT, env=os.environ, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = recovery.leftovers()
    graph: Graph = recovery.recover(left).graph
    assert graph.named("conv1").settings["out_channels"] == 11
    assert left.origin is None
    recovery.forget(left)
    assert recovery.leftovers() == []
    assert list(recovery.folder().iterdir()) == []


def test_the_file_of_a_window_that_lives_is_not_offered(qtbot: QtBot) -> None:
    _document, saver = changed(qtbot)
    assert recovery.leftovers() == []
    saver.remove()


def test_saving_leaves_nothing_to_recover(qtbot: QtBot, tmp_path: Path) -> None:
    document, saver = changed(qtbot)
    document.save(tmp_path / "mine.loom")
    assert not saver.file.exists()


def test_a_damaged_recovery_file_is_passed_over(qtbot: QtBot) -> None:
    recovery.folder().mkdir(parents=True)
    (recovery.folder() / "x.loom").write_text("{")
    (recovery.folder() / "x.json").write_text("[]")
    assert recovery.leftovers() == []
