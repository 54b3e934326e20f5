"""What screen readers hear of the canvas: a widget that paints all its blocks itself says what is selected in words.

The canvas stays one accessible object whose description is kept current. An accessible child a block would need interfaces
without a QObject behind them; Qt's cache owns those and frees them behind Python's back. Block by block the drawing is read in
the analyser's table, which has the menus of the canvas.

Not for: names of other widgets, which carry their own.
"""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from engine.errors import SettingError
from engine.graph.check import Report
from engine.graph.model import End, Graph, Mark

MOST = 3  # blocks that are named; nobody listens to more


def described(
    graph: Graph, report: Report, blocks: tuple[str, ...], wire: End | None = None, mark: Mark | None = None
) -> str:
    """The selection in words: a lone block with everything that its picture shows, several by name, a wire by its ends."""
    if wire is not None and wire in graph.wires:
        return _wire(graph, report, wire)
    if mark is not None:
        return f"Selected: {mark.kind}, {mark.text or 'without a text'}. Enter writes, Delete takes it away."
    if not blocks:
        return f"Nothing selected. {_count(len(graph), 'block')}, {_count(len(graph.wires), 'wire')}."
    if len(blocks) == 1:
        return f"Selected: {_block(graph, report, blocks[0])}"
    named = ", ".join(graph.node(id_).name for id_ in blocks[:MOST])
    more = f" and {len(blocks) - MOST} more" if len(blocks) > MOST else ""
    return f"Selected: {len(blocks)} blocks: {named}{more}."


def faults_on(report: Report, target: End) -> list[str]:
    """What does not fit about a wire, as sentences.

    Args:
        report: About the drawing that it stands in.
        target: The input that it ends in.
    """
    return [p.text for p in report.problems if (p.path, p.block, p.port) == ((), target.block, target.port)]


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _wire(graph: Graph, report: Report, target: End) -> str:
    wire = graph.wires[target]
    shape = report.shape_of(wire.source)
    carries = f", carries {shape.words}" if shape is not None else ""
    faults = faults_on(report, target)
    ends = f"Selected: wire from {graph.node(wire.source.block).name} to {graph.node(target.block).name}"
    return " ".join((f"{ends}, input {target.port}{carries}.", *faults, "Delete takes it away."))


def _block(graph: Graph, report: Report, id_: str) -> str:
    node, found = graph.node(id_), report.blocks.get(id_)
    try:
        words = [node.name, node.spec.title, node.block().face()]
    except SettingError:
        words = [node.name, node.kind]
    states = (("bypassed", node.bypassed), ("pinned", node.pinned), ("frozen", node.frozen))
    words += [word for word, on in states if on]
    if found is not None and found.output is not None:
        words.append(f"output {found.output}")
    if found is not None and found.parameters:
        words.append(_count(found.parameters, "parameter"))
    into = [graph.node(wire.source.block).name for wire in graph.wires_into(id_)]
    out = [graph.node(wire.target.block).name for wire in graph.wires_from(id_)]
    words += [f"fed by {' and '.join(into)}"] if into else []
    words += [f"feeds {' and '.join(out)}"] if out else []
    faults = [problem.text for problem in report.problems if problem.block == id_]
    return " ".join((", ".join(word for word in words if word) + ".", *faults))


def announce(widget: QWidget, text: str) -> None:
    """Have a sentence spoken now, where something listens."""
    if QAccessible.isActive() and text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
