from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from engine.errors import StoreError
from engine.graph import store
from engine.graph.model import Configure, Graph
from engine.project import open_project
from gui import recovery
from gui.background import open_jobs
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


def unsaved() -> tuple[Document, recovery.Autosave]:
    document = Document(open_project("preset:lenet5"))
    saver = recovery.Autosave(document)
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 11}), "Change")
    return document, saver


def changed(qtbot: QtBot) -> tuple[Document, recovery.Autosave]:
    document, saver = unsaved()
    saver.write()
    qtbot.waitUntil(lambda: saver.file.exists() and not open_jobs())
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


class Disk:
    """Writes that wait to be let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.fault: StoreError | None = None
        monkeypatch.setattr(recovery, "write_atomic", self.write)

    def write(self, path: Path, data: str) -> None:
        self.begun.set()
        assert self.go.wait(30)
        if self.fault is not None:
            raise self.fault
        path.write_text(data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    slow = Disk(monkeypatch)
    yield slow
    slow.go.set()


def settle(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not open_jobs())


def test_a_save_during_an_autosave_does_not_wait_and_leaves_nothing(qtbot: QtBot, tmp_path: Path, disk: Disk) -> None:
    document, saver = unsaved()
    saver.write()
    assert disk.begun.wait(30)
    document.save(tmp_path / "mine.loom")  # the disk still holds the autosave back
    disk.go.set()
    settle(qtbot)
    assert list(recovery.folder().iterdir()) == []


def test_an_autosave_that_comes_late_brings_nothing_back(qtbot: QtBot, tmp_path: Path, disk: Disk) -> None:
    document, saver = unsaved()
    other = recovery.Autosave(document)  # keeps one of the two workers busy, so that the other's wishes queue up
    for busy in (other, saver):
        busy.write()
    saver.write()
    document.save(tmp_path / "mine.loom")
    disk.go.set()
    settle(qtbot)
    assert list(recovery.folder().iterdir()) == []


def test_of_two_wishes_the_newer_one_stays(qtbot: QtBot, disk: Disk) -> None:
    document, saver = unsaved()
    saver.write()
    assert disk.begun.wait(30)
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 12}), "Change")
    saver.write()
    disk.go.set()
    settle(qtbot)
    assert open_project(str(saver.file)).graph.named("conv1").settings["out_channels"] == 12
    assert recovery.leftovers() == []  # the window lives
    saver.remove()


def leftover(tmp_path: Path) -> recovery.Leftover:
    """What a window left that was killed."""
    file = recovery.folder() / "left.loom"
    file.parent.mkdir(parents=True)
    file.write_text(store.dumps(open_project("preset:perceptron").graph))
    file.with_suffix(".json").write_text(json.dumps({"origin": None, "title": "Perceptron"}))
    (left,) = recovery.leftovers()
    assert left.file == file
    return left


def test_the_old_copy_goes_only_when_the_new_one_is_on_disk(qtbot: QtBot, tmp_path: Path, disk: Disk) -> None:
    left = leftover(tmp_path)
    document = Document()
    saver = recovery.Autosave(document)
    document.replace(recovery.recover(left), recovered=True)
    saver.inherit(left)
    assert disk.begun.wait(30)
    assert recovery.leftovers() == [left]  # a kill now loses nothing
    disk.go.set()
    settle(qtbot)
    assert saver.file.exists()
    assert not left.file.exists()
    saver.remove()


def test_where_the_disk_refuses_the_old_copy_stays_and_the_person_is_told_once(
    qtbot: QtBot, tmp_path: Path, disk: Disk
) -> None:
    left = leftover(tmp_path)
    document = Document()
    saver = recovery.Autosave(document)
    said: list[str] = []
    document.refused.connect(said.append)
    document.replace(recovery.recover(left), recovered=True)
    disk.fault = StoreError("the disk is full.")
    disk.go.set()
    saver.inherit(left)
    settle(qtbot)
    saver.write()
    settle(qtbot)
    assert said == ["The unsaved changes have no recovery copy: the disk is full."]
    assert left.file.exists()
    document.save(tmp_path / "mine.loom")
    assert not left.file.exists()


def test_an_autosave_whose_document_is_gone_calls_nobody(qtbot: QtBot, disk: Disk) -> None:
    document, saver = unsaved()
    disk.fault = StoreError("the disk is full.")
    saver.write()
    assert disk.begun.wait(30)
    shiboken6.delete(document)
    disk.go.set()
    settle(qtbot)
    assert not shiboken6.isValid(saver)


def test_a_damaged_recovery_file_is_passed_over(qtbot: QtBot) -> None:
    recovery.folder().mkdir(parents=True)
    (recovery.folder() / "x.loom").write_text("{")
    (recovery.folder() / "x.json").write_text("[]")
    assert recovery.leftovers() == []
