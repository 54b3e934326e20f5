"""A Train place on a real document and a real session; the training itself is told by its own messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.project import open_project
from gui.document import Document
from gui.session import Session
from gui.training.place import TrainPlace


@pytest.fixture
def place(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainPlace]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    document = Document(open_project("preset:lenet5_relu_max"))
    session = Session(document)
    made = TrainPlace(document, session)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    qtbot.waitExposed(made)
    yield made
    session.close()
