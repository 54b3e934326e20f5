"""How a block learns, as a part of its page: figures, and a sentence where something ails it. Hidden while nothing is known.

Not for: measuring, nor for what is well (`engine.training.health`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.form.fact_table import FactTable
from gui.widgets import Hint, Section, hline

Told = tuple[Sequence[tuple[str, str]], str]  # (name, figure) pairs, and the sentence
Source = Callable[[str], Told]  # what is known of a block, by its id


class Learning(QWidget):
    """A title, a table and a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learning")
        self.facts = FactTable()
        self.sentence = Hint()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(hline())
        box.addWidget(Section("How it learns"))
        box.addWidget(self.facts)
        box.addWidget(self.sentence)
        self.hide()

    def show_told(self, told: Told) -> None:
        """Show what is known, or nothing where nothing is."""
        facts, sentence = told
        self.setVisible(bool(facts))
        self.facts.show_facts(facts)
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
