"""What the context menus offer, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.graph.model import Connect, End, SetFlags, Wire
from gui.canvas import Canvas
from gui.canvas.commands import COMMANDS
from gui.document import Document

ARROWS = ("Left", "Right", "Up", "Down")  # the guide tells these together


@pytest.fixture
def menu(canvas: Canvas) -> Callable[[QPoint], QMenu]:
    def opened(at: QPoint) -> QMenu:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.viewport().mapToGlobal(at))
        QApplication.sendEvent(canvas.viewport(), event)
        canvas.menu.close()
        return canvas.menu

    return opened


def titles(menu: QMenu) -> list[str]:
    return [action.text().split("\t")[0] for action in menu.actions() if action.text()]


def entry(menu: QMenu, title: str) -> Any:
    return next(action for action in menu.actions() if action.text().split("\t")[0] == title)


def test_a_block_offers_what_a_block_can(document: Document, canvas: Canvas, mouse: Any, menu: Any) -> None:
    made = menu(mouse.at(336, 14))
    offered = titles(made)
    assert {"Settings", "Rename", "Connect…", "Bypass", "Pin in place", "Duplicate", "Delete", "Zoom"} <= set(offered)
    assert "Arrange" not in offered, "one block has nothing to be in line with"
    assert "Add a block…" not in offered
    assert "Dissolve the composite" not in offered, "it is none"
    assert not entry(made, "Bypass").isChecked()
    document.graph.apply(SetFlags("b2", {"bypassed": True}))
    assert entry(menu(mouse.at(336, 14)), "Bypass").isChecked()


def test_several_blocks_offer_arrange_with_its_keys(document: Document, canvas: Canvas, mouse: Any, menu: Any) -> None:
    document.select(["b2", "b3", "b4"])
    made = menu(mouse.at(336, 14))
    assert document.selection == ("b2", "b3", "b4"), "a menu on a selected block keeps the selection"
    arrange = next(sub for sub in made.findChildren(QMenu) if sub.title() == "Arrange")
    texts = [action.text() for action in arrange.actions() if action.text()]
    assert "Align top\tCtrl+Shift+Up" in texts
    assert len(texts) == 8
    entry(arrange, "Align left").trigger()
    assert {document.graph.node(id_).x for id_ in document.selection} == {256}
    assert "Rename" not in titles(made)
    document.select(["b2", "b3"])
    made = menu(mouse.at(336, 14))
    arrange = next(sub for sub in made.findChildren(QMenu) if sub.title() == "Arrange")
    assert not entry(arrange, "Distribute vertically").isEnabled(), "two blocks have one gap"


def test_a_wire_offers_its_ends_insertion_and_deletion(
    document: Document, canvas: Canvas, mouse: Any, menu: Any, qtbot: QtBot
) -> None:
    made = menu(mouse.at(256 + 160 + 30, 41))
    assert canvas.chosen_wire == End("b3", "x")
    assert titles(made)[:4] == ["Insert a block…", "Go to conv1", "Go to relu1", "Delete"]
    assert titles(made)[-1] == "Zoom"
    assert "Duplicate" not in titles(made)
    entry(made, "Insert a block…").trigger()
    qtbot.keyClicks(canvas.box.field, "dropout")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    (added,) = document.selection
    assert document.graph.wires[End("b3", "x")].source == End(added, "y")
    assert document.graph.wires[End(added, "x")].source == End("b2", "y")
    assert document.stack.count() == 1
    document.stack.undo()
    made = menu(mouse.at(256 + 160 + 30, 41))
    entry(made, "Go to conv1").trigger()
    assert document.selection == ("b2",)


def test_the_empty_canvas_offers_adding_there_and_lets_the_selection_go(
    document: Document, canvas: Canvas, mouse: Any, menu: Any, qtbot: QtBot
) -> None:
    document.select(["b2"])
    made = menu(mouse.at(640, 260))
    assert document.selection == ()
    assert titles(made)[0] == "Add a block…"
    assert {"Paste", "Paste with wires", "Find a block…", "Select all", "Tidy up", "Zoom"} <= set(titles(made))
    assert "Delete" not in titles(made)
    entry(made, "Add a block…").trigger()
    qtbot.keyClicks(canvas.box.field, "relu")
    qtbot.keyClick(canvas.box.field, Qt.Key.Key_Return)
    assert abs(list(document.graph)[-1].x + 80 - 640) <= 8


def test_a_fault_offers_its_mend_on_the_block(document: Document, canvas: Canvas, mouse: Any, menu: Any) -> None:
    document.graph.apply(Connect(Wire(End("b2", "y"), End("b5", "x"))))
    made = menu(mouse.at(4 * 256 + 80, 14))
    assert titles(made)[0] == "Fix: Insert flatten"
    made.actions()[0].trigger()
    assert not [problem for problem in document.report.problems if problem.block == "b5"]


def test_the_menu_key_opens_the_menu_of_what_is_selected(document: Document, canvas: Canvas) -> None:
    document.select(["b3"])
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(3, 3), canvas.viewport().mapToGlobal(QPoint(3, 3))
    )
    QApplication.sendEvent(canvas.viewport(), event)
    assert document.selection == ("b3",)
    assert "Rename" in titles(canvas.menu)
    canvas.menu.close()


def test_the_guide_tells_every_key_of_the_canvas() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide.md").read_text(encoding="utf-8")
    table = guide.partition("## Keys")[2]
    told = set(re.findall(r"`([^`]+)`", table))
    wanted = {key for command in COMMANDS for key in command.keys if key.rpartition("+")[2] not in ARROWS}
    assert wanted <= told | {"Enter", "Ctrl+="}, sorted(wanted - told)


def test_no_key_means_two_things_and_every_one_is_a_key() -> None:
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)
    assert all(command.keys for command in COMMANDS if command.on)
