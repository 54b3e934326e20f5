"""Whether a window can open is known before Qt would abort over it."""

from __future__ import annotations

import sys

import pytest

from gui import display


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")


def test_no_display_is_a_reason() -> None:
    assert display.fault() == "There is no display here"


def test_a_platform_that_was_asked_for_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display.fault() == ""


def test_a_missing_library_of_the_system_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(f"libEGL.so.1: cannot open shared object file ({name})")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("importlib.import_module", refuse)
    assert "libEGL.so.1" in display.fault()


def test_a_display_where_nobody_answers_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr(display, "libraries", lambda *, x11: "")
    assert display.fault() == "The display :4711 does not answer"


def test_wayland_and_other_systems_are_left_to_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert display.fault() == ""
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert display.fault() == ""
