"""What tests of several files of the window stand on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from engine.graph.model import Graph


class LookedAt(QObject):
    """A session without threads: the part of `gui.session.Session` that thumbnails and signs of health listen to."""

    messages = Signal(object)
    state_changed = Signal(str)
    run_changed = Signal(object)
    network_changed = Signal()
    probed = Signal(object)
    dataset_ready = Signal(object)

    def __init__(self, graph: Graph, columns: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.run: str | None = None
        self.looking_at: Graph | None = graph.copy()
        self.trained = True
        self.imported = ""
        self.asked: dict[str, Any] = {}
        self.forgotten: list[str] = []
        rows = range(len(next(iter(columns.values())))) if columns else range(0)
        facts = SimpleNamespace(samples=len(rows))
        splits = {"train": list(rows), "val": list(rows)[2:]}
        self.dataset: Any = SimpleNamespace(columns=columns, splits=splits, facts=facts) if columns else None

    def probe(self, key: str, request: Any) -> None:
        self.asked[key] = request

    def forget(self, key: str) -> None:
        self.asked.pop(key, None)
        self.forgotten.append(key)


@pytest.fixture
def looked_at() -> type[LookedAt]:
    """Makes a session without threads: LookedAt(graph, columns of the data)."""
    return LookedAt
