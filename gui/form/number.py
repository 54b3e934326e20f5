"""A field for one number: typed, stepped with the arrow keys or the wheel, with its unit inside.

Not for: where the number goes. The field knows its `Setting` and nothing else.
"""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from engine.declare import Integer, Real
from engine.errors import SettingError
from gui import theme
from gui.form.field import Field

STEP_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
NOTCH = 120  # eighths of a degree in one click of a wheel
LADDER = (1.0, 2.0, 5.0)  # a logarithmic number steps 1, 2, 5, 10, 20...


class NumberEdit(Field):
    """A line that holds a number or, where the setting is optional, nothing.

    Attributes:
        entered: Emits the text's value whenever the person changes it to one that the setting takes.
        refused: Emits the sentence that says why the text is no value, or an empty text when it is one again.
    """

    entered = Signal(object)
    refused = Signal(str)

    def __init__(self, setting: Integer | Real, parent: QWidget | None = None, *, unit: bool = True) -> None:
        super().__init__(parent=parent)
        self._setting = setting
        self._unit = setting.unit if unit else ""
        self._mixed = False
        self._fallback = "empty" if setting.optional else ""
        self.setPlaceholderText(self._fallback)
        self.setAccessibleName(setting.label)
        if self._unit:
            width = QFontMetrics(theme.font(11, 400)).horizontalAdvance(self._unit)
            self.setTextMargins(0, 0, width + 8, 0)
        self.textEdited.connect(self._typed)

    # --- the value

    def value(self) -> Any:
        """The number, or None for an empty text.

        Raises:
            SettingError: The text is no value that the setting takes.
        """
        return self._setting.check(self._parsed())

    def set_value(self, value: Any) -> None:
        """Show a value; a text that already says it stays as the person wrote it."""
        was_mixed, self._mixed = self._mixed, False
        self.setPlaceholderText(self._fallback)
        if not was_mixed and self._says(value):
            return
        place = self.cursorPosition()
        self.setText(written(value))
        self.setCursorPosition(min(place, len(self.text())))
        self.refused.emit("")

    def set_mixed(self) -> None:
        """Show that several blocks differ here."""
        self._mixed = True
        self.clear()
        self.setPlaceholderText("mixed")

    def _says(self, value: Any) -> bool:
        try:
            return bool(self.value() == value)
        except SettingError:
            return False

    def _parsed(self) -> Any:
        text = self.text().strip().replace("\u202f", "").replace(",", "." if isinstance(self._setting, Real) else "")
        if not text:
            return None
        for read in (int, float):
            try:
                return read(text)
            except ValueError:
                continue
        return text

    def _typed(self, _text: str) -> None:
        if self._mixed and not self.text():
            return
        self._mixed = False
        try:
            value = self.value()
        except SettingError as error:
            self.wrong = True
            self.refused.emit(str(error))
            return
        self.wrong = False
        self.refused.emit("")
        self.entered.emit(value)

    # --- stepping

    def step(self, count: int) -> None:
        """Go `count` steps up or down, within the range."""
        setting = self._setting
        try:
            value = self.value()
        except SettingError:
            return
        if value is None:
            value = setting.lo if setting.lo is not None else 0
            count = 0
        moved = _stepped(setting, value, count)
        if setting.lo is not None:
            moved = max(moved, setting.lo)
        if setting.hi is not None:
            moved = min(moved, setting.hi)
        if self._says(moved):
            return
        self.step_to(written(moved))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys step, with Shift ten at a time."""
        count = STEP_KEYS.get(Qt.Key(event.key()))
        if count is None:
            super().keyPressEvent(event)
            return
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.step(count * 10 if shifted and abs(count) == 1 else count)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel steps only while the field has the focus: scrolling a form past it must not change it."""
        notches = event.angleDelta().y() // NOTCH
        if self.hasFocus() and notches:
            self.step(notches)
            event.accept()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the number, as in every drawing program."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, and its unit at the right edge."""
        super().paintEvent(event)
        if not self._unit:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(11, 400))
        painter.setPen(QColor(theme.current().muted))
        rect = QRect(0, 0, self.width() - 9, self.height())
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the unit when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()


def written(value: Any) -> str:
    """A number as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value)
    return str(value)


def _stepped(setting: Integer | Real, value: float, count: int) -> float:
    if isinstance(setting, Integer):
        return int(value) + count
    if setting.log and value > 0:
        return _climb(value, count)
    span = (setting.hi - setting.lo) if setting.lo is not None and setting.hi is not None else None
    size = 0.05 if span is not None and span <= 1 else 0.1
    return round(value + size * count, 10)


def _climb(value: float, count: int) -> float:
    """`value` moved along 1, 2, 5, 10, 20...: to the next rung, however it lies between two."""
    power = math.floor(math.log10(value) + 1e-9)
    mantissa = value / 10**power
    rung = max(i for i, step in enumerate(LADDER) if step <= mantissa * (1 + 1e-9))
    if count < 0 and mantissa > LADDER[rung] * (1 + 1e-9):
        count += 1
    index = power * len(LADDER) + rung + count
    return float(f"{LADDER[index % len(LADDER)] * 10.0 ** (index // len(LADDER)):.6g}")
