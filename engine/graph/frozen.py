"""Frozen blocks: which there are, and how many learned numbers a training leaves as they are.

Not for: what a training does with them (`engine.compiler.module`, which switches their gradients off).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.graph.model import Edit, Graph, SetFlags
from engine.graph.walk import Report


def any_frozen(graph: Graph) -> bool:
    """Whether a block of the network, or inside one of its composites, is frozen."""
    return any(node.frozen for node in graph) or any(
        node.frozen for composite in graph.composites.values() for node in composite.body
    )


def frozen_parameters(graph: Graph, report: Report) -> int:
    """Learned numbers of the frozen blocks; `report.parameters` less these are trained."""
    return sum(_frozen(graph, report)) if any_frozen(graph) else 0


def _frozen(graph: Graph, report: Report) -> Iterator[int]:
    for id_, about in report.blocks.items():
        node = graph.nodes.get(id_)
        if node is None:
            continue
        if node.frozen:
            yield about.parameters
        elif node.composite is not None and node.composite in graph.composites:
            body = graph.composites[node.composite].body
            for inner in report.inner.get(id_, ()):
                yield from _frozen(body, inner)


def learning(report: Report) -> tuple[str, ...]:
    """Ids of the blocks of the network that have learned numbers, in its order; a composite is one block."""
    return tuple(id_ for id_ in report.order if id_ in report.blocks and report.blocks[id_].parameters)


def freeze_up_to(graph: Graph, report: Report, last: str | None) -> tuple[Edit, ...]:
    """Edits that freeze every block up to one, this one included, and thaw those behind it.

    Args:
        graph: The network.
        report: What `check` said of it.
        last: Id of a block of `learning`; None thaws all.
    """
    order = learning(report)
    wanted: Mapping[str, bool] = {
        id_: last is not None and place <= order.index(last) for place, id_ in enumerate(order)
    }
    return tuple(SetFlags(id_, {"frozen": on}) for id_, on in wanted.items() if graph.node(id_).frozen != on)
