"""A field's Ctrl+Z and Escape: its own while somebody types, the program's afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Rename
from engine.project import open_project
from gui.app import build
from gui.form.composite import HelpEdit
from gui.form.field import Field
from gui.form.number import NumberEdit
from gui.form.pages import BlockPage, SeveralPage
from gui.form.pair import PairEditor
from gui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


def kept(field: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> bool:
    """Whether a field keeps a key to itself that is a shortcut of the window."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    QApplication.sendEvent(field, event)
    return event.isAccepted()


@pytest.fixture
def field(qtbot: QtBot) -> Field:
    made = Field("before")
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    made.selectAll()
    return made


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
    made = build(open_project("preset:lenet5"))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    yield made
    made.session.close()


def page_of(window: Window, name: str) -> BlockPage:
    window.document.select([window.document.graph.named(name).id])
    page = window.parts.places["design"].properties.page  # type: ignore[attr-defined]
    assert isinstance(page, BlockPage)
    return page


def channels(window: Window, name: str = "conv1") -> NumberEdit:
    field = page_of(window, name).form.editor("out_channels").focusProxy()
    assert isinstance(field, NumberEdit)
    return field


def width_of(window: Window) -> object:
    return window.document.graph.named("conv1").block().out_channels  # type: ignore[attr-defined]


def test_undo_is_the_fields_while_it_is_typed_in_and_the_programs_once_that_is_done(field: Field, qtbot: QtBot) -> None:
    assert not kept(field, Qt.Key.Key_Z)
    qtbot.keyClicks(field, "after")
    assert kept(field, Qt.Key.Key_Z)
    assert not kept(field, Qt.Key.Key_Y)
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert kept(field, Qt.Key.Key_Y)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not kept(field, Qt.Key.Key_Z)
    assert not kept(field, Qt.Key.Key_Y)


def test_what_is_wrong_is_not_held_when_the_field_is_left(field: Field, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "nonsense")
    field.wrong = True
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert kept(field, Qt.Key.Key_Z)
    assert field.take_back()
    assert field.text() == "before"


def test_leaving_the_undo_to_others_changes_neither_the_cursor_nor_what_is_chosen(field: Field, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "after")
    field.setSelection(1, 3)
    field.forget()
    assert (field.text(), field.selectedText(), field.isModified()) == ("after", "fte", True)
    field.deselect()
    field.setCursorPosition(2)
    field.forget()
    assert field.cursorPosition() == 2


def test_escape_takes_back_what_was_typed_and_tells_so(field: Field, qtbot: QtBot) -> None:
    told: list[str] = []
    field.textEdited.connect(told.append)
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.selectedText(), told) == ("before", "before", ["x", "before"])
    assert not field.isModified()
    assert not field.take_back(), "nothing was typed since"
    field.setText("held")
    qtbot.keyClicks(field, "y")
    field.take_back()
    assert field.text() == "held"


def test_where_several_differ_there_is_nothing_to_take_back(field: Field, qtbot: QtBot) -> None:
    field.clear()
    qtbot.keyClicks(field, "x")
    assert not field.take_back()
    assert field.text() == "x"


def test_escape_takes_a_number_back_in_the_document_too_and_leaves_no_step(window: Window, qtbot: QtBot) -> None:
    field, before = channels(window), width_of(window)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "128")
    assert width_of(window) == 128
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert width_of(window) == 129
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (width_of(window), field.text()) == (before, str(before))
    assert not window.document.stack.canUndo()


def test_escape_takes_back_what_was_refused_and_its_sentence(window: Window, qtbot: QtBot) -> None:
    field = channels(window)
    row = page_of(window, "conv1").form.rows["out_channels"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "-3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert row.fault.text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (row.fault.text(), field.text()) == ("", str(width_of(window)))


def test_escape_takes_both_linked_sizes_back(window: Window, qtbot: QtBot) -> None:
    editor = page_of(window, "conv1").form.editor("kernel_size")
    assert isinstance(editor, PairEditor)
    editor.width_field.setFocus()
    editor.width_field.selectAll()
    qtbot.keyClicks(editor.width_field, "3")
    assert editor.height_field.text() == "3"
    qtbot.keyClick(editor.width_field, Qt.Key.Key_Escape)
    assert (editor.height_field.text(), editor.width_field.text()) == ("5", "5")
    assert not window.document.stack.canUndo()


def test_ctrl_z_in_a_field_whose_number_is_entered_undoes_the_step_and_shows_it(window: Window, qtbot: QtBot) -> None:
    field, before = channels(window), width_of(window)
    window.activateWindow()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "128")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not kept(field, Qt.Key.Key_Z)
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (width_of(window), field.text()) == (before, str(before))
    assert window.document.stack.canRedo()
    qtbot.keyClick(field, Qt.Key.Key_Y, CTRL)
    assert (width_of(window), field.text()) == (128, "128")


def test_escape_gives_a_block_its_name_back_and_then_leads_to_the_drawing(window: Window, qtbot: QtBot) -> None:
    page, design = page_of(window, "conv1"), window.parts.places["design"]
    page.name.setFocus()
    page.name.selectAll()
    qtbot.keyClicks(page.name, "other")
    qtbot.keyClick(page.name, Qt.Key.Key_Escape)
    assert page.name.text() == "conv1"
    assert window.focusWidget() is page.name
    qtbot.keyClick(page.name, Qt.Key.Key_Escape)
    assert window.focusWidget() is design.canvas  # type: ignore[attr-defined]
    assert not window.document.stack.canUndo()


def test_typing_into_a_field_where_blocks_differ_is_undone_by_the_program(window: Window, qtbot: QtBot) -> None:
    document = window.document
    ids = [document.graph.named(name).id for name in ("conv1", "conv2")]
    before = [document.graph.node(id_).settings["out_channels"] for id_ in ids]
    document.select(ids)
    page = window.parts.places["design"].properties.page  # type: ignore[attr-defined]
    assert isinstance(page, SeveralPage)
    assert page.form is not None
    field = page.form.editor("out_channels").focusProxy()
    assert isinstance(field, Field)
    window.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [document.graph.node(id_).settings["out_channels"] for id_ in ids] == [9, 9]
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert [document.graph.node(id_).settings["out_channels"] for id_ in ids] == before


@pytest.mark.parametrize(("name", "typed"), [("out_channels", "12"), ("kernel_size", "3"), ("kernel_size", "junk")])
def test_escape_gives_blocks_that_differ_back_what_each_had_and_leaves_no_step(
    window: Window, qtbot: QtBot, name: str, typed: str
) -> None:
    document = window.document
    ids = [document.graph.named(block).id for block in ("conv1", "conv2")]
    assert document.do(Configure(ids[0], {"kernel_size": [7, 5]}), "Make them differ")
    before = document.graph.copy()
    document.select(ids)
    page = window.parts.places["design"].properties.page  # type: ignore[attr-defined]
    assert isinstance(page, SeveralPage)
    assert page.form is not None
    editor = page.form.editor(name)
    field = editor.focusProxy()
    assert isinstance(field, Field)
    window.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, typed)
    assert document.graph.same_as(before) == (typed == "junk")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert document.graph.same_as(before)
    assert document.stack.count() == 1
    assert [one.text() for one in editor.findChildren(Field)] == [""] * (2 if name == "kernel_size" else 1)
    assert field.placeholderText() == "mixed"
    assert not page.form.rows[name].fault.text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert window.focusWidget() is window.parts.places["design"].canvas  # type: ignore[attr-defined]


def test_junk_that_is_taken_out_again_changes_nothing_where_blocks_differ(window: Window, qtbot: QtBot) -> None:
    document = window.document
    ids = [document.graph.named(block).id for block in ("conv1", "conv2")]
    assert document.do(Configure(ids[0], {"padding": "same"}), "Make them differ")
    before = document.graph.copy()
    document.select(ids)
    page = window.parts.places["design"].properties.page  # type: ignore[attr-defined]
    field = page.form.editor("padding").focusProxy()
    window.activateWindow()
    field.setFocus()
    qtbot.keyClicks(field, "x")
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert document.graph.same_as(before)


def test_escape_after_coming_back_to_a_wrong_size_brings_the_word_back(window: Window, qtbot: QtBot) -> None:
    document = window.document
    conv1 = document.graph.named("conv1").id
    assert document.do(Configure(conv1, {"padding": "same"}), "Same")
    page = page_of(window, "conv1")
    assert page.form is not None
    editor = page.form.editor("padding")
    assert isinstance(editor, PairEditor)
    window.activateWindow()
    editor.width_field.setFocus()
    qtbot.keyClicks(editor.width_field, "x")
    channels(window).setFocus()
    editor.height_field.setFocus()
    qtbot.keyClick(editor.height_field, Qt.Key.Key_Escape)
    assert document.graph.node(conv1).settings["padding"] == "same"
    assert [button.isChecked() for button in editor.words] == [True]
    assert not page.form.rows["padding"].fault.text()


def test_the_help_of_a_composite_leaves_undo_to_the_program_until_it_is_typed_in(qtbot: QtBot) -> None:
    made = HelpEdit()
    qtbot.addWidget(made)
    made.show()
    made.setPlainText("what it does")
    made.setFocus()
    assert not kept(made, Qt.Key.Key_Z)
    qtbot.keyClicks(made, "x")
    assert kept(made, Qt.Key.Key_Z)


def test_what_a_field_could_do_again_is_gone_once_the_program_undoes(window: Window, qtbot: QtBot) -> None:
    document, field = window.document, channels(window)
    document.do(Rename(document.graph.named("conv1").id, "first"), "Rename")
    window.activateWindow()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "128")
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)  # the field's
    assert field.text() == "6"
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)  # the program's
    assert "conv1" in [node.name for node in document.graph]
    qtbot.keyClick(field, Qt.Key.Key_Y, CTRL)
    assert "first" in [node.name for node in document.graph]
    assert field.text() == "6"


def test_escape_brings_back_the_word_that_numbers_were_typed_over(window: Window, qtbot: QtBot) -> None:
    document = window.document
    block = document.graph.named("conv2").id
    document.do(Configure(block, {"padding": "same"}), "Same")
    editor = page_of(window, "conv2").form.editor("padding")
    assert isinstance(editor, PairEditor)
    editor.height_field.setFocus()
    qtbot.keyClicks(editor.height_field, "3")
    assert document.graph.node(block).block().padding == 3  # type: ignore[attr-defined]
    qtbot.keyClick(editor.height_field, Qt.Key.Key_Escape)
    assert document.graph.node(block).settings["padding"] == "same"
    assert [button.isChecked() for button in editor.words if button.property("word") == "same"] == [True]
    qtbot.keyClicks(editor.height_field, "3")
    qtbot.keyClick(editor.height_field, Qt.Key.Key_Return)
    qtbot.keyClick(editor.height_field, Qt.Key.Key_Backspace)
    assert document.graph.node(block).settings["padding"] != "same", "an emptied field is no word"


def test_escape_after_a_refused_name_gives_back_the_one_that_is_held(window: Window, qtbot: QtBot) -> None:
    page = page_of(window, "conv1")
    page.name.setFocus()
    page.name.selectAll()
    qtbot.keyClicks(page.name, "fc1")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert page.name_fault.text()
    qtbot.keyClick(page.name, Qt.Key.Key_Escape)
    assert (page.name.text(), page.name_fault.text()) == ("conv1", "")
