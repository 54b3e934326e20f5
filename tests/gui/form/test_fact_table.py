"""The painted table of names and figures: its height, what is copied from it, and what a change costs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.form.fact_table import BETWEEN, FactTable


class Asked(QObject):
    """How often a layout was asked to lay out anew."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.times = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made).addWidget(FactTable())
    qtbot.addWidget(made)
    made.resize(280, 300)
    made.show()
    return made


@pytest.fixture
def table(page: QWidget) -> FactTable:
    found = page.findChild(FactTable)
    assert isinstance(found, FactTable)
    return found


def test_a_figure_that_changes_lays_nothing_out_and_another_line_does(
    page: QWidget, table: FactTable, qtbot: QtBot
) -> None:
    table.show_facts([("Output", "N×6×28×28"), ("Parameters", "156")])
    line = table.fontMetrics().height()
    qtbot.waitUntil(lambda: table.height() == 2 * line + BETWEEN)
    asked = Asked(page)
    table.show_facts([("Output", "N×6×30×30"), ("Parameters", "156")])
    assert table.facts() == {"Output": "N×6×30×30", "Parameters": "156"}
    assert table.accessibleName() == "Output: N×6×30×30; Parameters: 156"
    QCoreApplication.processEvents()
    assert asked.times == 0
    table.show_facts([("Output", "N×6×30×30"), ("Parameters", "156"), ("Multiply-adds", "1")])
    qtbot.waitUntil(lambda: table.height() == 3 * line + 2 * BETWEEN)


def test_a_figure_too_long_for_its_line_takes_more_of_them(table: FactTable, qtbot: QtBot) -> None:
    line = table.fontMetrics().height()
    table.show_facts([("Field", "7 × 7 and then some more words about it that fill two lines"), ("Next", "1\n2\n3")])
    qtbot.waitUntil(lambda: table.height() >= 5 * line)
    assert table.heightForWidth(2000) == 4 * line + BETWEEN


def test_names_stand_at_the_left_and_figures_at_the_right(table: FactTable) -> None:
    table.show_facts([("Name", "1")])
    table.resize(200, table.heightForWidth(200))
    image: QImage = table.grab().toImage()
    ground = image.pixel(100, 2)
    inked = [x for x in range(200) if any(image.pixel(x, y) != ground for y in range(image.height()))]
    assert inked[0] < 4
    assert inked[-1] > 190
    assert not [x for x in inked if 60 < x < 180]


def test_the_menu_copies_a_figure_or_all(table: FactTable, qtbot: QtBot) -> None:
    table.show_facts([("Output", "N×6×28×28"), ("Parameters", "156")])
    low = QPoint(5, table.fontMetrics().height() + BETWEEN + 3)
    table.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, low, table.mapToGlobal(low)))
    menu = table.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Copy “156”", "Copy all"]
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "156"
    menu.actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == "Output\tN×6×28×28\nParameters\t156"
    menu.close()
