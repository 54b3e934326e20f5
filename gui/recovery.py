"""Autosave and recovery: a drawing that was never saved outlives a crash, a kill and a power cut.

While there are unsaved changes, the project is written every few seconds beside the user's other data, together with the place
it came from. A lock that the system releases when the process dies tells a forgotten file from one in use. Not for: saving.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.errors import EngineError
from engine.files import write_atomic
from engine.folders import user_folder
from engine.graph import store
from engine.project import Project, read
from engine.training import lock
from gui.background import in_background
from gui.document import Document

DELAY_MS = 2000  # from the first unsaved change to the file on disk


def folder() -> Path:
    """Where recovery files lie."""
    return user_folder() / "recovery"


@dataclass(frozen=True)
class Leftover:
    """A drawing whose window did not end as it should.

    Attributes:
        file: The recovery file.
        origin: The project's own file, None where it never had one.
        title: What the project is called.
    """

    file: Path
    origin: Path | None
    title: str


class Autosave(QObject):
    """Keeps one document's unsaved changes on disk."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self.file = folder() / f"{uuid.uuid4().hex}.loom"
        self._lock: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)
        document.edited.connect(self._later)
        document.replaced.connect(self._later)
        document.place_changed.connect(self._settled)

    def _later(self, _edit: object = None) -> None:
        if self._document.dirty and not self._timer.isActive():
            self._timer.start()

    def _settled(self) -> None:
        if self._document.dirty:
            self._later()
        else:
            self._timer.stop()
            self.remove()

    def write(self) -> None:
        """Write now; the disk is waited for on another thread."""
        if not self._document.dirty:
            return
        text = store.dumps(self._document.graph)
        origin = self._document.path
        about = json.dumps({"origin": str(origin.absolute()) if origin else None, "title": self._document.title})
        in_background(self, lambda: self._put(text, about), lambda _done: None, lambda _text: None)

    def _put(self, text: str, about: str) -> None:
        """The thread: the lock first, so that nobody takes the file for a forgotten one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            lock.hold(self._lock)
        write_atomic(self.file.with_suffix(".json"), about)
        write_atomic(self.file, text)

    def remove(self) -> None:
        """The changes are saved or given up: nothing is left to recover."""
        self._timer.stop()
        _remove(self.file)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            with contextlib.suppress(OSError):
                self.file.with_suffix(".lock").unlink()


def leftovers() -> list[Leftover]:
    """Drawings that can be recovered, the newest first."""
    out = []
    for file in folder().glob("*.loom"):
        guard = file.with_suffix(".lock")
        if guard.exists() and lock.held(guard):
            continue
        try:
            about = json.loads(file.with_suffix(".json").read_bytes())
            read(file.read_bytes(), str(file))
            origin = about.get("origin")
            out.append(
                (file.stat().st_mtime, Leftover(file, Path(origin) if origin else None, str(about.get("title"))))
            )
        except (OSError, ValueError, EngineError, AttributeError):
            continue
    return [leftover for _, leftover in sorted(out, key=lambda pair: -pair[0])]


def recover(leftover: Leftover) -> Project:
    """The drawing of a leftover, with the place it came from.

    Raises:
        EngineError: It cannot be read any more.
    """
    try:
        graph = read(leftover.file.read_bytes(), str(leftover.file))
    except OSError as error:
        raise EngineError(f"{leftover.file} could not be read: {error.strerror}.") from error
    return Project(graph, leftover.origin)


def forget(leftover: Leftover) -> None:
    """Remove a recovery file that is not wanted any more."""
    _remove(leftover.file)
    with contextlib.suppress(OSError):
        leftover.file.with_suffix(".lock").unlink()


def _remove(file: Path) -> None:
    for path in (file, file.with_suffix(".json")):
        with contextlib.suppress(OSError):
            path.unlink()
