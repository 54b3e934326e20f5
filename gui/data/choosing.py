"""The left column of the Data place: which data set, where it lies, how it is split and scaled.

Every choice is an edit of the document and can be undone.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.data.choice import DataChoice
from engine.data.download import SOURCES
from engine.data.kinds import TABLES, TEXTS, kind_of
from engine.data.registry import dataset_of, datasets
from engine.declare import from_json, settings_of, to_json
from engine.errors import SettingError
from engine.graph.model import Batch, Edit, SetSection
from gui import theme
from gui.data.cards import SetCards
from gui.data.fetching import Fetching
from gui.document import Document
from gui.form import SettingsForm
from gui.widgets import Heading, Hint, hline

WIDTH = 336  # pixels
OWN = frozenset(
    name for declared in datasets().values() for name in declared.settings
)  # settings of some data sets only
FILTERS = {
    "npz": ("Choose arrays", "NumPy arrays (*.npz)"),
    "text": ("Choose a text", f"Text ({' '.join('*' + ending for ending in TEXTS)});;All files (*)"),
}
TABLE_FILTER = ("Choose a table", f"Tables ({' '.join('*' + ending for ending in (*TABLES, '.txt'))});;All files (*)")


class Choosing(QWidget):
    """The column.

    Attributes:
        reload_wanted: The files may be others; read them again.
    """

    reload_wanted = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("choosing")
        self.document = document
        self._entry = 0
        self._paths: dict[str, str] = {}  # what was chosen for each data set, so that going back finds it again
        self.cards = SetCards()
        self.about = Hint()
        self.about.setObjectName("data_about")
        self.path = QLineEdit()
        self.path.setObjectName("data_path")
        self.browse = QPushButton("Choose…")
        self.browse.setObjectName("data_browse")
        self.fetching = Fetching()
        self.own = SettingsForm(DataChoice, hide=set(settings_of(DataChoice)) - OWN)
        self.own.setObjectName("own_settings")
        self.own_heading = Heading("How it is read")
        self.form = SettingsForm(DataChoice, hide=("name", "path", *OWN))
        self._lay_out()
        self.cards.picked.connect(self.choose)
        self.path.editingFinished.connect(self._path_typed)
        self.browse.clicked.connect(self.ask_path)
        self.fetching.fetched.connect(self._fetched)
        for form in (self.own, self.form):
            form.changed.connect(self._changed)
            form.finished.connect(self._finished)
        document.edited.connect(self._edited)
        document.replaced.connect(self._replaced)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self.refresh()

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        self._path_row = QWidget()
        self._path_row.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (Heading("Data set"), self.cards, self._path_row, self.fetching, self.about,
                       self.own_heading, self.own, hline(), Heading("Split and scaling"), self.form):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(holder)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _restyle(self, *_: object) -> None:
        self.about.setFont(theme.font(12, 400))
        self.browse.setIcon(theme.icon("folder-open-outline"))

    # --- the document

    @property
    def choice(self) -> DataChoice:
        """What the project says."""
        return self.document.project.data

    def write(self, text: str, *, merge: str = "", **values: object) -> bool:
        """Set values of the project's data choice, as one undo step."""
        held = self.document.root.sections["data"]
        try:
            kept = to_json(from_json(DataChoice, {**held, **values}))
        except SettingError as error:
            self.document.refused.emit(str(error))
            return False
        if kept == dict(held):
            return True
        return self.document.do(SetSection("data", kept), text, merge=merge)

    def choose(self, name: str) -> None:
        """Take another data set; its own last path comes back with it."""
        choice = self.choice
        if name == choice.name:
            return
        self._paths[choice.name] = choice.path
        self.write(f"Choose {dataset_of(name).title}", name=name, path=self._paths.get(name, ""))

    def take(self, path: Path) -> bool:
        """Take a folder or file that was dropped or picked; False where it holds no data set."""
        name = kind_of(path)
        if name is None:
            return False
        choice = self.choice
        self._paths[choice.name] = choice.path
        shown = os.fsencode(path).decode("utf-8", "replace")
        if not self.write(f"Choose {path.name}", name=name, path=shown):
            return False
        if (choice.name, choice.path) == (name, shown):
            self.reload_wanted.emit()
        return True

    def ask_path(self) -> None:
        """Ask for the folder or file."""
        if dataset_of(self.choice.name).needs == "file":
            title, kinds = FILTERS.get(self.choice.name, TABLE_FILTER)
            path, _ = QFileDialog.getOpenFileName(self, title, self.choice.path, kinds)
        else:
            path = QFileDialog.getExistingDirectory(self, "Choose the folder", self.choice.path)
        if path:
            self.write("Choose a folder" if Path(path).is_dir() else "Choose a file", path=path)

    def _path_typed(self) -> None:
        text = self.path.text().strip()
        if text != self.choice.path:
            self.write("Set the folder or file", path=text)

    def _fetched(self, name: str) -> None:
        if self.choice.name == name and self.choice.path:
            self.write("Use the downloaded files", path="")
        self.reload_wanted.emit()

    def _changed(self, name: str, value: object) -> None:
        label = settings_of(DataChoice)[name].label.lower()
        self.write(f"Set {label}", merge=f"data.{name}.{self._entry}", **{name: value})

    def _finished(self, _name: str) -> None:
        self._entry += 1

    def _edited(self, edit: Edit) -> None:
        if _sets_data(edit):
            self.refresh()

    def _replaced(self) -> None:
        self._paths.clear()
        self.refresh()

    def refresh(self) -> None:
        """Show the project's choice."""
        choice = self.choice
        declaration = dataset_of(choice.name)
        self.cards.set_chosen(choice.name)
        # A person knows where their own files come from, and the help says of what is generated that it is.
        published = not declaration.source.startswith("your ") and declaration.source != "generated"
        self.about.setText(f"{declaration.help}\n{declaration.source}." if published else declaration.help)
        self._path_row.setVisible(declaration.needs != "nothing")
        self.path.setText(choice.path)
        what = "the file" if declaration.needs == "file" else "the folder"
        known = choice.name in SOURCES
        self.path.setPlaceholderText("Downloaded files, or choose…" if known else f"Drop or choose {what}")
        self.path.setAccessibleName(f"Where {declaration.title} lies")
        self.path.setToolTip(choice.path or f"Drop {what} onto this place, or choose it")
        self.fetching.set_name(choice.name)
        self.own_heading.setText("How it is made" if "generated" in declaration.source else "How it is read")
        self.own_heading.setVisible(bool(declaration.settings))
        self.own.show_only(declaration.settings)
        self.own.setVisible(bool(declaration.settings))
        self.form.show_only(set(self.form.rows) - set(declaration.idle))
        held = to_json(choice, all_of_them=True)
        for form in (self.own, self.form):
            wanted = {name: held[name] for name in form.rows}
            if form.values() != wanted:
                form.set_values(wanted)


def _sets_data(edit: Edit) -> bool:
    if isinstance(edit, Batch):
        return any(_sets_data(part) for part in edit.edits)
    return isinstance(edit, SetSection) and edit.name == "data"
