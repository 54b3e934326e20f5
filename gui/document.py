"""The document as the window sees it: a project, its undo stack, its report, its selection.

Every panel changes the project through `do` and follows `edited`, `reported` and `selected`; none keeps a copy.
Not for: training and data (`gui.session`), nor for asking the person anything (`gui.window`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.blocks.spec import spec_of
from engine.errors import Fix, GraphError
from engine.graph import layout
from engine.graph.check import Report, check
from engine.graph.facts import DataFacts
from engine.graph.mend import STEP
from engine.graph.model import AddBlock, Batch, Connect, Edit, End, Graph, Move, Node, Wire
from engine.project import Project, open_project
from gui.commands import EditCommand


class Document(QObject):
    """One project and everything that can be heard from it.

    Attributes:
        edited: Emits each edit after it has been applied, whether done, undone or redone.
        reported: Emits the report after every edit and when the data's facts change.
        selected: Emits the ids of the selected blocks.
        replaced: Another project was loaded.
        facts_changed: Emits the facts of the data set, or None.
        refused: Emits the sentence of a refused edit.
        place_changed: The project's title, file or dirty mark changed.
    """

    edited = Signal(object)
    reported = Signal(object)
    selected = Signal(object)
    replaced = Signal()
    facts_changed = Signal(object)
    refused = Signal(str)
    place_changed = Signal()

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.cleanChanged.connect(self._cleaned)
        self.facts: DataFacts | None = None
        self.selection: tuple[str, ...] = ()
        self.report = Report()
        self._stop_listening: Callable[[], None] | None = None
        self._recovered = False
        self._load(project if project is not None else Project())

    def _cleaned(self, _clean: bool) -> None:
        self.place_changed.emit()

    # --- reading

    @property
    def graph(self) -> Graph:
        """The project's graph."""
        return self.project.graph

    @property
    def path(self) -> Path | None:
        """The project's file, None until it is saved."""
        return self.project.path

    @property
    def title(self) -> str:
        """What the title bar says."""
        return self.project.title

    @property
    def dirty(self) -> bool:
        """Whether there are changes that no file has."""
        return self._recovered or not self.stack.isClean()

    # --- loading and saving

    def _load(self, project: Project) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
        self.project = project
        self._stop_listening = project.graph.changed.connect(self._edited)
        self.stack.clear()
        self.stack.setClean()
        self._recovered = False
        self.selection = ()
        self.report = check(self.graph, self.facts)

    def replace(self, project: Project, *, recovered: bool = False) -> None:
        """Show another project; `recovered` marks it as holding changes that its file has not."""
        self._load(project)
        self._recovered = recovered
        self.replaced.emit()
        self.selected.emit(())
        self.reported.emit(self.report)
        self.place_changed.emit()

    def new(self) -> None:
        """Start with an empty drawing."""
        self.replace(Project())

    def open(self, reference: str | Path) -> None:
        """Open "preset:NAME" or a file.

        Raises:
            StoreError: It cannot be opened; the project that is open stays.
        """
        self.replace(open_project(reference))

    def save(self, path: Path | str | None = None) -> Path:
        """Write the project.

        Raises:
            StoreError: It could not be written, or no file is known yet.
        """
        saved = self.project.save(path)
        self._recovered = False
        self.stack.setClean()
        self.place_changed.emit()
        return saved

    # --- changing

    def do(self, edit: Edit, text: str, *, merge: str = "") -> bool:
        """Carry out an edit as one undo step; False (and `refused`) where the graph refuses it."""
        try:
            inverse = self.graph.apply(edit)
        except GraphError as error:
            self.refused.emit(str(error))
            return False
        self.stack.push(EditCommand(self.graph, edit, inverse, text=text, merge=merge))
        return True

    def _edited(self, edit: Edit) -> None:
        gone = [id_ for id_ in self.selection if id_ not in self.graph.nodes]
        self.report = check(self.graph, self.facts)
        self.edited.emit(edit)
        if gone:
            self.select(id_ for id_ in self.selection if id_ in self.graph.nodes)
        self.reported.emit(self.report)

    def select(self, ids: Iterable[str]) -> None:
        """Select blocks; ids that are not there are left out."""
        wanted = tuple(dict.fromkeys(id_ for id_ in ids if id_ in self.graph.nodes))
        if wanted != self.selection:
            self.selection = wanted
            self.selected.emit(wanted)

    def set_facts(self, facts: DataFacts | None) -> None:
        """Check against a data set from now on."""
        if facts != self.facts:
            self.facts = facts
            self.facts_changed.emit(facts)
            self.report = check(self.graph, facts)
            self.reported.emit(self.report)

    def add_block(
        self,
        kind: str,
        *,
        at: tuple[float, float] | None = None,
        after: str | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Place a block behind `after` (the selected block where it is not given) and wire it where that is plain.

        With `at` it is placed there and not wired. What followed the earlier block follows the new one if that has one input
        and one output, so a chain stays a chain.

        Returns:
            The new block's id, None where it was refused.
        """
        graph = self.graph
        if after is None and at is None and len(self.selection) == 1:
            after = self.selection[0]
        before = graph.nodes.get(after) if after else None
        node = graph.new_node(kind, settings)
        block = node.block()
        edits: list[Edit] = []
        if at is None:
            at = (before.x + STEP, before.y) if before else self._free_place()
        if before is not None and before.block().outputs() and block.inputs():
            start = End(before.id, before.block().outputs()[0].name)
            edits.append(Connect(Wire(start, End(node.id, block.inputs()[0].name))))
            if block.outputs() and len(block.inputs()) == 1:
                following = [wire for wire in graph.wires_from(before.id) if wire.source == start]
                edits += [Connect(Wire(End(node.id, block.outputs()[0].name), wire.target)) for wire in following]
        pushed = layout.room(graph, at) if before is not None else {}
        if before is None:
            at = self._not_on_another(at)
        elif pushed:
            edits.append(Move(pushed))
        placed = Node(node.id, node.kind, node.name, node.settings, *at)
        if not self.do(Batch((AddBlock(placed), *edits)), f"Add {spec_of(kind).title.lower()}"):
            return None
        self.select([node.id])
        return node.id

    def _free_place(self) -> tuple[float, float]:
        nodes = list(self.graph)
        if not nodes:
            return 0.0, 0.0
        last = max(nodes, key=lambda node: node.x)
        return last.x + STEP, last.y

    def _not_on_another(self, at: tuple[float, float]) -> tuple[float, float]:
        x, y = at
        while any(abs(node.x - x) < STEP * 0.8 and abs(node.y - y) < STEP * 0.45 for node in self.graph):
            y += STEP * 0.55
        return x, y

    def apply_fix(self, fix: Fix) -> bool:
        """Carry out a proposed mend as one undo step."""
        return self.do(Batch(tuple(fix.edits)), fix.title)
