"""The size of the pictures that a drawing reads. Not for: whether its inputs fit the data (`engine.graph.inputs`)."""

from __future__ import annotations

from engine.graph.model import Graph


def image_shape(graph: Graph) -> tuple[int, int, int] | None:
    """(C, H, W) of the first picture input, to which pictures are fitted; None where there is none."""
    for node in graph:
        if node.kind == "image_input":
            channels, height, width = node.block().shape().dims
            return channels, height, width
    return None
