"""Everything a person can ask of the window, as one table that menus, the top bar and the command palette read.

Not for: what an action does, which its function knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from gui import theme


@dataclass(frozen=True)
class Action:
    """One thing to ask for.

    Attributes:
        id: "file.save": the menu before the dot.
        title: What a menu shows.
        run: What happens.
        shortcut: Keys in Qt's words; several are separated by ", ".
        icon: Name of an icon, empty for none.
        when: Whether it can be asked for now; None means always.
        checked: For what is on or off: whether it is on.
        rule: Whether a line stands above it in its menu.
        keys: What a menu shows where it has no shortcut in the whole window: the key that a panel knows, such as "M".
    """

    id: str
    title: str
    run: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    when: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None
    rule: bool = False
    keys: str = ""

    @property
    def possible(self) -> bool:
        """Whether it can be asked for now."""
        return self.when is None or self.when()


class Actions(QObject):
    """The table, with one QAction an entry, all of them owned by the window.

    Args:
        window: Gets the QActions, so that their shortcuts work everywhere in it.
        table: The entries in the order of the menus.
    """

    def __init__(self, window: QWidget, table: Iterable[Action]) -> None:
        super().__init__(window)
        self.table: Mapping[str, Action] = {action.id: action for action in table}
        self.made: dict[str, QAction] = {}
        for action in self.table.values():
            made = QAction(f"{action.title}\t{action.keys}" if action.keys else action.title, window)
            if action.shortcut:
                made.setShortcuts([QKeySequence(keys) for keys in action.shortcut.split(", ")])
            made.setCheckable(action.checked is not None)
            made.triggered.connect(lambda _checked=False, run=action.run: run())
            made.setObjectName(action.id)
            window.addAction(made)
            self.made[action.id] = made
        theme.notifier().changed.connect(self._redraw)
        self._redraw()
        self.refresh()

    def fill(self, menu: QMenu, prefix: str) -> None:
        """Put all entries of a menu into it; they are brought up to date whenever it opens."""
        for id_, action in self.table.items():
            if id_.startswith(prefix + "."):
                if action.rule:
                    menu.addSeparator()
                menu.addAction(self.made[id_])
        menu.aboutToShow.connect(self.refresh)

    def refresh(self, _what: object = None) -> None:
        """Set what can be asked for now and what is on."""
        for id_, action in self.table.items():
            self.made[id_].setEnabled(action.possible)
            if action.checked is not None:
                self.made[id_].setChecked(action.checked())

    def _redraw(self, _name: str = "") -> None:
        for id_, action in self.table.items():
            if action.icon:
                self.made[id_].setIcon(theme.icon(action.icon, color=theme.current().muted))
