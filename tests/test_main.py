"""The one door, as its own process where that matters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import main

ROOT = Path(__file__).resolve().parents[1]

Capture = pytest.CaptureFixture[str]


def test_version_and_help_are_printed_without_loading_anything_heavy(capsys: Capture) -> None:
    assert main.main(["--version"]) == 0
    assert capsys.readouterr().out == f"LayerLoom {main.VERSION}\n"
    assert main.main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in ("presets", "check", "train", "predict", "inspect", "export"):
        assert f"main.py {command}" in text


@pytest.mark.parametrize(
    "typed", [["--bogus"], ["preset:lenet5", "more"], ["nowhere.loom"], ["trian"], ["preset:nothing"]]
)
def test_what_cannot_be_opened_is_told_in_a_sentence(typed: list[str], capsys: Capture) -> None:
    assert main.main(typed) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1


def test_a_misspelt_command_is_recognised(capsys: Capture) -> None:
    main.main(["trian"])
    assert "train" in capsys.readouterr().err


def test_without_a_display_the_terminal_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    taken: list[tuple[str, str]] = []
    monkeypatch.setattr("engine.headless.commands.without_window", lambda *given: taken.append(given) or 0)
    assert main.main([]) == 0
    [(reference, reason)] = taken
    assert reference == "preset:lenet5"
    assert reason.startswith("There is no display")
    assert reason.count(".") == 1


def test_an_error_nobody_foresaw_becomes_a_report_and_no_traceback(tmp_path: Path) -> None:
    # A presets package that fails stands for any fault of the program itself.
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "__init__.py").write_text("raise ZeroDivisionError('planted')", encoding="utf-8")
    code = f"import sys, runpy; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; sys.argv = ['main.py', 'presets'];"
    code += f"runpy.run_path({str(ROOT / 'main.py')!r}, run_name='__main__')"
    environment = {**os.environ, "LAYERLOOM_DATA": str(tmp_path / "data")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    [report] = (tmp_path / "data" / "crashes").iterdir()
    assert str(report) in done.stderr
    assert "ZeroDivisionError: planted" in report.read_text(encoding="utf-8")


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "main.py", "presets"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert said == ""
