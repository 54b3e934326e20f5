"""The digits are scikit-learn's, whichever way they are read."""

from __future__ import annotations

import numpy as np

from engine.data import digits
from engine.data.registry import Request


def test_the_file_and_the_package_give_the_same_digits(monkeypatch):
    from_file = digits.read(Request())
    monkeypatch.setattr(digits, "_PLACE", ("not", "there"))
    from_package = digits.read(Request())
    for name, column in from_file.columns.items():
        np.testing.assert_array_equal(column, from_package.columns[name])
        assert column.dtype == from_package.columns[name].dtype


def test_the_file_is_found_in_the_scikit_learn_that_is_installed():
    assert digits._from_file() is not None


def test_a_damaged_file_is_passed_over(monkeypatch, tmp_path):
    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(digits.importlib.util, "find_spec", lambda name: Spec())
    monkeypatch.setattr(digits, "_PLACE", ("a.gz",))
    for content in (b"", b"\x1f\x8b\x08", b"plain"):
        (tmp_path / "a.gz").write_bytes(content)
        assert digits._from_file() is None
