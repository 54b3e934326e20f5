"""The Design place: the four panels together."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engine.blocks.spec import kinds, spec_of
from engine.graph.model import Batch, Connect, End, RemoveBlock, Wire
from engine.project import open_project
from gui import preferences, theme
from gui.actions import Actions
from gui.canvas import moving
from gui.design import DesignPlace
from gui.document import Document
from gui.form.pages import BlockPage
from gui.form.wire import WirePage
from tests.gui.canvas.conftest import Mouse


@pytest.fixture
def design(qtbot: QtBot, qapp: QApplication) -> DesignPlace:
    if qapp.font().family() != theme.FAMILY:
        theme.apply(qapp, "light")
    made = DesignPlace(Document(open_project("preset:lenet5")))
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_problem_clicked_shows_its_block_on_the_canvas_and_in_the_form(design: DesignPlace, qtbot: QtBot) -> None:
    document = design.document
    graph = document.graph
    linear = graph.named("fc1").id
    document.do(Connect(Wire(End(graph.named("pool2").id, "y"), End(linear, "x"))), "Connect")
    design.canvas.set_zoom(1.0)
    design.canvas.centerOn(0, 0)
    qtbot.mouseClick(design.problems.rows[0], Qt.MouseButton.LeftButton)
    item = design.canvas.canvas.nodes[linear]
    assert design.canvas.seen().contains(item.card().translated(item.pos()))
    assert isinstance(design.properties.page, BlockPage)
    assert design.properties.page.block == linear


def test_a_double_clicked_block_is_ready_to_be_typed_into(design: DesignPlace, qtbot: QtBot) -> None:
    design.document.select([design.document.graph.named("conv1").id])
    design.activateWindow()
    design.canvas.opened.emit(design.document.selection[0])
    page = design.properties.page
    assert isinstance(page, BlockPage)
    assert page.form is not None
    field = page.form.editor("out_channels").focusProxy()
    qtbot.waitUntil(field.hasFocus)


def test_the_keyboard_leads_from_the_canvas_into_the_settings_and_round_the_panels(
    design: DesignPlace, qtbot: QtBot
) -> None:
    design.document.select([design.document.graph.named("conv1").id])
    design.activateWindow()
    design.canvas.setFocus()
    qtbot.keyClick(design.canvas, Qt.Key.Key_Return)
    page = design.properties.page
    assert isinstance(page, BlockPage)
    assert page.form is not None
    qtbot.waitUntil(page.form.editor("out_channels").focusProxy().hasFocus)
    visited = []
    for _ in range(2):  # nothing is wrong, so the problems hold nothing to go to
        design.next_panel()
        now = QApplication.focusWidget()
        assert now is not None
        visited += [
            name
            for name, panel in (
                ("problems", design.problems),
                ("palette", design.palette_panel),
                ("canvas", design.canvas),
            )
            if panel is now or panel.isAncestorOf(now)
        ]
    assert visited == ["palette", "canvas"]
    design.next_panel()
    now = QApplication.focusWidget()
    assert now is not None
    assert design.properties.isAncestorOf(now)


def test_every_form_fits_the_properties_dock(design: DesignPlace) -> None:
    for kind in kinds():
        if spec_of(kind).role in ("entry", "exit"):
            continue  # they stand inside composites only
        made = design.document.add_block(kind, at=(0.0, 4000.0))
        assert made is not None
        page = design.properties.page
        assert isinstance(page, BlockPage)
        assert page.minimumSizeHint().width() <= design.properties.area.width() - 11, kind
        design.document.stack.undo()  # a drawing that grew would only be slower


def test_docks_close_come_back_and_are_remembered(design: DesignPlace) -> None:
    table = {action.id: action for action in design.actions_table()}
    table["view.dock_palette"].run()
    assert design.docks["palette"].isHidden()
    closed = design.state()
    table["view.dock_palette"].run()
    assert not design.docks["palette"].isHidden()
    assert design.restore(closed)
    assert design.docks["palette"].isHidden()


def test_a_layout_kept_by_a_version_with_other_docks_is_not_taken(design: DesignPlace) -> None:
    assert not design.restore(design.saveState(preferences.ARRANGEMENT - 1))


def test_the_menus_show_the_keys_that_work_on_the_canvas_alone(design: DesignPlace) -> None:
    table = {action.id: action for action in design.actions_table()}
    made = Actions(design, table.values()).made
    assert made["edit.bypass"].text() == "Bypass\tM"
    assert made["edit.bypass"].shortcut().isEmpty()
    assert made["edit.copy"].text() == "Copy"


def test_the_menus_entries_act_on_the_canvas(design: DesignPlace) -> None:
    document = design.document
    table = {action.id: action for action in design.actions_table()}
    assert not table["edit.delete"].possible
    document.select([document.graph.named("tanh1").id])
    assert table["edit.delete"].possible
    table["edit.delete"].run()
    assert "tanh1" not in [node.name for node in document.graph]
    table["edit.all"].run()
    assert len(document.selection) == len(document.graph)


def test_the_menus_entries_keep_off_while_a_text_field_has_the_focus(design: DesignPlace, qtbot: QtBot) -> None:
    document = design.document
    document.select([document.graph.named("tanh1").id])
    design.activateWindow()
    design.palette_panel.field.setFocus()
    qtbot.waitUntil(design.palette_panel.field.hasFocus)
    {action.id: action for action in design.actions_table()}["edit.delete"].run()
    assert "tanh1" in [node.name for node in document.graph]


def test_every_field_and_list_has_a_name_for_screen_readers(design: DesignPlace) -> None:
    for widget in (design.canvas, design.palette_panel.field, design.palette_panel.list, design.canvas.minimap):
        assert widget.accessibleName()


def test_the_properties_follow_the_wire_that_is_chosen_on_the_canvas(design: DesignPlace) -> None:
    graph = design.document.graph
    end = End(graph.named("fc1").id, "x")
    design.canvas.choose_wire(end)
    page = design.properties.page
    assert isinstance(page, WirePage)
    assert page.end == end
    page.target.click()
    assert design.document.selection == (end.block,)
    assert isinstance(design.properties.page, BlockPage)
    design.document.select([])
    assert not isinstance(design.properties.page, WirePage)
    design.canvas.choose_wire(end)
    design.document.new()
    assert not isinstance(design.properties.page, WirePage)


def test_a_command_of_a_dialog_leaves_the_keyboard_on_the_canvas_and_not_in_a_field_of_what_it_selects(
    design: DesignPlace, qtbot: QtBot
) -> None:
    document = design.document
    design.activateWindow()
    document.select([document.graph.named("conv1").id])
    page = design.properties.page
    assert isinstance(page, BlockPage)
    page.name.setFocus()
    qtbot.waitUntil(page.name.hasFocus)
    dialog = QDialog(design)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: not page.name.hasFocus())
    document.select([document.graph.named("conv2").id])
    dialog.close()
    assert design.window().focusWidget() is design.canvas


def test_after_the_last_mend_the_keyboard_is_on_the_canvas(design: DesignPlace, qtbot: QtBot) -> None:
    graph = design.document.graph
    wire = Connect(Wire(End(graph.named("pool2").id, "y"), End(graph.named("fc1").id, "x")))
    design.document.do(Batch((RemoveBlock(graph.named("flatten1").id), wire)), "Break")
    design.activateWindow()
    button = design.problems.rows[0].findChild(QPushButton, "fix-0")
    assert isinstance(button, QPushButton)
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    with qtbot.waitSignal(design.problems.left):  # Qt alone hands the focus to whatever comes next
        button.click()
    assert design.problems.rows == []
    assert design.window().focusWidget() is design.canvas


def test_the_analyser_has_the_menu_of_the_drawing_and_deletes_in_it(design: DesignPlace, qtbot: QtBot) -> None:
    design.docks["analyser"].show()
    design.docks["analyser"].raise_()
    table, graph = design.analyser.table, design.document.graph
    before = graph.copy()
    place = next(n for n, row in enumerate(design.analyser.proxy.shown()) if row.name == "tanh1")
    table.setCurrentIndex(design.analyser.proxy.index(place, 1))
    table.asked.emit(table.currentIndex(), QPoint(200, 200))
    menu = design.canvas.menu
    assert menu is not None
    entries = {action.text().split("\t")[0]: action for action in menu.actions()}
    entries["Bypass"].trigger()
    menu.close()
    assert graph.named("tanh1").bypassed
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert "tanh1" not in {node.name for node in graph}
    source = graph.wires[End(graph.named("pool1").id, "x")].source
    assert source.block == graph.named("conv1").id, "the chain heals, as on the canvas"
    design.document.stack.undo()
    design.document.stack.undo()
    assert graph.same_as(before)
    table.clearSelection()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert graph.same_as(before)


def test_a_panel_that_is_put_away_gives_the_keyboard_to_the_drawing(design: DesignPlace, qtbot: QtBot) -> None:
    actions = {action.id: action for action in design.actions_table()}
    design.activateWindow()
    actions["view.dock_analyser"].run()
    qtbot.waitUntil(design.analyser.table.hasFocus)
    actions["view.dock_analyser"].run()
    qtbot.waitUntil(design.canvas.hasFocus)
    for name in ("palette", "properties", "problems"):
        dock = design.docks[name]
        head = dock.titleBarWidget()
        assert head is not None
        head.findChild(QToolButton).click()  # type: ignore[union-attr]
        assert dock.isHidden()
        assert design.canvas.hasFocus()
        actions[f"view.dock_{name}"].run()
        assert dock.isVisible()


def test_escape_in_a_panel_leads_back_to_the_drawing(design: DesignPlace, qtbot: QtBot) -> None:
    design.activateWindow()
    for panel in (design.palette_panel.list, design.analyser.table):
        design.docks["analyser"].show()
        design.docks["analyser"].raise_()
        panel.setFocus()
        qtbot.waitUntil(panel.hasFocus)
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
        assert design.canvas.hasFocus()


def test_the_analyser_gives_back_the_height_that_it_took(design: DesignPlace, qtbot: QtBot) -> None:
    toggle = next(action for action in design.actions_table() if action.id == "view.dock_analyser").run
    problems = design.docks["problems"]
    before, drawing = problems.height(), design.canvas.height()
    toggle()
    qtbot.waitUntil(lambda: design.docks["analyser"].height() > before)
    toggle()
    qtbot.waitUntil(lambda: (problems.height(), design.canvas.height()) == (before, drawing))


def test_a_command_of_the_window_lets_go_of_a_copy_that_is_dragged(design: DesignPlace, qtbot: QtBot) -> None:
    document, canvas = design.document, design.canvas
    refused: list[str] = []
    document.refused.connect(refused.append)
    group = next(action for action in design.actions_table() if action.id == "edit.group")
    mouse, conv1 = Mouse(canvas), document.graph.named("conv1")
    alt = Qt.KeyboardModifier.AltModifier
    one = mouse.at(conv1.x + 80, conv1.y + 10)
    mouse.press(one, alt)
    mouse.move(one + QPoint(30, 30), alt)
    mouse.move(one + QPoint(60, 60), alt)
    count = len(document.graph)
    group.run()
    assert not refused
    assert len(document.graph) == count - 1, "the copy is gone, and its original stands in a composite"
    assert [node.kind.startswith("composite:") for node in document.graph].count(True) == 1


def test_what_the_analyser_deletes_is_the_row_not_a_wire_selected_beside_it(design: DesignPlace, qtbot: QtBot) -> None:
    design.docks["analyser"].show()
    design.docks["analyser"].raise_()
    table, graph = design.analyser.table, design.document.graph
    conv1 = graph.named("conv1").id
    place = next(n for n, row in enumerate(design.analyser.proxy.shown()) if row.name == "conv1")
    table.setCurrentIndex(design.analyser.proxy.index(place, 1))
    moving.next_wire(design.canvas)
    assert design.canvas.chosen_wire is not None
    assert design.document.selection == (conv1,)
    table.asked.emit(table.currentIndex(), QPoint(200, 200))
    assert design.canvas.menu is not None
    assert "Duplicate" in {action.text().split("\t")[0] for action in design.canvas.menu.actions()}
    design.canvas.menu.close()
    moving.next_wire(design.canvas)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert conv1 not in graph.nodes
