"""The editor of a person's class: the text with numbered lines, what it says of itself, and whether it is trusted.

Not for: running it. What is typed is read while one types, and never run by this.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QMessageBox, QPushButton, QVBoxLayout, QWidget

from engine import trust
from engine.blocks.python import TEMPLATE, fault_of
from engine.blocks.python_text import CodeError, read
from engine.errors import SettingError
from engine.setting import Code
from gui import trusting
from gui.code import CodeEdit
from gui.widgets import Heading, Hint, PrimaryButton

READ_MS = 200  # after a key until the text is read again
SIZE = (860, 640)  # pixels


class CodeDialog(QDialog):
    """See the module.

    Attributes:
        applied: Emits the text when the person is done with it.
    """

    applied = Signal(str)

    def __init__(self, setting: Code, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code-dialog")
        self.setWindowTitle("Python block")
        self.resize(*SIZE)
        self._setting, self._first = setting, code
        self.edit = CodeEdit()
        self.edit.setObjectName("code-edit")
        self.edit.set_code(code)
        self.said = QLabel()
        self.said.setObjectName("code-said")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.said.setMinimumHeight(38)
        self.trust = QCheckBox("Trust this code on this computer")
        self.trust.setObjectName("code-trust")
        self.trust.setToolTip("It may then run with all that you may do. Tick it for code that you wrote or have read.")
        self.trust.setChecked(code == TEMPLATE or trust.trusted(code))
        buttons = self._buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(Heading("Code of the block"))
        column.addWidget(
            Hint(
                "A class of nn.Module: the parameters of forward are its inputs. torch, nn, F, Tensor and math are at hand; "
                "channels, features and shape are filled in from what arrives."
            )
        )
        column.addWidget(self.edit, 1)
        column.addWidget(self.said)
        column.addLayout(buttons)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(READ_MS)
        self._later.timeout.connect(self.look)
        self.edit.textChanged.connect(self._later.start)
        self.look()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _buttons(self) -> QHBoxLayout:
        """Trust on the left, Cancel and Apply on the right."""
        self.apply = PrimaryButton("Apply")
        self.apply.setObjectName("code-apply")
        self.apply.setToolTip("Put this code into the block (Ctrl+Enter)")
        self.apply.clicked.connect(self._apply)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("code-cancel")
        cancel.clicked.connect(self.reject)
        for button in (self.apply, cancel):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.trust, 1)
        row.addWidget(cancel)
        row.addWidget(self.apply)
        return row

    def look(self) -> bool:
        """Read the text and say what it is; False where it cannot be a block."""
        text = self.edit.toPlainText()
        try:
            reading = read(self._setting.check(text))
        except CodeError as error:
            return self._wrong(str(error), error.line or 0)
        except SettingError as error:
            return self._wrong(str(error), 0)
        failed = fault_of(text)
        if failed is not None:
            self._wrong(failed.text, failed.line or 0)
        else:
            takes = ", ".join(port.name + ("?" if port.optional else "") for port in reading.inputs)
            gives = ", ".join(port.name for port in reading.outputs)
            self.edit.mark(0)
            self.said.setProperty("fault", False)
            self._say(f"{reading.name} takes {takes} and gives {gives}.")
        self.apply.setEnabled(True)
        return True

    def _wrong(self, sentence: str, line: int) -> bool:
        self.edit.mark(line)
        self.said.setProperty("fault", True)
        self._say(f"Line {line}: {sentence}" if line and "ine " not in sentence else sentence)
        self.apply.setEnabled(False)
        return False

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)

    def _apply(self) -> None:
        if not self.look():
            return
        text = str(self._setting.check(self.edit.toPlainText()))
        if self.trust.isChecked() and not trust.trusted(text):
            fault = trusting.give(text, read(text).name)
            if fault:
                self._wrong(fault, 0)
                return
        elif not self.trust.isChecked() and trust.trusted(text):
            trusting.take((trust.digest(text),))
        self.applied.emit(text)
        self.accept()

    def reject(self) -> None:
        """Close it; what was typed is asked about first."""
        if self.edit.toPlainText() != self._first:
            button = QMessageBox.question(
                self, "Drop what was typed?", "The code was changed and not applied. Drop the changes?",
                QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Cancel,
            )  # fmt: skip
            if button != QMessageBox.StandardButton.Discard:
                return
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter applies."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._apply()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's own button is Cancel."""
        event.ignore()
        self.reject()
