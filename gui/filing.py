"""Opening, saving, recovering: the questions that are asked so that nothing is lost.

Not for: how a file is written (`engine.graph.store`) nor what the window looks like.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.errors import EngineError, StoreError
from engine.project import PRESET
from gui import preferences, recovery
from gui.dialogs.gallery import Gallery
from gui.document import Document

FILTER = "LayerLoom projects (*.loom)"


class Filing(QObject):
    """One window's files.

    Args:
        training: Whether a training is running.

    Attributes:
        opened: Another project is shown.
        settled: Emits the file of a project that had none before, and the title it had.
        said: Emits a sentence for the status bar.
        comparing: Emits "preset:NAME" that is to be compared with this drawing.
    """

    opened = Signal()
    settled = Signal(object, str)
    said = Signal(str)
    comparing = Signal(str)

    def __init__(self, document: Document, autosave: recovery.Autosave, window: QWidget,
                 training: Callable[[], bool] = lambda: False) -> None:  # fmt: skip
        super().__init__(window)
        self.training = training
        self.document = document
        self.autosave = autosave
        self._window = window

    def new(self) -> None:
        """An empty drawing, after asking for what would be lost."""
        if self.may_replace():
            self.document.new()
            self.opened.emit()

    def gallery(self) -> None:
        """Choose a preset."""
        dialog = Gallery(self._window)
        dialog.chosen.connect(self.open)
        dialog.comparing.connect(self.comparing)
        dialog.exec()
        dialog.deleteLater()

    def ask_open(self) -> None:
        """Ask for a project file and open it."""
        start = str(self.document.path.parent if self.document.path else Path.home())
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a project", start, FILTER)
        if name:
            self.open(name)

    def open(self, reference: str) -> bool:
        """Open a file or "preset:NAME", after asking for what would be lost."""
        if not self.may_replace():
            return False
        try:
            self.document.open(reference)
        except StoreError as error:
            if not Path(reference).exists():
                preferences.forget_file(Path(reference))
            QMessageBox.warning(self._window, "This project cannot be opened", str(error))
            return False
        if not reference.startswith(PRESET):
            preferences.remember_file(Path(reference))
        self.opened.emit()
        return True

    def save(self) -> bool:
        """Save to the project's file; ask for one where there is none."""
        if self.document.path is None:
            return self.save_as()
        return self._save_to(self.document.path)

    def save_as(self) -> bool:
        """Ask for a file and save there."""
        current = self.document.path
        start = current or Path.home() / f"{_file_name(self.document.title)}.loom"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the project", str(start), FILTER)
        if not name:
            return False
        path = Path(name)
        return self._save_to(path if path.suffix == ".loom" else path.with_name(path.name + ".loom"))

    def _save_to(self, path: Path) -> bool:
        first, title = self.document.path is None, self.document.title
        try:
            self.document.save(path)
        except EngineError as error:
            QMessageBox.warning(self._window, "The project could not be saved", str(error))
            return False
        preferences.remember_file(path)
        self.said.emit(f"Saved to {path}")
        if first:
            self.settled.emit(path, title)
        return True

    def may_replace(self) -> bool:
        """Whether another project may take the document's place: nothing is lost, and no training stopped, without being asked."""
        return self.may_leave() and (not self.training() or self._may_stop())

    def _may_stop(self) -> bool:
        buttons = QMessageBox.StandardButton
        box = self._question("A training is running", f"Stop the training of {self.document.title}?")
        box.setInformativeText("Its run is kept as far as it has come.")
        box.setStandardButtons(buttons.Yes | buttons.Cancel)
        box.button(buttons.Yes).setText("Stop training")
        box.setDefaultButton(buttons.Cancel)
        return box.exec() == buttons.Yes

    def _question(self, title: str, text: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(title)
        box.setText(text)
        return box

    def may_leave(self) -> bool:
        """Whether the document may be given up: saved, or the person says so."""
        if not self.document.dirty:
            return True
        buttons = QMessageBox.StandardButton
        box = self._question("Unsaved changes", f"Save the changes to {self.document.title}?")
        box.setInformativeText("They are lost if you do not save them.")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        return self.save() if answer == buttons.Save else answer == buttons.Discard

    def offer_recovery(self) -> None:
        """Offer what a window left behind that did not end as it should."""
        for leftover in recovery.leftovers():
            where = f" (from {leftover.origin})" if leftover.origin else ""
            box = self._question(
                "Recover unsaved work",
                f"LayerLoom ended unexpectedly with unsaved changes in {leftover.title}{where}.",
            )
            box.setInformativeText("Recovering opens them; nothing is overwritten until you save.")
            take = box.addButton("Recover", QMessageBox.ButtonRole.AcceptRole)
            drop = box.addButton("Throw away", QMessageBox.ButtonRole.DestructiveRole)
            box.addButton("Ask again later", QMessageBox.ButtonRole.RejectRole)
            box.exec()
            if box.clickedButton() is drop:
                recovery.forget(leftover)
            if box.clickedButton() is take:
                try:
                    project = recovery.recover(leftover)
                except EngineError as error:
                    QMessageBox.warning(self._window, "This drawing cannot be recovered", str(error))
                    continue
                self.document.replace(project, recovered=True)
                self.autosave.inherit(leftover)  # a crash before the new copy is on disk must not take the old one
                return


def _file_name(title: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in title).strip() or "network"
