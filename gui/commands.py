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
        visit: Opens that drawing, so that undoing and doing again are seen.
    """

    def __init__(self, graph: Graph, edit: Edit, inverse: Edit, *, text: str, merge: str = "",
                 scope: Scope | None = None, visit: Callable[[Scope], object] | None = None) -> None:  # fmt: skip
        super().__init__(text)
        self._graph = graph
        self._scope, self._visit = scope, visit
        self._edit = edit
        self._inverse = inverse
        self._merge = merge
        self._done = True  # it has been applied before it was pushed, so that a refusal never reaches the stack

    def _go(self) -> None:
        if self._visit is not None and self._scope is not None:
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
        return crc32(self._merge.encode()) & 0x7FFFFFFF if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditCommand) or not self._merge or other._merge != self._merge:
            return False
        if other._scope != self._scope or not all(isinstance(one._edit, MERGED) for one in (self, other)):
            return False
        self._edit = Batch((self._edit, other._edit))
        self._inverse = Batch((other._inverse, self._inverse))
        return True
