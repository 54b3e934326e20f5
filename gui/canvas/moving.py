"""Moving what is selected, and moving the selection: nudge, align, distribute, tidy, walk along wires.

Not for: the arithmetic (`gui.canvas.arrange`, `engine.graph.regions`) nor the mouse (`gui.canvas.gestures`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.graph import regions
from engine.graph.model import Batch, Connect, End, Graph, Move, SetMark
from gui.canvas import arrange, edits, frame_commands

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

FAR = 5  # grid units that Shift with an arrow key nudges by


def select_all(view: Canvas) -> None:
    """Every block."""
    view.document.select(tuple(view.document.graph.nodes))


def select_none(view: Canvas) -> None:
    """Put a bar away; else no wire, frame or note; with none selected, no block; with nothing selected, up from the
    inside of a composite."""
    bars = [bar for bar in (view.connecting, view.finding) if bar.isVisible()]
    if bars:
        bars[0].close_bar()
        return
    had_other = view.chosen_wire is not None or view.marks.chosen is not None
    view.choose_wire(None)
    view.marks.choose(None)
    if had_other:
        return
    if view.document.selection:
        view.document.select(())
    elif not view.document.scope.is_root:
        view.document.leave()


def nudge(dx: int, dy: int) -> Callable[[Canvas], None]:
    """Move the selected blocks by grid units; with nothing selected, select the first block."""

    def run(view: Canvas) -> None:
        document = view.document
        if frame_commands.nudge(view, dx, dy):
            return
        if document.selection:
            edit = edits.moved(document.graph, document.selection, dx * edits.GRID, dy * edits.GRID)
            document.do(edit, "Move blocks", merge="nudge " + " ".join(document.selection))
        elif document.graph.nodes:
            document.select([next(iter(document.graph.nodes))])
            view.show_blocks(document.selection)

    return run


def walk(dx: int, dy: int) -> Callable[[Canvas], None]:
    """Select the neighbour along a wire (left: what feeds it, right: what it feeds), or the nearest above or below.

    Where a wire is selected, left and right lead to its ends.
    """

    def run(view: Canvas) -> None:
        document = view.document
        graph = document.graph
        wire = graph.wires.get(view.chosen_wire) if view.chosen_wire is not None else None
        near: str | None
        if wire is not None and dx:
            near = wire.target.block if dx > 0 else wire.source.block
            view.choose_wire(None)
        elif not document.selection:
            nudge(0, 0)(view)
            return
        else:
            near = _neighbour(graph, document.selection[-1], dx, dy)
        if near is not None:
            document.select([near])
            view.show_blocks([near])

    return run


def _neighbour(graph: Graph, block: str, dx: int, dy: int) -> str | None:
    here = graph.node(block)
    if dx:
        ids = [w.target.block for w in graph.wires_from(block)] if dx > 0 else [
            w.source.block for w in graph.wires_into(block)
        ]  # fmt: skip
        return min(ids, key=lambda id_: abs(graph.node(id_).y - here.y), default=None)
    beyond = [n.id for n in graph if (n.y - here.y) * dy > 0]
    return min(beyond, key=lambda id_: _apart(graph, block, id_), default=None)


def _apart(graph: Graph, one: str, two: str) -> float:
    a, b = graph.node(one), graph.node(two)
    return abs(a.x - b.x) * 2 + abs(a.y - b.y)


def next_wire(view: Canvas) -> None:
    """Select a wire of the selected block, the next one each time: those that come in first, then those that leave."""
    graph = view.document.graph
    if not view.document.selection:
        return
    block = view.document.selection[-1]
    ends: list[End] = [wire.target for wire in (*graph.wires_into(block), *graph.wires_from(block))]
    if not ends:
        view.document.refused.emit(f"{graph.node(block).name} has no wire yet; W draws one.")
        return
    at = ends.index(view.chosen_wire) + 1 if view.chosen_wire in ends else 0
    view.choose_wire(ends[at % len(ends)])


# --- arranging ----------------------------------------------------------------------------------------------------------


def _boxes(view: Canvas) -> dict[str, arrange.Box]:
    boxes = {}
    for id_ in view.document.selection:
        card = view.canvas.nodes[id_].card()
        node = view.document.graph.node(id_)
        boxes[id_] = arrange.Box(node.x, node.y, card.width(), card.height())
    return boxes


def align(side: arrange.Side) -> Callable[[Canvas], None]:
    """Bring one edge, or the middles, of the selected blocks into line."""

    def run(view: Canvas) -> None:
        places = arrange.aligned(_boxes(view), side)
        if places:
            view.document.do(Move(places), f"Align {side}")

    return run


def distribute(axis: arrange.Axis) -> Callable[[Canvas], None]:
    """Make the gaps between the selected blocks equal."""

    def run(view: Canvas) -> None:
        places = arrange.distributed(_boxes(view), axis)
        if places:
            view.document.do(Move(places), "Distribute")

    return run


def tidy(view: Canvas) -> None:
    """Lay the drawing out anew in layers: the selected blocks when there are several, else all."""
    graph, chosen = view.document.graph, view.document.selection
    if len(graph) == 0:
        return
    part = graph if len(chosen) < 2 else graph.part(set(chosen))
    heights = {id_: item.card().height() for id_, item in view.canvas.nodes.items()}
    corner = None
    if len(chosen) > 1:
        at = view.canvas.around(chosen).topLeft()
        corner = edits.snapped(at.x()), edits.snapped(at.y())
    tidied = regions.tidy(graph, part, heights, corner)
    places = tidied.places
    if tidied.marks or any((graph.node(id_).x, graph.node(id_).y) != place for id_, place in places.items()):
        led = [w for w in graph.wires.values() if w.via and w.source.block in places and w.target.block in places]
        straight = [Connect(replace(wire, via=())) for wire in led]  # points of the old layout would lie anywhere
        marks = (SetMark(mark) for mark in tidied.marks)
        view.document.do(Batch((*straight, Move(places), *marks)), "Tidy up")
        if len(chosen) < 2:
            view.fit()
