"""Definitions and their instances, kept together: what happens to every instance when a composite changes.

Ports and settings that a definition loses take wires and values of its instances with them; the inverse of the edit brings all of
it back. Not for: edits inside one drawing (`engine.graph.model`), nor for shapes (`engine.graph.inside`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import GraphError, SettingError
from engine.graph.composite import Composite, make_spec
from engine.graph.edits import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    Disconnect,
    Edit,
    Inside,
    Move,
    Node,
    RemoveMark,
    SetFlags,
    SetMark,
    Undefine,
)
from engine.graph.naming import checked_id, checked_name
from engine.graph.refuse import can_be_bypassed
from engine.graph.topology import inner_first

if TYPE_CHECKING:
    from engine.graph.model import Graph

LONGEST_HELP = 10_000  # characters


def check_no_loop(graph: Graph, id_: str) -> None:
    """Refuse an instance of a composite that is not there, or inside itself.

    Raises:
        GraphError: It cannot stand in this drawing.
    """
    waiting, seen = [id_], {id_}
    while waiting:
        here = graph.composite(waiting.pop())
        if here.id == graph.owner:
            raise GraphError(f"{here.name} cannot stand inside itself; a network would have no end.")
        fresh = here.parts() - seen
        seen |= fresh
        waiting.extend(fresh)


def drawings(graph: Graph) -> Iterator[tuple[str | None, Graph]]:
    """The network and the drawing of every definition: (id of the composite, drawing)."""
    yield None, graph
    for id_, composite in graph.composites.items():
        yield id_, composite.body


def scoped(owner: str | None, edit: Edit) -> Edit:
    """An edit of one of a project's drawings, as the project takes it."""
    return edit if owner is None else Inside(owner, edit)


def copy_definitions(source: Graph, target: Graph) -> None:
    """Put equal definitions into another project."""
    from engine.graph.model import Graph

    held = target._composites
    for id_, composite in source.composites.items():
        held[id_] = Composite(
            replace(composite.definition(), blocks=(), wires=(), marks=()), Graph(root=target, owner=id_)
        )
    for id_ in inner_first({id_: composite.parts() for id_, composite in source.composites.items()}):
        _fill(held[id_].body, source.composites[id_].definition())


def _fill(body: Graph, definition: Definition) -> None:
    for node in definition.blocks:
        body.run(AddBlock(replace(node, given=None, names=None)))
    for wire in definition.wires:
        body.run(Connect(wire))
    for mark in definition.marks:
        body.run(SetMark(mark))


def define(graph: Graph, edit: Define) -> Edit:
    """Carry out a `Define`."""
    wanted = edit.definition
    checked_id(wanted.id, "a composite")
    held = graph._composites
    before = held.get(wanted.id)
    checked_name(wanted.name, {c.name for c in held.values() if c.id != wanted.id}, "composite")
    if not isinstance(wanted.help, str) or len(wanted.help) > LONGEST_HELP:
        raise GraphError(f"a composite's help is a text of at most {LONGEST_HELP} characters.")
    old = before.definition() if before is not None else None
    place = list(held).index(wanted.id) if before is not None else edit.at
    made = _made(graph, wanted)
    if before is None:
        items = list(held.items())
        items.insert(len(items) if place is None else place, (wanted.id, made))
        _refill(held, dict(items))
        return Undefine(wanted.id)
    held[wanted.id] = made
    back = _follow(graph, wanted.id)
    assert old is not None
    return Batch((Define(old), *back)) if back else Define(old)


def _made(graph: Graph, definition: Definition) -> Composite:
    """A composite of this project, complete; the project does not know it yet.

    Raises:
        GraphError: Something in it is refused.
    """
    from engine.graph.model import Graph

    held = graph._composites
    before = held.get(definition.id)
    made = Composite(definition, Graph(root=graph, owner=definition.id))
    held[definition.id] = made  # what stands inside it reads its settings, and must not be itself
    try:
        _fill(made.body, definition)
    except GraphError as error:
        raise GraphError(f"{definition.name}: {error}") from error
    finally:
        if before is None:
            del held[definition.id]
        else:
            held[definition.id] = before
    return made


def _refill(held: dict[str, Composite], items: dict[str, Composite]) -> None:
    """Another order for a mapping that all drawings of the project share."""
    held.clear()
    held.update(items)


def uses(graph: Graph, id_: str) -> list[tuple[str | None, Node]]:
    """The instances of a definition in the whole project, each with the composite that it stands in."""
    return [(owner, node) for owner, drawing in drawings(graph) for node in drawing if node.composite == id_]


def undefine(graph: Graph, edit: Undefine) -> Edit:
    """Carry out an `Undefine`."""
    composite = graph.composite(edit.composite)
    for owner, node in uses(graph, composite.id):
        where = f" inside {graph.composite(owner).name}" if owner is not None else ""
        raise GraphError(f"{composite.name} is still used by {node.name}{where}; take its instances away first.")
    at = list(graph.composites).index(composite.id)
    del graph._composites[composite.id]
    return Define(composite.definition(), at)


def inside(graph: Graph, edit: Inside) -> Edit:
    """Carry out an `Inside`."""
    composite = graph.composite(edit.composite)
    before = None if _leaves_ports(edit.edit) else _ports(composite)
    try:
        inverse = composite.body.run(edit.edit)
    finally:  # also a batch that was refused has put other blocks in the place of equal ones
        forget(graph)
    if before is None:
        return Inside(composite.id, inverse)
    after = _ports(composite)
    undo = Inside(composite.id, inverse)
    if after == before:
        return undo
    takes, gives = ({old[id_]: new[id_] for id_ in old if id_ in new and old[id_] != new[id_]}
                    for old, new in zip(before, after, strict=True))  # fmt: skip
    back = _follow(graph, composite.id, takes, gives)
    return Batch((undo, *back)) if back else undo


def _leaves_ports(edit: Edit) -> bool:
    """Whether an edit surely leaves the ports of the drawing as they are."""
    match edit:
        case AddBlock(node=node):
            return not node.kind.startswith("port_")
        case Connect() | Disconnect() | Configure() | Move() | SetFlags() | SetMark() | RemoveMark():
            return True
        case _:
            return False


def _ports(composite: Composite) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the inputs and of the outputs, by block id, in their order."""

    def named(kind: str) -> dict[str, str]:
        return {node.id: node.name for node in composite.ports(kind)}

    return named("port_in"), named("port_out")


def forget(graph: Graph) -> None:
    """What was found out about insides may not hold any more."""
    for composite in graph.composites.values():
        composite.forget()


def _follow(graph: Graph, id_: str, takes: Mapping[str, str] | None = None,
            gives: Mapping[str, str] | None = None) -> list[Edit]:  # fmt: skip
    """Bring all instances of a definition up to date; gives the edits that bring back what they lost.

    `takes` and `gives` name the input and output ports that are called otherwise now, old name -> new.
    """
    forget(graph)
    composite = graph.composite(id_)
    used = [(owner, drawing, node) for owner, drawing in drawings(graph) for node in drawing if node.composite == id_]
    if used:  # a class takes a millisecond to make, and while a file is read nobody needs another
        composite.spec = make_spec(composite)
    back: list[Edit] = []
    for owner, drawing, node in used:
        drawing.rename_ports(node.id, takes or {}, gives or {})
        back += [scoped(owner, edit) for edit in _renew(drawing, node)]
    forget(graph)
    return back


def _renew(drawing: Graph, node: Node) -> list[Edit]:
    """Put an instance of the definition as it is now in the place of an older one."""
    fresh = drawing.bound(replace(node, given=None))
    kept = {name: value for name, value in node.settings.items() if name in fresh.spec.settings}
    for name in list(kept):
        try:
            replace(fresh, settings={name: kept[name]}).block()
        except SettingError:
            del kept[name]
    lost = {name: value for name, value in node.settings.items() if name not in kept}
    fresh = replace(fresh, settings=kept)
    values: list[Edit] = [Configure(node.id, lost)] if lost else []
    if node.bypassed is not False and not can_be_bypassed(fresh):  # no file could hold that
        fresh = replace(fresh, bypassed=False)
        values.append(SetFlags(node.id, {"bypassed": node.bypassed}))
    gone = drawing.replace(fresh)
    return [*values, *(Connect(wire) for wire in gone)]
