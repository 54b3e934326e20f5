"""Which of a project's drawings is open: the network, or the inside of a composite that one has entered.

Not for: keeping it (`gui.document`) nor showing it (`gui.breadcrumbs`). No Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.declare import Json
from engine.errors import SettingError
from engine.graph.check import Report, check
from engine.graph.composite import CompositeBlock, repetitions
from engine.graph.model import Batch, Define, Edit, Graph, Inside, SetSection, Undefine


@dataclass(frozen=True)
class Scope:
    """The way to a drawing.

    Attributes:
        path: Ids of the instances that one has entered, outermost first.
        base: Id of the composite whose drawing the way begins in; None for the network itself.
    """

    path: tuple[str, ...] = ()
    base: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether it is the network itself."""
        return not self.path and self.base is None


ROOT = Scope()


def owners(root: Graph, scope: Scope) -> list[str | None]:
    """The composites along the way, the first (None for the network) and the last included, as far as they are there."""
    if scope.base is not None and scope.base not in root.composites:
        return [None]
    out: list[str | None] = [scope.base]
    for id_ in scope.path:
        node = drawing(root, out[-1]).nodes.get(id_)
        if node is None or node.composite is None or node.composite not in root.composites:
            break
        out.append(node.composite)
    return out


def drawing(root: Graph, owner: str | None) -> Graph:
    """The drawing of a composite, or the network."""
    return root if owner is None else root.composites[owner].body


def existing(root: Graph, scope: Scope) -> Scope:
    """The scope, or the nearest one above it that is still there."""
    if scope.base is not None and scope.base not in root.composites:
        return ROOT
    return Scope(scope.path[: len(owners(root, scope)) - 1], scope.base)


def reports(root: Graph, whole: Report, scope: Scope) -> list[Report]:
    """The reports along the way, the first and the last included.

    Of an instance that repeats: the first repetition with a fault, else the first.
    """
    held = owners(root, scope)
    out = [whole if scope.base is None else check(drawing(root, scope.base))]
    for id_, owner in zip(scope.path, held[1:], strict=False):
        repetitions = out[-1].inner.get(id_, ())
        bad = next((report for report in repetitions if not report.ok), None)
        found = bad if bad is not None else repetitions[0] if repetitions else check(drawing(root, owner))
        out.append(found)
    return out


def names_here(root: Graph, whole: Report, scope: Scope) -> Mapping[str, Json]:
    """What expressions of the open drawing read, with the values of the repetition that `reports` shows."""
    names: Mapping[str, Json] = drawing(root, scope.base).names
    along, held = reports(root, whole, scope), owners(root, scope)
    for place, id_ in enumerate(scope.path[: len(held) - 1]):
        node, made = drawing(root, held[place]).node(id_), along[place].made.get(id_)
        inner, seen = along[place].inner.get(id_, ()), along[place + 1]
        try:
            all_of_them = list(repetitions(made, node, names)) if isinstance(made, CompositeBlock) else []
        except SettingError:
            all_of_them = []
        which = next((index for index, report in enumerate(inner) if report is seen), 0)
        defaults = drawing(root, held[place + 1]).names
        names = {**defaults, **all_of_them[which]} if which < len(all_of_them) else defaults
    return names


def way_to(root: Graph, composite: str) -> Scope:
    """A shortest way from the network to an instance of a composite; into the bare definition where there is none."""
    waiting: list[tuple[tuple[str, ...], str | None]] = [((), None)]
    seen: set[str | None] = {None}
    while waiting:
        path, owner = waiting.pop(0)
        for node in drawing(root, owner):
            if node.composite is None or node.composite in seen:
                continue
            if node.composite == composite:
                return Scope((*path, node.id))
            seen.add(node.composite)
            waiting.append(((*path, node.id), node.composite))
    return Scope((), composite)


def find(root: Graph, name: str) -> tuple[Scope, str] | None:
    """The way to a block by its name in the whole network ("stage2.0.conv1"), and its id; None where there is none."""
    here: Graph = root
    path: list[str] = []
    parts = [part for part in name.split(".") if not part.isdigit()]  # a number tells repetitions apart
    for place, part in enumerate(parts):
        node = next((held for held in here if held.name == part), None)
        if node is None:
            return None
        if place == len(parts) - 1:
            return Scope(tuple(path)), node.id
        if node.composite is None:
            return None
        path.append(node.id)
        here = drawing(root, node.composite)
    return None


def wrapped(owner: str | None, edit: Edit) -> Edit:
    """An edit of the open drawing as the project takes it; what is of the whole project stays as it is."""
    if owner is None:
        return edit
    match edit:
        case SetSection() | Define() | Undefine() | Inside():
            return edit
        case Batch():
            return _wrapped_batch(owner, edit)
        case _:
            return Inside(owner, edit)


def _wrapped_batch(owner: str, batch: Batch) -> Edit:
    """Neighbouring edits of the drawing go together, so that instances follow once."""
    out: list[Edit] = []
    for part in batch.edits:
        made = wrapped(owner, part)
        if isinstance(made, Inside) and made.composite == owner and out and _is_inside(out[-1], owner):
            last = out[-1]
            assert isinstance(last, Inside)
            before = last.edit.edits if isinstance(last.edit, Batch) else (last.edit,)
            after = made.edit.edits if isinstance(made.edit, Batch) else (made.edit,)
            out[-1] = Inside(owner, Batch((*before, *after)))
        else:
            out.append(made)
    return out[0] if len(out) == 1 else Batch(tuple(out))


def _is_inside(edit: Edit, owner: str) -> bool:
    return isinstance(edit, Inside) and edit.composite == owner


def leaves(edit: Edit) -> list[Edit]:
    """The single edits that an edit is made of, those of composites' drawings without their wrapping."""
    match edit:
        case Batch():
            return [leaf for part in edit.edits for leaf in leaves(part)]
        case Inside():
            return leaves(edit.edit)
        case _:
            return [edit]
