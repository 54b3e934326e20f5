"""One row of a form: label, editor, the sentence about a wrong entry; and the field for an expression in the editor's place.

Not for: which rows there are (`gui.form.panel`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from engine.declare import Setting
from engine.errors import SettingError
from engine.graph.expression import evaluate
from gui import theme
from gui.form.editors import FIELD_HEIGHT, Editor, tip
from gui.form.expression import ExpressionField
from gui.form.pair import editor
from gui.widgets import Fault

LABEL_WIDTH = (
    106  # pixels: the longest label of the shipped blocks at 12 px, so that fields line up from block to block
)
FX_WIDTH = 22  # pixels of the label's room that the switch to an expression takes


class Row(QWidget):
    """Label, editor and, when there is one, the sentence about a wrong entry.

    What is in it is made when it is wanted first: most rows of a form are folded away and never seen.

    Args:
        setting: What is set.
        made: Called with the row once its editor is there.
        later: Make the editor when it is wanted or seen, not now.

    Attributes:
        expressed: Emits an expression that was entered, or the plain value that takes the place of one.
    """

    expressed = Signal(object)

    def __init__(self, setting: Setting, *, made: Callable[[Row], None] | None = None, later: bool = False) -> None:
        super().__init__()
        self.setting = setting
        self._made = made
        self._parts: _Parts | None = None
        self._names: Mapping[str, Any] | None = None
        self._expression: ExpressionField | None = None
        self._here: QLabel | None = None
        self._fx: QToolButton | None = None
        self._value: Any = setting.default
        self._text = ""  # the expression that the value comes from
        if not later:
            self.make()

    def make(self) -> None:
        """Make what is in it, if that has not been done."""
        if self._parts is None:
            self._parts = self._laid_out()
            if self._made is not None:
                self._made(self)
            if self._names is not None:
                self.allow(self._names)
            if self._text or self._value != self.setting.default:
                self.show_value(self._value, self._text)

    @property
    def there(self) -> bool:
        """Whether what is in it has been made."""
        return self._parts is not None

    @property
    def parts(self) -> _Parts:
        """What is in it."""
        self.make()
        assert self._parts is not None
        return self._parts

    @property
    def editor(self) -> Editor:
        """Takes and shows a plain value."""
        return self.parts.editor

    @property
    def label(self) -> QLabel:
        """The setting's name."""
        return self.parts.label

    @property
    def fault(self) -> Fault:
        """Why an entry is no value."""
        return self.parts.fault

    def value(self) -> Any:
        """The value that is entered, or was shown where nobody has seen it.

        Raises:
            SettingError: What is entered is none.
        """
        return self._value if self._parts is None else self._parts.editor.value()

    def showEvent(self, event: QShowEvent) -> None:
        self.make()
        super().showEvent(event)

    def _laid_out(self) -> _Parts:
        field, label, fault = editor(self.setting), QLabel(self.setting.label), Fault()
        label.setProperty("hint", True)
        label.setBuddy(field)
        label.setToolTip(tip(self.setting))
        label.setMinimumHeight(FIELD_HEIGHT)
        label.setWordWrap(True)
        beside = QHBoxLayout()  # the label, and behind it the switch to an expression
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(label, 1, Qt.AlignmentFlag.AlignTop)
        head = QWidget()
        head.setFixedWidth(LABEL_WIDTH)
        head.setLayout(beside)
        fault.setObjectName(f"fault-{self.setting.name}")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(head, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(field, 0, 1)
        grid.addWidget(fault, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        field.refused.connect(self.show_fault)
        return _Parts(field, label, fault, beside, grid)

    def show_fault(self, sentence: str) -> None:
        """Show why the entry is no value; an empty text takes the sentence away."""
        name = self.setting.name
        if sentence.startswith(f"{name} "):  # as code and projects call it
            sentence = self.setting.label + sentence.removeprefix(name)
        if sentence and self._expression is not None and self.expressing:
            self._expression.refuse(self._text)
        if sentence or self._parts is not None:
            self.fault.say(sentence[:1].upper() + sentence[1:])

    def show_value(self, value: Any, expression: str = "") -> None:
        """Show a value, or the expression that it comes from."""
        self._value, self._text = value, expression
        if self._parts is None:
            return
        if expression:
            self._open().show_text(expression)
            self._preview()
        elif self._expression is not None and not self._expression.typing:
            self._close()
        if not self.expressing:
            self.editor.set_value(value)

    # --- expressions

    @property
    def expressing(self) -> bool:
        """Whether the field for an expression is there in the place of the editor."""
        return self._expression is not None and not self._expression.isHidden()

    @property
    def expression(self) -> ExpressionField | None:
        """The field for an expression, None as long as none was wanted."""
        return self._expression

    @property
    def here(self) -> str:
        """What the expression comes to, in words."""
        return self._here.text() if self._here is not None and not self._here.isHidden() else ""

    def allow(self, names: Mapping[str, Any] | None) -> None:
        """Let it be an expression of these names; None: it can be none."""
        self._names = names
        if self._parts is None:
            return
        if self._fx is None and names is not None:
            self._make_button()
            for field in self.editor.findChildren(QLineEdit):
                field.textEdited.connect(self._typed)
        if self._fx is not None:
            self._fx.setVisible(names is not None)
        if self._expression is not None:
            self._expression.set_names(names or ())

    def _make_button(self) -> None:
        self._fx = QToolButton()
        self._fx.setText("fx")
        self._fx.setCheckable(True)
        self._fx.setObjectName(f"fx-{self.setting.name}")
        self._fx.setAccessibleName(f"{self.setting.label}: an expression")
        self._fx.setToolTip("Work it out from settings of the composite, e.g. =width * 4 (or type = into the field)")
        self._fx.setFixedSize(FX_WIDTH, FIELD_HEIGHT)
        self._fx.clicked.connect(self._toggled)
        theme.notifier().changed.connect(self._style)
        self._style()
        self.parts.head.addWidget(self._fx, 0, Qt.AlignmentFlag.AlignTop)

    def _style(self, _name: str = "") -> None:
        t = theme.current()
        if self._fx is not None:
            self._fx.setStyleSheet(
                f"QToolButton {{ border: 1px solid transparent; border-radius: {theme.RADIUS}px; color: {t.muted};"
                " font-style: italic; font-size: 12px; }"
                f"QToolButton:hover {{ background: {t.hover}; }} QToolButton:focus {{ border-color: {t.accent}; }}"
                f"QToolButton:checked {{ background: {t.accent_soft}; border-color: {t.accent}; color: {t.text}; }}"
            )

    def _open(self) -> ExpressionField:
        if self._expression is None:
            self._expression = ExpressionField(self.setting.label)
            self._expression.setMinimumHeight(FIELD_HEIGHT)
            self._expression.setToolTip(tip(self.setting))
            self._expression.set_names(self._names or ())
            self._expression.entered.connect(self._entered)
            self._expression.left.connect(self._plain)
            self._expression.textEdited.connect(self._preview)
            self._expression.textEdited.connect(self._forgive)
            self._here = QLabel()
            self._here.setProperty("hint", True)
            self._here.setObjectName(f"here-{self.setting.name}")
            self.parts.grid.addWidget(self._expression, 0, 1)
            self.parts.grid.addWidget(self._here, 1, 1)
        self.editor.hide()
        self._expression.show()
        self.label.setBuddy(self._expression)
        if self._fx is not None:
            self._fx.setChecked(True)
        return self._expression

    def _close(self) -> None:
        focused = self._expression is not None and self._expression.hasFocus()
        if self._expression is not None and self._here is not None:
            self._expression.hide()
            self._here.hide()
        self.editor.show()
        if focused:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.label.setBuddy(self.editor)
        if self._fx is not None:
            self._fx.setChecked(False)

    def _typed(self, text: str) -> None:
        """A "=" typed into the plain field begins an expression."""
        if text.startswith("=") and self._names is not None:
            self.editor.set_value(self._value)
            self.show_fault("")
            self._open().begin(text)
            self._preview()

    def _toggled(self, on: bool) -> None:
        if on:
            plain = isinstance(self._value, (bool, int, float)) or self._value is None
            text = "" if self._value is None else repr(self._value)
            self._open().begin(f"={text}" if plain else "=")
            self._preview()
        else:
            self._plain()

    def _plain(self) -> None:
        """Back to a plain value: what the expression came to."""
        if self._expression is not None:
            self._expression.drop()  # Qt ends the typing in a field that goes, which is no entry here
        self._close()
        self.show_fault("")
        self.editor.set_value(self._value)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._text:  # else nothing was held but that value
            self.expressed.emit(self._value)

    def _entered(self, text: str) -> None:
        self.show_fault("")
        self.expressed.emit(text)

    def _forgive(self, _text: str) -> None:
        self.show_fault("")

    def _preview(self, _text: str = "") -> None:
        """Say what the expression comes to here, as long as it comes to something."""
        if self._expression is None or self._here is None:
            return
        try:
            value = self.setting.check(evaluate(self._expression.text(), self._names or {}))
        except SettingError:
            self._here.hide()
            return
        self._here.setText(f"= {_worded(value)} here")
        self._here.show()


@dataclass(frozen=True)
class _Parts:
    """What is in a row: `head` holds the label, `grid` all of it."""

    editor: Editor
    label: QLabel
    fault: Fault
    head: QHBoxLayout
    grid: QGridLayout


def _worded(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "on" if value else "off"
        case tuple():
            return " × ".join(map(str, value))
        case float():
            return f"{value:g}"
        case _:
            return str(value)
