"""The export dialog: source, weights or the project file, with a preview before and a check after.

Not for: the work itself (`export_job`, `engine.export`).
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.export import targets
from engine.training.runs import runs_folder
from gui import theme
from gui.background import in_background
from gui.code import CodeView
from gui.dialogs import export_job as job
from gui.document import Document
from gui.session import Session
from gui.weights import weights_of
from gui.widgets import Fault, Heading, Hint, PrimaryButton, Section, hline

ICONS = {"source": "language-python", "safetensors": "shield-lock-outline", "pt": "fire", "project": "file-outline"}
LIVE_NOTE = (
    "A training is under way. “Last” is what it knew when it was last saved, some seconds ago; “best” is its best epoch so far, "
    "which the next one may still beat."
)
PROJECT_HELP = "the drawing with its settings, to open here again; without weights"


class ExportDialog(QDialog):
    """See the module."""

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.session = document, session
        self.setObjectName("export")
        self.setWindowTitle("Export")
        self.resize(980, 680)
        self.kinds = QListWidget()
        self.weights = QComboBox()
        self.weights_note = Hint(LIVE_NOTE)
        self.weights_note.setObjectName("weights_note")
        self.beside = QCheckBox("Save the weights beside it")
        self.beside.setToolTip("A .safetensors file of the same name, which the source loads.")
        self.beside.setChecked(True)
        self.help = Hint()
        self.code = CodeView(name="Preview")
        self.copy = QPushButton("Copy")
        self.save = PrimaryButton("Save…", "content-save-outline")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.sign = QLabel()
        self.outcome = Hint()
        self.fault = Fault()
        self.written: job.Written | None = None
        self._wanted = 0
        self._build()
        self._connect()
        self._fill()

    def _build(self) -> None:
        above = QHBoxLayout()
        above.addWidget(Section("Preview"))
        above.addStretch(1)
        above.addWidget(self.copy)
        right = QVBoxLayout()
        right.addLayout(above)
        right.addWidget(self.code, 1)
        middle = QHBoxLayout()
        middle.setSpacing(2 * theme.SPACE)
        middle.addWidget(self._side())
        middle.addLayout(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(2 * theme.SPACE)
        box.addWidget(Heading("Take the network away"))
        box.addLayout(middle, 1)
        box.addWidget(hline())
        box.addLayout(self._foot())
        self.progress.hide()

    def _side(self) -> QWidget:
        """The choices."""
        self.kinds.setAccessibleName("What to export")
        self.kinds.setIconSize(QSize(22, 22))
        self.kinds.setSpacing(2)
        self.kinds.setFixedHeight(4 * 44 + 8)
        self.weights.setAccessibleName("Which weights")
        self.weights.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weights.setMinimumContentsLength(20)
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE)
        for widget in (Section("What to take away"), self.kinds, self.help):
            left.addWidget(widget)
        left.addSpacing(theme.SPACE)
        left.addWidget(Section("Weights"))
        left.addWidget(self.weights)
        left.addWidget(self.weights_note)
        left.addWidget(self.beside)
        left.addStretch(1)
        side = QWidget()
        side.setFixedWidth(282)
        side.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        return side

    def _foot(self) -> QHBoxLayout:
        """What came of it, and the buttons."""
        foot = QHBoxLayout()
        foot.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        said = QVBoxLayout()
        for shown in (self.outcome, self.fault, self.progress):
            said.addWidget(shown)
        foot.addLayout(said, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        foot.addWidget(close, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        return foot

    def _connect(self) -> None:
        self.kinds.currentRowChanged.connect(self._changed)
        self.weights.currentIndexChanged.connect(self._changed)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._ask_for_path)
        theme.notifier().changed.connect(self._redraw)

    def _fill(self) -> None:
        self.kinds.blockSignals(True)
        rows = [(name, target.title, target.help) for name, target in targets().items()]
        for name, title, help_ in [*rows, (job.PROJECT, "Project file", PROJECT_HELP)]:
            item = QListWidgetItem(title)
            item.setData(int(Qt.ItemDataRole.UserRole), (name, help_))
            item.setSizeHint(QSize(200, 42))
            self.kinds.addItem(item)
        self.kinds.setCurrentRow(0)
        self.kinds.blockSignals(False)
        shown = self.session.run
        first = [] if shown is None else [
            job.Weights("Best weights of the run on show", shown, "best"),
            job.Weights("Last weights of the run on show", shown, "last"),
        ]  # fmt: skip
        self._offer([*first, job.UNTRAINED])
        folder = runs_folder(self.document.path)
        in_background(self, lambda: job.offers(folder, shown), self._offer, self.fault.say)
        self._redraw()

    @property
    def _live(self) -> bool:
        """Whether the run on show is being trained: what is its best epoch is not settled."""
        return self.session.state != "idle" and self.session.run is not None

    def _offer(self, found: list[job.Weights]) -> None:
        held = self.weights.currentData()
        self.weights.blockSignals(True)
        self.weights.clear()
        own = weights_of(self.document) is not None
        origin = f"Imported weights of {self.document.root.sections['weights'].get('from', '')}"
        for weights in found:
            self.weights.addItem(origin if own and weights.run is None else weights.label, weights)
        if held is not None:
            wanted = (held.run, held.which)
        else:  # without a run, what is on show is the drawing, untrained
            wanted = (self.session.run, "last" if self._live else "best")
        places = [place for place, weights in enumerate(found) if (weights.run, weights.which) == wanted]
        self.weights.setCurrentIndex(places[0] if places else 0)
        self.weights.blockSignals(False)
        self._changed()

    # --- what is chosen

    @property
    def kind(self) -> str:
        """Name of the target."""
        item = self.kinds.currentItem()
        return str(item.data(int(Qt.ItemDataRole.UserRole))[0]) if item is not None else "source"

    def choose(self, kind: str) -> None:
        """Choose a target by its name."""
        for row in range(self.kinds.count()):
            if self.kinds.item(row).data(int(Qt.ItemDataRole.UserRole))[0] == kind:
                self.kinds.setCurrentRow(row)

    def order(self) -> job.Order:
        """What is chosen, as an order that another thread may carry out."""
        dataset = self.session.dataset
        weights = self.weights.currentData() or job.UNTRAINED
        return job.Order(
            self.document.root.copy(), weights, self.kind, self.document.title,
            dataset.classes if dataset is not None else (),
            dataset.normalisation if dataset is not None else None, weights_of(self.document),
        )  # fmt: skip

    def _changed(self, *_: object) -> None:
        kind = self.kind
        item = self.kinds.currentItem()
        help_ = str(item.data(int(Qt.ItemDataRole.UserRole))[1]) if item is not None else ""
        self.help.setText(help_[:1].upper() + help_[1:] + ".")
        self.weights.setEnabled(kind != job.PROJECT)
        self.weights_note.setVisible(self._live and kind != job.PROJECT)
        self.beside.setVisible(kind == "source")
        self.sign.clear()
        self.outcome.setText("")
        self.fault.say("")
        self._wanted += 1
        wanted, order = self._wanted, self.order()

        def done(text: str) -> None:
            if wanted == self._wanted:
                self.code.set_code(text)
                self._allow(True)

        def failed(text: str) -> None:
            if wanted == self._wanted:
                self.code.set_code("")
                self._allow(False)
                self.fault.say(text)

        in_background(self, lambda: job.preview(order), done, failed)

    def _allow(self, possible: bool) -> None:
        self.save.setEnabled(possible)
        self.copy.setEnabled(possible)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self._say("content-copy", "muted", "The text of the preview is on the clipboard.")

    # --- writing

    def _ask_for_path(self) -> None:
        ending = job.suffix(self.kind)
        name = re.sub(r"[^a-z0-9]+", "_", self.document.title.lower()).strip("_") or "network"
        folder = self.document.path.parent if self.document.path is not None else Path.home()
        path, _ = QFileDialog.getSaveFileName(self, "Export", str(folder / (name + ending)), f"*{ending}")
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the chosen target on another thread; the check's sentence appears when it is done."""
        order, beside = self.order(), self.beside.isChecked()
        self.fault.say("")
        self.sign.clear()
        self.outcome.setText("Writing, and checking that the export computes the same…")
        self.progress.show()
        self._allow(False)
        in_background(self, lambda: job.write(order, path, beside=beside), self._done, self._failed)

    def _done(self, written: job.Written) -> None:
        self.written = written
        self.progress.hide()
        self._allow(True)
        files = " and ".join(str(path) for path in written.files)
        self._say("check-circle", "good", f"{written.check}\nSaved: {files}")

    def _failed(self, text: str) -> None:
        self.progress.hide()
        self._allow(True)
        self.outcome.setText("")
        self.sign.clear()
        self.fault.say(text)

    def _say(self, icon: str, token: str, text: str) -> None:
        self.sign.setPixmap(theme.icon(icon, color=str(getattr(theme.current(), token))).pixmap(18, 18))
        self.outcome.setText(text)

    def _redraw(self, *_: object) -> None:
        for row in range(self.kinds.count()):
            item = self.kinds.item(row)
            name = str(item.data(int(Qt.ItemDataRole.UserRole))[0])
            item.setIcon(theme.icon(ICONS.get(name, "export-variant"), color=theme.current().accent))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.kinds.setFocus()
