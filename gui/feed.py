"""The data in memory: read in a thread whenever the project's choice of data changes.

Not for: batches, and not for what is shown of the data.
"""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engine.data import DataSet, load
from engine.data.choice import DataChoice
from engine.errors import EngineError
from engine.graph.model import AddBlock, Configure, Edit, RemoveBlock, SetSection
from gui.document import Document
from gui.scope import leaves

SETTLE_MS = 250  # rest after the last edit before data are read or a network is built again

Wanted = tuple[DataChoice, tuple[int, int, int] | None]


class DataFeed(QObject):
    """Keeps the data set of one document loaded.

    Attributes:
        dataset: What is loaded, None while nothing is.
        error: Why nothing is, as a sentence; empty while all is well.
    """

    loading = Signal(str, int, int)  # what, done, total
    ready = Signal(object)
    failed = Signal(str)

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self.dataset: DataSet | None = None
        self.error = ""
        self._arrivals: SimpleQueue[tuple[int, str, Any]] = SimpleQueue()
        self._number = 0
        self._key: Wanted | None = None
        self._settle = settling(self, self.reload)
        document.edited.connect(self._edited)
        document.replaced.connect(self._settle.start)
        self._settle.start()

    def _wanted(self) -> Wanted:
        project = self._document.project
        return project.located_data, project.image_shape

    def reload(self) -> None:
        """Read again, in a thread; what an earlier call still reads is dropped."""
        self._settle.stop()
        self._key = self._wanted()
        self._number += 1
        self.loading.emit("Reading", 0, 0)
        threading.Thread(target=self._read, args=(self._number, *self._key), name="data", daemon=True).start()

    @property
    def current(self) -> DataSet | None:
        """The data, if they are those that the project wants now."""
        return self.dataset if self._key == self._wanted() else None

    def _edited(self, edit: Edit) -> None:
        if touches(edit, (SetSection, AddBlock, RemoveBlock, Configure)) and self._wanted() != self._key:
            self._settle.start()

    def _read(self, number: int, choice: DataChoice, image: tuple[int, int, int] | None) -> None:
        """The thread: everything it has to say goes into `_arrivals`."""

        def progress(what: str, done: int, total: int) -> None:
            self._arrivals.put((number, "progress", (what, done, total)))

        try:
            self._arrivals.put((number, "data", load(choice, image=image, progress=progress)))
        except EngineError as error:
            self._arrivals.put((number, "failed", str(error)))
        except MemoryError:
            text = "These data do not fit into memory; set a limit of samples, or use a smaller input."
            self._arrivals.put((number, "failed", text))

    def pump(self) -> None:
        """Hand on what the thread has said; called once a frame."""
        latest = None
        while not self._arrivals.empty():
            number, kind, value = self._arrivals.get()
            if number != self._number:
                continue
            latest = value if kind == "progress" else None
            if kind == "data":
                self.dataset, self.error = value, ""
                self.ready.emit(value)
            elif kind == "failed":
                self.dataset, self.error = None, value
                self.failed.emit(value)
        if latest is not None:
            self.loading.emit(*latest)

    def close(self) -> None:
        """Listen no more to what is still being read."""
        self._settle.stop()
        self._number += 1


def settling(parent: QObject, then: Any) -> QTimer:
    """A timer that calls `then` once edits have come to rest; start it at each edit."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(SETTLE_MS)
    timer.timeout.connect(then)
    return timer


def touches(edit: Edit, kinds: tuple[type, ...]) -> bool:
    """Whether an edit, or one in it, is of one of these kinds."""
    return any(isinstance(part, kinds) for part in leaves(edit))


def only(edit: Edit, kinds: tuple[type, ...]) -> bool:
    """Whether an edit and all in it are of these kinds."""
    return all(isinstance(part, kinds) for part in leaves(edit))
