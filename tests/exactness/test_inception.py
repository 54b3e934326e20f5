"""Inception v3, compared with a reference written by hand."""

from __future__ import annotations

import engine
from engine.graph.model import Configure, RemoveBlock
from tests.exactness.compare import agree
from tests.exactness.references.inception import InceptionV3


def test_inception_v3_is_the_reference_to_the_last_digits() -> None:
    graph = engine.open("preset:inception_v3").graph
    for name in ("aux", "aux_loss", "loss"):  # the head wants large pictures
        graph.apply(RemoveBlock(name))
    graph.apply(Configure("image", {"height": 79, "width": 75}))
    agree(graph, InceptionV3(), (3, 79, 75), by=("torchvision",))
