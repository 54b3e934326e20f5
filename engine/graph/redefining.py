"""Changing what a composite is to the outside, its settings and its ports, so that the inside and all instances go along.

Not for: carrying edits out (`engine.graph.linked`), nor for its drawing, which is edited like any other. No torch.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from engine.declare import Json
from engine.errors import GraphError, SettingError
from engine.graph.composite import Composite
from engine.graph.edits import Node, Parameter
from engine.graph.expression import is_expression, parse
from engine.graph.linked import scoped, uses
from engine.graph.model import Batch, Configure, Connect, Define, Edit, End, Graph, Inside, Rename, Wire
from engine.graph.naming import FIRST


def with_setting(composite: Composite, name: str, parameter: Parameter | None) -> Edit:
    """Replace one setting of a composite; None takes it away, a name that is new adds it at the end."""
    settings = list(composite.settings)
    place = next((index for index, held in enumerate(settings) if held.name == name), len(settings))
    settings[place : place + 1] = [parameter] if parameter is not None else []
    return Define(replace(composite.definition(), settings=tuple(settings)))


def readers(composite: Composite, name: str) -> list[str]:
    """Names of the blocks inside whose expressions read a setting."""
    return [node.name for node in composite.body if name in node.reads]


def renamed_setting(graph: Graph, composite: Composite, old: str, new: str) -> Edit:
    """Give a setting another name: expressions inside read the new one, instances keep their values.

    Args:
        graph: The network.
        composite: Whose setting it is.
        old: Its name.
        new: The name that it gets.

    Raises:
        GraphError: An expression grows too long.
    """
    definition = composite.definition()
    settings = tuple(replace(held, name=new) if held.name == old else held for held in definition.settings)
    blocks = tuple(_reading(node, old, new) for node in definition.blocks)
    edits: list[Edit] = [Define(replace(definition, settings=settings, blocks=blocks))]
    for owner, node in uses(graph, composite.id):
        names = {old: new, FIRST + old: FIRST + new}
        values = {names[name]: value for name, value in node.settings.items() if name in names}
        if values:
            edits.append(scoped(owner, Configure(node.id, values)))
    return Batch(tuple(edits))


def _reading(node: Node, old: str, new: str) -> Node:
    """A block of the inside that reads a setting under its new name."""
    known = node.spec.settings
    settings: Mapping[str, Json] = {
        name: _renamed(value, old, new) if is_expression(value, known.get(name)) else value
        for name, value in node.settings.items()
    }
    bypassed = _renamed(node.bypassed, old, new) if isinstance(node.bypassed, str) else node.bypassed
    return replace(node, settings=settings, bypassed=bypassed, given=None, names=None)


class _Names(ast.NodeTransformer):
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._new if node.id == self._old else node.id)


def _renamed(text: str, old: str, new: str) -> str:
    try:
        expression = parse(text)
        if old not in expression.names:
            return text
        return "=" + ast.unparse(_Names(old, new).visit(ast.parse(expression.text, mode="eval")))
    except SettingError as error:
        raise GraphError(str(error)) from error


def renamed_port(graph: Graph, composite: Composite, port: str, name: str) -> Edit:
    """Give a port another name; the wires of all instances stay on it.

    Args:
        graph: The network.
        composite: Whose port it is.
        port: Id of its block inside.
        name: The new name.
    """
    node = composite.body.node(port)
    edits: list[Edit] = [Inside(composite.id, Rename(port, name))]
    for owner, instance in uses(graph, composite.id):
        drawing = graph if owner is None else graph.composite(owner).body
        if node.kind == "port_in":
            wire = drawing.wires.get(End(instance.id, node.name))
            wires = [replace(wire, target=End(instance.id, name))] if wire is not None else []
        else:
            leaving = [wire for wire in drawing.wires_from(instance.id) if wire.source.port == node.name]
            wires = [Wire(End(instance.id, name), wire.target, wire.via) for wire in leaving]
        edits += [scoped(owner, Connect(wire)) for wire in wires]
    return Batch(tuple(edits))


def moved_port(composite: Composite, port: str, by: int) -> Edit:
    """Put a port further up (`by` < 0) or down among those of its side."""
    definition = composite.definition()
    node = composite.body.node(port)
    places = [index for index, held in enumerate(definition.blocks) if held.kind == node.kind]
    at = next(index for index, place in enumerate(places) if definition.blocks[place].id == port)
    to = min(max(at + by, 0), len(places) - 1)
    order = [definition.blocks[place] for place in places]
    order.insert(to, order.pop(at))
    blocks = list(definition.blocks)
    for place, held in zip(places, order, strict=True):
        blocks[place] = held
    return Define(replace(definition, blocks=tuple(blocks)))
