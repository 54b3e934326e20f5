"""The list of problems, through its rows and buttons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.grouping import group
from engine.graph.model import AddBlock, Batch, Configure, Connect, End, Inside, Node, Wire
from engine.project import Project, open_project
from gui.document import Document
from gui.problems import Problems
from gui.problems.panel import MOST


@pytest.fixture
def document() -> Document:
    return Document(open_project("preset:lenet5"))


@pytest.fixture
def problems(document: Document, qtbot: QtBot) -> Problems:
    made = Problems(document)
    qtbot.addWidget(made)
    made.resize(900, 160)
    made.show()
    return made


def skip_flatten(document: Document) -> str:
    graph = document.graph
    linear = graph.named("fc1").id
    document.do(Connect(Wire(End(graph.named("pool2").id, "y"), End(linear, "x"))), "Connect")
    return linear


def test_a_sound_network_is_told_so(problems: Problems) -> None:
    assert problems.rows == []
    assert problems.good.isVisible()


def test_it_says_that_data_are_lacking_and_leads_to_them(problems: Problems, document: Document, qtbot: QtBot) -> None:
    assert not problems.show_data.isVisible()
    problems.show_lacking("The folder is gone; choose another.")
    assert "The folder is gone; choose another." in problems.said
    assert "can be trained" not in problems.said
    with qtbot.waitSignal(problems.data_wanted):
        problems.show_data.click()
    problems.show_lacking("")
    assert "can be trained" in problems.said
    assert not problems.show_data.isVisible()


def test_an_empty_drawing_is_no_error(problems: Problems, document: Document) -> None:
    document.new()
    assert problems.rows == []
    assert problems.good.isVisible()
    assert problems.said.startswith("Nothing drawn yet")


def test_problems_come_with_the_edit_that_makes_them_errors_first(problems: Problems, document: Document) -> None:
    skip_flatten(document)
    severities = [row.problem.severity for row in problems.rows]
    assert severities == sorted(severities)
    assert severities[0] == "error"
    assert "fc1" in problems.rows[0].accessibleName()
    document.stack.undo()
    assert problems.rows == []
    assert problems.good.isVisible()


def test_a_click_goes_to_the_block(problems: Problems, document: Document, qtbot: QtBot) -> None:
    linear = skip_flatten(document)
    with qtbot.waitSignal(problems.goto) as heard:
        qtbot.mouseClick(problems.rows[0], Qt.MouseButton.LeftButton)
    assert heard.args == [linear]
    assert document.selection == (linear,)


def test_enter_goes_to_the_block(problems: Problems, document: Document, qtbot: QtBot) -> None:
    linear = skip_flatten(document)
    with qtbot.waitSignal(problems.goto):
        qtbot.keyClick(problems.rows[0], Qt.Key.Key_Return)
    assert document.selection == (linear,)


def test_a_fix_mends_as_one_step(problems: Problems, document: Document, qtbot: QtBot) -> None:
    skip_flatten(document)
    button = problems.rows[0].findChild(QPushButton, "fix-0")
    assert button is not None
    steps = document.stack.count()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.report.ok
    assert document.stack.count() == steps + 1
    document.stack.undo()
    assert not document.report.ok


def test_rows_are_kept_and_say_the_next_problem(qtbot: QtBot) -> None:
    document = Document(Project())
    panel = Problems(document)
    qtbot.addWidget(panel)
    for kind in ("linear", "conv2d", "relu"):
        document.add_block(kind, at=(0.0, 0.0))
    first = list(panel.rows)
    document.add_block("tanh", at=(0.0, 0.0))
    assert panel.rows[: len(first)] == first
    said = [row.problem.text for row in panel.rows]
    assert said == [problem.text for problem in document.report.problems]
    assert all(
        row.sentence.text() in row.problem.text or row.sentence.text()[1:] in row.problem.text for row in panel.rows
    )


def test_a_fault_inside_a_composite_names_the_way_and_a_click_leads_there(qtbot: QtBot) -> None:
    document = Document(open_project("preset:lenet5"))
    graph = document.graph
    edit, outer = group(graph, [graph.named("conv2").id, graph.named("tanh2").id])
    document.do(edit, "Group")
    problems = Problems(document)
    qtbot.addWidget(problems)
    problems.resize(900, 160)
    problems.show()
    body = document.root.composites["c1"].body
    conv = body.named("conv2").id
    document.do(Inside("c1", Configure(conv, {"kernel_size": 40})), "Too large")
    (row,) = problems.rows
    assert row.accessibleName().startswith("Error in block1 › conv2: ")
    with qtbot.waitSignal(problems.goto) as gone:
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert gone.args == [conv]
    assert (document.path_in, document.selection) == ((outer,), (conv,))
    fix = row.findChild(QPushButton, "fix-0")
    assert fix is not None
    fix.click()
    assert document.root_report.ok
    assert problems.rows == []


def test_in_a_narrow_panel_the_mends_stand_under_the_sentence(
    problems: Problems, document: Document, qtbot: QtBot
) -> None:
    skip_flatten(document)
    row = problems.rows[0]
    button = row.findChild(QPushButton, "fix-0")
    assert button is not None

    def middle(widget: QWidget) -> QPoint:
        return widget.mapTo(row, widget.rect().center())

    problems.resize(420, 240)
    qtbot.waitUntil(lambda: row.width() <= 420)
    qtbot.waitUntil(lambda: button.mapTo(row, QPoint(0, 0)).y() >= row.sentence.geometry().bottom())
    assert row.sentence.width() > 200
    assert row.width() <= 420
    problems.resize(900, 240)
    qtbot.waitUntil(lambda: abs(middle(button).y() - middle(row.sentence).y()) < 6)
    assert middle(button).x() > row.sentence.geometry().right()


def test_of_very_many_problems_the_first_are_listed_and_the_rest_are_counted(qtbot: QtBot) -> None:
    document = Document(Project())
    panel = Problems(document)
    qtbot.addWidget(panel)
    panel.show()
    edits = [AddBlock(Node(f"b{n}", "relu", f"relu{n}")) for n in range(MOST + 7)]
    document.do(Batch(tuple(edits)), "Add blocks")
    assert len(panel.rows) == MOST
    assert f"And {len(document.report.problems) - MOST} more" in panel._more.text()
    assert panel._more.isVisible()
    document.stack.undo()
    assert not panel._more.isVisible()
