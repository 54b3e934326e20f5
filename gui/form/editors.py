"""One editor for every kind of setting.

Each shows a value, emits `changed` with a value that the setting takes, and `refused` with the sentence for one that it does not.

Not for: labels, order and folding (`gui.form.panel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QWidget,
)

from engine.declare import Choice, Flag, Integer, Real, Setting, Text
from engine.errors import SettingError
from gui import theme
from gui.form.field import Field
from gui.form.number import NumberEdit

FIELD_HEIGHT = 28  # pixels; fields of one row and of neighbouring rows line up
MIXED = "mixed"  # what a field shows where several blocks differ


class Editor(QWidget):
    """Base of the editors.

    Attributes:
        changed: Emits the new value when the person has entered one that the setting takes.
        refused: Emits why an entry is no value; an empty text when it is one again.
        finished: Emits when the person leaves the field or presses Enter.
        differed: Emits when the person wants back what several blocks had, after typing one value for all of them.
    """

    changed = Signal(object)
    refused = Signal(str)
    finished = Signal()
    differed = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.setObjectName(f"editor-{setting.name}")
        self.setToolTip(tip(setting))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def value(self) -> Any:
        """The value shown.

        Raises:
            SettingError: What is shown is no value of the setting.
        """
        raise NotImplementedError(type(self).__name__)

    def set_value(self, value: Any) -> None:
        """Show a value, without emitting anything."""
        raise NotImplementedError(type(self).__name__)

    def set_mixed(self) -> None:
        """Show that several blocks differ here."""
        raise NotImplementedError(type(self).__name__)

    def forget(self) -> None:
        """Leave nothing to a field's own undo: what was typed belongs to another block."""
        for field in self.findChildren(Field):
            field.forget()

    def _adopt(self, field: QWidget, stretch: int = 1) -> None:
        """Put the field in and give it the name, help and focus of the editor."""
        field.setAccessibleName(self.setting.label)
        field.setAccessibleDescription(f"{self.setting.help} ({self.setting.range_text()})")
        field.setToolTip(tip(self.setting))
        field.setMinimumHeight(FIELD_HEIGHT)
        if isinstance(field, Field):
            field.differed.connect(self.differed)
        if self.focusProxy() is None:
            self.setFocusProxy(field)
        self._row.addWidget(field, stretch)


class NumberEditor(Editor):
    """For `Integer` and `Real`."""

    def __init__(self, setting: Integer | Real) -> None:
        super().__init__(setting)
        self.field = NumberEdit(setting)
        self.field.entered.connect(self.changed)
        self.field.refused.connect(self.refused)
        self.field.editingFinished.connect(self.finished)
        self._adopt(self.field)

    def value(self) -> Any:
        return self.field.value()

    def set_value(self, value: Any) -> None:
        self.field.set_value(value)

    def set_mixed(self) -> None:
        self.field.set_mixed()


class Switch(QAbstractButton):
    """An on-off switch, painted from the theme."""

    def __init__(self) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.mixed = False

    def sizeHint(self) -> QSize:
        return QSize(36, FIELD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, knob and focus ring."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(2, (self.height() - 18) / 2, 32, 18)
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(QColor(tokens.border_strong), 1))
        painter.setBrush(QColor(tokens.accent if on else tokens.sunken))
        if not self.isEnabled():
            painter.setOpacity(0.5)
        painter.drawRoundedRect(track, 9, 9)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_text if on else tokens.muted))
        if self.mixed:
            painter.drawRoundedRect(QRectF(track.center().x() - 5, track.center().y() - 1, 10, 2), 1, 1)
        else:
            painter.drawEllipse(QRectF(track.right() - 15 if on else track.left() + 3, track.top() + 3, 12, 12))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 10.5, 10.5)


class FlagEditor(Editor):
    """For `Flag`."""

    def __init__(self, setting: Flag) -> None:
        super().__init__(setting)
        self.field = Switch()
        self.field.clicked.connect(self._clicked)
        self._adopt(self.field, 0)
        self._row.addStretch(1)

    def _clicked(self, on: bool) -> None:
        self.field.mixed = False
        self.changed.emit(on)
        self.finished.emit()

    def value(self) -> Any:
        return self.field.isChecked()

    def set_value(self, value: Any) -> None:
        if self.field.mixed or self.field.isChecked() != bool(value):
            self.field.mixed = False
            self.field.setChecked(bool(value))
            self.field.update()

    def set_mixed(self) -> None:
        self.field.mixed = True
        self.field.setChecked(False)
        self.field.update()


class Drop(QComboBox):
    """A combo box that the wheel changes only while it has the focus, with an arrow in the theme's colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().muted), 1.5))
        x, y = self.width() - 17.0, self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x, y), QPointF(x + 4, y + 4), QPointF(x + 8, y)])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let a form scroll past it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(Editor):
    """For `Choice`."""

    def __init__(self, setting: Choice) -> None:
        super().__init__(setting)
        self.field = Drop()
        labels = setting.labels or setting.options
        for option, label in zip(setting.options, labels, strict=True):
            self.field.addItem(label, option)
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.field.setMinimumContentsLength(6)
        self.field.activated.connect(self._picked)
        self._adopt(self.field)

    def _picked(self, index: int) -> None:
        self.changed.emit(self.field.itemData(index))
        self.finished.emit()

    def value(self) -> Any:
        return self.setting.check(self.field.currentData())

    def set_value(self, value: Any) -> None:
        self.field.setPlaceholderText("")
        self.field.setCurrentIndex(self.field.findData(value))

    def set_mixed(self) -> None:
        self.field.setPlaceholderText(MIXED)
        self.field.setCurrentIndex(-1)


class TextEditor(Editor):
    """For `Text`."""

    def __init__(self, setting: Text) -> None:
        super().__init__(setting)
        self.field = Field()
        self.field.textEdited.connect(self._typed)
        self.field.editingFinished.connect(self.finished)
        self._words = QCompleter(QStringListModel(self), self)
        self._words.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._words.activated.connect(self._picked)
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

    def offer(self, words: Sequence[str]) -> None:
        """Offer words to choose from while it is typed in; the arrow-down key shows them all."""
        model = self._words.model()
        if isinstance(model, QStringListModel) and model.stringList() != list(words):
            model.setStringList(list(words))
        self.field.setCompleter(self._words)

    def _picked(self, word: str) -> None:
        self.field.step_to(word)
        self.finished.emit()

    def value(self) -> Any:
        return self.setting.check(self.field.text())

    def set_value(self, value: Any) -> None:
        self.field.setPlaceholderText("")
        if self.field.text() != (value or ""):
            self.field.setText(value or "")
        self.refused.emit("")

    def set_mixed(self) -> None:
        self.field.clear()
        self.field.setPlaceholderText(MIXED)


def tip(setting: Setting) -> str:
    """Help, range, unit and default of a setting as a tool tip."""
    lines = [setting.help]
    taken = setting.range_text()
    if taken:
        lines.append(f"Takes a {taken}." if taken[:3] not in ("one", "on ") else f"Takes {taken}.")
    if setting.unit:
        lines.append(f"Unit: {setting.unit}.")
    default = "empty" if setting.default is None else setting.default
    lines.append(f"Default: {default}." if default != "" else "")
    return "\n".join(line for line in lines if line)
