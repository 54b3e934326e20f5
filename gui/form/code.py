"""The editor of `Code` settings: the first lines to read, whether they are trusted, and a button that opens the text.

Not for: the text itself (`gui.form.code_dialog`).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from engine import trust
from engine.setting import Code
from gui import theme, trusting
from gui.code import CodeView
from gui.form.code_dialog import CodeDialog
from gui.form.editors import FIELD_HEIGHT, MIXED, Editor
from gui.widgets import Hint

PREVIEW = 132  # pixels


class CodeEditor(Editor):
    """For `Code`."""

    setting: Code

    def __init__(self, setting: Code) -> None:
        super().__init__(setting)
        self.setToolTip(setting.help)
        self._value = setting.default
        self.preview = CodeView(name=f"{setting.label}, to read")
        self.preview.setObjectName(f"preview-{setting.name}")
        self.preview.setFixedHeight(PREVIEW)
        self.preview.setFont(theme.mono(11))
        self.preview.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.button = QPushButton("Edit code…")
        self.button.setObjectName(f"edit-{setting.name}")
        self.button.setMinimumHeight(FIELD_HEIGHT)
        self.button.setAccessibleName(f"Edit {setting.label.lower()}")
        self.button.clicked.connect(self.open)
        self.trusted = Hint("")
        self.trusted.setObjectName(f"trusted-{setting.name}")
        self.dialog: CodeDialog | None = None
        column = QVBoxLayout()
        column.setSpacing(4)
        for widget in (self.preview, self.button, self.trusted):
            column.addWidget(widget)
        self._row.addLayout(column)
        self.setFocusProxy(self.button)
        trusting.notifier().changed.connect(self._show_trust)

    def open(self) -> None:
        """Open the text in a dialog of its own."""
        self.dialog = CodeDialog(self.setting, self._value, self.window())
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.applied.connect(self._applied)
        self.dialog.open()

    def _applied(self, text: str) -> None:
        if text != self._value:
            self.set_value(text)
            self.changed.emit(text)
            self.finished.emit()

    def _show_trust(self) -> None:
        self.trusted.setText(
            "Trusted on this computer."
            if trust.trusted(self._value)
            else "Not trusted on this computer, so it is only text."
        )

    def value(self) -> Any:
        return self.setting.check(self._value)

    def set_value(self, value: Any) -> None:
        self._value = str(value or "")
        self.preview.set_code(self._value)
        self.button.setEnabled(True)
        self._show_trust()

    def set_mixed(self) -> None:
        self.preview.set_code(MIXED)
        self.button.setEnabled(False)
        self.trusted.setText("")
