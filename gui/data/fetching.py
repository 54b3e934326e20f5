"""Fetching a published data set on a person's word: its progress, a way to stop, why it failed.

Not for: how it is fetched (`engine.data.download`).
"""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.data.download import SOURCES, download
from gui import theme
from gui.background import in_background
from gui.widgets import Fault, Hint

MEGA = 1_000_000


def download_text(name: str) -> str:
    """What a button that fetches this data set says; empty for one that is not published."""
    source = SOURCES.get(name)
    if source is None:
        return ""
    return f"Download {source.title} ({sum(remote.size for remote in source.files) / MEGA:.0f} MB)"


class _Wire(QObject):
    """Carries progress from the thread that fetches to the window's."""

    progress = Signal(str, int, int)


class Fetching(QWidget):
    """Takes room only while there is something to tell.

    Attributes:
        fetched: Emits the name of the data set that is there now.
    """

    fetched = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fetching")
        self._name = ""
        self._stop = threading.Event()
        self._busy = False
        self._wire = _Wire(self)
        self._wire.progress.connect(self._progress)
        self.cancel = QPushButton("Stop")
        self.cancel.setObjectName("download_stop")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the download")
        self.text = Hint()
        self.fault = Fault()
        self.fault.setObjectName("download_fault")
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addLayout(row)
        column.addWidget(self.text)
        column.addWidget(self.fault)
        self.cancel.clicked.connect(self.stop)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop)  # the program waits for its threads when it ends
        self._show_busy(False)

    @property
    def busy(self) -> bool:
        """Whether it is fetching."""
        return self._busy

    def set_name(self, name: str) -> None:
        """Offer this data set; nothing is offered for one that is not published."""
        if name != self._name and not self._busy:
            self._name = name
            self.fault.say("")
            self.text.setText("")
            self._show_busy(False)

    def start(self, _checked: bool = False, *, folder: Path | None = None) -> None:
        """Fetch, off the window's thread."""
        if self._busy or self._name not in SOURCES:
            return
        self._stop = threading.Event()
        self.fault.say("")
        self.bar.setRange(0, 0)
        self.text.setText("Looking for a server…")
        self._show_busy(True)
        work = partial(download, self._name, folder, progress=self._wire.progress.emit, cancelled=self._stop.is_set)
        in_background(self, work, self._done, self._failed)

    def stop(self) -> None:
        """Stop; what is there already is taken up next time."""
        self._stop.set()
        self.text.setText("Stopping…")

    def _progress(self, _what: str, done: int, total: int) -> None:
        if self._busy and not self._stop.is_set():
            self.bar.setRange(0, max(1, total))
            self.bar.setValue(done)
            self.text.setText(f"{done / MEGA:.1f} of {total / MEGA:.1f} MB")

    def _done(self, _folder: Path) -> None:
        self.text.setText("")
        self._show_busy(False)
        self.fetched.emit(self._name)

    def _failed(self, text: str) -> None:
        self.text.setText(text if self._stop.is_set() else "")
        self.fault.say("" if self._stop.is_set() else text)
        self._show_busy(False)

    def _show_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self.bar, self.cancel):
            widget.setVisible(busy)
        self.text.setVisible(bool(self.text.text()))
        self.setVisible(busy or bool(self.text.text() or self.fault.text()))
