"""Find a block by its name, kind, settings, shape or problem: the search, and the bar over the canvas.

Not for: rings around what was found (`gui.canvas.marks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from engine.errors import Problem, SettingError
from engine.graph.check import Report
from engine.graph.model import Graph, Node
from gui import search
from gui.canvas import access
from gui.canvas.bars import Bar

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

WIDTH = 560  # pixels


def texts(node: Node, report: Report, problems: Iterable[Problem] = ()) -> tuple[str, ...]:
    """What a block is found by: name, kind, family, face, settings, shapes, marks and problems."""
    out = [node.name, node.kind]
    with suppress(SettingError):  # its settings cannot be worked out; it is found by its name all the same
        out += [node.spec.title, node.spec.family, node.block().face()]
    out += [f"{name.replace('_', ' ')} {_value(value)}" for name, value in node.settings.items()]
    found = report.blocks.get(node.id)
    if found is not None:
        out += [str(shape) for shape in (*found.outputs, *found.inputs) if shape is not None]
    states = (("bypassed", node.bypassed), ("pinned", node.pinned), ("frozen", node.frozen))
    out += [word for word, on in states if on]
    out += [problem.text for problem in problems]
    return tuple(text for text in out if text)


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "×".join(str(one) for one in value)
    return str(value)


def entries(graph: Graph, report: Report) -> dict[str, tuple[str, ...]]:
    """The texts of every block, in the order of the drawing."""
    by_block: dict[str, list[Problem]] = {}
    for problem in report.problems:
        if problem.block is not None:
            by_block.setdefault(problem.block, []).append(problem)
    return {node.id: texts(node, report, by_block.get(node.id, ())) for node in graph}


def find(query: str, among: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Blocks whose texts hold the query, those whose name does first, else in the order of the drawing; where none does, those
    that fit it fuzzily, best first.

    "64x28" is read as a shape: 64×28.
    """
    query = re.sub(r"(?<=\d)\s*[x*×]\s*(?=\d)", "×", query.strip().casefold())
    if not query:
        return []
    plain = [id_ for id_, held in among.items() if any(query in text.casefold() for text in held)]
    plain.sort(key=lambda id_: query not in among[id_][0].casefold())
    return plain or search.best(query, [(id_, held[:3]) for id_, held in among.items()])


def lead(view: Canvas, bar: Bar, blocks: list[str]) -> None:
    """Bring blocks into view, and out from under a bar."""
    view.show_blocks(blocks)
    delta = bar.uncover(view.mapFromScene(view.canvas.around(blocks)).boundingRect())
    if not delta.isNull():
        view.scroll_by(delta)


class FindBar(Bar):
    """The field that Ctrl+F opens. Enter goes to the next block found, Shift+Enter to the one before."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view, name="find-bar", icon="magnify", width=WIDTH)
        self.view = view
        self.found: list[str] = []
        self.at = 0
        self._among: dict[str, tuple[str, ...]] | None = None
        self.field.setPlaceholderText("Find a block…")
        self.field.setAccessibleName("Find a block by name, kind, setting, shape or problem")
        self.field.textChanged.connect(self._typed)
        self.add_button("chevron-up", "Previous (Shift+Enter)").clicked.connect(lambda: self.step(-1))
        self.add_button("chevron-down", "Next (Enter)").clicked.connect(lambda: self.step(1))
        self.add_button("close", "Close (Esc)").clicked.connect(self.close_bar)
        self.closed.connect(self._gone)
        view.document.reported.connect(self._changed)
        view.document.replaced.connect(self.close_bar)
        view.document.scope_changed.connect(self.close_bar)
        view.canvas.laid_out.connect(self._ring)

    @property
    def current(self) -> str | None:
        """The block that the view was led to."""
        return self.found[self.at] if self.found else None

    def open(self) -> None:
        """Show the bar with what was looked for last."""
        self._among = None
        self.come()
        self._search()

    def step(self, by: int) -> None:
        """Go to the next block that was found, or the one before."""
        if self.found:
            self.at = (self.at + by) % len(self.found)
            self._go()

    def _typed(self, _text: str) -> None:
        self.at = 0
        self._search()
        if self.found:
            self._go()

    def _changed(self, _report: object) -> None:
        self._among = None
        if self.isVisible():
            self._search()

    def _search(self) -> None:
        """Look anew, and stay at the block the view was led to where it is still found."""
        before = self.current
        if self._among is None:
            self._among = entries(self.view.document.graph, self.view.document.report)
        self.found = find(self.field.text(), self._among)
        self.at = (
            self.found.index(before) if before in self.found and self.at else min(self.at, max(0, len(self.found) - 1))
        )
        self._tell()

    def _go(self) -> None:
        if self.current is not None:
            lead(self.view, self, [self.current])
        self._tell()

    def _tell(self) -> None:
        if not self.field.text().strip():
            self.say("")
        elif self.current is None:
            self.say("No block matches", bad=True)
        else:
            name = self.view.document.graph.node(self.current).name
            self.say(f"{self.at + 1} of {len(self.found)}  ·  {name}")
            access.announce(self.field, f"{name}, {self.at + 1} of {len(self.found)}")
        self._ring()

    def _ring(self) -> None:
        if not self.isVisible():
            return
        nodes = self.view.canvas.nodes
        rects = {id_: nodes[id_].card().translated(nodes[id_].pos()) for id_ in self.found if id_ in nodes}
        self.view.rings.show_rings(rects.values(), rects.get(self.current or ""))

    def _gone(self) -> None:
        """Select what the view was led to, so that work goes on there."""
        self.view.rings.show_rings(())
        if self.current is not None and self.current in self.view.document.graph.nodes:
            self.view.document.select([self.current])
        self.view.setFocus()

    def take_key(self, event: QKeyEvent) -> bool:
        """Enter and the arrows go through what was found."""
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F3:
                self.step(-1 if back else 1)
            case Qt.Key.Key_Down:
                self.step(1)
            case Qt.Key.Key_Up:
                self.step(-1)
            case _:
                return super().take_key(event)
        return True
