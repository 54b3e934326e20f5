"""The Inspect place: three tabs, and one line that says whose weights are looked at.

Not for: what the tabs show.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.probes.worker import Result
from gui import theme
from gui.document import Document
from gui.inspector.confusion import ConfusionPanel
from gui.inspector.judge import Judge
from gui.inspector.maps import MapsPanel
from gui.inspector.subject import Sample
from gui.inspector.tryit import TryPanel
from gui.session import Session
from gui.widgets import hline

UNTRAINED = "These are untrained weights: press Train to see them learn"


class InspectPlace(QWidget):
    """Filters and maps, the confusion matrix, the try-it pad."""

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspect")
        self.document, self.session = document, session
        self.judge = Judge(session, self)
        self.maps = MapsPanel(document, session, self.judge)
        self.confusion = ConfusionPanel(session, self.judge)
        self.tryit = TryPanel(session)
        self.tabs = QTabBar()
        self.tabs.setObjectName("inspect.tabs")
        self.tabs.setAccessibleName("What to inspect")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = QStackedWidget()
        for title, panel in (
            ("Filters and maps", self.maps),
            ("Confusion matrix", self.confusion),
            ("Try it", self.tryit),
        ):
            self.tabs.addTab(title)
            self.stack.addWidget(panel)
        self.sign = QLabel()
        self.source = QLabel()
        self.source.setFont(theme.font(12, 500))
        self._step: int | None = None
        self._build()
        self._connect()
        self._tell()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 20, 0)
        head.setSpacing(6)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.sign)
        head.addWidget(self.source)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(hline())
        box.addWidget(self.stack, 1)

    def _connect(self) -> None:
        session = self.session
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.maps.answered.connect(self._answered)
        self.tryit.answered.connect(self._answered)
        self.tryit.look_at.connect(self._look_at)
        self.confusion.picked.connect(self._pick)
        session.network_changed.connect(self._forget_step)
        session.state_changed.connect(self._tell)
        session.run_changed.connect(self._tell)
        theme.notifier().changed.connect(self._tell)

    def show_tab(self, name: str) -> None:
        """Bring a tab to the front: "maps", "confusion" or "try"."""
        self.tabs.setCurrentIndex({"maps": 0, "confusion": 1, "try": 2}[name])

    def _look_at(self, sample: Sample) -> None:
        self.show_tab("maps")
        self.maps.look_at(sample)

    def _pick(self, row: int) -> None:
        self.show_tab("maps")
        self.maps.samples.choose(row)

    def _answered(self, result: Result) -> None:
        if result.step != self._step:
            self._step = result.step
            self._tell()

    def _forget_step(self) -> None:
        self._step = None
        self._tell()

    def _tell(self, *_: object) -> None:
        t = theme.current()
        session = self.session
        if session.looking_at is None:
            icon, colour, words = "alert-circle-outline", t.warn, "No network to look into"
        elif session.state in ("running", "starting"):
            step = f", step {self._step:,}" if self._step is not None else ""
            icon, colour, words = "record-circle-outline", t.good, f"Live: the network that is trained now{step}"
        elif session.state == "paused":
            step = f" at step {self._step:,}" if self._step is not None else ""
            icon, colour, words = "pause-circle-outline", t.warn, f"The training that is paused{step}"
        elif session.trained:
            icon, colour, words = (
                "check-circle-outline",
                t.good,
                f"Best weights of the run {run_words(session.run or '')}",
            )
        elif session.imported:
            icon, colour, words = "check-circle-outline", t.good, f"Imported weights of {session.imported}"
        else:
            icon, colour, words = "information-outline", t.warn, UNTRAINED
        self.sign.setPixmap(theme.icon(icon, color=colour).pixmap(16, 16))
        self.source.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell()


def run_words(path: str) -> str:
    """A run's folder as a person reads it: "lenet-5, 2026-11-22 15:18"."""
    name = PurePath(path).name
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-\d\d_(.+)", name)
    return f"{found[4]}, {found[1]} {found[2]}:{found[3]}" if found else name
