"""What the dialog for importing weights looks like: its widgets and where they stand.

Not for: what they do (`gui.dialogs.weights`).
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from gui import theme
from gui.dialogs.weights_table import WeightsModel, WeightsTable
from gui.widgets import EmptyState, Fault, Heading, Hint, PrimaryButton, Section, hline

ENDINGS = "*.pth *.pt *.bin *.ckpt *.safetensors"
SUFFIXES = tuple(word.removeprefix("*") for word in ENDINGS.split())
MOST_CLASSES = 1_000_000
SAFE = "Weights only: nothing in the file is executed."


class WeightsFace(QDialog):
    """See the module."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import-weights")
        self.setWindowTitle("Import weights")
        self.setAcceptDrops(True)
        self.resize(1000, 690)
        self.file = QLabel("No file chosen yet")
        self.choose = QPushButton("Choose a file…")
        self.way = QComboBox()
        self.sign, self.sentence, self.note = QLabel(), QLabel(), Hint()
        self.wrong = QCheckBox("Only what is not loaded")
        self.model = WeightsModel(self)
        self.table = WeightsTable(self.model)
        self.stack = QStackedWidget()
        self.fresh = QCheckBox("Replace the head")
        self.classes = QSpinBox()
        self.freeze = QComboBox()
        self.trained = Hint()
        self.fault = Fault()
        self.progress = QProgressBar()
        self.forget = QPushButton("Forget the imported weights")
        self.bring = PrimaryButton("Import", "import")
        self._build()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(12)
        box.addWidget(Heading("Begin with weights that were learned elsewhere"))
        box.addLayout(self._above())
        empty = EmptyState(
            "file-import-outline", "Choose or drop a file",
            "A checkpoint of PyTorch (.pth, .pt) or a .safetensors file, for this network or for one with the same trunk. " + SAFE,
        )  # fmt: skip
        self.stack.addWidget(empty)
        self.stack.addWidget(self._middle())
        box.addWidget(self.stack, 1)
        box.addWidget(hline())
        self.wishes = self._wishes()
        box.addWidget(self.wishes)
        box.addLayout(self._foot())

    def _above(self) -> QHBoxLayout:
        self.file.setProperty("hint", True)
        self.file.setTextFormat(Qt.TextFormat.PlainText)
        self.way.setAccessibleName("How tensors are matched")
        self.way.setMinimumWidth(250)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.choose)
        row.addWidget(self.file, 1)
        self.by = Section("Matched by")
        row.addWidget(self.by)
        row.addWidget(self.way)
        return row

    def _middle(self) -> QWidget:
        self.sentence.setFont(theme.font(13, 600))
        line = QHBoxLayout()
        line.setSpacing(theme.SPACE)
        line.addWidget(self.sign)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.wrong)
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE)
        box.addLayout(line)
        box.addWidget(self.note)
        box.addWidget(self.table, 1)
        return middle

    def _wishes(self) -> QWidget:
        self.fresh.setObjectName("fresh-head")
        self.classes.setRange(1, MOST_CLASSES)
        self.classes.setAccessibleName("Classes of the new head")
        self.classes.setFixedSize(84, 28)
        self.classes.lineEdit().setTextMargins(6, 0, 6, 0)
        self.classes.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.freeze.setAccessibleName("What a training leaves as it is")
        self.freeze.setMinimumWidth(230)
        wishes = QWidget()
        row = QHBoxLayout(wishes)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(10)
        row.addWidget(self.fresh)
        row.addWidget(self.classes)
        self.after = QLabel("classes, fresh weights")
        row.addWidget(self.after)
        row.addSpacing(22)
        row.addWidget(Section("Freeze"))
        row.addWidget(self.freeze)
        row.addStretch(1)
        return wishes

    def _foot(self) -> QHBoxLayout:
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.hide()
        said = QVBoxLayout()
        for shown in (self.trained, self.fault, self.progress):
            said.addWidget(shown)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addLayout(said, 1)
        foot.addWidget(self.forget)
        foot.addWidget(close)
        foot.addWidget(self.bring)
        return foot
