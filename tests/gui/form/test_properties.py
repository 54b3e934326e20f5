"""The properties panel: what it shows for a selection, and what typing into it does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Connect, End, RemoveBlock, Wire
from engine.project import Project, open_project
from gui import theme
from gui.document import Document
from gui.form import properties
from gui.form.editors import NumberEditor
from gui.form.network_page import NetworkPage
from gui.form.number import NumberEdit
from gui.form.pages import BlockPage, SeveralPage
from gui.form.pair import PairEditor
from gui.form.properties import Properties
from gui.form.wire import WirePage


@pytest.fixture
def document() -> Document:
    return Document(open_project("preset:lenet5"))


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> Properties:
    made = Properties(document)
    qtbot.addWidget(made)
    made.resize(320, 700)
    made.show()
    return made


def pick(document: Document, *names: str) -> None:
    document.select(document.graph.named(name).id for name in names)


def block_page(panel: Properties) -> BlockPage:
    assert isinstance(panel.page, BlockPage)
    return panel.page


def number(page: BlockPage | SeveralPage, name: str) -> NumberEdit:
    assert page.form is not None
    made = page.form.editor(name)
    assert isinstance(made, NumberEditor)
    return made.field


def at_rest(panel: Properties, shown: QWidget, qtbot: QtBot) -> QPoint:
    """Where a widget stands in the panel once layouts have nothing left to do: a nested one takes several passes."""
    seen: list[QPoint] = []

    def stands() -> bool:
        seen.append(shown.mapTo(panel, QPoint(0, 0)))
        return seen[-1].y() > 0 and len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]

    qtbot.waitUntil(stands)
    return seen[-1]


def test_nothing_selected_shows_the_network(panel: Properties, document: Document, qtbot: QtBot) -> None:
    page = panel.page
    assert isinstance(page, NetworkPage)
    assert page.title.text() == document.title
    assert page.facts.facts()["Parameters"] == "61,706"
    assert page.model.row(1)[:3] == ("conv1", "N×6×28×28", "156")
    index = page.model.index(1, 0)
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=page.table.visualRect(index).center())
    assert document.selection == (document.graph.named("conv1").id,)


def test_a_wire_shows_its_ends_its_shape_and_its_fault_with_the_mends(panel: Properties, document: Document) -> None:
    graph = document.graph
    end = End(graph.named("fc1").id, "x")
    panel.show_wire(end)
    page = panel.page
    assert isinstance(page, WirePage)
    assert page.facts.facts() == {"From": "flatten1, output y", "To": "fc1, input x", "Shape": "N×400"}
    assert page.cards == []
    document.do(Connect(Wire(End(graph.named("pool2").id, "y"), end)), "Connect")
    assert page.facts.facts()["Shape"] == "N×16×5×5"
    (card,) = page.cards
    fix = card.findChild(QPushButton, "fix-0")
    assert fix is not None
    fix.click()
    assert document.report.ok
    assert panel.page is page or not isinstance(panel.page, WirePage)
    pick(document, "conv1")
    assert isinstance(panel.page, BlockPage)
    panel.show_wire(None)
    document.select([])
    assert isinstance(panel.page, NetworkPage)


def test_one_block_shows_its_settings_and_figures(panel: Properties, document: Document) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    assert page.form is not None
    assert page.form.values()["out_channels"] == 6
    facts = page.facts.facts()
    assert facts["Input"] == "N×1×28×28"
    assert facts["Output"] == "N×6×28×28"
    assert facts["Multiply-adds"] == "117,600"
    assert page.help.text()


def test_the_receptive_field_stands_with_the_figures_and_follows_edits_further_up(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "conv2")
    assert block_page(panel).facts.facts()["Receptive field"] == "14×14"
    document.do(Configure(document.graph.named("conv1").id, {"kernel_size": 7, "padding": 3}), "Larger")
    qtbot.waitUntil(lambda: block_page(panel).facts.facts()["Receptive field"] == "16×16")
    pick(document, "fc1")
    assert block_page(panel).facts.facts()["Receptive field"] == "whole picture"


def test_typing_a_setting_changes_the_document_and_is_one_step(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "conv1")
    field = number(block_page(panel), "out_channels")
    field.selectAll()
    qtbot.keyClicks(field, "128")
    assert document.graph.named("conv1").settings["out_channels"] == 128
    assert document.stack.count() == 1
    document.stack.undo()
    assert document.graph.named("conv1").settings["out_channels"] == 6
    assert number(block_page(panel), "out_channels").text() == "6"


def test_leaving_a_field_ends_the_step(panel: Properties, document: Document, qtbot: QtBot) -> None:
    pick(document, "conv1")
    field = number(block_page(panel), "out_channels")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert document.graph.named("conv1").settings["out_channels"] == 8
    assert document.stack.count() == 2


def test_a_name_is_changed_and_a_bad_one_explained(panel: Properties, document: Document, qtbot: QtBot) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    page.name.selectAll()
    qtbot.keyClicks(page.name, "stem")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    block = document.graph.named("stem").id
    page.name.selectAll()
    qtbot.keyClicks(page.name, "conv2")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert document.graph.node(block).name == "stem"
    assert "already" in page.name_fault.text()


def test_a_problem_stands_with_its_block_and_is_mended_there(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    graph = document.graph
    document.do(Connect(Wire(End(graph.named("pool2").id, "y"), End(graph.named("fc1").id, "x"))), "Connect")
    pick(document, "fc1")
    button = panel.findChild(QPushButton, "fix-0")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.report.ok
    assert block_page(panel).facts.facts()["Parameters"] == "48,120"


def test_several_of_a_kind_share_their_settings(panel: Properties, document: Document, qtbot: QtBot) -> None:
    pick(document, "conv1", "conv2")
    page = panel.page
    assert isinstance(page, SeveralPage)
    assert page.form is not None
    assert "out_channels" not in page.form.values(), "they differ there"
    assert page.facts.facts()["Parameters"] == "2,572"
    field = number(page, "out_channels")
    qtbot.keyClicks(field, "9")
    assert [document.graph.named(name).settings["out_channels"] for name in ("conv1", "conv2")] == [9, 9]
    assert document.stack.count() == 1


def test_a_mixed_setting_becomes_one_value_in_one_step_and_comes_back_as_it_was(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    before = [document.graph.named(name).settings["out_channels"] for name in ("conv1", "conv2")]
    assert before[0] != before[1]
    pick(document, "conv1", "conv2")
    assert isinstance(panel.page, SeveralPage)
    field = number(panel.page, "out_channels")
    qtbot.keyClicks(field, "12")
    assert document.stack.count() == 1, "1 and 12 were typed in one go"
    assert {document.graph.named(name).settings["out_channels"] for name in ("conv1", "conv2")} == {12}
    assert panel.page.form is not None
    assert panel.page.form.values()["out_channels"] == 12
    document.stack.undo()
    assert [document.graph.named(name).settings["out_channels"] for name in ("conv1", "conv2")] == before
    assert "out_channels" not in panel.page.form.values(), "mixed again"


@pytest.mark.parametrize("names", [("conv1",), ("conv1", "conv2")])
def test_what_is_typed_at_another_visit_is_another_step(
    panel: Properties, document: Document, qtbot: QtBot, names: tuple[str, ...]
) -> None:
    for digit, steps in (("7", 1), ("8", 2)):
        pick(document, *names)
        page = panel.page
        assert isinstance(page, BlockPage | SeveralPage)
        field = number(page, "out_channels")
        field.selectAll()
        qtbot.keyClicks(field, digit)
        assert document.stack.count() == steps
        pick(document, "fc1")


def test_several_of_different_kinds_show_totals_only(panel: Properties, document: Document) -> None:
    pick(document, "conv1", "fc1")
    page = panel.page
    assert isinstance(page, SeveralPage)
    assert page.form is None
    assert "Convolution 2d" in page.hint.text()


def test_a_deleted_block_leaves_the_panel(panel: Properties, document: Document) -> None:
    pick(document, "conv1")
    document.stack.undo()
    document.replace(Project())
    assert isinstance(panel.page, NetworkPage)
    assert not panel.page.table.isVisible()


def test_a_problem_that_comes_and_goes_moves_no_field(panel: Properties, document: Document, qtbot: QtBot) -> None:
    pick(document, "conv2")
    page = block_page(panel)
    assert page.form is not None
    field = page.form.editor("kernel_size")
    before = at_rest(panel, field, qtbot)
    document.do(Configure(page.block, {"kernel_size": 99}), "Too large")
    assert len(page._cards) == 1
    card = at_rest(panel, page._cards[0], qtbot)
    assert at_rest(panel, field, qtbot) == before
    assert card.y() > before.y()


def test_another_block_of_the_same_kind_is_shown_on_the_same_page_as_it_was_unfolded(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    page.form.set_open(True)
    pick(document, "conv2")
    assert panel.page is page
    assert page.form.advanced.open
    assert page.name.text() == "conv2"
    assert page.facts.facts()["Output"] == "N×16×10×10"
    assert page.facts.facts()["Receptive field"] != ""
    field = number(page, "out_channels")
    field.selectAll()
    qtbot.keyClicks(field, "9")
    assert document.graph.named("conv2").settings["out_channels"] == 9
    assert document.graph.named("conv1").settings.get("out_channels") == 6
    page.frozen.row.editor.changed.emit(True)
    assert document.graph.named("conv2").frozen
    assert not document.graph.named("conv1").frozen
    pick(document, "fc1")
    assert panel.page is not page


def test_problems_on_a_page_that_goes_on_to_another_block_are_those_of_that_block(
    panel: Properties, document: Document
) -> None:
    conv2 = document.graph.named("conv2").id
    document.do(Configure(conv2, {"kernel_size": 99}), "Too large")
    pick(document, "conv2")
    page = block_page(panel)
    assert len(page._cards) == 1
    pick(document, "conv1")
    assert panel.page is page
    assert page._cards == []
    pick(document, "conv2")
    assert len(page._cards) == 1


def test_a_field_that_is_typed_into_keeps_its_block_when_another_is_selected(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    panel.activateWindow()
    page.name.setFocus()
    qtbot.waitUntil(page.name.hasFocus)
    page.name.setText("first")
    page.name.setModified(True)
    pick(document, "conv2")
    assert panel.page is not page
    assert document.graph.node(page.block).name in ("conv1", "first")
    assert document.graph.named("conv2").id == block_page(panel).block


def test_what_is_unfolded_stays_so_when_the_theme_switches(panel: Properties, document: Document) -> None:
    pick(document, "conv1")
    before = block_page(panel)
    before.form.set_open(True)
    theme.notifier().changed.emit(theme.current().name)
    page = block_page(panel)
    assert page is not before
    assert page.form.advanced.open
    assert not page.form.first.open


def test_the_page_of_a_kind_that_was_shown_before_is_shown_again_as_it_was_unfolded(
    panel: Properties, document: Document
) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    page.form.set_open(True)
    pick(document, "fc1")
    pick(document, "output")
    pick(document, "conv2")
    assert panel.page is page
    assert page.isVisible()
    assert page.form.advanced.open
    assert page.name.text() == "conv2"
    assert page.facts.facts()["Output"] == "N×16×10×10"


def test_a_page_that_was_kept_knows_nothing_of_a_block_that_is_gone(panel: Properties, document: Document) -> None:
    pick(document, "conv2")
    page = block_page(panel)
    gone = page.block
    pick(document, "fc1")
    document.do(RemoveBlock(gone), "Delete")
    document.do(Configure(document.graph.named("conv1").id, {"out_channels": 9}), "Set")
    pick(document, "conv1")
    assert panel.page is page
    assert page.facts.facts()["Output"] == "N×9×28×28"


def test_what_was_typed_goes_to_its_block_and_no_field_of_another_kind_takes_the_focus(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "fc1")
    pick(document, "conv1")
    page = block_page(panel)
    panel.activateWindow()
    page.name.setFocus()
    qtbot.waitUntil(page.name.hasFocus)
    page.name.selectAll()
    qtbot.keyClicks(page.name, "first")
    pick(document, "fc1")
    assert document.graph.node(page.block).name == "first"
    assert block_page(panel).name.text() == "fc1"
    assert panel.window().focusWidget() is None


def test_no_field_takes_the_focus_when_a_command_of_a_dialog_selects_another_block(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "fc1")
    block_page(panel).name.setFocus()
    pick(document, "conv1")
    panel.activateWindow()
    block_page(panel).name.setFocus()
    qtbot.waitUntil(block_page(panel).name.hasFocus)
    dialog = QDialog(panel)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not block_page(panel).name)
    with qtbot.waitSignal(panel.left):
        pick(document, "fc1")
    assert panel.window().focusWidget() is None
    dialog.close()


def test_what_was_typed_is_not_taken_back_on_another_block(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.do(Configure(document.graph.named("conv2").id, {"out_channels": 16}), "Set")
    pick(document, "conv1")
    page = block_page(panel)
    field = number(page, "out_channels")
    field.selectAll()
    qtbot.keyClicks(field, "16")
    pick(document, "fc1")
    pick(document, "conv2")
    assert panel.page is page
    field.undo()
    assert field.text() == "16"
    assert document.graph.named("conv2").settings["out_channels"] == 16


def test_the_height_and_width_of_the_next_block_are_linked_where_they_are_equal(
    panel: Properties, document: Document
) -> None:
    document.do(Configure(document.graph.named("conv1").id, {"kernel_size": [3, 5]}), "Set")
    pick(document, "conv1")
    page = block_page(panel)
    kernel = page.form.editor("kernel_size")
    assert isinstance(kernel, PairEditor)
    assert not kernel.link.isChecked()
    pick(document, "conv2")
    assert panel.page is page
    assert kernel.link.isChecked()
    assert document.graph.named("conv2").settings.get("kernel_size", 5) == 5
    pick(document, "conv1")
    assert not kernel.link.isChecked()
    assert document.graph.named("conv1").settings["kernel_size"] == [3, 5]


def test_the_page_of_a_composite_stays_unfolded_for_another_instance(qtbot: QtBot) -> None:
    document = Document(open_project("preset:resnet50"))
    panel = Properties(document)
    qtbot.addWidget(panel)
    panel.show()
    pick(document, "layer1")
    block_page(panel).form.set_open(True)
    pick(document, "layer2")
    assert block_page(panel).form.advanced.open
    theme.notifier().changed.emit(theme.current().name)
    assert block_page(panel).form.advanced.open


def test_pages_are_kept_until_there_are_many_or_the_project_or_the_theme_is_another(
    panel: Properties, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def widgets() -> list[BlockPage]:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return panel.findChildren(BlockPage)

    names = ["conv1", "fc1", "output"]
    for name in names:
        pick(document, name)
    assert len(widgets()) == 3
    monkeypatch.setattr(properties, "MOST_KEPT", 2)
    pick(document, "conv1")
    pick(document, next(node.name for node in document.graph if node.kind == "tanh"))
    assert {page.kind for page in widgets()} == {"conv2d", "tanh"}
    theme.notifier().changing.emit()
    assert {page.kind for page in widgets()} == {"tanh"}
    pick(document, "conv1")
    document.replace(open_project("preset:lenet5"))
    assert widgets() == []


def test_a_sentence_about_a_wrong_entry_names_the_setting_as_the_label_does_and_is_whole(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    pick(document, "conv1")
    page = block_page(panel)
    field = number(page, "out_channels")
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    row = page.form.rows["out_channels"]
    assert row.fault.text().startswith("Out channels is 'abc', but")
    at_rest(panel, row.fault, qtbot)
    assert row.fault.heightForWidth(row.fault.width()) > 1.5 * row.fault.fontMetrics().height()
    assert row.fault.height() >= row.fault.heightForWidth(row.fault.width())
    assert row.geometry().bottom() < page.form.rows["kernel_size"].y()
