"""Composites through the real window: grouped, entered, given a setting, repeated, kept, and all of it taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from engine.project import Project, open_project
from gui.app import build
from gui.design import DesignPlace
from gui.form.composite import CompositeForm
from gui.form.number import NumberEdit
from gui.form.pages import BlockPage
from gui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier
PATIENCE = 60_000  # ms; a busy machine


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda box: box.StandardButton.Discard)
    monkeypatch.setattr("gui.window.QMessageBox.question", lambda *_: QMessageBox.StandardButton.Yes)
    made = build(open_project("preset:lenet5"))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    made.session.close()


def retype(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_network_is_made_of_composites_and_taken_back_step_by_step(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.document
    design = window.parts.places["design"]
    assert isinstance(design, DesignPlace)
    before = document.root.copy()

    # Three blocks become one; the menus know it.
    document.select([document.graph.named(name).id for name in ("conv2", "tanh2", "pool2")])
    window.actions_.made["edit.group"].trigger()
    (made,) = document.selection
    assert document.root_report.parameters == 61_706
    assert design.palette_panel.list.kinds()[-1] == "composite:c1"

    # Inside: a setting, read by the convolution.
    qtbot.keyClick(design.canvas, Qt.Key.Key_Return)
    form = design.properties.page
    assert isinstance(form, CompositeForm)
    retype(qtbot, form.name, "Cell")
    form.parameters.add.click()
    low = form.parameters.rows["default"].editor.findChild(NumberEdit)
    assert low is not None
    retype(qtbot, low, "16")
    document.select([document.graph.named("conv2").id])
    page = design.properties.page
    assert isinstance(page, BlockPage)
    number = page.form.rows["out_channels"].editor.findChild(NumberEdit)
    assert number is not None
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "=")
    field = page.form.rows["out_channels"].expression
    assert field is not None
    qtbot.keyClicks(field, "width")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.named("conv2").settings["out_channels"] == "=width"
    assert document.root_report.parameters == 61_706

    # Outside: the instance has the setting; a fault names the way, and a click leads back in.
    qtbot.keyClick(design.canvas, Qt.Key.Key_Escape)
    qtbot.keyClick(design.canvas, Qt.Key.Key_Escape)
    assert document.selection == (made,)
    page = design.properties.page
    assert isinstance(page, BlockPage)
    width = page.form.rows["width"].editor.findChild(NumberEdit)
    repeat = page.form.rows["repeat"].editor.findChild(NumberEdit)
    assert width is not None
    assert repeat is not None
    retype(qtbot, width, "12")
    assert document.root_report.parameters != 61_706
    retype(qtbot, repeat, "3")
    assert not document.root_report.ok
    row = design.problems.rows[0]
    assert row.accessibleName().startswith("Error in block1, repetition 2 › pool2: A 2×2 window")
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert document.path_in == (made,)
    assert not design.canvas.breadcrumbs.isHidden()

    # Saved, opened again: the same; undone to the beginning: the same.
    saved = document.save(tmp_path / "cells.loom")
    assert open_project(saved).graph.same_as(document.root)
    while document.stack.canUndo():
        document.stack.undo()
    assert document.root.same_as(before)
    assert document.scope.is_root
    while document.stack.canRedo():
        document.stack.redo()
    assert open_project(saved).graph.same_as(document.root)


def test_a_composite_kept_in_one_window_is_at_hand_in_the_next(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = window.document
    document.select([document.graph.named(name).id for name in ("conv2", "tanh2")])
    window.actions_.made["edit.group"].trigger()
    with qtbot.waitSignal(document.mine.changed, timeout=PATIENCE):
        document.mine.keep(document.root, "c1")
    other = build(Project())
    qtbot.addWidget(other)
    qtbot.waitUntil(lambda: "Block" in other.document.mine.held, timeout=PATIENCE)
    design = other.parts.places["design"]
    assert isinstance(design, DesignPlace)
    assert design.palette_panel.list.kinds()[-1] == "mine:Block"
    design.palette_panel.list.setCurrentRow(design.palette_panel.list.count() - 1)
    qtbot.keyClick(design.palette_panel.list, Qt.Key.Key_Return)
    assert other.document.root.composites["c1"].same_as(document.root.composites["c1"])
    assert len(other.document.graph) == 1
    other.session.close()
