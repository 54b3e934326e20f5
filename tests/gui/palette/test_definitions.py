"""Composites in the palette: the project's own and those that the person keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Define, Definition, End, Inside, Node, Parameter, RemoveBlock, Wire
from engine.project import Project
from gui import mine
from gui.document import Document
from gui.palette import Palette, definitions

UNIT = Definition(
    "c1", "Unit", "A convolution.", (Parameter("width", "integer", 8, lo=1),),
    (Node("b1", "port_in", "x"), Node("b2", "conv2d", "conv", {"out_channels": "=width"}, 256),
     Node("b3", "port_out", "y", {}, 512)),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x"))),
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    document = Document(Project())
    document.do(Define(UNIT), "Define")
    return document


@pytest.fixture
def palette(document: Document, qtbot: QtBot) -> Palette:
    made = Palette(document)
    qtbot.addWidget(made)
    made.show()
    return made


def titles(palette: Palette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


def entries(palette: Palette, kind: str) -> dict[str, bool]:
    menu = definitions.menu_for(palette.document, kind, palette)
    return {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}


def test_a_definition_is_found_and_entered_like_any_block(palette: Palette, document: Document, qtbot: QtBot) -> None:
    assert titles(palette)[-2:] == ["Composites", "Unit"]
    qtbot.keyClicks(palette.field, "unit")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert [(node.kind, node.name) for node in document.graph] == [("composite:c1", "unit1")]


def test_inside_a_composite_only_what_can_stand_there_is_offered(palette: Palette, document: Document) -> None:
    document.enter_definition("c1")
    kinds = palette.list.kinds()
    assert {"port_in", "port_out", "conv2d"} <= set(kinds)
    assert {"image_input", "output", "cross_entropy", "composite:c1"}.isdisjoint(kinds)
    document.leave()
    assert "composite:c1" in palette.list.kinds()
    assert "port_in" not in palette.list.kinds()


def test_a_definition_is_renamed_duplicated_and_deleted_once_nothing_uses_it(
    palette: Palette, document: Document
) -> None:
    id_ = document.add_block("composite:c1")
    assert id_ is not None
    assert entries(palette, "composite:c1")["Delete (used by 1 block)"] is False
    assert definitions.rename(document, "c1", "Cell")
    assert document.graph.node(id_).spec.title == "Cell"
    assert titles(palette)[-1] == "Cell"
    assert not definitions.rename(document, "c1", "2x")
    other = definitions.duplicate(document, "c1")
    assert titles(palette)[-2:] == ["Cell", "Cell2"]
    document.do(Inside(other, RemoveBlock("b2")), "Remove")
    assert "b2" in document.root.composites["c1"].body.nodes
    assert entries(palette, f"composite:{other}")["Delete"] is True
    assert definitions.delete(document, other)
    assert titles(palette)[-1] == "Cell"


def test_what_is_kept_is_at_hand_in_another_project(palette: Palette, document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.mine.changed):
        definitions.keep(document, "c1", palette)
    assert titles(palette)[-2:] == ["My composites", "Unit"]
    other = Document(Project())
    theirs = Palette(other)
    qtbot.addWidget(theirs)
    with qtbot.waitSignal(other.mine.changed):
        other.mine.read()
    before = other.root.copy()
    id_ = other.add_block("mine:Unit")
    assert id_ is not None
    assert other.root.composites["c1"].same_as(document.root.composites["c1"])
    assert other.graph.node(id_).kind == "composite:c1"
    assert other.stack.count() == 1
    assert other.add_block("mine:Unit") is not None  # the definition is there now
    assert list(other.root.composites) == ["c1"]
    other.stack.undo()
    other.stack.undo()
    assert other.root.same_as(before)
    with qtbot.waitSignal(other.mine.changed):
        other.mine.drop("Unit")
    assert "My composites" not in titles(theirs)


def test_another_content_under_a_name_that_is_taken_comes_beside_it(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.mine.changed):
        document.mine.keep(document.root, "c1")
    document.do(Inside("c1", AddBlock(Node("b9", "relu", "more"))), "Add")
    id_ = document.add_block("mine:Unit")
    assert id_ is not None
    assert document.graph.node(id_).spec.title == "Unit2"


def test_a_kept_composite_is_replaced_only_if_the_person_says_so(
    palette: Palette, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(document.mine.changed):
        definitions.keep(document, "c1", palette)
    document.do(Inside("c1", AddBlock(Node("b9", "relu", "more"))), "Add")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    definitions.keep(document, "c1", palette)
    assert len(mine.read_all()["Unit"].definitions[0].blocks) == 3
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    with qtbot.waitSignal(document.mine.changed):
        definitions.keep(document, "c1", palette)
    assert len(mine.read_all()["Unit"].definitions[0].blocks) == 4


def test_a_file_that_is_no_composite_is_left_alone(own_folder: Path) -> None:
    (own_folder / "composites").mkdir()
    (own_folder / "composites" / "Bad.loom").write_text("{")
    assert mine.read_all() == {}


def test_the_menu_of_a_row_opens_the_definition(palette: Palette, document: Document) -> None:
    palette.list.setCurrentRow(palette.list.count() - 1)
    palette.list.customContextMenuRequested.emit(QPoint(-1, -1))
    next(action for action in palette.menu.actions() if action.text() == "Open").trigger()
    assert document.graph.owner == "c1"
    palette.menu.close()
