"""Which weights the network of a document has: whether two drawings are one network, and where imported weights lie.

Not for: importing them (`gui.dialogs.weights`).
"""

from __future__ import annotations

from pathlib import Path

from engine.graph.model import Edit, Graph, Move, SetSection
from engine.training.places import found, named_file
from gui.document import Document
from gui.scope import leaves


def weights_of(document: Document) -> Path | None:
    """The file of a document's imported weights; None where there are none, or they are gone."""
    name = named_file(document.root)
    return found(name, document.path) if name else None


def moves_no_weight(edit: Edit) -> bool:
    """Whether an edit leaves the network and its weights as they are."""
    return all(
        isinstance(leaf, Move) or (isinstance(leaf, SetSection) and leaf.name != "weights") for leaf in leaves(edit)
    )


def same_network(one: Graph, other: Graph) -> bool:
    """Whether two graphs are the same network, wherever their blocks stand on the canvas, composites included."""

    def drawn(graph: Graph) -> tuple[object, ...]:
        blocks = [(node.id, node.kind, node.name, dict(node.settings), node.bypassed) for node in graph]
        return blocks, {(wire.source, wire.target) for wire in graph.wires.values()}

    def whole(graph: Graph) -> tuple[object, ...]:
        inside = {id_: (c.name, c.settings, drawn(c.body)) for id_, c in graph.composites.items()}
        return *drawn(graph), inside

    return whole(one) == whole(other)
