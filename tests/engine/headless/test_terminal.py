"""What is printed, and where."""

from __future__ import annotations

import io
import json
import math

import pytest

from engine.headless import terminal


def test_what_is_not_finite_becomes_null(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_json({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": -math.inf}})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "c": {"d": None}}


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.2, "0 s"), (59, "59 s"), (60, "1:00"), (125, "2:05"), (3725, "1:02:05"), (math.nan, "?")]
)
def test_durations_read_like_a_clock(seconds: float, shown: str) -> None:
    assert terminal.duration(seconds) == shown


@pytest.mark.parametrize(("number", "shown"), [(999, "999 B"), (58_408, "57.0 KB"), (3 * 2**40, "3,072.0 GB")])
def test_sizes_have_the_unit_a_person_would_use(number: int, shown: str) -> None:
    assert terminal.size(number) == shown


def test_columns_line_up_in_tables() -> None:
    lines = terminal.table([("a", "10"), ("bbb", "7")], right=(1,))
    assert lines == ["a    10", "bbb   7"]


def test_a_bar_is_never_longer_than_its_width() -> None:
    for share in (-1.0, 0.0, 0.5, 1.0, 7.0):
        assert len(terminal.bar(share)) == 12


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_goes_to_a_terminal_and_takes_itself_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    progress = terminal.Progress()
    progress.draw(0.5, "half")
    assert "half" in screen.getvalue()
    progress.clear()
    assert screen.getvalue().endswith("\r\x1b[2K")


def test_the_bar_stays_out_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    progress = terminal.Progress()
    progress.draw(0.5, "half")
    progress.clear()
    assert file.getvalue() == ""
