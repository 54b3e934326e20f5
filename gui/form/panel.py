"""`SettingsForm`: a form made from a declaration, for blocks, training settings and data choices alike.

Not for: what happens to an entered value; the form tells its owner and shows what the owner sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.blocks.initial import FIRST_VALUES, matters
from engine.declare import Text, settings_of
from engine.errors import SettingError
from gui import theme
from gui.form.editors import Editor
from gui.form.fold import Fold
from gui.form.row import LABEL_WIDTH, Row

__all__ = ["LABEL_WIDTH", "Row", "SettingsForm"]


class SettingsForm(QWidget):
    """All settings of a declared class, one row each; advanced ones folded away.

    Attributes:
        changed: Emits (name, value) when the person has entered a value that the setting takes.
        finished: Emits the name when the person leaves a field: the next entry is a new step for undo.
        differed: Emits the name when the person wants back what several blocks had there.
        made: Emits the name when an editor was made, which one that is folded away is when it is seen first.
    """

    changed = Signal(str, object)
    finished = Signal(str)
    differed = Signal(str)
    made = Signal(str)

    def __init__(self, declaration: type[Any], *, hide: Iterable[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.declaration = declaration
        hidden = set(hide)
        self.rows: dict[str, Row] = {}
        self._mixed: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        self.advanced = Fold("Advanced", "advanced", "Advanced settings")
        self.first = Fold("First values", "first-values", "First values of the weights")
        self.fold = self.advanced.button
        for name, setting in settings_of(declaration).items():
            if name in hidden:
                continue
            row = self.rows[name] = Row(setting, made=self._listen, later=setting.advanced)
            row.expressed.connect(self._expressed)
            fold = self._fold_of(name)
            (column if fold is None else fold.rows).addWidget(row)
        for fold in (self.advanced, self.first):
            column.addWidget(fold)
            fold.setVisible(any(self._fold_of(name) is fold for name in self.rows))
        column.addStretch(
            1
        )  # what stands above it may be taller than it wants; a largest height would cut wrapped sentences off

    def _listen(self, row: Row) -> None:
        row.editor.changed.connect(self._changed)
        row.editor.finished.connect(self._finished)
        row.editor.differed.connect(self._differed)
        self.made.emit(row.setting.name)

    def _fold_of(self, name: str) -> Fold | None:
        """What a setting is folded away in; None where it always shows."""
        if not self.rows[name].setting.advanced:
            return None
        return self.first if name in FIRST_VALUES else self.advanced

    def unfold_as(self, other: SettingsForm) -> None:
        """Show and fold away what another form of the same kind of block does."""
        for one, two in ((self.advanced, other.advanced), (self.first, other.first)):
            if one.open != two.open:
                one.set_open(two.open)

    def set_open(self, open_: bool) -> None:
        """Show or fold away the advanced settings."""
        self.advanced.set_open(open_)

    # --- values

    def values(self) -> dict[str, Any]:
        """All values that are shown and that their settings take."""
        out = {}
        for name, row in self.rows.items():
            if name in self._mixed:
                continue
            try:
                out[name] = row.value()
            except SettingError:
                continue
        return out

    def set_values(self, values: Mapping[str, Any], expressions: Mapping[str, str] | None = None) -> None:
        """Show values; settings that are not among them show their default.

        Args:
            values: By name; of a setting that is an expression, what it comes to.
            expressions: Those that are, as text ("=width * 4").
        """
        self._mixed.clear()
        for name, row in self.rows.items():
            value = values.get(name, row.setting.default)
            row.show_value(tuple(value) if isinstance(value, list) else value, (expressions or {}).get(name, ""))
        self._tell({**values, **(expressions or {})})

    def _tell(self, values: Mapping[str, Any]) -> None:
        """Say in the headings what is not as usual, and leave out first values that mean nothing with the scheme chosen."""
        changed = [
            name for name, row in self.rows.items()
            if self._fold_of(name) is self.advanced and not _same(values.get(name, row.setting.default), row.setting.default)
        ]  # fmt: skip
        self.advanced.tell(f"{len(changed)} changed" if changed else "")
        if not self.rows.keys() >= set(FIRST_VALUES):
            return  # PReLU has an "init" of its own: the first value of its slope
        scheme = str(values.get("init", "default"))
        meant = matters(scheme)
        for name in FIRST_VALUES:
            usual = self.rows[name].setting.default
            self.set_row_visible(name, name in meant or not _same(values.get(name, usual), usual))
        setting = self.rows["init"].setting
        told = dict(zip(getattr(setting, "options", ()), getattr(setting, "labels", ()), strict=False)).get(
            scheme, scheme
        )
        self.first.tell(told if told != "Constant" or values.get("init_value") is None else f"{values['init_value']:g}")

    def allow_expressions(self, names: Mapping[str, Any] | None) -> None:
        """Let settings be expressions of these names, each with the value that it has here; None: of no names."""
        for row in self.rows.values():
            row.allow(None if isinstance(row.setting, Text) else names)

    def set_mixed(self, names: Iterable[str]) -> None:
        """Show that several blocks differ in these settings."""
        for name in names:
            if name in self.rows:
                self._mixed.add(name)
                self.rows[name].editor.set_mixed()
                self.set_row_visible(name, True)

    def set_fault(self, name: str, sentence: str) -> None:
        """Show a sentence under a field; an empty text takes it away."""
        if name in self.rows:
            self.rows[name].show_fault(sentence)
            fold = self._fold_of(name)
            if sentence and fold is not None:
                fold.set_open(True)

    def editor(self, name: str) -> Editor:
        """The editor of a setting."""
        return self.rows[name].editor

    def set_row_visible(self, name: str, visible: bool) -> None:
        """Show or hide a row whose setting matters only with another one's value."""
        self.rows[name].setVisible(visible)

    def show_only(self, names: Iterable[str]) -> None:
        """Show the rows of these settings; the fold goes with its last one."""
        shown = set(names)
        for name, row in self.rows.items():
            row.setVisible(name in shown)
        for fold in (self.advanced, self.first):
            fold.setVisible(any(name in shown and self._fold_of(name) is fold for name in self.rows))

    def _changed(self, value: object) -> None:
        sender = self.sender()
        if isinstance(sender, Editor):
            self._mixed.discard(sender.setting.name)
            self.changed.emit(sender.setting.name, value)

    def _expressed(self, value: object) -> None:
        sender = self.sender()
        if isinstance(sender, Row):
            self._mixed.discard(sender.setting.name)
            self.changed.emit(sender.setting.name, value)
            self.finished.emit(sender.setting.name)

    def _finished(self) -> None:
        sender = self.sender()
        if isinstance(sender, Editor):
            self.finished.emit(sender.setting.name)

    def _differed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Editor):
            self.differed.emit(sender.setting.name)


def _same(value: Any, default: Any) -> bool:
    """Whether a value is the usual one; a row of numbers is a list in a file."""
    return bool((tuple(value) if isinstance(value, list) else value) == default)
