"""The list of what is different between two drawings: a sign, a name and what has changed, one row a change.

Not for: finding differences (`engine.graph.diff`), nor for the drawings beside it (`gui.dialogs.diff`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from engine.blocks.spec import Block
from engine.data.choice import DataChoice
from engine.declare import settings_of
from engine.graph.diff import SIGNS, Change, Changed, Difference, worded
from engine.graph.edits import Node, Wire
from engine.training.settings import TrainingSettings
from gui import theme

ROLE = Qt.ItemDataRole.UserRole
DECLARED = {"data": DataChoice, "training": TrainingSettings}
SIGN_WIDTH, NAME_WIDTH = 64, 220  # pixels


@dataclass(frozen=True)
class Row:
    """One change.

    Attributes:
        sign: "added", "removed" or "changed".
        name: What is concerned.
        text: What has changed.
        before, after: The block concerned in either drawing, "" where there is none.
        inner: Changes inside a composite.
    """

    sign: str
    name: str
    text: str
    before: str = ""
    after: str = ""
    inner: tuple[Row, ...] = ()


def rows(found: Difference) -> list[Row]:
    """All changes, blocks first."""
    out = list(_blocks(found))
    for inside in found.composites:
        inner = tuple(_blocks(inside.body)) if inside.body is not None else ()
        text = "; ".join(["composite", *(f"{change.name}: {_values(change)}" for change in inside.changes)])
        out.append(Row(inside.sign, inside.name, text, inner=inner))
    for section, changes in found.sections.items():
        known = settings_of(DECLARED[section])
        for change in changes:
            label = known[change.name].label if change.name in known else change.name
            out.append(Row("changed", section.capitalize(), f"{label}: {_values(change)}"))
    return out


def _blocks(found: Difference) -> Iterator[Row]:
    yield from (Row("added", node.name, _what(node), after=node.id) for node in found.added)
    yield from (Row("removed", node.name, _what(node), before=node.id) for node in found.removed)
    for entry in found.changed:
        text = "; ".join(_told(change, entry) for change in entry.changes)
        yield Row("changed", entry.after.name, text, entry.before.id, entry.after.id)
    for wire in found.wires_added:
        yield _wire("added", found, wire)
    for wire in found.wires_removed:
        yield _wire("removed", found, wire)


def _what(node: Node) -> str:
    block = node.block()
    return ", ".join(part for part in (block.title, block.face()) if part)


def _wire(sign: str, found: Difference, wire: Wire) -> Row:
    before = sign == "removed"
    target = wire.target.block
    return Row(sign, found.told(wire, before=before), "wire", target if before else "", "" if before else target)


def _told(change: Change, entry: Changed) -> str:
    match change.name:
        case "name" | "kind":
            return f"{change.name}: {change.before} → {change.after}"
        case "bypassed":
            return "is bypassed" if change.after else "is not bypassed any more"
        case "frozen":
            return "is frozen" if change.after else "is not frozen any more"
    return f"{_label(change.name, entry.after.spec)}: {_values(change)}"


def _label(name: str, spec: type[Block]) -> str:
    return str(spec.settings[name].label) if name in spec.settings else name


def _values(change: Change) -> str:
    return f"{worded(change.before)} → {worded(change.after)}"


class ChangeList(QTreeWidget):
    """See the module.

    Attributes:
        chosen: Emits the row that a person has come to.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Changes")
        self.setColumnCount(3)
        self.setHeaderLabels(["", "What", "Change"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, SIGN_WIDTH)
        self.setColumnWidth(1, NAME_WIDTH)
        self.currentItemChanged.connect(self._come)
        theme.notifier().changed.connect(self._colour)

    def fill(self, found: list[Row]) -> None:
        """Show other changes."""
        self.blockSignals(True)
        self.clear()
        for row in found:
            self.addTopLevelItem(_item(row))
        self.expandAll()
        self.setRootIsDecorated(any(row.inner for row in found))
        self.blockSignals(False)
        self._colour()

    def choose(self, block: str, *, before: bool) -> None:
        """Come to the change of a block of one of the drawings, if it has one."""
        for item in self._items():
            row = item.data(0, ROLE)
            if block and block == (row.before if before else row.after) and row.text != "wire":
                self.setCurrentItem(item)
                return

    def _items(self) -> Iterator[QTreeWidgetItem]:
        for index in range(self.topLevelItemCount()):
            item = self.topLevelItem(index)
            if item is not None:
                yield item
                inner = [item.child(number) for number in range(item.childCount())]
                yield from (child for child in inner if child is not None)

    def _come(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, ROLE))

    def _colour(self, _name: str = "") -> None:
        t = theme.current()
        colours = {"added": QColor(t.good), "removed": QColor(t.bad), "changed": QColor(t.warn)}
        for item in self._items():
            item.setForeground(0, colours[item.data(0, ROLE).sign])
            item.setForeground(2, QColor(t.muted))


def _item(row: Row) -> QTreeWidgetItem:
    item = QTreeWidgetItem([SIGNS[row.sign], row.name, row.text])
    item.setData(0, ROLE, row)
    item.setData(0, Qt.ItemDataRole.AccessibleTextRole, row.sign)
    item.setTextAlignment(0, Qt.AlignmentFlag.AlignCenter)
    item.setFont(0, theme.font(15, 600))
    item.setFont(1, theme.font(13, 500))
    item.setToolTip(2, row.text)
    item.setSizeHint(0, QSize(SIGN_WIDTH, 26))
    for inner in row.inner:
        item.addChild(_item(inner))
    return item
