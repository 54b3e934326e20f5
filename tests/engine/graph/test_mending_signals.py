"""Faults of blocks that work on no map are mended as well: a mend that is offered takes the fault away."""

import pytest

from engine.blocks.spec import BlockError, Shape, make
from engine.graph.mend import for_block
from engine.graph.model import Graph


@pytest.mark.parametrize(("kind", "settings", "x", "offered"), [
    ("conv1d", {"kernel_size": 9}, (3, 8), 1),
    ("maxpool1d", {"kernel_size": 9}, (3, 8), 1),
    ("conv1d", {"same": True, "stride": 2}, (3, 8), 2),
    ("conv3d", {"same": True, "stride": 2}, (3, 8, 8, 8), 2),
    ("conv3d", {"kernel_size": 9}, (3, 8, 8, 8), 0),
    ("depthwise_conv2d", {"kernel_size": 9}, (3, 8, 8), 1),
    ("lppool2d", {"kernel_size": 9}, (3, 8, 7), 1),
    ("conv_transpose1d", {"padding": 9}, (3, 2), 1),
    ("conv1d", {"groups": 2}, (3, 8), 1),
])  # fmt: skip
def test_every_mend_that_is_offered_helps(kind, settings, x, offered):
    graph, shape = Graph(), Shape(x)
    node = graph.new_node(kind, settings)
    with pytest.raises(BlockError) as caught:
        node.block().shape(shape)
    fixes = for_block(graph, node, caught.value, (shape,))
    assert len(fixes) == offered
    for fix in fixes:
        (edit,) = fix.edits
        make(kind, {**settings, **edit.values}).shape(shape)
