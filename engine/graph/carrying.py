"""Definitions on their way from one project to another: with all that stands inside them, under ids and names that are free.

Not for: files and clipboards, which hold a project's text (`engine.graph.store`). No torch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from engine.graph.edits import COMPOSITE, Definition, Node
from engine.graph.model import Define, Graph


def with_parts(graph: Graph, ids: Iterable[str]) -> list[Definition]:
    """The definitions of some composites and of all that stand inside them, each after those that it is made of."""
    out: dict[str, Definition] = {}

    def add(id_: str) -> None:
        if id_ in out or id_ not in graph.composites:
            return
        composite = graph.composites[id_]
        for part in sorted(composite.parts()):
            add(part)
        out[id_] = composite.definition()

    for id_ in ids:
        add(id_)
    return list(out.values())


def collection(definitions: Iterable[Definition]) -> Graph:
    """A project that holds these definitions and nothing else."""
    graph = Graph()
    for definition in definitions:
        graph.apply(Define(definition))
    return graph


def brought(graph: Graph, definitions: Sequence[Definition]) -> tuple[tuple[Define, ...], dict[str, str]]:
    """What brings definitions into a project.

    One that the project has already, equal but for its id, is not brought again; a name that is taken there gets a number.

    Args:
        graph: A drawing of the project.
        definitions: Each after those that it is made of.

    Returns:
        The edits, and the ids of all of them in the project by those that they have in `definitions`.
    """
    held = {composite.id: composite.definition() for composite in graph.composites.values()}
    names = {definition.name for definition in held.values()}
    ids: dict[str, str] = {}
    edits: list[Define] = []
    for definition in definitions:
        wanted = replace(definition, blocks=tuple(mapped(node, ids) for node in definition.blocks))
        same = next((id_ for id_, other in held.items() if _equal(wanted, other)), None)
        if same is None:
            same = definition.id if definition.id not in held else _free_id(held)
            wanted = replace(wanted, id=same, name=_free(wanted.name, names))
            held[same] = wanted
            names.add(wanted.name)
            edits.append(Define(wanted))
        ids[definition.id] = same
    return tuple(edits), ids


def mapped(node: Node, ids: Mapping[str, str]) -> Node:
    """A block as it stands in another project, which may have other ids for composites."""
    fresh = ids.get(node.composite) if node.composite is not None else None
    return replace(node, kind=node.kind if fresh is None else COMPOSITE + fresh, given=None, names=None)


def _equal(one: Definition, other: Definition) -> bool:
    """Whether two definitions say the same, ids and the order of wires apart."""
    wires = {wire.target: wire for wire in one.wires}, {wire.target: wire for wire in other.wires}
    return replace(one, id="", wires=()) == replace(other, id="", wires=()) and wires[0] == wires[1]


def fresh_definition_id(graph: Graph) -> str:
    """An id that no definition of the project has."""
    return _free_id(graph.composites)


def fresh_definition_name(graph: Graph, name: str) -> str:
    """The name, or the first of name2, name3... that no definition of the project has."""
    return _free(name, {composite.name for composite in graph.composites.values()})


def _free(name: str, taken: Collection[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found


def _free_id(taken: Collection[str]) -> str:
    number = 1
    while f"c{number}" in taken:
        number += 1
    return f"c{number}"
