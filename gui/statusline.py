"""The status bar: sentences on the left; the run, the data, the network's size, what training takes, its problems on the right."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QStyle, QStyleOption, QWidget

from engine.graph.frozen import frozen_parameters
from gui import theme
from gui.document import Document
from gui.figures import count, memory, short
from gui.fitmeter import FitMeter, FitSource
from gui.session import Session

MARGIN, GAP = 6, 6  # pixels: left of a sentence, between what stands on the right


class StatusBar(QStatusBar):
    """A status bar whose sentences are cut with an ellipsis where there is no room for them, and are whole in its tool tip.

    Attributes:
        resized: Emits when it has another width or height.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.messageChanged.connect(self.setToolTip)

    def shown(self) -> str:
        """The sentence as it is to be read."""
        return self.fontMetrics().elidedText(self.currentMessage(), Qt.TextElideMode.ElideRight, self._room().width())

    def _room(self) -> QRect:
        lefts = [
            child.x() for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible()
        ]  # fmt: skip
        return QRect(MARGIN, 0, max(0, min(lefts, default=self.width()) - 2 * MARGIN), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and the sentence."""
        if self.shown() == self.currentMessage():
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().windowText().color())
        flags = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(self._room(), flags, self.shown())


class StatusLine(QObject):
    """Fills a status bar and keeps it true.

    Attributes:
        problems_wanted: The person pressed the count of problems.
    """

    problems_wanted = Signal()

    def __init__(self, bar: StatusBar, document: Document, session: Session, run_status: QWidget) -> None:
        super().__init__(bar)
        self.bar = bar
        self.document = document
        self.session = session
        self._aside: list[QWidget] = []  # what a sentence takes the room of
        self.totals = QLabel()
        self.fit = FitSource(document, session, self)
        self.meter = FitMeter(self.fit)
        self.data = QLabel()
        self.problems = QPushButton()
        self.problems.setFlat(True)
        self.problems.setIconSize(QSize(15, 15))
        self.problems.setToolTip("Show the problems")
        self.problems.clicked.connect(self.problems_wanted)
        self._right = run_status, self.data, self.totals, self.meter, self.problems
        for widget in self._right:
            widget.setContentsMargins(8, 0, 8, 0)
            bar.addPermanentWidget(widget)
        bar.messageChanged.connect(self._make_room)
        bar.resized.connect(lambda: self._make_room(bar.currentMessage()))
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
        self._show_figures()
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

    def _show_figures(self) -> None:
        self.data.setVisible(self.data not in self._aside)
        self.totals.setVisible(bool(self.document.root.nodes) and self.totals not in self._aside)

    def _make_room(self, sentence: str) -> None:
        """Figures that are always there stand aside while a sentence would have no room."""
        self._aside = []
        self._show_figures()
        taken = sum(widget.sizeHint().width() + GAP for widget in self._right if not widget.isHidden())
        missing = self.bar.fontMetrics().horizontalAdvance(sentence) + 2 * MARGIN + taken - self.bar.width()
        for widget in (self.data, self.totals):
            if sentence and missing > 0 and not widget.isHidden():
                self._aside.append(widget)
                missing -= widget.sizeHint().width() + GAP
        self._show_figures()

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
