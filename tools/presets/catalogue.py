"""Every network that `tools.presets` can draw, by the name of its preset.

Not for: the drawings themselves, one family a file beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from engine.graph.model import Graph
from tools.presets import (
    attention,
    faces,
    first,
    generative,
    inception,
    mobile,
    paths,
    plain,
    residual,
    segmentation,
    sequence,
    shuffle,
)

# A family's module has NETWORKS: name -> function that draws it.
FAMILIES: tuple[ModuleType, ...] = (
    first, plain, paths, inception, residual, mobile, shuffle, attention, segmentation, sequence, generative, faces,
)  # fmt: skip

NETWORKS: Mapping[str, Callable[[], Graph]] = {
    name: draw for family in FAMILIES for name, draw in family.NETWORKS.items()
}
