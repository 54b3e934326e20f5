"""The page of the properties panel for a wire: what it joins, what goes through it, what is wrong with it.

Not for: which page is shown (`gui.form.properties`).
"""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from engine.graph.model import End
from gui.document import Document
from gui.form.fact_table import FactTable
from gui.form.facts import ProblemCard
from gui.form.pages import Page
from gui.widgets import Heading, Hint


class WirePage(Page):
    """One wire.

    Attributes:
        end: The input that it ends in.
        cards: What is wrong with it.
    """

    def __init__(self, document: Document, end: End) -> None:
        super().__init__(document)
        self.end = end
        self.cards: list[ProblemCard] = []
        self._shown: object = None
        self.box.addWidget(Heading("Wire"))
        self.facts = FactTable()
        self.box.addWidget(self.facts)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.source, self.target = QPushButton(), QPushButton()
        for button, name, go in (
            (self.source, "go-source", self._to_source),
            (self.target, "go-target", self._to_target),
        ):
            button.setObjectName(name)
            button.clicked.connect(go)
            row.addWidget(button)
        row.addStretch(1)
        self.box.addLayout(row)
        self._problems = QVBoxLayout()
        self._problems.setSpacing(8)
        self.box.addLayout(self._problems)
        self.box.addWidget(Hint("Delete takes it away; a double click leads it through a point."))
        self.box.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Ends, shape and problems from the document."""
        graph, report = self.document.graph, self.document.report
        wire = graph.wires.get(self.end)
        if wire is None:
            return
        source, target = graph.node(wire.source.block).name, graph.node(wire.target.block).name
        shape = report.shape_of(wire.source)
        self.facts.show_facts(
            (
                ("From", f"{source}, output {wire.source.port}"),
                ("To", f"{target}, input {wire.target.port}"),
                ("Shape", str(shape) if shape is not None else "not known yet"),
            )
        )
        self.source.setText(f"Go to {source}")
        self.target.setText(f"Go to {target}")
        problems = tuple(p for p in report.problems if (p.path, p.block, p.port) == ((), self.end.block, self.end.port))
        if problems == self._shown:
            return
        self._shown = problems
        for card in self.cards:
            self._problems.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [ProblemCard(self.document, problem) for problem in problems]
        for card in self.cards:
            self._problems.addWidget(card)

    def _to_source(self) -> None:
        wire = self.document.graph.wires.get(self.end)
        if wire is not None:
            self.document.select([wire.source.block])

    def _to_target(self) -> None:
        if self.end in self.document.graph.wires:
            self.document.select([self.end.block])
