"""One row of a form: label, editor, the sentence about a wrong entry; and the field for an expression in the editor's place.

Not for: which rows there are (`gui.form.panel`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
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

    Attributes:
        expressed: Emits an expression that was entered, or the plain value that takes the place of one.
    """

    expressed = Signal(object)

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self.editor: Editor = editor(setting)
        self.label = QLabel(setting.label)
        self.label.setProperty("hint", True)
        self.label.setBuddy(self.editor)
        self.label.setToolTip(tip(setting))
        self.label.setMinimumHeight(FIELD_HEIGHT)
        self.label.setWordWrap(True)
        self._head = QHBoxLayout()  # the label, and behind it the switch to an expression
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(0)
        self._head.addWidget(self.label, 1, Qt.AlignmentFlag.AlignTop)
        head = QWidget()
        head.setFixedWidth(LABEL_WIDTH)
        head.setLayout(self._head)
        self.fault = Fault()
        self.fault.setObjectName(f"fault-{setting.name}")
        self._names: Mapping[str, Any] | None = None
        self._expression: ExpressionField | None = None
        self._here: QLabel | None = None
        self._fx: QToolButton | None = None
        self._value: Any = setting.default
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(head, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.editor, 0, 1)
        grid.addWidget(self.fault, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.editor.refused.connect(self.show_fault)

    def show_fault(self, sentence: str) -> None:
        """Show why the entry is no value; an empty text takes the sentence away."""
        self.fault.say(sentence[:1].upper() + sentence[1:])

    def show_value(self, value: Any, expression: str = "") -> None:
        """Show a value, or the expression that it comes from."""
        self._value = value
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
        if self._fx is None and names is not None:
            self._make_button()
            for field in self.editor.findChildren(QLineEdit):
                field.textEdited.connect(self._typed)
        self._names = names
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
        self._head.addWidget(self._fx, 0, Qt.AlignmentFlag.AlignTop)

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
            self._here = QLabel()
            self._here.setProperty("hint", True)
            self._here.setObjectName(f"here-{self.setting.name}")
            self._grid.addWidget(self._expression, 0, 1)
            self._grid.addWidget(self._here, 1, 1)
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
        self._close()
        self.show_fault("")
        self.editor.set_value(self._value)
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.expressed.emit(self._value)

    def _entered(self, text: str) -> None:
        self.show_fault("")
        self.expressed.emit(text)

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
