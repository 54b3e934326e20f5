"""The editor of `Pair` settings, and the table that gives every kind of setting its editor.

Not for: labels, order and folding (`gui.form.panel`).
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSizePolicy

from engine.declare import Choice, Code, Flag, Integer, Pair, Real, Row, Setting, Text
from engine.errors import SettingError
from gui import theme
from gui.form.code import CodeEditor
from gui.form.editors import FIELD_HEIGHT, ChoiceEditor, Editor, FlagEditor, NumberEditor, TextEditor
from gui.form.number import NumberEdit
from gui.form.numbers import RowEditor
from gui.widgets import IconButton


class PairEditor(Editor):
    """For `Pair`: height × width, linked while they are equal, or one of the setting's words."""

    setting: Pair

    def __init__(self, setting: Pair) -> None:
        super().__init__(setting)
        one = Integer(name=setting.name, title=setting.label, lo=setting.lo, hi=setting.hi, optional=True)
        self.height_field, self.width_field = NumberEdit(one, unit=False), NumberEdit(one, unit=False)
        self._adopt(self.height_field)
        cross = QLabel("×")
        self._row.addWidget(cross)
        self._adopt(self.width_field)
        self.height_field.setAccessibleName(f"{setting.label}, height")
        self.width_field.setAccessibleName(f"{setting.label}, width")
        self.link = IconButton("link-variant", "Height and width are equal: typing one sets both", checkable=True)
        self.link.setMinimumHeight(FIELD_HEIGHT)
        self.link.setChecked(True)
        self.link.toggled.connect(self._linked)
        self._row.addWidget(self.link)
        self.words: list[QPushButton] = []
        self.words.extend([self._word(word) for word in setting.words])
        self._style_words()
        self.height_field.textEdited.connect(self._height_typed)
        self.width_field.textEdited.connect(self._width_typed)
        for field in (self.height_field, self.width_field):
            field.setPlaceholderText("auto" if setting.optional else "")
            field.editingFinished.connect(self._settle)
            field.editingFinished.connect(self.finished)
            field.setMinimumWidth(31)  # two digits

    def _word(self, word: str) -> QPushButton:
        button = QPushButton(word)
        button.setCheckable(True)
        button.setProperty("word", word)
        button.setToolTip(f"Use “{word}” instead of numbers")
        button.setAccessibleName(f"{self.setting.label}: {word}")
        button.setMinimumHeight(FIELD_HEIGHT)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._word_clicked)
        theme.notifier().changed.connect(self._style_words)
        self._row.addWidget(button)
        return button

    def _style_words(self, _theme: str = "") -> None:
        t = theme.current()
        for button in self.words:
            button.setStyleSheet(
                f"QPushButton {{ padding: 3px 6px; border: 1px solid {t.border_strong}; border-radius: {theme.RADIUS}px;"
                f" color: {t.muted}; background: transparent; font-size: 12px; }} QPushButton:focus {{ border-color: {t.accent}; }}"
                f"QPushButton:checked {{ background: {t.accent_soft}; border-color: {t.accent}; color: {t.text}; }}"
            )

    def _word_clicked(self, on: bool) -> None:
        button = self.sender()
        word = button.property("word") if button is not None else ""
        fallback = self.setting.default if isinstance(self.setting.default, int) else self.setting.lo
        self.set_value(word if on else fallback)
        self.changed.emit(self.value())
        self.finished.emit()

    def _linked(self, on: bool) -> None:
        if on and self.width_field.text() != self.height_field.text():
            self.width_field.setText(self.height_field.text())
            self._tell()

    def _height_typed(self, text: str) -> None:
        if self.link.isChecked():
            QLineEdit.setText(self.width_field, text)  # typed too: Escape there leads back as here
        self._tell()

    def _width_typed(self, text: str) -> None:
        if self.link.isChecked():
            QLineEdit.setText(self.height_field, text)
        self._tell()

    def _settle(self) -> None:
        """What was typed is held; the word before it is the program's to bring back."""
        if not self.height_field.wrong and (self.height_field.text() or self.width_field.text()):
            self._said_word = None

    def _tell(self) -> None:
        fields = self.height_field, self.width_field
        empty = not any(field.text() for field in fields)
        for button in self.words:
            button.setChecked(empty and button.property("word") == self._said_word)
        try:
            value = self.value()
        except SettingError as error:
            for field in fields:
                field.wrong = True
            self.refused.emit(str(error))
            return
        for field in fields:
            field.wrong = False
        self.refused.emit("")
        if value != self._told:
            self._told = value
            self.changed.emit(value)

    _told: Any = object()
    _said_word: str | None = None  # that stood there before the typing

    def value(self) -> Any:
        for button in self.words:
            if button.isChecked():
                return button.property("word")
        height, width = self.height_field.value(), self.width_field.value()
        if height is None and width is None:
            return self.setting.check(None)
        return self.setting.check((height, width))

    def set_value(self, value: Any) -> None:
        self._told = tuple(value) if isinstance(value, (list, tuple)) else value
        word = value if isinstance(value, str) else None
        if word is not None or not (self.height_field.hasFocus() or self.width_field.hasFocus()):
            self._said_word = word
        for button in self.words:
            button.setChecked(button.property("word") == word)
        height, width = value if isinstance(value, (list, tuple)) else (value, value)
        if word is not None:
            height = width = None
        for field in (self.height_field, self.width_field):
            field.setPlaceholderText(word or ("auto" if self.setting.optional else ""))
        if height != width:
            self.link.setChecked(False)
        for field, number in ((self.height_field, height), (self.width_field, width)):
            if field.text() != ("" if number is None else str(number)):
                field.setText("" if number is None else str(number))
        self.refused.emit("")

    def forget(self) -> None:
        super().forget()
        self._said_word = None
        self._link()  # until a value is shown that is not square

    def set_mixed(self) -> None:
        self._told, self._said_word = object(), None
        for button in self.words:
            button.setChecked(False)
        self.height_field.set_mixed()
        self.width_field.set_mixed()
        self._link()  # a height alone would be no value

    def _link(self) -> None:
        before = self.link.blockSignals(True)
        self.link.setChecked(True)
        self.link.blockSignals(before)


def editor(setting: Setting) -> Editor:
    """The editor for a setting; every declared kind has one."""
    match setting:
        case Integer() | Real():
            made: Editor = NumberEditor(setting)
        case Flag():
            made = FlagEditor(setting)
        case Choice():
            made = ChoiceEditor(setting)
        case Code():
            made = CodeEditor(setting)
        case Text():
            made = TextEditor(setting)
        case Pair():
            made = PairEditor(setting)
        case Row():
            made = RowEditor(setting)
        case _:
            raise TypeError(f"there is no editor for settings of the kind {setting.kind!r}")
    made.set_value(setting.default)
    return made
