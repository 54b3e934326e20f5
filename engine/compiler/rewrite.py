"""Rewrites of a plan that give identical values in less time.

Not for: anything that changes a value, a gradient or the name of a weight. No torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from engine.blocks.spec import pair
from engine.compiler.plan import Step


def pool_first(steps: Iterable[Step], kept: frozenset[int]) -> tuple[Step, ...]:
    """Swap every ReLU with the max pooling that alone reads it.

    The largest of the clipped values is the clipped largest value, and their gradients agree too; with a 2×2 window the
    ReLU then has a quarter of the work.

    Args:
        steps: Steps in order.
        kept: Slots whose values somebody wants to see; a ReLU that writes one of them stays where it is.
    """
    out = list(steps)
    readers = Counter(slot for step in out for slot in step.reads)
    writer = {step.writes: index for index, step in enumerate(out)}
    for index, pool in enumerate(out):
        if not _is_plain_pool(pool):
            continue
        at = writer.get(pool.reads[0])
        if at is None or out[at].call.target != "nn.ReLU" or readers[pool.reads[0]] != 1 or pool.reads[0] in kept:
            continue
        relu = out[at]
        out[at] = replace(pool, reads=relu.reads, writes=relu.writes)
        out[index] = replace(relu, reads=(relu.writes,), writes=pool.writes, inputs=(pool.output,), output=pool.output)
        writer[relu.writes], writer[pool.writes] = at, index
    return tuple(out)


def _is_plain_pool(step: Step) -> bool:
    """Whether every window surely holds a real value: one of padding alone would be clipped from minus infinity to 0."""
    if step.call.target != "nn.MaxPool2d" or step.more:
        return False
    settings = dict(step.call.kwargs)
    undilated = pair(settings.get("dilation", 1)) == (1, 1)
    unpadded = pair(settings.get("padding", 0)) == (0, 0)
    return undilated or unpadded
