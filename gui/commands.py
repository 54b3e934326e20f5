"""The one undo command: it keeps an edit and its inverse. Not for: deciding what an edit does."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from PySide6.QtGui import QUndoCommand

from engine.graph.model import Batch, Configure, Define, Edit, Graph, Inside, Move, SetSection
from gui.scope import Scope

MERGED = (Move, Configure, SetSection, Batch, Inside, Define)


class EditCommand(QUndoCommand):
    """An edit that has been applied already; undo applies its inverse.

    Args:
        graph: The document.
        edit: What was done.
        inverse: What leads back.
        text: What the Edit menu writes behind "Undo".
        merge: Commands with the same word that follow each other become one step (a slider's drag).
        scope: The drawing that it was made in; None where it belongs to none.
        visit: Told before it is undone or done again: opens that drawing, so that this is seen.

    Attributes:
        word: What `merge` was.
    """

    def __init__(self, graph: Graph, edit: Edit, inverse: Edit, *, text: str, merge: str = "",
                 scope: Scope | None = None, visit: Callable[[Scope | None], object] | None = None) -> None:  # fmt: skip
        super().__init__(text)
        self._graph = graph
        self._scope, self._visit = scope, visit
        self._edit = edit
        self._inverse = inverse
        self.word = merge
        self._done = True  # it has been applied before it was pushed, so that a refusal never reaches the stack

    def _go(self) -> None:
        if self._visit is not None:
            self._visit(self._scope)

    def redo(self) -> None:
        if self._done:
            self._done = False
            return
        self._go()
        self._inverse = self._graph.apply(self._edit)

    def undo(self) -> None:
        self._done = False
        self._go()
        self._edit = self._graph.apply(self._inverse)

    def id(self) -> int:
        return crc32(self.word.encode()) & 0x7FFFFFFF if self.word else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditCommand) or not self.word or other.word != self.word:
            return False
        if other._scope != self._scope or not all(isinstance(one._edit, MERGED) for one in (self, other)):
            return False
        edit, inverse = _joined(self._edit, other._edit), _joined(other._inverse, self._inverse)
        if edit is None or inverse is None:
            edit, inverse = (
                Batch((*_parts(self._edit), *_parts(other._edit))),
                Batch((*_parts(other._inverse), *_parts(self._inverse))),
            )
        self._edit, self._inverse = edit, inverse
        self.setObsolete(edit == inverse)  # a slider that was brought back to where it began is no step
        return True


def _parts(edit: Edit) -> tuple[Edit, ...]:
    return edit.edits if isinstance(edit, Batch) else (edit,)


def _joined(first: Edit, then: Edit) -> Edit | None:
    """One edit of the same form that does what two do one after the other; None where there is none.

    A drag of a thousand moments must not become a thousand edits inside one another.
    """
    match first, then:
        case Move(), Move():
            return Move({**first.places, **then.places})
        case Configure(), Configure() if first.block == then.block:
            return Configure(first.block, {**first.values, **then.values})
        case SetSection(), SetSection() if first.name == then.name:
            return then
        case Inside(), Inside() if first.composite == then.composite:
            inner = _joined(first.edit, then.edit)
            return Inside(first.composite, inner) if inner is not None else None
        case Batch(), Batch() if len(first.edits) == len(then.edits):
            pairs = [_joined(one, two) for one, two in zip(first.edits, then.edits, strict=True)]
            whole = tuple(pair for pair in pairs if pair is not None)
            return Batch(whole) if len(whole) == len(pairs) else None
        case _:
            return None
