"""The page of the whole network: its table follows the document, and only what says something else is painted anew."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, RemoveBlock
from engine.project import open_project
from gui import theme
from gui.document import Document
from gui.form.cells import SIDE, PlainCells
from gui.form.network_page import NetworkPage


@pytest.fixture
def document() -> Document:
    return Document(open_project("preset:lenet5"))


@pytest.fixture
def page(document: Document, qtbot: QtBot) -> NetworkPage:
    made = NetworkPage(document)
    qtbot.addWidget(made)
    document.reported.connect(made.refresh)
    made.resize(320, 700)
    made.show()
    return made


def changed(page: NetworkPage) -> list[tuple[int, int]]:
    """The cells that are told to have changed from now on."""
    told: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        assert first == last
        told.append((first.row(), first.column()))

    page.model.dataChanged.connect(note)
    return told


def test_an_edit_tells_of_the_cells_that_say_something_else(
    page: NetworkPage, document: Document, qtbot: QtBot
) -> None:
    rows = [page.model.row(index) for index in range(len(page.model.ids))]
    told = changed(page)
    document.do(Configure(document.graph.named("fc2").id, {"out_features": 85}), "Set")
    fc2, fc3 = (page.model.ids.index(document.graph.named(name).id) for name in ("fc2", "fc3"))
    assert page.model.row(fc2)[1] == "N×85"  # whoever looks sees it at once
    qtbot.waitUntil(lambda: bool(told))
    others = [index for index in range(len(rows)) if page.model.row(index) != rows[index]]
    assert {row for row, _ in told} == set(others) >= {fc2, fc3}
    assert (fc2, 1) in told
    assert (fc3, 1) not in told  # it gives ten numbers as before
    assert all(page.model.row(row)[column] != rows[row][column] for row, column in told)


def test_several_edits_before_it_is_painted_are_told_once_against_what_was_seen(
    page: NetworkPage, document: Document, qtbot: QtBot
) -> None:
    fc2 = document.graph.named("fc2").id
    place = page.model.ids.index(fc2)
    page.model.row(place)
    told = changed(page)
    document.do(Configure(fc2, {"out_features": 85}), "Set")
    document.do(Configure(fc2, {"out_features": 84}), "Set")  # as it was
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 7}), "Set")
    qtbot.waitUntil(lambda: bool(told))
    assert place not in {row for row, _ in told}


def test_a_block_that_goes_takes_its_row_along(page: NetworkPage, document: Document) -> None:
    fc2 = document.graph.named("fc2").id
    document.do(RemoveBlock(fc2), "Delete")
    assert fc2 not in page.model.ids
    assert page.model.rowCount() == len(document.graph)


def painted(page: NetworkPage, column: int, width: int, state: QStyle.StateFlag) -> QImage:
    """A cell of the first layer's row as it is painted."""
    image = QImage(QSize(width, 26), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.current().sunken))
    cells = page.table.itemDelegate()
    assert isinstance(cells, PlainCells)
    option = QStyleOptionViewItem()
    option.rect, option.state = image.rect(), state
    painter = QPainter(image)
    cells.paint(painter, option, page.model.index(1, column))
    painter.end()
    return image


def columns(image: QImage) -> list[int]:
    """Where something other than the first pixel's colour is painted, from left to right."""
    ground = image.pixel(0, 0)
    return [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))]


def test_names_stand_at_the_left_figures_at_the_right_and_long_texts_are_cut(page: NetworkPage) -> None:
    idle = QStyle.StateFlag.State_Enabled
    name, figure = columns(painted(page, 0, 200, idle)), columns(painted(page, 2, 200, idle))
    assert SIDE <= name[0] < 12
    assert name[-1] < 100
    assert figure[0] > 100
    assert 188 < figure[-1] <= 200 - SIDE
    assert columns(painted(page, 0, 24, idle))[-1] <= 24 - SIDE


def test_a_selected_cell_and_one_under_the_mouse_have_another_ground(page: NetworkPage) -> None:
    enabled, t = QStyle.StateFlag.State_Enabled, theme.current()
    for state, colour in (
        (enabled, t.sunken),
        (enabled | QStyle.StateFlag.State_MouseOver, t.hover),
        (enabled | QStyle.StateFlag.State_Selected, t.accent_soft),
    ):
        assert painted(page, 0, 200, state).pixelColor(198, 2) == QColor(colour)


def test_multiply_adds_give_way_where_names_would_be_cut(page: NetworkPage, qtbot: QtBot) -> None:
    for width, hidden in ((240, True), (600, False), (240, True)):
        page.resize(width, 700)
        qtbot.waitUntil(lambda hidden=hidden: page.table.isColumnHidden(3) == hidden)
        qtbot.waitUntil(lambda: page.table.columnWidth(0) > page.table.fontMetrics().horizontalAdvance("flatten1"))
