"""What the checker found out about a block: what it sees of a picture, and its problems with their mends.

Not for: editing settings (`gui.form.panel`), nor figures in a table (`gui.form.fact_table`).
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from engine.errors import Problem
from engine.graph.check import Report
from engine.graph.receptive import Field, Seen, all_fields
from gui import theme
from gui.document import Document

QUICK = 200  # repetitions of composites; their insides are gone through one by one, which takes a second for the most there can be


@dataclass(frozen=True)
class _Fields:
    """Receptive fields that were worked out for a report.

    Attributes:
        whole: Whether these are the fields of all blocks, not only of those that lead to one.
    """

    report: Report
    seen: Seen
    whole: bool


_known: WeakKeyDictionary[Document, _Fields] = WeakKeyDictionary()


def _fields(document: Document, block: str) -> Seen:
    """The fields in the network with that of a block, which stands there itself.

    After an edit no more is worked out than it takes; a second block that is asked for is a person who goes about. The whole of a
    very large network is never worked out: that would take a second.
    """
    report, known = document.root_report, _known.get(document)
    fresh = known is None or known.report is not report
    if known is None or fresh or not (known.whole or block in known.seen.blocks):
        whole = not fresh and report.repetitions <= QUICK
        known = _Fields(report, all_fields(document.root, report, until=None if whole else block), whole)
        _known[document] = known
    return known.seen


def field_of(document: Document, block: str) -> Field | None:
    """The receptive field of a block in the open drawing; inside a composite, of its first repetition there."""
    seen = _fields(document, (*document.path_in, block)[0])
    for instance in document.path_in:
        repetitions = seen.inner.get(instance, ())
        if not repetitions:
            return None
        seen = repetitions[0]
    return seen.field(block)


class ProblemCard(QFrame):
    """One problem: its sentence and a button for every mend."""

    def __init__(self, document: Document, problem: Problem) -> None:
        super().__init__()
        self.setObjectName("problem-card")
        self._document, self._problem = document, problem
        t = theme.current()
        colour = t.bad if problem.severity == "error" else t.warn
        self.setStyleSheet(
            f"QFrame#problem-card {{ border: 1px solid {colour}; border-radius: 6px; background: {t.raised}; }}"
        )
        here = problem.block is not None and not problem.path  # else the text tells the way inside a composite
        name = document.graph.node(problem.block).name if problem.block is not None and here else ""
        text = problem.text.removeprefix(f"{name}: ")
        icon, sentence = QLabel(), QLabel(text[:1].upper() + text[1:] if text != problem.text else text)
        picture = "alert-circle" if problem.severity == "error" else "alert"
        icon.setPixmap(theme.icon(picture, color=colour).pixmap(16, 16))
        icon.setAccessibleName("Error" if problem.severity == "error" else "Warning")
        icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        sentence.setWordWrap(True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(icon)
        row.addWidget(sentence, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 10, 10, 10)
        box.setSpacing(8)
        box.addLayout(row)
        for index, fix in enumerate(problem.fixes):
            button = QPushButton(fix.title)
            button.setObjectName(f"fix-{index}")
            button.setProperty("fix", index)
            button.clicked.connect(self._mend)
            box.addWidget(button)

    def _mend(self) -> None:
        button = self.sender()
        if button is not None:
            self._document.apply_fix(self._problem.fixes[int(button.property("fix"))])
