"""The settings of a composite as a list, and the form of the one that is chosen: name, kind, default, bounds, help.

Each entry is one step of the document; a name changes inside and in all instances. Not for: the values that an instance gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from itertools import count as counter
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from engine.declare import Choice, Integer, Real, Setting, Text
from engine.errors import GraphError
from engine.graph.composite import MOST_PARAMETERS, Composite
from engine.graph.edits import Define, Edit, Parameter
from engine.graph.redefining import readers, renamed_setting, with_setting
from gui.document import Document
from gui.form.row import Row
from gui.widgets import Fault, IconButton

KINDS = (("integer", "whole number"), ("real", "number"), ("flag", "on or off"), ("choice", "one of some words"),
         ("text", "text"), ("size", "height × width"))  # fmt: skip
FRESH: dict[str, Any] = {"integer": 1, "real": 0.0, "flag": False, "choice": "a", "text": "", "size": 1}
ROW, MOST_ROWS = 26, 6  # pixels, rows of the list that are seen at once
_SESSIONS = counter()  # of typing into a field: what is typed in one of them is one undo step
ROOMY = "QListWidget::item { padding: 0 6px; }"


class ParameterList(QWidget):
    """All settings of one composite, and the form of the chosen one.

    Attributes:
        rows: The fields of the chosen setting, by what they are about.
    """

    def __init__(self, document: Document, composite: str) -> None:
        super().__init__()
        self.document, self.composite = document, composite
        self.setObjectName("parameters")
        self.list = QListWidget()
        self.list.setObjectName("parameter-list")
        self.list.setAccessibleName("Settings of the composite")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setStyleSheet(ROOMY)
        self.list.currentRowChanged.connect(self._chosen)
        self.add = IconButton("plus", "Add a setting")
        self.remove = IconButton("minus", "Remove the setting")
        self.up, self.down = IconButton("arrow-up", "Further up"), IconButton("arrow-down", "Further down")
        self.fault = Fault()
        self.rows: dict[str, Row] = {}
        self._form = QVBoxLayout()
        self._form.setSpacing(6)
        self._built: tuple[object, ...] = ()
        self._session = next(_SESSIONS)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        runs: tuple[tuple[IconButton, Callable[[], object]], ...] = (
            (self.add, self.add_one), (self.remove, self.remove_one), (self.up, self._go_up), (self.down, self._go_down)
        )  # fmt: skip
        for button, run in runs:
            button.clicked.connect(run)
            buttons.addWidget(button)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for widget in (self.list, self.fault):
            box.addWidget(widget)
        box.insertLayout(1, buttons)
        box.addLayout(self._form)
        self.refresh()

    @property
    def _held(self) -> Composite:
        return self.document.root.composite(self.composite)

    @property
    def chosen(self) -> Parameter | None:
        """The setting whose form is shown."""
        settings, row = self._held.settings, self.list.currentRow()
        return settings[row] if 0 <= row < len(settings) else None

    def refresh(self) -> None:
        """Follow the document."""
        settings = self._held.settings
        row = min(max(self.list.currentRow(), 0), len(settings) - 1)
        texts = [f"{held.name}    {dict(KINDS)[held.kind]}, {_worded(held.default)}" for held in settings]
        if texts != [self.list.item(index).text() for index in range(self.list.count())]:
            self.list.blockSignals(True)
            self.list.clear()
            for text, held in zip(texts, settings, strict=True):
                item = QListWidgetItem(text)
                item.setToolTip(held.help)
                item.setSizeHint(QSize(0, ROW))
                self.list.addItem(item)
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)
        self.list.setVisible(bool(settings))
        self.list.setFixedHeight(min(len(settings), MOST_ROWS) * ROW + 6)
        for button in (self.remove, self.up, self.down):
            button.setVisible(bool(settings))
        self.add.setEnabled(len(settings) < MOST_PARAMETERS)
        self._show_form()

    def _chosen(self, _row: int) -> None:
        self.fault.say("")
        self._show_form()

    def _show_form(self) -> None:
        parameter = self.chosen
        key = (parameter.kind, self.list.currentRow()) if parameter is not None else ()
        if key != self._built:
            self._built = key
            for row in self.rows.values():
                self._form.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = {}
            if parameter is not None:
                self._build(parameter)
        if parameter is None:
            return
        values = {"name": parameter.name, "kind": parameter.kind, "default": parameter.default, "lo": parameter.lo,
                  "hi": parameter.hi, "words": ", ".join(parameter.words), "help": parameter.help}  # fmt: skip
        for name, row in self.rows.items():
            value = values[name]
            if not (name in LATER and row.isAncestorOf(self.focusWidget() or self)):
                row.show_value(tuple(value) if isinstance(value, list) else value)

    def _build(self, parameter: Parameter) -> None:
        for setting in _fields(parameter, self._held.spec.settings[parameter.name]):
            row = self.rows[setting.name] = Row(setting)
            row.setObjectName(f"parameter-{setting.name}")
            row.editor.changed.connect(self._changed)
            row.editor.finished.connect(self._finished)
            self._form.addWidget(row)

    # --- changing

    def add_one(self) -> None:
        """A whole number under a name that is free."""
        names = {held.name for held in self._held.settings}
        name = next(name for name in chain(("width",), (f"setting{n}" for n in counter(1))) if name not in names)
        if self._do(with_setting(self._held, name, Parameter(name, "integer", 1, lo=1)), f"Add the setting {name}"):
            self.list.setCurrentRow(len(self._held.settings) - 1)
            self.rows["name"].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def remove_one(self) -> None:
        """Take the chosen setting away, unless something inside reads it."""
        parameter = self.chosen
        if parameter is None:
            return
        reading = readers(self._held, parameter.name)
        if reading:
            self.fault.say(f"{parameter.name} is read by {', '.join(reading[:3])}; give these another value first.")
            return
        self._do(with_setting(self._held, parameter.name, None), f"Remove the setting {parameter.name}")

    def _go_up(self) -> None:
        self._move(-1)

    def _go_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        row, settings = self.list.currentRow(), list(self._held.settings)
        to = row + by
        if 0 <= row < len(settings) and 0 <= to < len(settings):
            settings.insert(to, settings.pop(row))
            definition = replace(self._held.definition(), settings=tuple(settings))
            self.list.setCurrentRow(to)
            self._do(Define(definition), "Move a setting")

    def _changed(self, value: Any) -> None:
        name = self._name_of(self.sender())
        if name and name not in LATER:
            self._set(name, value)

    def _finished(self) -> None:
        name = self._name_of(self.sender())
        if name in LATER:
            self._set(name, self.rows[name].editor.value())
        self._session = next(_SESSIONS)

    def _name_of(self, editor: object) -> str:
        return next((name for name, row in self.rows.items() if row.editor is editor), "")

    def _set(self, name: str, value: Any) -> None:
        parameter = self.chosen
        if parameter is None:
            return
        wanted = _with(parameter, name, value)
        if wanted == parameter:
            self.rows[name].show_fault("")
            return
        try:
            if name == "name":
                edit = renamed_setting(self.document.root, self._held, parameter.name, wanted.name)
            else:
                edit = with_setting(self._held, parameter.name, wanted)
        except GraphError as error:
            self.rows[name].show_fault(str(error))
            return
        fault = self.document.refusal(edit, whole=True)
        self.rows[name].show_fault(fault)
        if not fault:
            merge = f"parameter {self.composite}.{parameter.name}.{name} {self._session}"
            self.document.do(edit, f"Set {name} of the setting {parameter.name}", merge=merge, whole=True)

    def _do(self, edit: Edit, text: str) -> bool:
        fault = self.document.refusal(edit)
        self.fault.say(fault[:1].upper() + fault[1:])
        return not fault and self.document.do(edit, text)


LATER = ("name", "words")  # taken when the person leaves the field: on the way there they are often no values


def _fields(parameter: Parameter, default: Setting) -> list[Setting]:
    """What the form of a setting asks for, by its kind."""
    kinds = Choice(name="kind", default="integer", options=tuple(kind for kind, _ in KINDS),
                   labels=tuple(label for _, label in KINDS), help="what values it takes")  # fmt: skip
    out: list[Setting] = [
        Text(name="name", default="", longest=64, help="what expressions inside read, and the argument's name in code"),
        kinds,
        replace(
            default, name="default", title="Default", help="the value that it has until an instance says otherwise"
        ),
    ]
    if parameter.kind in ("integer", "real", "size"):
        bound = Real if parameter.kind == "real" else Integer
        out.append(bound(name="lo", title="At least", optional=True, help="the smallest value that it takes"))
        out.append(bound(name="hi", title="At most", optional=True, help="the largest value that it takes"))
    if parameter.kind == "choice":
        out.append(Text(name="words", title="Words", help="what there is to choose from, separated by commas"))
    out.append(Text(name="help", longest=400, help="one line that says what it does"))
    return out


def _with(parameter: Parameter, name: str, value: Any) -> Parameter:
    """The setting with one thing about it changed; what does not fit any more is brought into line."""
    match name:
        case "kind":
            words: tuple[str, ...] = ("a", "b") if value == "choice" else ()
            numbers = parameter.kind in ("integer", "real", "size") and value in ("integer", "real")
            default = parameter.default if numbers and isinstance(parameter.default, (int, float)) else FRESH[value]
            default = int(default) if value == "integer" else default
            bounded = value in ("integer", "real", "size")
            lo, hi = (parameter.lo, parameter.hi) if bounded else (None, None)
            return replace(parameter, kind=value, default=default, words=words, lo=lo, hi=hi)
        case "words":
            words = tuple(dict.fromkeys(word.strip() for word in str(value).split(",") if word.strip()))
            default = parameter.default if parameter.default in words else words[0] if words else ""
            return replace(parameter, words=words, default=default)
        case "default":
            return replace(parameter, default=list(value) if isinstance(value, tuple) else value)
        case "name":
            return replace(parameter, name=str(value).strip())
        case _:
            changes: dict[str, Any] = {name: value}
            return replace(parameter, **changes)


def _worded(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case list() | tuple():
            return "×".join(map(str, value))
        case _:
            return str(value)
