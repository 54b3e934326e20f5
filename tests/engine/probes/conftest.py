"""Small drawings to look into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.graph.model import AddBlock, Connect, End, Graph, Wire

Chain = Callable[..., Graph]


@pytest.fixture
def chain() -> Chain:
    """A drawing whose blocks follow one another: chain(("conv2d", {...}), "relu", ...)."""

    def make(*parts: str | tuple[str, dict[str, Any]]) -> Graph:
        graph = Graph()
        before = None
        for part in parts:
            kind, settings = (part, {}) if isinstance(part, str) else part
            node = graph.new_node(kind, settings)
            graph.apply(AddBlock(node))
            if before is not None:
                graph.apply(Connect(Wire(End(before, "y"), End(node.id, "x"))))
            before = node.id
        return graph

    return make
