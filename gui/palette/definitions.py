"""What can be done with a composite in the palette: open, rename, duplicate, delete, keep in one's own palette.

Not for: its settings and ports (`gui.form`), nor for placing an instance (`gui.palette.panel`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox, QWidget

from engine.errors import GraphError
from engine.graph.carrying import fresh_definition_id, fresh_definition_name
from engine.graph.edits import COMPOSITE, Define, Undefine
from engine.graph.linked import uses
from gui.document import Document
from gui.mine import MINE


def menu_for(document: Document, kind: str, parent: QWidget) -> QMenu:
    """The context menu of a row."""
    menu = QMenu(parent)
    menu.setObjectName("palette-menu")
    menu.setAccessibleName("What can be done with this block")

    def entry(title: str, run: Callable[[], object], *, when: bool = True, why: str = "") -> None:
        action = menu.addAction(title)
        action.setEnabled(when)
        action.setToolTip(why)
        action.triggered.connect(lambda _checked=False: run())

    menu.setToolTipsVisible(True)
    if kind:
        entry("Add to the drawing\tEnter", lambda: document.add_block(kind))
    if kind.startswith(COMPOSITE):
        id_ = kind.removeprefix(COMPOSITE)
        count = len(uses(document.root, id_))
        menu.addSeparator()
        entry("Open", lambda: document.enter_definition(id_))
        entry("Rename…", lambda: ask_name(document, id_, parent))
        entry("Duplicate", lambda: duplicate(document, id_))
        why = f"used by {count} block{'s' * (count != 1)}" if count else ""
        entry(f"Delete ({why})" if why else "Delete", lambda: delete(document, id_), when=not count, why=why)
        menu.addSeparator()
        entry("Save to my composites", lambda: keep(document, id_, parent))
    elif kind.startswith(MINE):
        menu.addSeparator()
        entry("Remove from my composites", lambda: document.mine.drop(kind.removeprefix(MINE)))
    return menu


def ask_name(document: Document, composite: str, parent: QWidget) -> None:
    """Ask for another name."""
    before = document.root.composite(composite).name
    name, given = QInputDialog.getText(parent, "Rename the composite", "Name, as it stands in code:", text=before)
    if given and name.strip() != before:
        rename(document, composite, name.strip())


def rename(document: Document, composite: str, name: str) -> bool:
    """Give a composite another name; its instances follow."""
    definition = document.root.composite(composite).definition()
    return document.do(Define(replace(definition, name=name)), f"Rename {definition.name}")


def duplicate(document: Document, composite: str) -> str:
    """A second definition like it, which goes its own way from now on; gives its id."""
    definition = document.root.composite(composite).definition()
    id_ = fresh_definition_id(document.root)
    name = fresh_definition_name(document.root, definition.name)
    document.do(Define(replace(definition, id=id_, name=name)), f"Duplicate {definition.name}")
    return id_


def delete(document: Document, composite: str) -> bool:
    """Take a definition away that nothing is an instance of."""
    try:
        name = document.root.composite(composite).name
    except GraphError:
        return False
    return document.do(Undefine(composite), f"Delete {name}")


def keep(document: Document, composite: str, parent: QWidget) -> None:
    """Put a composite on one's own palette; ask where one of its name is there already."""
    name = document.root.composite(composite).name
    question = f"Your composites have one called {name} already. Replace it?"
    if name in document.mine.held:
        answer = QMessageBox.question(parent, "Save to my composites", question)
        if answer != QMessageBox.StandardButton.Yes:
            return
    document.mine.keep(document.root, composite)
