"""What the clipboard's text holds besides blocks and wires: the definitions of composites, and expressions of the one around.

Blocks copied inside a composite stand in a definition of their own in the text, which has the settings that their expressions read.
Not for: the clipboard (`gui.canvas.clipboard`), nor for definitions on their way to other projects (`engine.graph.carrying`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from engine.declare import Json
from engine.errors import SettingError
from engine.graph.carrying import brought, fresh_definition_name, mapped, with_parts
from engine.graph.edits import AddBlock, Connect, Define, Definition, Edit, Node
from engine.graph.expression import evaluate, is_expression, parse
from engine.graph.model import Graph

AROUND = "clipboard"  # id of the definition that stands for the composite that blocks were copied in


def cut_out(graph: Graph, chosen: Collection[str]) -> Graph:
    """A project with some blocks of a drawing, the wires among them, and the definitions that they need."""
    nodes = [node for node in graph if node.id in chosen]
    wires = tuple(w for w in graph.wires.values() if w.source.block in chosen and w.target.block in chosen)
    part = Graph()
    for definition in with_parts(graph, [node.composite for node in nodes if node.composite is not None]):
        part.apply(Define(definition))
    if graph.owner is not None:
        owner = graph.composite(graph.owner)
        name = fresh_definition_name(part, owner.name)
        plain = tuple(replace(node, given=None, names=None) for node in nodes)
        part.apply(Define(Definition(AROUND, name, "", owner.settings, plain, wires)))
        return part
    for node in nodes:
        part.apply(AddBlock(node))
    for wire in wires:
        part.apply(Connect(wire))
    return part


def drawing_in(part: Graph) -> Graph:
    """The drawing of a clipboard's text that holds the blocks."""
    return part.composites[AROUND].body if AROUND in part.composites else part


def settled(graph: Graph, part: Graph) -> tuple[tuple[Edit, ...], list[Node]]:
    """What has to be defined before the blocks of a text can be placed in a drawing, and the blocks as they stand there."""
    drawing = drawing_in(part)
    wanted = [node.composite for node in drawing if node.composite is not None]
    edits, ids = brought(graph, with_parts(part, wanted))
    return edits, [_read_here(mapped(node, ids), node, graph.names, drawing.names) for node in drawing]


def _read_here(node: Node, before: Node, here: Mapping[str, Json], there: Mapping[str, Json]) -> Node:
    """Expressions of names that the drawing does not know become what they came to."""
    known = before.spec.settings

    def value_of(value: Json) -> Json:
        try:
            foreign = parse(str(value)).names - here.keys()
            found = evaluate(str(value), there) if foreign else value
        except SettingError:
            return value  # the graph says what is wrong with it
        return list(found) if isinstance(found, tuple) else found

    settings = {name: value_of(value) if is_expression(value, known.get(name)) else value
                for name, value in node.settings.items()}  # fmt: skip
    bypassed = value_of(node.bypassed) if isinstance(node.bypassed, str) else node.bypassed
    return replace(node, settings=settings, bypassed=bypassed if isinstance(bypassed, str) else bool(bypassed))
