"""The edit that makes one graph equal to another, as a single undo step."""

from __future__ import annotations

from engine.graph.model import SECTIONS, AddBlock, Batch, Connect, Edit, Graph, RemoveBlock, SetSection


def edit_towards(current: Graph, wanted: Graph) -> Batch:
    """Replace blocks, wires and the data and training sections of `current` by those of `wanted`; "about" stays."""
    edits: list[Edit] = [RemoveBlock(node.id) for node in current]
    edits += [AddBlock(node) for node in wanted]
    edits += [Connect(wire) for wire in wanted.wires.values()]
    for name in SECTIONS:
        if name != "about" and current.sections[name] != wanted.sections[name]:
            edits.append(SetSection(name, dict(wanted.sections[name])))
    return Batch(tuple(edits))
