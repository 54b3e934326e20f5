"""Taking an instance of a composite apart: its inside stands in its place, repetitions one behind the other.

Expressions are worked out with the instance's values; inside another composite they become expressions of that one's settings. The
network computes what it did before, with as many learned numbers in the same order. The definition stays. Not for: making a
composite (`engine.graph.grouping`), nor for carrying edits out. No torch.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.declare import Json
from engine.errors import GraphError, SettingError
from engine.graph.composite import Composite, CompositeBlock, repetitions
from engine.graph.expression import evaluate, is_expression, parse
from engine.graph.grouping import SIZE, STEP, reads_around
from engine.graph.linked import drawings
from engine.graph.model import AddBlock, Batch, Connect, Edit, End, Graph, Move, Node, RemoveBlock, SetMark, Wire
from engine.graph.naming import FIRST, NAME_LENGTH, RUNNING

MOST_BLOCKS = 600  # placed at once; a thousand keep the window busy for three quarters of a second
COUNTS = frozenset({"k", "total"})  # names that count over the whole network


@dataclass(frozen=True)
class Symbol:
    """An expression of the drawing around that a name of the inside stands for; without its "="."""

    text: str


Terms = Mapping[str, Json | Symbol]  # what the names of the inside stand for in one repetition


@dataclass
class _Laying:
    """What is put together while repetitions are laid out.

    Attributes:
        names: Names that are taken.
        ids: Ids that may be given, the next one last.
        feeds: What feeds each of the composite's inputs at this point; None where nothing does.
        blocks, wires: What is placed.
    """

    names: set[str]
    ids: list[str]
    feeds: dict[str, Wire | None]
    blocks: list[Node] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


def dissolve(graph: Graph, instance: str, most: int = MOST_BLOCKS) -> tuple[Edit, tuple[str, ...]]:
    """Put an instance's inside in its place.

    Args:
        graph: The drawing that it stands in.
        instance: Its id.
        most: How many blocks it may become.

    Returns:
        The edit of that drawing, and the ids of the blocks that it places.

    Raises:
        GraphError: It is no instance, or it means something that its blocks alone would not; the sentence says what.
    """
    node = graph.node(instance)
    if node.composite is None:
        raise GraphError(f"{node.name} is no composite; only composites can be dissolved.")
    composite = graph.composite(node.composite)
    terms = _terms(graph, node, composite)
    inside = [composite.body.node(id_) for id_ in composite.body.order()]
    inside = [held for held in inside if held.spec.role == "layer"]
    if len(inside) * len(terms) > most:
        told = f"{node.name} would become {len(inside) * len(terms):,} blocks; {MOST_BLOCKS:,} can be placed at once"
        if most < MOST_BLOCKS:
            raise GraphError(f"{told} with the others. Dissolve them one by one.")
        raise GraphError(f"{told}. Let it repeat less often.")
    ports = [port.name for port in composite.ports("port_in")]
    laying = _Laying(
        {held.name for held in graph} - {node.name},
        list(reversed(graph.coming_ids(len(inside) * len(terms)))),
        {port: graph.wires.get(End(node.id, port)) for port in ports},
    )
    left, top, span, height = _box(composite, inside)
    extra = len(terms) * (span + STEP) - STEP
    middle = node.x - extra / 2, node.y - height / 2 - (_upper(inside) - top)
    shifts = [(middle[0] - left + index * (span + STEP), middle[1] - top) for index in range(len(terms))]
    fits = _is_free(graph, node, [(held.x + x, held.y + y) for x, y in shifts for held in inside])
    corner = shifts[0] if fits else (node.x - left, node.y - top)
    exits: dict[str, Wire | None] = {}
    for index, names in enumerate(terms):
        prefix = f"{node.name}_{index + 1}" if len(terms) > 1 else ""
        exits = _lay(laying, composite, inside, names, prefix, (corner[0] + index * (span + STEP), corner[1]))
        laying.feeds.update(zip(ports, exits.values(), strict=False))
    pushed = _room(graph, node, extra, (node.y - (top - _upper(inside)), height)) if inside and not fits else {}
    at = list(graph.nodes).index(node.id)
    edits: list[Edit] = [RemoveBlock(node.id), *([Move(pushed)] if pushed else [])]
    edits += [AddBlock(replace(held, pinned=held.pinned or node.pinned, frozen=_frozen(held, node)), at + place)
              for place, held in enumerate(laying.blocks)]  # fmt: skip
    edits += [Connect(wire) for wire in laying.wires]
    for wire in graph.wires_from(node.id):
        source = exits.get(wire.source.port)
        if source is not None:
            edits.append(Connect(Wire(source.source, wire.target, wire.via)))
    edits += _marks(graph, composite, corner)
    return Batch(tuple(edits)), tuple(held.id for held in laying.blocks)


def _lay(
    laying: _Laying, composite: Composite, inside: list[Node], names: Terms, prefix: str, corner: tuple[float, float]
) -> dict[str, Wire | None]:  # fmt: skip
    """One repetition: its blocks and wires; gives what feeds each of the composite's outputs."""
    body = composite.body
    x, y = corner
    ids = {held.id: laying.ids.pop() for held in inside}
    for held in inside:
        name = _name(held.name, prefix, laying.names)
        laying.names.add(name)
        laying.blocks.append(
            replace(
                held, id=ids[held.id], name=name, x=held.x + x, y=held.y + y, settings=_settings(held, names),
                bypassed=_bypassed(held, names), given=None, names=None,
            )
        )  # fmt: skip

    def source_of(wire: Wire) -> Wire | None:
        """The wire as it runs in the drawing around, its target left as it is; None where nothing feeds it."""
        giver = body.node(wire.source.block)
        if giver.kind != "port_in":
            via = tuple((px + x, py + y) for px, py in wire.via)
            return Wire(End(ids[giver.id], wire.source.port), wire.target, via)
        outer = laying.feeds.get(giver.name)
        only = outer is not None and len(body.wires_from(giver.id)) == 1
        return Wire(outer.source, wire.target, outer.via if only else ()) if outer is not None else None

    for held in inside:
        for wire in body.wires_into(held.id):
            made = source_of(wire)
            if made is not None:
                laying.wires.append(replace(made, target=End(ids[held.id], wire.target.port)))
    out: dict[str, Wire | None] = {}
    for port in composite.ports("port_out"):
        arriving = body.wires.get(End(port.id, "x"))
        out[port.name] = replace(found, via=()) if arriving and (found := source_of(arriving)) else None
    return out


# --- what names stand for -----------------------------------------------------------------------------------------------


def _terms(graph: Graph, node: Node, composite: Composite) -> list[Terms]:
    """What the names of the inside stand for, one mapping a repetition.

    Raises:
        GraphError: Nothing that could be written down.
    """
    if node.bypassed is not False:
        raise GraphError(
            f"{node.name} is bypassed, which its blocks would not be; let it work again before it is dissolved."
        )
    counts = frozenset(name for held in composite.body for name in reads_around(held)) | _own(node)
    if counts & COUNTS and not (graph.owner is None and _alone(graph, composite)):
        raise GraphError(
            f'{composite.name} reads "{min(counts & COUNTS)}", which counts over all its instances, and the others would count '
            "otherwise without this one; give it a number first."
        )
    block = node.block()
    assert isinstance(block, CompositeBlock)
    if graph.owner is None or not node.has_expressions:
        try:
            return list(repetitions(block, node, {**RUNNING, "total": block.repeat}))
        except SettingError as error:
            raise GraphError(f"{node.name}: {error}") from error
    if is_expression(node.settings.get("repeat")):
        raise GraphError(
            f"how often {node.name} repeats depends on a setting; give it a number before it is dissolved."
        )
    return [_symbols(node, composite, index, block.repeat) for index in range(block.repeat)]


def _own(node: Node) -> frozenset[str]:
    """Names that an instance's expressions read of its own repetitions."""
    return node.reads & RUNNING.keys()


def _alone(graph: Graph, composite: Composite) -> bool:
    """Whether a composite has one instance in the whole project."""
    return sum(node.composite == composite.id for _, drawing in drawings(graph) for node in drawing) == 1


def _symbols(node: Node, composite: Composite, index: int, repeat: int) -> Terms:
    """`_terms` for one repetition of an instance whose settings are expressions of a composite around it."""
    running: dict[str, Json | Symbol] = {"i": index, "n": repeat, "k": index, "total": repeat}
    terms: dict[str, Json | Symbol] = dict(running)
    known = node.spec.settings
    for parameter in composite.settings:
        name = parameter.name
        value = node.settings.get(name, parameter.default)
        first = node.settings.get(FIRST + name) if index == 0 else None
        if first not in (None, ""):
            if parameter.kind == "flag" and is_expression(first):
                raise GraphError(
                    f"{node.name}: whether {name} is on in the first repetition depends on a setting; say on or off."
                )
            value = first == "on" if parameter.kind == "flag" else first
        terms[name] = value
        if is_expression(value, known[name]):
            terms[name] = _worked_out(str(value), running)
    return terms


def _settings(held: Node, names: Terms) -> dict[str, Json]:
    """Settings of a block of the inside, as they read outside."""
    known = held.spec.settings
    out: dict[str, Json] = {}
    for setting, value in held.settings.items():
        out[setting] = value
        if is_expression(value, known.get(setting)):
            # An instance's settings count its own repetitions; how many these are is said by what stands around it.
            own = held.composite is not None and setting != "repeat"
            out[setting] = _written(_worked_out(value, _without_running(names) if own else names))
    return out


def _frozen(held: Node, node: Node) -> bool:
    """Whether what stood inside is frozen when it stands alone."""
    return held.frozen or (node.frozen and held.spec.role == "layer")


def _bypassed(held: Node, names: Terms) -> bool | str:
    if isinstance(held.bypassed, bool):
        return held.bypassed
    found = _worked_out(held.bypassed, names)
    return f"={found.text}" if isinstance(found, Symbol) else bool(found)


def _without_running(names: Terms) -> Terms:
    return {name: value for name, value in names.items() if name not in RUNNING}


def _written(value: Json | Symbol) -> Json:
    if isinstance(value, Symbol):
        return f"={value.text}"
    return list(value) if isinstance(value, tuple) else value


def _worked_out(text: str, names: Terms) -> Json | Symbol:
    """An expression with names put in: its value, or what is left of it where that needs names of the drawing around.

    Raises:
        GraphError: It cannot be worked out.
    """
    try:
        expression = parse(text)
        if all(name in names and not isinstance(names[name], Symbol) for name in expression.names):
            return evaluate(text, names)
        if expression.text in names:
            return names[expression.text]
        tree = _Putting(names, text).visit(ast.parse(expression.text, mode="eval"))
        left = ast.unparse(ast.fix_missing_locations(tree))
        parse(left)
    except SettingError as error:
        raise GraphError(str(error)) from error
    return Symbol(left)


class _Putting(ast.NodeTransformer):
    """Puts terms in the place of names; names without a term stay."""

    def __init__(self, names: Terms, text: str) -> None:
        self._names, self._text = names, text

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self._names.get(node.id, Symbol(node.id))
        if isinstance(value, Symbol):
            return parse(value.text).tree
        if not isinstance(value, (bool, int, float, str)):
            raise GraphError(f'"{self._text}" reads {node.id}, which is no single number here; give it a value first.')
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
        return ast.Constant(value)

    def visit_Call(self, node: ast.Call) -> Any:
        node.args = [self.visit(arg) for arg in node.args]  # "min" and "max" are no names
        return node


# --- where things stand ---------------------------------------------------------------------------------------------------


def _name(name: str, prefix: str, taken: set[str]) -> str:
    """A free name: the block's own, or with a prefix in front."""
    wanted = (f"{prefix}_{name}" if prefix else name)[: NAME_LENGTH - 4]
    stem = wanted.rstrip("0123456789") or wanted
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{stem}{number}"
    return found


def _upper(inside: list[Node]) -> float:
    return min((held.y for held in inside), default=0.0)


def _box(composite: Composite, inside: list[Node]) -> tuple[float, float, float, float]:
    """Left edge, the level that the first input arrives at, width and height between corners."""
    if not inside:
        return 0.0, 0.0, 0.0, 0.0
    left, right = min(held.x for held in inside), max(held.x for held in inside)
    upper, lower = _upper(inside), max(held.y for held in inside)
    layers = {held.id: held for held in inside}
    firsts = [layers[wire.target.block].y for port in composite.ports("port_in")
              for wire in composite.body.wires_from(port.id) if wire.target.block in layers]  # fmt: skip
    return left, firsts[0] if firsts else upper, right - left, lower - upper


def _is_free(graph: Graph, node: Node, places: list[tuple[float, float]]) -> bool:
    """Whether blocks there would lie on none but the instance, as where it has been made of them just before."""
    spots: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for x, y in places:
        spots.setdefault((int(x // SIZE.width), int(y // SIZE.height)), []).append((x, y))
    for other in graph:
        column, row = int(other.x // SIZE.width), int(other.y // SIZE.height)
        beside = (at for dx in (-1, 0, 1) for dy in (-1, 0, 1) for at in spots.get((column + dx, row + dy), ()))
        if other.id != node.id and any(
            abs(x - other.x) < SIZE.width and abs(y - other.y) < SIZE.height for x, y in beside
        ):
            return False
    return True


def _room(graph: Graph, node: Node, extra: float, band: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Blocks right of the instance, as far as they are level with what takes its place, go on by what it needs more."""
    upper, height = band
    if extra <= 0:
        return {}
    return {
        other.id: (other.x + extra, other.y) for other in graph
        if other.id != node.id and other.x > node.x - SIZE.width / 2
        and upper - SIZE.height < other.y < upper + height + SIZE.height
    }  # fmt: skip


def _marks(graph: Graph, composite: Composite, corner: tuple[float, float]) -> list[Edit]:
    """Frames and notes of the inside, once."""
    out: list[Edit] = []
    number = 0
    for mark in composite.body.marks.values():
        number += 1
        while f"m{number}" in graph.marks:
            number += 1
        out.append(SetMark(replace(mark, id=f"m{number}", x=mark.x + corner[0], y=mark.y + corner[1])))
    return out
