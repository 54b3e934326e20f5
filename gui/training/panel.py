"""Below the plots: the table of the project's runs and the notes of the training, and what can be done with a run.

Not for: curves; the place loads and shows those.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.graph.model import Graph
from engine.training.runs import Run, runs_folder
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.session import Session
from gui.training.log import Log
from gui.training.restore import edit_towards
from gui.training.runs import Row, Shelf, remove
from gui.training.table import RunsTable
from gui.widgets import EmptyState, Segmented

LATER_MS = 150  # several reasons to read the runs again within this time are one


class RunsPanel(QWidget):
    """Runs and notes.

    Attributes:
        listed: The table shows what is on the disk now.
        deleting: Emits the path of a run that is about to go.
        comparing: Emits the paths of one or two runs whose drawings a person wants to compare.
        said: Emits a sentence for the status bar.
    """

    listed = Signal()
    comparing = Signal(object)
    deleting = Signal(str)
    said = Signal(str)

    def __init__(self, document: Document, session: Session) -> None:
        super().__init__()
        self.setObjectName("runs_panel")
        self.document, self.session = document, session
        self.table = RunsTable()
        self.log = Log()
        self._shelf = Shelf()
        self._reading = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self.read_runs)
        self._lay_out()
        session.runs_changed.connect(self.read_soon)
        document.place_changed.connect(self.read_soon)
        self.table.asked.connect(self._asked)
        self.table.runs.checked_changed.connect(self._checked)
        self.clear.clicked.connect(self.clear_comparison)
        self.pages.changed.connect(self._page)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 16)
        column.setSpacing(10)
        self.pages = Segmented([("runs", "Runs"), ("log", "Notes")], name="Runs or notes")
        self.pages.setObjectName("runs_or_notes")
        self.count = QLabel()
        self.count.setObjectName("runs_count")
        self.clear = QPushButton("Clear comparison")
        self.clear.setObjectName("clear_comparison")
        self.clear.hide()
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.pages)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.clear)
        self.stack = QStackedWidget()
        self.no_runs = EmptyState(
            "history", "No runs yet", "Every training is kept here, with its settings and its curves."
        )
        for page in (self.no_runs, self.table, self.log):
            self.stack.addWidget(page)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self.setMinimumHeight(120)

    def _restyle(self, *_: object) -> None:
        self.count.setProperty("hint", True)
        self.count.setFont(theme.font(12, 400))

    # --- reading

    def read_soon(self) -> None:
        """Read the runs again once things have come to rest."""
        self._later.start()

    @property
    def folder(self) -> Path:
        """Where this project's runs lie."""
        return runs_folder(self.document.path)

    def read_runs(self) -> None:
        """Read the project's runs again, off the window's thread."""
        if self._reading:
            self._later.start()
            return
        self._reading = True
        folder = self.folder
        in_background(self, lambda: self._shelf.read(folder), self._show_rows, self._unread)

    def _unread(self, text: str) -> None:
        self._reading = False
        self.said.emit(text)

    def _show_rows(self, rows: tuple[Row, ...]) -> None:
        self._reading = False
        if self.document.path is None:  # runs of unsaved projects lie together: those of this one have its title
            rows = tuple(row for row in rows if row.name == self.document.title)
        self.table.runs.set_rows(rows)
        self.count.setText("" if not rows else "1 run" if len(rows) == 1 else f"{len(rows)} runs")
        self._page(self.pages.value)
        self.listed.emit()

    def _page(self, page: str) -> None:
        runs = self.table if self.table.runs.rows else self.no_runs
        self.stack.setCurrentWidget(self.log if page == "log" else runs)

    def note(self, text: str, level: str = "info") -> None:
        """Write a line into the notes."""
        self.log.add(text, level)

    def _checked(self, paths: list[str]) -> None:
        self.clear.setVisible(bool(paths))

    def clear_comparison(self) -> None:
        """Take all compared runs away."""
        for path in list(self.table.runs.checked):
            self.table.runs.check(path, False)

    # --- commands

    def _asked(self, command: str, path: str) -> None:
        match command:
            case "resume":
                self.session.resume_run(path)
            case "restore":
                in_background(self, lambda: Run(path).graph(), self._restore, self._refused)
            case "drawing":  # with that of the run that is checked, where one is
                others = [other for other in self.table.runs.checked if other != path]
                self.comparing.emit((*others[:1], path))
            case "folder":
                QDesktopServices.openUrl(QUrl.fromLocalFile(path))
            case _:
                self.ask_delete(path)

    def _restore(self, graph: Graph) -> None:
        if self.document.do(edit_towards(self.document.root, graph), "Bring back the drawing of a run", whole=True):
            self.said.emit("The drawing and the settings are those of the run again. Undo brings yours back.")

    def ask_delete(self, path: str) -> None:
        """Ask, then delete a run's folder."""
        row = next((row for row in self.table.runs.rows if row.path == path), None)
        name = f"“{row.name}” of {row.created[:16].replace('T', ' ')}" if row is not None else "this run"
        box = question(
            self, "Delete this run?", f"The weights and curves of {name} are deleted. This cannot be undone.", "Delete"
        )
        box.accepted.connect(partial(self.delete, path))
        box.open()

    def delete(self, path: str) -> None:
        """Delete a run's folder, off the window's thread."""
        if self.session.run == path:
            self.session.show_run(None)
        self.table.runs.check(path, False)
        self.deleting.emit(path)
        in_background(self, lambda: remove(path), self._deleted, self._refused)

    def _deleted(self, text: str) -> None:
        self.said.emit(text)
        self.read_runs()

    def _refused(self, text: str) -> None:
        self.log.add(text, "error")
        self.said.emit(text)


def question(parent: QWidget, title: str, text: str, button: str) -> QMessageBox:
    """A question before something is lost; `accepted` says yes. Keeping is what Enter and Escape do."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=parent)
    box.setInformativeText(text)
    box.setObjectName("question")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    return box
