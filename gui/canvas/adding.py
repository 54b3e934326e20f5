"""Quick-add and blocks dropped from the palette: where a block that is chosen will stand and what it is wired to.

Not for: the box with its list (`gui.canvas.quickadd`) nor the edits (`gui.canvas.edits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtGui import QDropEvent

from engine.graph.model import End, Wire
from gui.canvas import edits, geometry, placing
from gui.canvas.gestures import WIRE_REACH
from gui.canvas.quickadd import QuickAdd
from gui.kinds import likely_first, offered

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

BELOW = 16  # pixels, of the box from the middle of the wire that a block is put into
MIME = "application/x-layerloom-block"  # what the palette drags: the kind, as text


class Adding(QObject):
    """Opens the quick-add box and places what is chosen in it.

    Attributes:
        box: The box.
    """

    def __init__(self, view: Canvas) -> None:
        super().__init__(view)
        self.view = view
        self.box = QuickAdd(view)
        self.box.chosen.connect(self._chosen)
        self.box.closed.connect(self._closed)
        self._place = QPointF()  # where the block will stand
        self._at_point = False  # whether a person pointed there
        self._ends: dict[str, End] = {}  # "source" or "target": the loose wire's fixed end
        self._into: Wire | None = None

    def open(self, at: QPoint | None = None, *, source: End | None = None, target: End | None = None,
             into: Wire | None = None) -> None:  # fmt: skip
        """Open the box at a point of the viewport, for a loose wire end or a wire to put a block into.

        Without a point it opens in the middle, or at the wire that is selected, which the block is put into then.
        """
        view = self.view
        if at is None and source is None and target is None and into is None and view.chosen_wire is not None:
            into = view.document.graph.wires[view.chosen_wire]
            at = self._beside(into)
        self._ends = {name: end for name, end in (("source", source), ("target", target)) if end is not None}
        self._into = into
        self._at_point = at is not None
        at = at if at is not None else view.viewport().rect().center() - QPoint(160, 120)
        self._place = view.mapToScene(at)
        kinds = offered(view.document)
        start = into.source if into else source
        after = view.document.graph.node(start.block).spec.family if start is not None else ""
        fitting = edits.fitting(kinds, view.document.report, source=start, target=target, after=after)
        if start is None and target is None and not self._at_point and len(view.document.selection) == 1:
            fitting = likely_first(fitting, view.document.graph.node(view.document.selection[0]).spec.family)
        if into is not None:
            fitting = [kind for kind in fitting if kinds[kind]().outputs()]
        if self._ends:
            (other,) = self._ends.values()
            fixed = view.canvas.nodes[other.block].port_place(other.port, is_input=target is not None)
            ends = (fixed, self._place) if source is not None else (self._place, fixed)
            view.canvas.show_loose(geometry.course(*ends)[0])
        self.box.open(at, {kind: kinds[kind] for kind in fitting}, self._hint(before=target is not None))

    def _beside(self, wire: Wire) -> QPoint | None:
        """A point of the viewport below a wire's middle; None where that is not in view."""
        middle = self.view.mapFromScene(self.view.canvas.wires[wire.target].label.pos())
        return middle + QPoint(0, BELOW) if self.view.viewport().rect().contains(middle) else None

    def _hint(self, *, before: bool) -> str:
        graph, selection = self.view.document.graph, self.view.document.selection
        if self._into is not None:
            return f"Insert after {graph.node(self._into.source.block).name}…"
        if self._ends or (not self._at_point and len(selection) == 1):
            anchor = next(iter(self._ends.values())).block if self._ends else selection[0]
            return f"Add {'before' if before else 'after'} {graph.node(anchor).name}…"
        return "Add a block…"

    def _chosen(self, kind: str) -> None:
        view = self.view
        if self._into is not None and self._into.target in view.canvas.wires:
            made = placing.insert(view, kind, self._into)
        elif not self._ends and not self._at_point and view.document.selection:
            made = view.document.add_block(kind)
        elif not self._ends and not self._at_point:
            made = placing.place(view, kind, view.mapToScene(view.viewport().rect().center()))
        else:
            made = placing.place(view, kind, self._place, **self._ends)
        if made is not None:
            view.show_blocks([made])

    def _closed(self) -> None:
        self.view.canvas.show_loose(None)
        self.view.setFocus()

    # --- blocks dropped from the palette

    def wire_under(self, at: QPoint) -> Wire | None:
        """The wire that a block dropped at a point of the viewport would be put into."""
        found = self.view.canvas.wire_at(self.view.mapToScene(at), 2 * WIRE_REACH / self.view.zoom)
        return found.wire if found is not None else None

    def drop(self, event: QDropEvent) -> None:
        """Place a dropped block, in a wire where it was dropped on one."""
        kind = bytes(event.mimeData().data(MIME).data()).decode(errors="replace")
        at = event.position().toPoint()
        wire = self.wire_under(at)
        self.view.mark_wire(None)
        if kind not in offered(self.view.document):
            event.ignore()
            return
        made = placing.insert(self.view, kind, wire) if wire is not None else None
        if made is None:
            placing.place(self.view, kind, self.view.mapToScene(at))
        event.acceptProposedAction()
        self.view.setFocus()
