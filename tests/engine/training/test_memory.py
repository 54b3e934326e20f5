"""Keeping freed memory changes speed only, and ends with its block."""

import ctypes
import sys

import pytest

from engine.training import memory


class Library:
    def __init__(self):
        self.calls = []

    def mallopt(self, parameter, value):
        self.calls.append((parameter, value))

    def malloc_trim(self, pad):
        self.calls.append("trim")


def test_what_is_set_is_set_back_even_after_an_error(monkeypatch):
    library = Library()
    monkeypatch.setattr(memory, "_glibc", lambda: library)
    with pytest.raises(ZeroDivisionError), memory.kept(wanted=True):
        assert library.calls == [(-4, 0), (-1, 2**31 - 1)]
        raise ZeroDivisionError
    assert library.calls[2:] == [(-4, 65_536), (-1, 128 * 1024), "trim"]


def test_it_is_left_alone_where_it_is_not_wanted_or_not_glibc(monkeypatch):
    library = Library()
    monkeypatch.setattr(memory, "_glibc", lambda: library)
    with memory.kept(wanted=False):
        assert library.calls == []
    monkeypatch.setattr(memory, "_glibc", lambda: None)
    with memory.kept(wanted=True):
        assert library.calls == []


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_glibc_takes_the_values():
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return
    with memory.kept(wanted=True):
        assert memory._glibc() is not None
    assert library.mallopt(-4, 65_536) == 1


def test_of_two_at_once_the_last_one_gives_it_back(monkeypatch):
    library = Library()
    monkeypatch.setattr(memory, "_glibc", lambda: library)
    one, two = memory.kept(wanted=True), memory.kept(wanted=True)
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert len(library.calls) == 2
    two.__exit__(None, None, None)
    assert library.calls[2:] == [(-4, 65_536), (-1, 128 * 1024), "trim"]
