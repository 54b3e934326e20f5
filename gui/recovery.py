"""Autosave and recovery: a drawing that was never saved outlives a crash, a kill and a power cut.

While there are unsaved changes, the project is written every few seconds beside the user's other data, together with the place
it came from. A lock that the system releases when the process dies tells a forgotten file from one in use. Not for: saving.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import uuid
from dataclasses import dataclass
from functools import partial
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


class _Copy:
    """The recovery file of one window, written by the background, removed by the window, in whichever order they come.

    No QObject: the background's threads must never hold the last reference to one. The window never waits for a write: what it
    does not want any more is removed at once, or by the write that is under way, at its end.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._wanted = 0  # the number of the newest wish; a write of an older one does nothing
        self._unwanted = False  # the newest wish is that there be no file
        self._busy = False  # a write is under way
        self._brief = threading.Lock()  # over the three above; never held while the disk is waited for
        self._one_write = threading.Lock()
        self._descriptor: int | None = None  # holds the lock that tells others that this window lives

    def want(self) -> int:
        """There are newer changes; gives the number to write them with."""
        with self._brief:
            self._wanted += 1
            self._unwanted = False
            return self._wanted

    def put(self, number: int, text: str, about: str) -> bool:
        """The thread: write the file; False where newer changes, or none at all, are wanted instead.

        Raises:
            StoreError: It could not be written.
        """
        with self._one_write:
            with self._brief:
                if number != self._wanted or self._unwanted:
                    return False
                self._busy = True
            try:
                self._write(text, about)
            finally:
                with self._brief:
                    self._busy = False
                    if self._unwanted:
                        self._remove()
            return not self._unwanted

    def _write(self, text: str, about: str) -> None:
        """The lock comes first, so that nobody takes the file for a forgotten one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self._descriptor is None:
            self._descriptor = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            lock.hold(self._descriptor)
        write_atomic(self.file.with_suffix(".json"), about)
        write_atomic(self.file, text)

    def drop(self) -> None:
        """There is nothing to recover any more, whatever is still being written."""
        with self._brief:
            self._unwanted = True
            if not self._busy:
                self._remove()

    def _remove(self) -> None:
        _remove(self.file)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            with contextlib.suppress(OSError):
                self.file.with_suffix(".lock").unlink()


class Autosave(QObject):
    """Keeps one document's unsaved changes on disk."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._copy = _Copy(folder() / f"{uuid.uuid4().hex}.loom")
        self._inherited: list[Leftover] = []  # recovered into this document; they stay until a newer copy is safe
        self._failing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)
        document.edited.connect(self._later)
        document.replaced.connect(self._later)
        document.place_changed.connect(self._settled)

    @property
    def file(self) -> Path:
        """Where the changes are kept while there are any."""
        return self._copy.file

    def _later(self, _edit: object = None) -> None:
        if self._document.dirty and not self._timer.isActive():
            self._timer.start()

    def _settled(self) -> None:
        if self._document.dirty:
            self._later()
        else:
            self.remove()

    def inherit(self, leftover: Leftover) -> None:
        """The document was recovered from a leftover, which is forgotten as soon as a copy of ours is on disk, or a save."""
        self._inherited.append(leftover)
        self.write()

    def write(self) -> None:
        """Write now; the disk is waited for on another thread."""
        if not self._document.dirty:
            return
        text = store.dumps(self._document.root)
        origin = self._document.path
        about = json.dumps({"origin": str(origin.absolute()) if origin else None, "title": self._document.title})
        in_background(self, partial(self._copy.put, self._copy.want(), text, about), self._written, self._not_written)

    def _written(self, done: bool) -> None:
        if done:
            self._failing = False
            self._forget_inherited()

    def _not_written(self, text: str) -> None:
        if not self._failing:
            self._document.refused.emit(f"The unsaved changes have no recovery copy: {text}")
        self._failing = True

    def remove(self) -> None:
        """The changes are saved or given up: nothing is left to recover."""
        self._timer.stop()
        self._copy.drop()
        self._forget_inherited()

    def _forget_inherited(self) -> None:
        while self._inherited:
            forget(self._inherited.pop())


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
