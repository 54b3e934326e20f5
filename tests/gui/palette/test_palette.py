"""The palette, through its field and its list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QListWidgetItem, QToolTip
from pytestqt.qtbot import QtBot

from engine.blocks.spec import FAMILIES, kinds, spec_of
from engine.blocks.words import FREQUENT
from engine.graph.model import End
from engine.project import Project
from gui import preferences
from gui.document import Document
from gui.kind_row import COUNT, SPEC, tip_of
from gui.palette import Palette
from gui.palette.kind_list import OPEN_AT_FIRST, STORE
from gui.palette.panel import MIME


@pytest.fixture
def document() -> Document:
    return Document(Project())


@pytest.fixture
def palette(document: Document, qtbot: QtBot) -> Iterator[Palette]:
    made = Palette(document)
    qtbot.addWidget(made)
    made.show()
    yield made
    preferences.set_opened(STORE, set(OPEN_AT_FIRST))


def test_every_block_is_there_under_its_family(palette: Palette) -> None:
    wanted = [kind for kind in kinds() if spec_of(kind).role not in ("entry", "exit")]  # ports stand inside composites
    assert sorted(palette.list.kinds()) == sorted(wanted)
    headings = [palette.list.item(row).text() for row in range(palette.list.count())
                if not palette.list.kind_at(palette.list.item(row))]  # fmt: skip
    families = [family for family in FAMILIES if any(spec_of(kind).family == family for kind in kinds())]
    assert headings == ["Frequent", *families]


def shown(palette: Palette) -> list[str]:
    rows = (palette.list.item(row) for row in range(palette.list.count()))
    return [palette.list.kind_at(row) or row.text() for row in rows if not row.isHidden()]


def test_a_newcomer_sees_the_frequent_blocks_and_all_families_with_their_counts(palette: Palette) -> None:
    seen = shown(palette)
    assert seen[: len(FREQUENT) + 1] == ["Frequent", *FREQUENT]
    assert seen[len(FREQUENT) + 1 :] == palette.list.sections()[1:], "families are folded away at first"
    heading = next(item for item in rows(palette) if item.text() == "Linear" and not palette.list.kind_at(item))
    assert heading.data(COUNT) == sum(spec.family == "Linear" for spec in kinds().values())


def rows(palette: Palette) -> list[QListWidgetItem]:
    return [palette.list.item(row) for row in range(palette.list.count())]


def test_a_heading_folds_by_click_and_key_and_it_is_remembered(
    palette: Palette, document: Document, qtbot: QtBot
) -> None:
    heading = next(item for item in rows(palette) if item.text() == "Pooling")
    palette.list.scrollToItem(heading)
    place = palette.list.visualItemRect(heading).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown(palette)[shown(palette).index("Pooling") + 1] == "maxpool2d", "the commonest of a family comes first"
    again = Palette(document)
    qtbot.addWidget(again)
    assert shown(again) == shown(palette)
    palette.list.setCurrentItem(heading)
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    qtbot.keyClick(palette.list, Qt.Key.Key_Left)
    assert palette.list.currentItem() is heading, "a row that is folded away leaves its heading current"
    assert "maxpool2d" not in shown(palette)[shown(palette).index("Pooling") :]
    qtbot.keyClick(palette.list, Qt.Key.Key_Return)
    assert "lppool2d" in shown(palette)
    assert not len(document.graph)
    palette.menu = palette._folding()
    palette.menu.actions()[1].trigger()
    assert shown(palette) == palette.list.sections()
    palette.menu.actions()[0].trigger()
    assert set(shown(palette)) >= set(palette.list.kinds())


def test_search_finds_and_enter_adds(palette: Palette, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "conv")
    assert palette.list.kinds()[0] == "conv2d"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert [node.kind for node in document.graph] == ["conv2d"]


def test_a_double_click_adds_after_the_selected_block(palette: Palette, document: Document, qtbot: QtBot) -> None:
    first = document.add_block("image_input")
    assert first is not None
    row = next(r for r in range(palette.list.count()) if palette.list.kind_at(palette.list.item(r)) == "relu")
    item = palette.list.item(row)
    palette.list.scrollToItem(item)
    place = palette.list.visualItemRect(item).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    made = list(document.graph)[-1]
    assert made.kind == "relu"
    assert document.graph.wires[End(made.id, "x")].source.block == first


def test_the_list_is_walked_and_entered_by_keyboard(palette: Palette, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.list, Qt.Key.Key_Down)
    qtbot.keyClick(palette.list, Qt.Key.Key_Return)
    assert [node.kind for node in document.graph] == [palette.list.kinds()[1]]


def test_typing_in_the_list_goes_on_in_the_field(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClick(palette.list, Qt.Key.Key_D)
    assert palette.field.text().casefold() == "d"


def test_a_search_without_a_hit_says_so(palette: Palette, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "zzzz")
    assert palette.list.kinds() == []
    assert "No block" in palette.list.item(0).text()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert len(document.graph) == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.list.kinds()


def test_a_row_drags_its_kind_and_tells_its_help_and_source(palette: Palette) -> None:
    row = next(r for r in range(palette.list.count()) if palette.list.kind_at(palette.list.item(r)) == "conv2d")
    item = palette.list.item(row)
    assert bytes(palette.list.mimeData([item]).data(MIME).data()) == b"conv2d"
    assert spec_of("conv2d").source in tip_of(item.data(SPEC))
    place = palette.list.visualItemRect(item).center()
    told = QHelpEvent(QEvent.Type.ToolTip, place, palette.list.viewport().mapToGlobal(place))
    QApplication.sendEvent(palette.list.viewport(), told)
    assert spec_of("conv2d").source in QToolTip.text()
    assert item.data(Qt.ItemDataRole.AccessibleDescriptionRole).startswith("Convolution. ")
