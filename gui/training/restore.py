"""The edit that makes one graph equal to another, as a single undo step."""

from __future__ import annotations

from engine.graph.carrying import with_parts
from engine.graph.model import (
    SECTIONS,
    AddBlock,
    Batch,
    Connect,
    Define,
    Edit,
    Graph,
    RemoveBlock,
    RemoveMark,
    SetMark,
    SetSection,
    Undefine,
)


def edit_towards(current: Graph, wanted: Graph) -> Batch:
    """Replace blocks, wires, marks, composites and the data and training sections by those of `wanted`; "about" stays."""
    edits: list[Edit] = [RemoveBlock(node.id) for node in current]
    edits += [RemoveMark(mark) for mark in current.marks]
    edits += _definitions(current, wanted)
    edits += [AddBlock(node) for node in wanted]
    edits += [Connect(wire) for wire in wanted.wires.values()]
    edits += [SetMark(mark) for mark in wanted.marks.values()]
    for name in SECTIONS:
        if name != "about" and current.sections[name] != wanted.sections[name]:
            edits.append(SetSection(name, dict(wanted.sections[name])))
    return Batch(tuple(edits))


def _definitions(current: Graph, wanted: Graph) -> list[Edit]:
    """Away with all, those first that are part of none; then the others, those first that are made of none."""
    gone = [definition.id for definition in reversed(with_parts(current, current.composites))]
    edits: list[Edit] = [Undefine(id_) for id_ in gone]
    order = list(wanted.composites)
    there: list[str] = []
    for definition in with_parts(wanted, order):
        at = sum(order.index(id_) < order.index(definition.id) for id_ in there)
        edits.append(Define(definition, at))
        there.append(definition.id)
    return edits
