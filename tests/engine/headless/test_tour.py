"""Where no window can open: the same project, in the terminal, with everything to take away."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import images
from engine.headless import tour
from engine.headless.commands import without_window


def test_the_tour_leaves_run_source_weights_and_filters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tour, "EPOCHS", 1)
    assert without_window("preset:lenet5_relu_max", "There is no display here.") == 0
    shown = capsys.readouterr()
    assert shown.err.startswith("There is no display here.\n")
    assert "61,706 parameters" in shown.out
    out = tmp_path / "out"
    assert str(out) in shown.out
    assert "class" in (out / "lenet5_relu_max.py").read_text(encoding="utf-8")
    assert (out / "lenet5_relu_max.safetensors").stat().st_size > 4 * 61_706
    assert images.read(out / "lenet5_relu_max-conv1-filters.png").shape[2] in (1, 3)
    assert len(list((out / "runs").iterdir())) == 1


def test_a_project_that_cannot_be_trained_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.loom").write_text('{"loom": 1, "blocks": [], "wires": []}', encoding="utf-8")
    assert without_window("empty.loom", "No display.") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
