"""What a report says about blocks and wires, told to their items when they are seen; the others hear it little by little.

One setting near the input can give a thousand wires another shape. The few that are on the screen say so in the same frame; telling
all of them takes ten frames. Not for: finding out what has changed (`gui.canvas.scene`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QTimer

from engine.errors import Problem
from engine.graph.check import Report
from engine.graph.edits import End

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

SLICE_S = 0.0015  # of one turn of the event loop; a frame has 16 ms


class Late(QObject):
    """Items that have not heard the last report yet."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._report = Report()
        self._problems: Mapping[str, tuple[Problem, ...]] = {}
        self._nodes: dict[str, None] = {}
        self._wires: dict[End, None] = {}
        self._turned_nodes: set[str] = set()  # of these, what may look different even from far away
        self._turned_wires: set[End] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def tell(
        self, report: Report, problems: Mapping[str, tuple[Problem, ...]], news: tuple[Iterable[str], Iterable[End]],
        turned: tuple[Iterable[str], Iterable[End]],
    ) -> None:  # fmt: skip
        """Take a new report; what is seen hears it now.

        Args:
            report: What the checker found out.
            problems: By block.
            news: Blocks and wires that it says something new about.
            turned: Those of them that it may say are wrong or right, known or unknown, other than before.
        """
        self._report, self._problems = report, problems
        self._nodes |= dict.fromkeys(news[0])
        self._wires |= dict.fromkeys(news[1])
        self._turned_nodes.update(turned[0])
        self._turned_wires.update(turned[1])
        self.catch_up()
        if self._nodes or self._wires:
            self._timer.start()

    def catch_up(self, _where: object = None) -> None:
        """Tell what is seen, now that something else is or a report has come. From far away nothing of it can be read, except
        that something is wrong."""
        if not self._nodes and not self._wires:
            return
        scene = self._scene
        shown = [view for view in scene.views() if view.isVisible()]
        if not shown:
            self.finish()
        elif scene.inks.level == 0:
            for id_ in self._turned_nodes & self._nodes.keys():
                if id_ in scene.nodes and scene.nodes[id_].problems != self._of(id_):
                    self._tell_node(id_)
            for end in self._turned_wires & self._wires.keys():
                item = scene.wires.get(end)
                if item is not None:
                    item.mark(self._report.shape_of(item.wire.source) is not None, self._bad(end))
            self._all_turned()
        else:
            for view in shown:
                self._tell_in(view.mapToScene(view.viewport().rect()).boundingRect())

    def finish(self) -> None:
        """Tell all."""
        for id_ in list(self._nodes):
            self._tell_node(id_)
        for end in list(self._wires):
            self._tell_wire(end)
        self._all_turned()
        self._timer.stop()

    def clear(self) -> None:
        """Other items are on the canvas."""
        self._nodes.clear()
        self._wires.clear()
        self._all_turned()
        self._timer.stop()

    def _all_turned(self) -> None:
        self._turned_nodes.clear()
        self._turned_wires.clear()

    def _tell_in(self, rect: QRectF) -> None:
        scene = self._scene
        for id_ in scene.cells.touching(rect):
            if id_ in self._nodes:
                self._tell_node(id_)
        for item in scene.wire_cells.touching(rect):
            if item.wire.target in self._wires:
                self._tell_wire(item.wire.target)

    def _go_on(self) -> None:
        end = time.perf_counter() + SLICE_S
        while (self._nodes or self._wires) and time.perf_counter() < end:
            if self._nodes:
                self._tell_node(next(iter(self._nodes)))
            else:
                self._tell_wire(next(iter(self._wires)))
        if self._nodes or self._wires:
            self._timer.start()
        else:
            self._all_turned()

    def _of(self, id_: str) -> tuple[Problem, ...]:
        return self._problems.get(id_, ())

    def _bad(self, end: End) -> bool:
        wrong = any(p.severity == "error" and p.port == end.port for p in self._of(end.block))
        wire = self._scene.wires[end].wire
        return wrong and self._report.shape_of(wire.source) is not None

    def _tell_node(self, id_: str) -> None:
        del self._nodes[id_]
        item = self._scene.nodes.get(id_)
        if item is not None:
            item.set_report(self._report.blocks.get(id_), self._of(id_))

    def _tell_wire(self, end: End) -> None:
        del self._wires[end]
        item = self._scene.wires.get(end)
        if item is not None:
            shape = self._report.shape_of(item.wire.source)
            item.say(str(shape) if shape is not None else "", self._bad(end))
