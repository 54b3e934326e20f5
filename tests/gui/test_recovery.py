from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import StoreError
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
    qtbot.waitUntil(lambda: not saver.file.exists())


def test_an_autosave_that_comes_late_does_not_bring_back_what_is_saved(qtbot: QtBot, tmp_path: Path) -> None:
    document, saver = changed(qtbot)
    late = saver._number
    document.save(tmp_path / "mine.loom")
    qtbot.waitUntil(lambda: not saver.file.exists())
    assert not saver._put(late, "{}", "{}")
    assert not saver.file.exists()


def test_what_follows_an_autosave_waits_for_the_disk_and_does_not_follow_a_failed_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, saver = changed(qtbot)
    followed: list[bool] = []
    saver.write(then=lambda: followed.append(saver.file.exists()))
    qtbot.waitUntil(lambda: followed == [True])

    def full(_path: Path, _data: str) -> None:
        raise StoreError("the disk is full.")

    monkeypatch.setattr(recovery, "write_atomic", full)
    with qtbot.waitSignal(document.refused) as said:
        saver.write(then=lambda: followed.append(False))
    assert said.args == ["the disk is full."]
    assert followed == [True]


def test_a_damaged_recovery_file_is_passed_over(qtbot: QtBot) -> None:
    recovery.folder().mkdir(parents=True)
    (recovery.folder() / "x.loom").write_text("{")
    (recovery.folder() / "x.json").write_text("[]")
    assert recovery.leftovers() == []
