"""The editor of `Row` settings: numbers with commas between them, "1, 28, 28".

Not for: single numbers (`gui.form.number`) nor height × width (`gui.form.pair`).
"""

from __future__ import annotations

from typing import Any

from engine.declare import Row
from engine.errors import SettingError
from gui.form.editors import MIXED, Editor
from gui.form.field import Field


class RowEditor(Editor):
    """For `Row`."""

    setting: Row

    def __init__(self, setting: Row) -> None:
        super().__init__(setting)
        self.field = Field()
        self.field.textEdited.connect(self._typed)
        self.field.editingFinished.connect(self.finished)
        self._adopt(self.field)

    def _typed(self, _text: str) -> None:
        try:
            value = self.value()
        except SettingError as error:
            self.field.wrong = True
            self.refused.emit(str(error))
            return
        self.field.wrong = False
        self.refused.emit("")
        self.changed.emit(value)

    def value(self) -> Any:
        words = self.field.text().replace("×", ",").replace(";", ",").replace(",", " ").split()
        try:
            row = [float(word) if self.setting.real else int(word) for word in words]
        except ValueError:
            raise self.setting.refuse(self.field.text(), self.setting.range_text()) from None
        return self.setting.check(row)

    def set_value(self, value: Any) -> None:
        self.field.setPlaceholderText("" if value else "none")
        text = ", ".join(f"{number:g}" if self.setting.real else str(number) for number in value or ())
        if self.field.text() != text and not self._says(value):
            self.field.setText(text)
        self.refused.emit("")

    def _says(self, value: Any) -> bool:
        """Whether what is typed is that value already, in other words."""
        try:
            return bool(self.value() == value)
        except SettingError:
            return False

    def set_mixed(self) -> None:
        self.field.clear()
        self.field.setPlaceholderText(MIXED)
