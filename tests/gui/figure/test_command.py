"""The command `figure` writes the drawing without a display, and says in a sentence what it cannot do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

import main
from gui.figure.style import PARTS, STYLES

ROOT = Path(__file__).resolve().parents[3]

Capture = pytest.CaptureFixture[str]


def test_without_a_display_a_figure_is_written(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "main.py", "figure", "preset:lenet5", "-o", str(tmp_path / "net.svg"), "--width", "180"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "180 × 130 mm" in done.stdout
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert ">conv1</text>" in text
    assert "<title>LeNet-5</title>" in text


def test_options_reach_the_file(qtbot: QtBot, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "net.png"
    typed = ["figure", "preset:lenet5", "--out", str(path), "--style", "dark", "--scale", "1", "--transparent"]
    assert main.main(typed) == 0
    image = QImage(str(path))
    assert f"{image.width()} × {image.height()} pixels" in capsys.readouterr().out
    assert image.pixelColor(1, 1).alpha() == 0
    assert main.main(["figure", "preset:lenet5", "-o", str(tmp_path / "net.svg"), "--show", "names,title"]) == 0
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert ">conv1</text>" in text
    assert "Convolution" not in text


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["-o", "net.tiff"], ".svg, .pdf or .png"),
        (["-o", "net.svg", "--show", "nams"], '"names"'),
        (["-o", "net.png", "--scale", "9"], "4"),
        (["-o", "net.pdf", "--width", "0"], "millimetres"),
        (["-o", "net.svg", "--style", "neon"], "neon"),
        ([], "-o"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(qtbot: QtBot, capsys: Capture, more: list[str], word: str) -> None:
    assert main.main(["figure", "preset:lenet5", *more]) == 2
    shown = capsys.readouterr()
    assert word in shown.err
    assert shown.err.count("\n") == 1


def test_without_qt_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    monkeypatch.setattr("gui.display.libraries", lambda *, x11: "libEGL.so.1: cannot open shared object file")
    assert main.main(["figure", "preset:lenet5", "-o", str(tmp_path / "net.svg")]) == 2
    assert "painted by Qt, which does not load here (libEGL" in capsys.readouterr().err


def test_the_words_that_can_be_typed_are_those_that_figures_know() -> None:
    from engine.headless.arguments import FIGURE_PARTS, FIGURE_STYLES

    assert set(FIGURE_PARTS) == set(PARTS)
    assert tuple(name for name, _ in STYLES) == FIGURE_STYLES
