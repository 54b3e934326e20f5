"""What an unsaved project has trained goes along when it is saved for the first time.

Not for: how a run is moved (`engine.training.runs`).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from engine.training.runs import adopt, runs_folder
from gui.background import in_background
from gui.document import Document
from gui.session import Session


class Adoption(QObject):
    """Moves the runs of one window's project beside its file; one under way follows when it has ended."""

    def __init__(self, document: Document, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self._waiting: tuple[Path, str] | None = None  # the project whose running training has still to follow
        session.state_changed.connect(self._state_changed)

    def settle(self, project: Path, title: str) -> None:
        """The project, called `title` until now, has got its file."""
        if self.session.state != "idle":
            self._waiting = project, title
        in_background(self, partial(adopt, runs_folder(project), title), self._moved, self._not_moved)

    def _state_changed(self, state: str) -> None:
        if state == "idle" and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.settle(*waiting)

    def _not_moved(self, text: str) -> None:
        self.session.refused.emit(text)

    def _moved(self, moved: dict[Path, Path]) -> None:
        if not moved:
            return
        self.session.runs_changed.emit()
        shown = moved.get(Path(self.session.run)) if self.session.run is not None else None
        if shown is not None and self.session.state == "idle":
            self.session.run_moved(str(shown))
