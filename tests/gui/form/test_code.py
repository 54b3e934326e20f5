"""Python code is written in a dialog, marked at the line at fault, and trusted only by a person."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

sys.path.insert(0, str(Path(__file__).parents[2] / "engine" / "compiler"))
from python_blocks import answered, drawing

from engine import trust
from engine.blocks.python import TEMPLATE, UNTRUSTED, PythonBlock
from engine.blocks.spec import Shape
from engine.graph.store import dumps
from engine.project import Project
from gui import theme, trusting
from gui.code import CodeEdit, Highlighter
from gui.dialogs.trust import TrustDialog, TrustedDialog
from gui.document import Document
from gui.form.code_dialog import CodeDialog
from gui.form.properties import Properties

SETTING = PythonBlock.settings["code"]


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine on which nothing is trusted yet."""
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))


@pytest.fixture
def edit(qtbot):
    made = CodeEdit()
    qtbot.addWidget(made)
    return made


def document_of(code=TEMPLATE):
    project = Project()
    project.graph = drawing(code)
    return Document(project)


def test_enter_keeps_the_indentation_and_goes_deeper_after_a_colon(edit, qtbot):
    for line in ("def f(x):", "return x", "y = 1"):
        qtbot.keyClicks(edit, line)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.toPlainText() == "def f(x):\n    return x\ny = 1\n"


def test_tab_and_shift_tab_move_the_selected_lines(edit, qtbot):
    edit.set_code("a\nb\n")
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.toPlainText() == "    a\n    b\n"
    qtbot.keyClick(edit, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert edit.toPlainText() == "a\nb\n"


def test_a_fault_is_marked_at_its_line_and_cannot_be_applied(qtbot):
    dialog = CodeDialog(SETTING, TEMPLATE)
    qtbot.addWidget(dialog)
    assert "takes x and gives y" in dialog.said.text()
    dialog.edit.setPlainText(TEMPLATE.replace("return x", "return x +* x"))
    assert not dialog.look()
    assert dialog.edit.fault_line == 10
    assert "Line 10" in dialog.said.text()
    assert not dialog.apply.isEnabled()


def test_applying_is_one_step_of_undo_and_trusts_what_was_ticked(qtbot):
    document = document_of()
    panel = Properties(document)
    qtbot.addWidget(panel)
    document.select(["b2"])
    editor = panel.page.form.editor("code")
    editor.open()
    dialog, other = editor.dialog, TEMPLATE.replace("ResidualGate", "Mine")
    dialog.edit.setPlainText(other)
    dialog.trust.setChecked(True)
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert document.graph.node("b2").settings["code"] == other
    assert trust.trusted(other)
    assert not trust.trusted(TEMPLATE)
    document.stack.undo()
    assert document.graph.node("b2").block().code == TEMPLATE
    assert editor.preview.toPlainText() == TEMPLATE
    assert "only text" in editor.trusted.text()


def test_the_mend_of_untrusted_code_asks_and_changes_no_drawing(qtbot):
    document = document_of()
    before, wanted = dumps(document.root), []
    document.trust_wanted.connect(wanted.append)
    (problem,) = document.root_report.problems
    assert problem.code == UNTRUSTED
    assert document.apply_fix(problem.fixes[0], whole=True)
    assert wanted == [TEMPLATE]
    assert dumps(document.root) == before
    assert not document.dirty
    dialog = TrustDialog(TEMPLATE)
    qtbot.addWidget(dialog)
    assert dialog.no.isDefault()
    assert dialog.view.toPlainText() == TEMPLATE
    dialog.reject()
    assert not trust.trusted(TEMPLATE)
    dialog.yes.click()
    assert trust.trusted(TEMPLATE)


def test_trust_is_taken_back_in_the_list(qtbot):
    trust.give(TEMPLATE, "ResidualGate")
    dialog = TrustedDialog()
    qtbot.addWidget(dialog)
    dialog.list.item(0).setSelected(True)
    with qtbot.waitSignal(trusting.notifier().changed):
        dialog.take.click()
    assert not trust.trusted(TEMPLATE)
    assert dialog.list.count() == 0


def test_a_recheck_shows_what_was_found_out(qtbot):
    document = document_of()
    trust.give(TEMPLATE, "ResidualGate")
    answered(document.root, Shape((3, 8, 8)))
    document.recheck()
    assert document.report.ok


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_colour_of_the_code_can_be_read(qapp, edit, name):
    before = theme.current().name
    theme.apply(qapp, name)
    try:
        ground = luminance(QColor(theme.current().sunken))
        for kind in ("comment", "string", "named", "word", "number", "mark"):
            ink = luminance(Highlighter(edit.document())._format(kind).foreground().color())
            contrast = (max(ink, ground) + 0.05) / (min(ink, ground) + 0.05)
            assert contrast >= 4.5, f"{kind} in {name}: {contrast:.2f}"
    finally:
        theme.apply(qapp, before)
