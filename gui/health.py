"""The health of the network that is looked into, brought to the faces of the blocks it belongs to.

It follows the training that runs, and reads the last health of a run that is shown. A block that has been edited since is not
the one that was trained: its sign goes. Not for: what is well and what is not (`engine.training.health`), nor for painting.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.graph.model import Graph
from engine.training import messages as m
from engine.training.health import SIGNS, TITLES, figure, share, worst
from engine.training.messages import BlockHealth, Health
from engine.training.runs import Run
from gui import scope as ways
from gui.background import in_background
from gui.document import Document
from gui.feed import settling
from gui.session import Session

Show = Callable[[str, BlockHealth | None], None]


class HealthSigns(QObject):
    """Keeps the signs on one canvas true.

    Attributes:
        changed: Other signs are shown.
        shown: Health by id, of the blocks of the open drawing that have a sign.

    Args:
        document: Whose blocks they are on.
        session: Who trains, and which run is looked into.
        show: Puts a sign on a block's face, or takes it off.
    """

    changed = Signal()

    def __init__(self, document: Document, session: Session, show: Show) -> None:
        super().__init__(document)
        self.document, self.session, self._show = document, session, show
        self.shown: dict[str, BlockHealth] = {}
        self._health: Health | None = None
        self._settle = settling(self, self.refresh)
        session.messages.connect(self._came)
        session.run_changed.connect(self._run_changed)
        session.network_changed.connect(self.refresh)
        document.edited.connect(self._edited)
        document.scope_changed.connect(self.refresh)
        self._run_changed(session.run)

    def _came(self, came: list[m.Message]) -> None:
        for message in reversed(came):
            if isinstance(message, Health):
                self._health = message
                self.refresh()
                return

    def _run_changed(self, path: str | None) -> None:
        self._health = None
        self.refresh()
        if path is not None:
            in_background(self, partial(_read, Path(path)), partial(self._read, path), self._unread)

    def _read(self, path: str, health: Health | None) -> None:
        if path == self.session.run and self._health is None and health is not None:
            self._health = health
            self.refresh()

    def _unread(self, _text: str) -> None:
        """A run that cannot be read says so where it is picked; here it has no health."""

    def _edited(self, _edit: object) -> None:
        if self._health is not None:
            self._settle.start()

    def refresh(self) -> None:
        """Put the signs where they belong, and take them off where they do not."""
        self._settle.stop()
        wanted = self._wanted()
        gone = [block for block in self.shown if block not in wanted]
        differs = wanted != self.shown
        self.shown = wanted
        for block in gone:
            self._show(block, None)
        for block, health in wanted.items():
            self._show(block, health)
        if differs:
            self.changed.emit()

    def _wanted(self) -> dict[str, BlockHealth]:
        graph, scope = self.session.looking_at, self.document.scope
        if self._health is None or graph is None or scope.base is not None or not self.session.trained:
            return {}
        owners = ways.owners(graph, scope)
        if len(owners) != len(scope.path) + 1 or ways.owners(self.document.root, scope)[1:] != owners[1:]:
            return {}
        names = [ways.drawing(graph, owner).nodes[id_].name for owner, id_ in zip(owners, scope.path, strict=False)]
        by_name = under(self._health, tuple(names))
        then, now = ways.drawing(graph, owners[-1]), self.document.graph
        return {
            node.id: by_name[node.name] for node in then if node.name in by_name and _as_trained(node.id, then, now)
        }

    def told(self, block: str) -> tuple[list[tuple[str, str]], str]:
        """What the properties panel says of a block: names and figures, and a sentence; nothing where it has no sign."""
        health = self.shown.get(block)
        if health is None:
            return [], ""
        facts = [("Health", f"{SIGNS[health.state]} {TITLES[health.state]}")]
        if not math.isnan(health.gradient):
            facts.append(("Gradient", f"{figure(health.gradient)} × weights"))
        if not math.isnan(health.update):
            facts.append(("Change by a step", f"{share(health.update)} of weights"))
        if health.units:
            facts.append(("Silent units", f"{health.silent:,} of {health.units:,}"))
        return facts, "" if health.state == "good" else health.text


def _read(path: Path) -> Health | None:
    return Run(path).health()


def _as_trained(id_: str, then: Graph, now: Graph) -> bool:
    """Whether a block is still what it was, by whatever name."""
    if id_ not in now.nodes:
        return False
    one, other = then.nodes[id_], now.nodes[id_]
    return (one.kind, dict(one.settings), one.bypassed) == (other.kind, dict(other.settings), other.bypassed)


def under(health: Health, names: tuple[str, ...]) -> dict[str, BlockHealth]:
    """Health by name of the blocks in the drawing that these instances lead to.

    A composite, and a block that every repetition has one of, fares as the worst of its inside does. Repetitions are numbers in
    the names of the plan ("stage1.0.conv1"), and no block is called after a number.
    """
    found: dict[str, list[tuple[str, BlockHealth]]] = defaultdict(list)
    for name, one in health.blocks.items():
        parts = tuple(part for part in name.split(".") if not part.isdigit())
        if parts[: len(names)] == names and len(parts) > len(names):
            found[parts[len(names)]].append((name, one))
    return {name: _whole(name, inside) for name, inside in found.items()}


def _whole(name: str, inside: Iterable[tuple[str, BlockHealth]]) -> BlockHealth:
    inside = list(inside)
    if len(inside) == 1 and inside[0][0] == name:
        return inside[0][1]
    whole = worst(inside)
    assert whole is not None
    return whole
