"""Composites in the properties panel: instances, expressions, and the composite's own page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Configure, Connect, Define, Definition, End, Inside, Node, Parameter, Wire
from engine.project import Project
from gui.document import Document
from gui.form.composite import CompositeForm
from gui.form.expression import ExpressionField
from gui.form.facts import ProblemCard
from gui.form.network_page import NetworkPage
from gui.form.number import NumberEdit
from gui.form.pages import BlockPage
from gui.form.pair import PairEditor
from gui.form.properties import Properties
from gui.form.row import Row

UNIT = Definition(
    "c1", "Unit", "A convolution.",
    (Parameter("width", "integer", 8, lo=1, help="filters"), Parameter("stride", "size", 1, lo=1),
     Parameter("wide", "flag", False)),
    (
        Node("b1", "port_in", "x"),
        Node("b2", "conv2d", "conv", {"out_channels": "=width", "padding": 1}, 256),
        Node("b3", "relu", "relu", {}, 512),
        Node("b4", "port_out", "y", {}, 768),
    ),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x")), Wire(End("b3", "y"), End("b4", "x"))),
)  # fmt: skip


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    project = Project()
    project.graph.apply(Define(UNIT))
    for node in (Node("b1", "image_input", "image"), Node("b2", "composite:c1", "unit", {"width": 4}, 256),
                 Node("b3", "composite:c1", "other", {"width": 4}, 512), Node("b4", "output", "output", {}, 768)):  # fmt: skip
        project.graph.apply(AddBlock(node))
    for one, two in (("b1", "b2"), ("b2", "b3"), ("b3", "b4")):
        project.graph.apply(Connect(Wire(End(one, "y"), End(two, "x"))))
    return Document(project)


@pytest.fixture
def panel(document: Document, qtbot: QtBot) -> Properties:
    made = Properties(document)
    qtbot.addWidget(made)
    made.resize(320, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def row(panel: Properties, name: str) -> Row:
    assert isinstance(panel.page, BlockPage)
    return panel.page.form.rows[name]


def field_of(made: Row) -> ExpressionField:
    assert made.expression is not None
    assert made.expressing
    return made.expression


def type_into(qtbot: QtBot, field: ExpressionField | NumberEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def page(panel: Properties) -> CompositeForm:
    assert isinstance(panel.page, CompositeForm)
    return panel.page


def test_an_instance_has_its_settings_repeat_and_first_ones(panel: Properties, document: Document) -> None:
    document.select(["b2"])
    assert isinstance(panel.page, BlockPage)
    form = panel.page.form
    assert list(form.rows) == ["width", "stride", "wide", "repeat", "first_width", "first_stride", "first_wide"]
    assert form.rows["first_width"].setting.advanced
    assert panel.page.instance is not None
    assert "1 other block made of it follows" in panel.page.instance.linked.text()
    panel.page.instance.open.click()
    assert document.path_in == ("b2",)


def test_dissolving_from_the_form_selects_what_was_inside(panel: Properties, document: Document) -> None:
    document.select(["b2"])
    assert isinstance(panel.page, BlockPage)
    assert panel.page.instance is not None
    panel.page.instance.dissolve.click()
    assert [document.graph.node(id_).name for id_ in document.selection] == ["conv", "relu"]


def test_an_equals_sign_begins_an_expression_and_its_value_here_is_shown(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    document.enter("b2")
    document.select(["b2"])
    assert field_of(row(panel, "out_channels")).text() == "=width"
    assert row(panel, "out_channels").here == "= 4 here"
    made = row(panel, "kernel_size")
    assert isinstance(made.editor, PairEditor)
    type_into(qtbot, made.editor.height_field, "=")
    field = field_of(made)
    qtbot.keyClicks(field, "width-1")
    assert made.here == "= 3 here"
    assert document.graph.node("b2").settings.get("kernel_size") is None  # only typed so far
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("b2").settings["kernel_size"] == "=width-1"
    assert document.stack.count() == 1
    document.stack.undo()
    assert not row(panel, "kernel_size").expressing


def test_names_are_offered_while_one_types(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.enter("b2")
    document.select(["b2"])
    field = field_of(row(panel, "out_channels"))
    type_into(qtbot, field, "=2*wi")
    assert field.offered == ["width", "wide"]
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "=2*width"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("b2").settings["out_channels"] == "=2*width"
    assert row(panel, "out_channels").here == "= 8 here"


def test_a_wrong_expression_is_said_under_the_field_and_changes_nothing(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    document.enter("b2")
    document.select(["b2"])
    made = row(panel, "out_channels")
    field = field_of(made)
    for text, said in (
        ("=widht * 2", 'Did you mean "width"?'),
        ("=width *", "cannot be read"),
        ("=0 - width", "takes a whole"),
    ):
        type_into(qtbot, field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert said in made.fault.text()
        assert document.stack.count() == 0
    type_into(qtbot, field, "=width + 1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert made.fault.text() == ""
    assert document.stack.count() == 1


def test_fx_leads_from_a_value_to_an_expression_and_back(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.enter("b2")
    document.select(["b2"])
    made = row(panel, "bias")
    fx = made.findChild(QToolButton, "fx-bias")
    assert fx is not None
    qtbot.mouseClick(fx, Qt.MouseButton.LeftButton)
    field = field_of(made)
    assert field.text() == "=True"
    type_into(qtbot, field, "=not wide")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("b2").settings["bias"] == "=not wide"
    qtbot.mouseClick(fx, Qt.MouseButton.LeftButton)
    assert "bias" not in document.graph.node("b2").settings
    assert not made.expressing


def test_escape_shows_the_expression_that_is_held_and_where_none_is_the_plain_value(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    document.enter("b2")
    document.select(["b2"])
    field = field_of(row(panel, "out_channels"))
    type_into(qtbot, field, "=2 * wi")
    qtbot.keyClick(field, Qt.Key.Key_Escape)  # puts the list of names away
    assert field.text() == "=2 * wi"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.typing) == ("=width", False)
    made = row(panel, "kernel_size")
    assert isinstance(made.editor, PairEditor)
    type_into(qtbot, made.editor.height_field, "=")
    qtbot.keyClicks(field_of(made), "1 + 2")  # whole, so that it could be entered
    qtbot.keyClick(field_of(made), Qt.Key.Key_Escape)
    assert not made.expressing
    assert made.editor.height_field.text() == "3"
    assert document.stack.count() == 0


def test_escape_after_a_refused_expression_shows_the_held_one_without_a_sentence(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    document.enter("b2")
    document.select(["b2"])
    made = row(panel, "out_channels")
    type_into(qtbot, field_of(made), "=0 - width")
    qtbot.keyClick(field_of(made), Qt.Key.Key_Return)
    assert made.fault.text()
    qtbot.keyClick(field_of(made), Qt.Key.Key_Escape)
    assert (field_of(made).text(), made.fault.text()) == ("=width", "")
    assert document.stack.count() == 0


def test_escape_takes_back_a_help_that_is_being_written_and_undo_shows_the_one_before(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    document.enter("b2")
    help_ = page(panel).help
    help_.setFocus()
    qtbot.keyClicks(help_, "x")
    qtbot.keyClick(help_, Qt.Key.Key_Escape)
    assert help_.toPlainText() == "A convolution."
    help_.selectAll()
    qtbot.keyClicks(help_, "Filters")
    page(panel).name.setFocus()
    assert document.root.composite("c1").help == "Filters"
    help_.setFocus()
    document.stack.undo()
    assert help_.toPlainText() == "A convolution."


def test_settings_of_an_instance_can_count_its_repetitions(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.select(["b2"])
    type_into(qtbot, row(panel, "width").editor.findChild(NumberEdit), "=")  # type: ignore[arg-type]  # it has one
    field = field_of(row(panel, "width"))
    qtbot.keyClicks(field, "4 + i")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("b2").settings["width"] == "=4 + i"


def test_outside_of_composites_a_plain_block_takes_no_expression(panel: Properties, document: Document) -> None:
    document.do(AddBlock(Node("b9", "conv2d", "conv")), "Add")
    document.select(["b9"])
    assert panel.findChild(QToolButton, "fx-out_channels") is None


def test_inside_with_nothing_selected_the_composite_has_its_page(
    panel: Properties, document: Document, qtbot: QtBot
) -> None:
    assert isinstance(panel.page, NetworkPage)
    document.enter("b2")
    made = page(panel)
    assert made.linked.text() == "A change here changes all 2 blocks made of it."
    made.name.setFocus()
    made.name.selectAll()
    qtbot.keyClicks(made.name, "Cell")
    qtbot.keyClick(made.name, Qt.Key.Key_Return)
    assert document.root.node("b3").spec.title == "Cell"
    qtbot.keyClicks(made.name, "!")
    qtbot.keyClick(made.name, Qt.Key.Key_Return)
    assert "cannot be called" in made.fault.text()
    made.help.setFocus()
    made.help.selectAll()
    qtbot.keyClicks(made.help, "Folds.")
    made.name.setFocus()
    assert document.root.composites["c1"].help == "Folds."
    document.leave()
    assert isinstance(panel.page, BlockPage)  # what one came out of


def test_settings_are_added_renamed_changed_and_removed(panel: Properties, document: Document, qtbot: QtBot) -> None:
    before = document.root.copy()
    document.enter("b2")
    parameters = page(panel).parameters
    name = parameters.rows["name"].editor.findChildren(type(page(panel).name))[0]
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "planes")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert document.graph.node("b2").settings["out_channels"] == "=planes"
    assert document.root.node("b3").settings == {"planes": 4}
    parameters.remove.click()
    assert "planes is read by conv" in parameters.fault.text()
    parameters.add.click()
    assert [p.name for p in document.root.composites["c1"].settings] == ["planes", "stride", "wide", "width"]
    assert parameters.chosen is not None
    assert parameters.chosen.name == "width"
    kind = parameters.rows["kind"].editor
    kind.changed.emit("choice")
    assert document.root.composites["c1"].settings[-1].words == ("a", "b")
    parameters.up.click()
    assert [p.name for p in document.root.composites["c1"].settings] == ["planes", "stride", "width", "wide"]
    parameters.remove.click()
    assert [p.name for p in document.root.composites["c1"].settings] == ["planes", "stride", "wide"]
    while document.stack.canUndo():
        document.stack.undo()
    assert document.root.same_as(before)


def test_a_default_and_bounds_reach_every_instance(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.enter("b2")
    parameters = page(panel).parameters
    low = parameters.rows["lo"].editor.findChild(NumberEdit)
    assert low is not None
    type_into(qtbot, low, "5")
    assert document.root.composites["c1"].settings[0].lo == 5
    assert document.root.node("b3").settings == {}  # 4 is no value of it any more
    type_into(qtbot, low, "9")
    assert "width" in parameters.rows["lo"].fault.text()  # the default is 8
    assert document.root.composites["c1"].settings[0].lo == 5


def test_ports_are_renamed_in_place_and_the_wires_stay(panel: Properties, document: Document) -> None:
    document.enter("b2")
    ports = page(panel).outputs
    ports.list.item(0).setText("answer")
    assert document.root.wires[End("b3", "x")].source == End("b2", "answer")
    assert document.root_report.ok
    ports.list.item(0).setText("2x")
    assert "cannot be called" in ports.fault.text()
    assert ports.list.item(0).text() == "answer"


def test_a_fault_inside_stands_on_the_page_of_the_instance_and_is_mended_there(
    panel: Properties, document: Document
) -> None:
    document.do(Inside("c1", Configure("b2", {"kernel_size": 40, "padding": 0})), "Too large")
    document.select(["b2"])
    (card,) = panel.findChildren(ProblemCard)
    text = " ".join(label.text() for label in card.findChildren(QLabel))
    assert "unit › conv: a 40×40" in text
    card.findChildren(QPushButton)[0].click()
    assert document.root_report.ok
    assert not panel.findChildren(ProblemCard) or all(card.isHidden() for card in panel.findChildren(ProblemCard))


def test_a_block_inside_is_bypassed_by_a_setting(panel: Properties, document: Document, qtbot: QtBot) -> None:
    document.enter("b2")
    document.select(["b3"])
    assert isinstance(panel.page, BlockPage)
    assert panel.page.bypass is not None
    made = panel.page.bypass.row
    fx = made.findChild(QToolButton, "fx-bypassed")
    assert fx is not None
    qtbot.mouseClick(fx, Qt.MouseButton.LeftButton)
    field = field_of(made)
    type_into(qtbot, field, "=not wid")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "there is no name" in made.fault.text()
    type_into(qtbot, field, "=not wide")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("b3").bypassed == "=not wide"
    assert made.here == "= on here"
    assert document.report.bypassed == frozenset({"b3"})
    qtbot.mouseClick(fx, Qt.MouseButton.LeftButton)
    assert document.graph.node("b3").bypassed is True
    document.leave()
    document.select(["b2"])
    assert isinstance(panel.page, BlockPage)
    assert panel.page.bypass is None


def test_the_switch_to_an_expression_has_room_for_its_word(panel: Properties, document: Document) -> None:
    document.enter("b2")
    document.select(["b2"])
    switch = panel.findChild(QToolButton, "fx-kernel_size")
    assert isinstance(switch, QToolButton)
    rim = 2 * (4 + 1)  # padding and border of the style sheet
    assert switch.fontMetrics().horizontalAdvance("fx") + rim <= switch.width()
