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

from engine.blocks.python import ReadAndTrust
from engine.compiler.python_shapes import forget
from engine.errors import Fix, GraphError
from engine.graph import layout
from engine.graph.check import Report, check
from engine.graph.facts import DataFacts
from engine.graph.mend import STEP
from engine.graph.model import AddBlock, Batch, Connect, Edit, End, Graph, Move, Node, SetSection, Wire
from engine.project import Project, open_project
from gui import scope as ways
from gui.commands import EditCommand
from gui.mine import MyComposites, bringing
from gui.scope import ROOT, Scope


class Document(QObject):
    """One project and everything that can be heard from it.

    One of its drawings is open: the network itself, or the inside of a composite. `graph`, `report`, `selection` and `do` are
    about the open drawing; `root` and `root_report` about the whole network.

    Attributes:
        changing: Emits before an edit is applied, done, undone or redone, and before another drawing is open: what a person has in
            hand is let go.
        edited: Emits each edit after it has been applied to `root`, whether done, undone or redone.
        reported: Emits the open drawing's report after every edit, when the data's facts change, and in another drawing.
        selected: Emits the ids of the selected blocks.
        scope: Which drawing is open.
        mine: The person's own palette of composites.
        scope_changed: Another drawing is open; `selected` follows.
        replaced: Another project was loaded.
        facts_changed: Emits the facts of the data set, or None.
        refused: Emits the sentence of a refused edit.
        place_changed: The project's title, file or dirty mark changed.
        trust_wanted: Emits Python code of the drawing that the person wants to read and perhaps to trust.
    """

    changing = Signal()
    edited = Signal(object)
    reported = Signal(object)
    selected = Signal(object)
    replaced = Signal()
    scope_changed = Signal()
    facts_changed = Signal(object)
    refused = Signal(str)
    place_changed = Signal()
    trust_wanted = Signal(str)

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self.stack.cleanChanged.connect(self._cleaned)
        self.facts: DataFacts | None = None
        self.selection: tuple[str, ...] = ()
        self.report = self.root_report = Report()
        self.scope = ROOT
        self._owner: str | None = None
        self.mine = MyComposites(self)
        self.mine.said.connect(self.refused)
        self._stop_listening: Callable[[], None] | None = None
        self._recovered = False
        self._stepping = False  # a step is being undone or done again
        self._load(project if project is not None else Project())

    def _cleaned(self, _clean: bool) -> None:
        self.place_changed.emit()

    # --- reading

    @property
    def root(self) -> Graph:
        """The project's graph: the whole network."""
        return self.project.graph

    @property
    def graph(self) -> Graph:
        """The drawing that is open: the network, or the inside of a composite."""
        return ways.drawing(self.root, self._owner)

    @property
    def path_in(self) -> tuple[str, ...]:
        """Ids of the instances that one has entered, outermost first."""
        return self.scope.path

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
        self._recovered = False
        self.selection = ()
        self.scope, self._owner = ROOT, None
        self.root_report = self.report = check(self.root, self.facts)
        self.stack.clear()  # who hears of it looks at the new project
        self.stack.setClean()

    def replace(self, project: Project, *, recovered: bool = False) -> None:
        """Show another project; `recovered` marks it as holding changes that its file has not."""
        self.changing.emit()
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

    def do(self, edit: Edit, text: str, *, merge: str = "", whole: bool = False) -> bool:
        """Carry out an edit of the open drawing as one undo step; False (and `refused`) where the graph refuses it.

        `whole`: it is an edit of the network, whichever drawing is open.
        """
        scope = self.scope
        edit = edit if whole else ways.wrapped(self._owner, edit)
        self.changing.emit()
        try:
            inverse = self.root.apply(edit)
        except GraphError as error:
            self.refused.emit(str(error))
            return False
        everywhere = all(isinstance(leaf, SetSection) for leaf in ways.leaves(edit))
        self.stack.push(
            EditCommand(
                self.root, edit, inverse, text=text, merge=merge, scope=None if everywhere else scope, visit=self._visit
            )
        )
        return True

    def take_back(self, merge: str) -> bool:
        """Undo the last step and forget it; False where it was not made under that word, there is none, or one is being undone."""
        if self._stepping:
            return False  # the stack would lose the step that it is at
        last = self.stack.command(self.stack.index() - 1)
        if not merge or not isinstance(last, EditCommand) or last.word != merge:
            return False
        last.undo()
        last.setObsolete(True)  # which the stack does not undo, but throw away
        self.stack.undo()
        return True

    def refusal(self, edit: Edit, *, whole: bool = False) -> str:
        """Why an edit of the open drawing (`whole`: of the network) would be refused; empty where it would not.

        Nobody hears of the attempt.
        """
        try:
            self.root.run(self.root.run(edit if whole else ways.wrapped(self._owner, edit)))
        except GraphError as error:
            return str(error)
        return ""

    def _visit(self, scope: Scope | None) -> None:
        """Open the drawing that an edit was made in, so that its undoing is seen; stay where it is gone, or there was none."""
        self._stepping = True
        self.changing.emit()
        if scope is not None and ways.existing(self.root, scope) == scope:
            self.open_scope(scope)
        self._stepping = False

    def _edited(self, edit: Edit) -> None:
        scope, owner = ways.existing(self.root, self.scope), self._owner
        self.root_report = check(self.root, self.facts, before=self.root_report)
        if scope != self.scope or ways.owners(self.root, scope)[-1] != owner:
            self._open(scope)  # what was open is gone
        else:
            self.report = ways.reports(self.root, self.root_report, scope)[-1]
        gone = [id_ for id_ in self.selection if id_ not in self.graph.nodes]
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
            self.root_report = check(self.root, facts)
            self.report = ways.reports(self.root, self.root_report, self.scope)[-1]
            self.reported.emit(self.report)

    def recheck(self) -> None:
        """Check everything anew: what is known of persons' classes, or which of them are trusted, has changed."""
        forget(self.root)
        self.root_report = check(self.root, self.facts)
        self.report = ways.reports(self.root, self.root_report, self.scope)[-1]
        self.reported.emit(self.report)

    # --- composites

    def open_scope(self, scope: Scope) -> None:
        """Open a drawing, or the nearest one above it that is there; on the way up, what one comes out of is selected."""
        scope = ways.existing(self.root, scope)
        if scope != self.scope:
            self.changing.emit()
            before, depth = self.scope, len(scope.path)
            up = before.base == scope.base and before.path[:depth] == scope.path
            self._open(scope, before.path[depth : depth + 1] if up else ())
            self.reported.emit(self.report)

    def _open(self, scope: Scope, selection: tuple[str, ...] = ()) -> None:
        self.scope, self._owner = scope, ways.owners(self.root, scope)[-1]
        self.report = ways.reports(self.root, self.root_report, scope)[-1]
        self.selection = selection
        self.scope_changed.emit()
        self.selected.emit(selection)

    def go_to(self, path: tuple[str, ...]) -> None:
        """Open the drawing that these instances lead to from the network; () is the network itself."""
        self.open_scope(Scope(tuple(path)))

    def enter(self, instance: str) -> None:
        """Open the inside of an instance in the open drawing."""
        self.open_scope(Scope((*self.scope.path, instance), self.scope.base))

    def leave(self) -> None:
        """Open the drawing around the one that is open."""
        scope = self.scope
        self.open_scope(Scope(scope.path[:-1], scope.base) if scope.path else ROOT)

    def names_here(self) -> Mapping[str, Any]:
        """What expressions of the open drawing read, with the values that they have here."""
        return ways.names_here(self.root, self.root_report, self.scope)

    def enter_definition(self, composite: str) -> None:
        """Open a composite's drawing: through an instance where there is one."""
        self.open_scope(ways.way_to(self.root, composite))

    # --- adding

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
        with bringing(self, kind, "Add a composite") as kind_here:
            return self._add_block(kind_here, at, after, settings)

    def _add_block(
        self, kind: str, at: tuple[float, float] | None, after: str | None, settings: Mapping[str, Any] | None
    ) -> str | None:
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
        if not self.do(Batch((AddBlock(placed), *edits)), f"Add {node.spec.title.lower()}"):
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

    def apply_fix(self, fix: Fix, *, whole: bool = False) -> bool:
        """Carry out a mend that the open drawing's report (`whole`: the network's) proposes, as one undo step."""
        asked = [leaf for edit in fix.edits for leaf in ways.leaves(edit) if isinstance(leaf, ReadAndTrust)]
        if asked:
            self.trust_wanted.emit(asked[0].code)
            return True
        return self.do(Batch(tuple(fix.edits)), fix.title, whole=whole)
