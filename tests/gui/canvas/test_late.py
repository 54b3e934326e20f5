"""What is seen says at once what a report says; the rest hears it before it is seen."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QPointF

from engine.graph.model import AddBlock, Configure, Connect, Disconnect, End, Graph, Node, Wire
from engine.project import Project
from gui.canvas import Canvas
from gui.document import Document

LONG = 60


def long_chain() -> Document:
    """An image and sixty ReLUs in one row, 256 units apart."""
    project = Project()
    graph: Graph = project.graph
    graph.apply(AddBlock(Node("b0", "image_input", "image", {"channels": 3, "height": 8, "width": 8})))
    for index in range(1, LONG):
        graph.apply(AddBlock(Node(f"b{index}", "relu", f"relu{index}", {}, index * 256.0, 0.0)))
    for one, two in itertools.pairwise(range(LONG)):
        graph.apply(Connect(Wire(End(f"b{one}", "y"), End(f"b{two}", "x"))))
    return Document(project)


def label(canvas: Canvas, index: int) -> str:
    return canvas.canvas.wires[End(f"b{index}", "x")].label.text


def test_what_is_seen_is_told_in_the_same_call_and_the_rest_when_it_is_scrolled_to(
    show: Callable[[Document], Canvas],
) -> None:
    document = long_chain()
    canvas = show(document)
    canvas.set_zoom(1.0)
    canvas.centerOn(QPointF(256, 40))
    canvas.canvas.late.finish()
    document.do(Configure("b0", {"height": 9}), "Set height")
    assert label(canvas, 1) == "N×3×9×8"
    assert label(canvas, LONG - 1) == "N×3×8×8"
    canvas.centerOn(QPointF((LONG - 2) * 256, 40))
    assert label(canvas, LONG - 1) == "N×3×9×8"


def test_the_rest_is_told_little_by_little(show: Callable[[Document], Canvas], qtbot: object) -> None:
    document = long_chain()
    canvas = show(document)
    canvas.set_zoom(1.0)
    canvas.centerOn(QPointF(256, 40))
    document.do(Configure("b0", {"height": 10}), "Set height")
    qtbot.waitUntil(lambda: label(canvas, LONG - 1) == "N×3×10×8")  # type: ignore[attr-defined]


def test_a_fault_is_marked_at_once_however_far_away(show: Callable[[Document], Canvas]) -> None:
    document = long_chain()
    canvas = show(document)
    canvas.set_zoom(0.1)
    canvas.canvas.late.finish()
    document.do(Connect(Wire(End("b0", "y"), End("b5", "x"))), "Connect")
    document.add_block("linear", at=(0.0, 400.0))
    linear = document.selection[0]
    document.do(Connect(Wire(End("b3", "y"), End(linear, "x"))), "Connect")
    assert canvas.canvas.nodes[linear].problems == document.report.of(linear)
    assert canvas.canvas.wires[End(linear, "x")].bad


def test_what_is_not_known_any_more_is_dashed_at_once_when_one_goes_far_away(
    show: Callable[[Document], Canvas],
) -> None:
    document = long_chain()
    canvas = show(document)
    canvas.set_zoom(1.0)
    canvas.centerOn(QPointF(256, 40))
    canvas.canvas.late.finish()
    last, wire = canvas.canvas.wires[End(f"b{LONG - 1}", "x")], document.graph.wires[End("b2", "x")]
    document.do(Disconnect(End("b2", "x")), "Disconnect")
    assert last.known
    canvas.set_zoom(0.1)
    assert not last.known
    document.do(Connect(wire), "Connect")
    assert last.known
