"""Asking a person whether Python code is to be trusted, and showing what is, so that trust can be taken back.

Not for: where trust is kept (`engine.trust`).
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from engine import trust
from engine.blocks.python_text import CodeError, read
from gui import trusting
from gui.code import CodeEdit
from gui.widgets import Fault, Heading, Hint

SIZE = (860, 640)  # pixels
_MEANING = (
    "This code came with the project; whoever made the project may have written it. Trusted, it runs on this computer with all "
    "that you may do: it can read, change and send your files. Read it to its end. Trust it only where you understand it, or know "
    "and trust who wrote it. Trust belongs to this very text and this computer; a changed letter takes it away."
)


class TrustDialog(QDialog):
    """Shows a text and asks. No is what Enter and Escape say."""

    def __init__(self, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = code
        self.setObjectName("trust-dialog")
        self.setWindowTitle("Trust this code?")
        self.resize(*SIZE)
        try:
            self._name = read(code).name
        except CodeError:
            self._name = "code that cannot be read"
        self.view = CodeEdit(name="The code to read")
        self.view.setReadOnly(True)
        self.view.setObjectName("trust-code")
        self.view.set_code(code)
        self.fault = Fault()
        lines = code.count("\n") + 1
        self.yes = QPushButton("Trust on this computer")
        self.yes.setObjectName("trust-yes")
        self.yes.setAutoDefault(False)
        self.yes.clicked.connect(self._trust)
        self.no = QPushButton("Do not trust")
        self.no.setObjectName("trust-no")
        self.no.setDefault(True)
        self.no.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(Heading(f"{self._name}: {lines} line{'s' * (lines > 1)} of Python"))
        column.addWidget(Hint(_MEANING))
        column.addWidget(self.view, 1)
        column.addWidget(Hint(f"SHA-256 {trust.digest(code)}"))
        if trust.fault():
            self.fault.say(trust.fault())
        column.addWidget(self.fault)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        column.addLayout(row)
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _trust(self) -> None:
        fault = trusting.give(self.code, self._name)
        self.fault.say(fault)
        if not fault:
            self.accept()


class TrustedDialog(QDialog):
    """What is trusted on this computer, the latest first, and a button that takes trust back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trusted-dialog")
        self.setWindowTitle("Trusted code")
        self.resize(620, 420)
        self.list = QListWidget()
        self.list.setObjectName("trusted-list")
        self.list.setAccessibleName("Code that is trusted on this computer")
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.fault = Fault()
        self.take = QPushButton("Take trust back")
        self.take.setObjectName("trusted-take")
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self._take)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(Heading("Python code that is trusted on this computer"))
        column.addWidget(Hint("Without trust a Python block is only text: it is neither run nor exported."))
        column.addWidget(self.list, 1)
        column.addWidget(self.fault)
        row = QHBoxLayout()
        row.addWidget(self.take)
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)
        self.list.itemSelectionChanged.connect(self._chosen)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        for entry in trust.entries():
            day = datetime.fromtimestamp(entry.since).astimezone().strftime("%Y-%m-%d %H:%M")
            item = QListWidgetItem(f"{entry.name}    {day}    {entry.digest[:16]}…")
            item.setData(Qt.ItemDataRole.UserRole, entry.digest)
            self.list.addItem(item)
        self.fault.say(trust.fault() or ("" if self.list.count() else "No code is trusted on this computer."))
        self._chosen()

    def _chosen(self) -> None:
        self.take.setEnabled(bool(self.list.selectedItems()))

    def _take(self) -> None:
        chosen = tuple(str(item.data(Qt.ItemDataRole.UserRole)) for item in self.list.selectedItems())
        fault = trusting.take(chosen)
        self._fill()
        if fault:
            self.fault.say(fault)
