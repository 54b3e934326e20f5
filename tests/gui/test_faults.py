from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gui.faults import Faults


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    return Faults()


def reports(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "crashes").glob("crash-*.txt"))


def test_an_exception_nobody_caught_becomes_a_report_and_one_sentence(
    faults: Faults, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    faults.reported.connect(said.append)
    try:
        raise ZeroDivisionError("planted")
    except ZeroDivisionError as error:
        for _ in range(3):
            faults._exception(type(error), error, error.__traceback__)
    (report,) = reports(tmp_path)
    assert "ZeroDivisionError: planted" in report.read_text()
    assert len(said) == 1
    assert str(report) in said[0]
    assert "Traceback" not in capsys.readouterr().err


def test_exceptions_of_threads_are_reported_too(faults: Faults, qtbot: QtBot, tmp_path: Path) -> None:
    restore = faults.install()
    try:
        with qtbot.waitSignal(faults.reported):
            thread = threading.Thread(target=lambda: 1 / 0)
            thread.start()
            thread.join()
    finally:
        restore()
    (report,) = reports(tmp_path)
    assert "ZeroDivisionError" in report.read_text()


def test_an_exception_in_a_slot_does_not_end_the_window(faults: Faults, qtbot: QtBot, tmp_path: Path) -> None:
    restore = faults.install()
    lived: list[int] = []
    try:
        with qtbot.captureExceptions():
            sys.excepthook = faults._exception
            QTimer.singleShot(0, lambda: int("x"))
            QTimer.singleShot(30, lambda: lived.append(1))
            qtbot.waitUntil(lambda: bool(lived))
    finally:
        restore()
    assert len(reports(tmp_path)) == 1
