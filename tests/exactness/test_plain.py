"""Plain chains of convolutions, compared with references written by hand."""

from __future__ import annotations

import engine
from engine.graph.model import Batch, Configure
from tests.exactness.compare import agree
from tests.exactness.references.plain import VGG11


def test_vgg11_is_the_reference_to_the_last_digits() -> None:
    # Its hidden linear layers hold nine tenths of the memory and nothing that narrow ones do not show.
    graph = engine.open("preset:vgg11").graph
    graph.apply(Batch(tuple(Configure(graph.named(name).id, {"out_features": 32}) for name in ("fc1", "fc2"))))
    agree(graph, VGG11(hidden=32), (3, 64, 64), by=("torchvision",))
