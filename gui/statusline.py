"""The right half of the status bar: the run, the data, the network's size, what training it takes, its problems."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from engine.graph.frozen import frozen_parameters
from gui import theme
from gui.document import Document
from gui.figures import count, memory, short
from gui.fitmeter import FitMeter, FitSource
from gui.session import Session


class StatusLine(QObject):
    """Fills a status bar and keeps it true.

    Attributes:
        problems_wanted: The person pressed the count of problems.
    """

    problems_wanted = Signal()

    def __init__(self, bar: QStatusBar, document: Document, session: Session, run_status: QWidget) -> None:
        super().__init__(bar)
        self.document = document
        self.session = session
        self.totals = QLabel()
        self.fit = FitSource(document, session, self)
        self.meter = FitMeter(self.fit)
        self.data = QLabel()
        self.problems = QPushButton()
        self.problems.setFlat(True)
        self.problems.setIconSize(QSize(15, 15))
        self.problems.setToolTip("Show the problems")
        self.problems.clicked.connect(self.problems_wanted)
        bar.setSizeGripEnabled(False)
        for widget in (run_status, self.data, self.totals, self.meter, self.problems):
            widget.setContentsMargins(8, 0, 8, 0)
            bar.addPermanentWidget(widget)
        document.reported.connect(self.refresh)
        document.facts_changed.connect(self.refresh)
        session.dataset_ready.connect(self.refresh)
        session.data_failed.connect(self.refresh)
        theme.notifier().changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _what: object = None) -> None:
        """Write all figures again."""
        report = self.document.root_report
        frozen = frozen_parameters(self.document.root, report)
        learned = (
            f"{count(report.parameters - frozen)} of {count(report.parameters)}" if frozen else count(report.parameters)
        )
        self.totals.setText(
            f"{learned} parameters{' trained' if frozen else ''}   {short(report.macs)} multiply-adds"
            + ("" if report.known else "   (up to the error)")
        )
        self.totals.setVisible(bool(self.document.root.nodes))
        self.totals.setToolTip(
            f"For one sample: {count(report.macs)} multiply-adds, {memory(report.activation_bytes)} of activations"
        )
        self._show_problems()
        facts = self.document.facts
        self.data.setToolTip(self.session.data_error)
        if self.session.data_error:
            self.data.setText("No data")
        elif facts is not None:
            self.data.setText(f"{facts.name}: {facts.samples:,} samples")

    def _show_problems(self) -> None:
        t = theme.current()
        if not self.document.root.nodes:
            self.problems.setText("Nothing drawn yet")
            self.problems.setIcon(theme.icon("circle-outline", color=t.muted))
            return
        problems = self.document.root_report.problems
        errors = sum(problem.severity == "error" for problem in problems)
        warnings = len(problems) - errors
        words = [f"{errors} error{'s' * (errors != 1)}"] * bool(errors)
        words += [f"{warnings} warning{'s' * (warnings != 1)}"] * bool(warnings)
        sound = "Every shape fits" if self.session.data_error else "No problems"
        self.problems.setText(", ".join(words) or sound)
        if errors:
            self.problems.setIcon(theme.icon("alert-circle", color=t.bad))
        elif warnings:
            self.problems.setIcon(theme.icon("alert", color=t.warn))
        else:
            self.problems.setIcon(theme.icon("check-circle-outline", color=t.good))
