"""The analyser, through its rows, keys and buttons."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Configure, Graph, Move
from engine.project import Project, open_project
from gui import theme
from gui.analyser import Analyser
from gui.analyser.model import HEADS, MACS, PARAMETERS
from gui.analyser.panel import rows
from gui.document import Document
from tests.engine.graph.drawn import resnet

COUNT = "gui.analyser.panel.rows"


@pytest.fixture
def document() -> Document:
    return Document(open_project("preset:lenet5"))


@pytest.fixture
def analyser(document: Document, qtbot: QtBot) -> Analyser:
    made = Analyser(document)
    qtbot.addWidget(made)
    made.resize(1100, 420)
    made.show()
    return made


def column(analyser: Analyser, number: int) -> list[str]:
    proxy = analyser.proxy
    return [str(proxy.index(place, number).data()).strip() for place in range(proxy.rowCount())]


def test_every_block_has_a_row_and_the_sums_stay_below(analyser: Analyser, document: Document) -> None:
    assert column(analyser, 1)[:3] == ["image", "conv1", "tanh1"]
    assert column(analyser, len(HEADS) - 1)[4] == "14×14"
    assert analyser.foot.texts[1] == "14 rows"
    assert analyser.foot.texts[PARAMETERS] == "61,706"
    assert "61,706" in analyser.foot.accessibleName()


def test_numbers_sort_as_numbers_and_the_first_column_brings_the_order_back(analyser: Analyser) -> None:
    analyser.table.sortByColumn(PARAMETERS, Qt.SortOrder.DescendingOrder)
    assert column(analyser, PARAMETERS)[:4] == ["48,120", "10,164", "2,416", "850"]
    analyser.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert column(analyser, 1)[0] == "image"


def test_the_filter_finds_names_kinds_and_shapes_and_the_sums_follow(analyser: Analyser, qtbot: QtBot) -> None:
    qtbot.keyClicks(analyser.filter, "conv")
    assert column(analyser, 1) == ["conv1", "conv2"]
    assert analyser.foot.texts[1] == "2 of 14 rows"
    assert analyser.foot.texts[MACS] == f"{117_600 + 240_000:,}"
    analyser.filter.setText("16×10 tanh")
    assert column(analyser, 1) == ["tanh2"]
    analyser.filter.setText("nothing like it")
    assert column(analyser, 1) == []
    assert "No row" in analyser.note.text()


def test_the_table_follows_edits_and_keeps_its_selection(analyser: Analyser, document: Document, qtbot: QtBot) -> None:
    analyser.table.selectRow(4)
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 9}), "More filters")
    qtbot.waitUntil(lambda: column(analyser, 4)[1] == "N×9×28×28")
    assert [row.name for row in analyser.table.chosen()] == ["conv2"]


def test_while_hidden_nothing_is_worked_out(
    analyser: Analyser, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def counted(*args: object, **named: object) -> object:
        calls.append(1)
        return rows(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(COUNT, counted)
    analyser.hide()
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 7}), "Edit")
    document.select([document.graph.named("conv1").id])
    analyser.refresh()
    assert calls == []
    analyser.show()
    assert calls == [1]
    assert column(analyser, 4)[1] == "N×7×28×28"


def test_a_moved_block_changes_no_cell(analyser: Analyser, document: Document, qtbot: QtBot) -> None:
    first = document.graph.named("conv1").id
    with qtbot.assertNotEmitted(analyser.model.dataChanged), qtbot.assertNotEmitted(analyser.model.modelReset):
        document.do(Move({first: (5.0, 5.0)}), "Move")
        analyser.refresh()


def test_a_click_selects_the_block_and_asks_for_it_to_be_shown(
    analyser: Analyser, document: Document, qtbot: QtBot
) -> None:
    place = analyser.table.visualRect(analyser.proxy.index(1, 1)).center()
    with qtbot.waitSignal(analyser.goto) as asked:
        qtbot.mouseClick(analyser.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    conv1 = document.graph.named("conv1").id
    assert asked.args == [conv1]
    assert document.selection == (conv1,)


def test_what_is_selected_on_the_canvas_is_marked_here(analyser: Analyser, document: Document) -> None:
    document.select([document.graph.named("fc2").id, document.graph.named("pool1").id])
    assert [row.name for row in analyser.table.chosen()] == ["pool1", "fc2"]
    document.select([])
    assert analyser.table.chosen() == []


def test_ctrl_c_copies_the_chosen_rows_for_a_spreadsheet(analyser: Analyser, qtbot: QtBot) -> None:
    analyser.table.selectRow(1)
    qtbot.keyClick(analyser.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, line = QGuiApplication.clipboard().text().strip().split("\n")
    assert head.split("\t")[4] == "Parameters"
    assert line.split("\t")[:5] == ["conv1", "Convolution 2d", "N×1×28×28", "N×6×28×28", "156"]
    assert analyser.note.text() == "1 row copied."
    analyser.table.clearSelection()
    analyser.copy_button.click()
    assert len(QGuiApplication.clipboard().text().strip().split("\n")) == 15


def test_export_writes_the_rows_that_are_shown(analyser: Analyser, qtbot: QtBot, tmp_path: Path) -> None:
    analyser.filter.setText("linear")
    with qtbot.waitSignal(analyser.said) as said:
        analyser.save(tmp_path / "layers.csv")
    assert said.args == ["Saved layers.csv."]
    read = list(csv.DictReader((tmp_path / "layers.csv").read_text("utf-8").splitlines()))
    assert [line["block"] for line in read] == ["fc1", "fc2", "fc3"]
    (tmp_path / "file").write_text("")
    with qtbot.waitSignal(analyser.said) as said:
        analyser.save(tmp_path / "file" / "layers.csv")
    assert "could not be written" in said.args[0]


def test_an_empty_drawing_says_so_and_gets_its_rows(analyser: Analyser, document: Document, qtbot: QtBot) -> None:
    document.new()
    qtbot.waitUntil(analyser.empty.isVisible)
    document.do(AddBlock(document.graph.new_node("relu")), "Add")
    qtbot.waitUntil(lambda: not analyser.empty.isVisible())
    assert column(analyser, 1) == ["relu1"]


def test_composites_open_into_their_repetitions_without_counting_twice(qtbot: QtBot) -> None:
    graph: Graph = resnet()
    made = Analyser(Document(Project(graph)))
    qtbot.addWidget(made)
    made.show()
    folded = made.proxy.rowCount()
    before = made.foot.texts[PARAMETERS]
    assert made.inside.isVisible()
    made.inside.click()
    assert made.proxy.rowCount() > 10 * folded
    assert made.foot.texts[PARAMETERS] == before == "25,557,032"
    inner = next(place for place, row in enumerate(made.proxy.shown()) if row.name == "layer2.1.conv2")
    index = made.proxy.index(inner, 1)
    made.table.scrollTo(index)
    qtbot.mouseClick(made.table.viewport(), Qt.MouseButton.LeftButton, pos=made.table.visualRect(index).center())
    assert made.document.path_in == ("layer2",)
    assert made.document.selection == ("b",)
    assert [row.name for row in made.table.chosen()] == ["layer2.1.conv2"]


def test_a_menu_is_for_the_row_it_was_asked_on_in_the_drawing_that_its_block_stands_in(qtbot: QtBot) -> None:
    made = Analyser(Document(Project(resnet())))
    qtbot.addWidget(made)
    made.show()
    made.inside.click()
    rows_ = made.proxy.shown()
    inner = next(place for place, row in enumerate(rows_) if row.name == "layer2.1.conv2")
    index = made.proxy.index(inner, 1)
    made.table.selectRow(inner)
    made.table.scrollTo(index)
    spot = made.table.visualRect(index).center()
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, spot, made.table.viewport().mapToGlobal(spot), Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(made.menu_wanted) as wanted:
        QApplication.sendEvent(made.table.viewport(), asked)
    assert wanted.args == [made.table.viewport().mapToGlobal(spot)]
    assert made.document.path_in == ("layer2",)
    assert made.document.selection == ("b",)
    made.filter.setText("conv2")  # few rows: the rest of the table is empty
    made.resize(made.width(), 3000)
    below = QPoint(20, made.table.viewport().height() - 1)
    nowhere = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, below, made.table.viewport().mapToGlobal(below), Qt.KeyboardModifier.NoModifier
    )
    with qtbot.assertNotEmitted(made.menu_wanted):
        QApplication.sendEvent(made.table.viewport(), nowhere)


def test_the_menu_key_asks_for_the_row_one_is_in(analyser: Analyser, qtbot: QtBot) -> None:
    analyser.table.setCurrentIndex(analyser.proxy.index(4, 1))
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0), Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(analyser.menu_wanted) as wanted:
        QApplication.sendEvent(analyser.table.viewport(), asked)
    spot = analyser.table.visualRect(analyser.table.currentIndex()).center()
    assert wanted.args == [analyser.table.viewport().mapToGlobal(spot)]
    assert analyser.document.selection == (analyser.document.graph.named("conv2").id,)


def test_both_themes_repaint_it(analyser: Analyser) -> None:
    before = analyser.grab().toImage()
    try:
        app = QGuiApplication.instance()
        theme.apply(app, "dark")  # type: ignore[arg-type]
        assert analyser.grab().toImage() != before
    finally:
        theme.apply(app, "light")  # type: ignore[arg-type]
