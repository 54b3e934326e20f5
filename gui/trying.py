"""Finds out in the background what persons' classes do with the shapes that arrive, and has the drawing checked again.

Not for: how that is found out (`engine.compiler.python_shapes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject

from engine.blocks.python import Answer, Question, Refusal, tell
from engine.compiler.python_shapes import found_out, questions, waits
from gui import trusting
from gui.background import in_background
from gui.document import Document


class Trying(QObject):
    """Follows the document's reports."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._busy = False
        document.reported.connect(self._reported)
        trusting.notifier().changed.connect(self._trust_changed)
        self._reported()

    @property
    def busy(self) -> bool:
        """Whether a class is being tried."""
        return self._busy

    def _trust_changed(self) -> None:
        self._document.recheck()

    def _reported(self, _report: object = None) -> None:
        if self._busy or not waits(self._document.root_report):
            return
        asked = questions(self._document.root_report)
        if asked:
            self._busy = True
            in_background(self, partial(found_out, asked), self._found, self._failed)

    def _found(self, answers: Mapping[Question, Answer | Refusal]) -> None:
        self._busy = False
        tell(answers)
        self._document.recheck()

    def _failed(self, sentence: str) -> None:
        self._busy = False
        self._document.refused.emit(sentence)
