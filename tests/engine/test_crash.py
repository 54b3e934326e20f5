"""Crash reports: written, told apart, kept few, and silent about the person's things."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import crash


def failure() -> Exception:
    try:
        raise ValueError("the plate is hot")
    except ValueError as error:
        return error


def test_a_report_holds_the_traceback_and_the_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    text = crash.write_report(failure()).read_text(encoding="utf-8")
    assert "ValueError: the plate is hot" in text
    assert "in failure" in text
    assert "torch " in text


def test_only_the_newest_reports_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    written = [crash.write_report(failure()) for _ in range(crash.KEPT + 3)]
    assert sorted((tmp_path / "crashes").iterdir()) == sorted(written[3:])


def test_a_report_finds_a_place_even_where_its_own_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("LAYERLOOM_DATA", str(blocked))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert crash.write_report(failure()).parent == tmp_path
