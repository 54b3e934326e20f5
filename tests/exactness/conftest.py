"""Every weight of a comparison is given by the comparison."""

from __future__ import annotations

import pytest

from tests.blank import leave_weights_blank


@pytest.fixture(autouse=True)
def given_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_weights_blank(monkeypatch)
