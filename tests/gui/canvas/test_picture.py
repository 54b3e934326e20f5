"""What the canvas shows: shapes, faults, details, thumbnails, themes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from engine.graph.model import Batch, Configure, Connect, End, Mark, Move, SetMark, Wire
from engine.project import Project
from gui import theme
from gui.canvas import Canvas
from gui.canvas.geometry import course
from gui.canvas.node import short
from gui.document import Document


def test_wires_carry_shapes_that_follow_every_edit(document: Document, canvas: Canvas) -> None:
    assert canvas.canvas.wires[End("b3", "x")].label.text == "N×6×24×24"
    document.do(Configure("b2", {"kernel_size": 3}), "Set")
    assert canvas.canvas.wires[End("b3", "x")].label.text == "N×6×26×26"
    document.stack.undo()
    assert canvas.canvas.wires[End("b3", "x")].label.text == "N×6×24×24"


def test_a_fault_marks_its_wire_and_its_block_and_leaves_what_follows_open(document: Document, canvas: Canvas) -> None:
    document.do(Connect(Wire(End("b3", "y"), End("b5", "x"))), "Connect")
    wire = canvas.canvas.wires[End("b5", "x")]
    assert wire.bad
    assert wire.pen().color() == QColor(theme.current().bad)
    assert canvas.canvas.nodes["b5"].severity == "error"
    after = canvas.canvas.wires[End("b6", "x")]
    assert not after.bad
    assert not after.known
    assert canvas.canvas.nodes["b6"].severity == ""


def test_blocks_and_marks_are_exactly_where_the_document_has_them_however_little_they_went(
    document: Document, canvas: Canvas
) -> None:
    near, nearer = 881.9094249999999, 881.9094249999998  # equal to Qt
    for x in (near, nearer):
        document.do(Batch((Move({"b2": (x, -x)}), SetMark(Mark("m1", "note", "n", x, -x, 200.0, 100.0)))), "Move")
        item, mark = canvas.canvas.nodes["b2"], canvas.marks.items["m1"]
        assert (item.x(), item.y()) == (x, -x)
        assert (mark.x(), mark.y()) == (x, -x)


def test_labels_are_hidden_when_they_are_too_small_to_read(canvas: Canvas) -> None:
    canvas.set_zoom(1.0)
    label = canvas.canvas.wires[End("b3", "x")].label
    assert label.is_visible()
    canvas.set_zoom(0.4)
    assert not label.is_visible()


def test_every_level_of_detail_paints_in_both_themes(qapp: QApplication, document: Document, canvas: Canvas) -> None:
    document.do(Connect(Wire(End("b3", "y"), End("b5", "x"))), "Connect")
    document.select(["b2", "b5"])
    before = theme.current().name
    seen = set()
    try:
        for name in ("light", "dark"):
            theme.apply(qapp, name)
            for zoom in (0.2, 0.4, 1.0):
                canvas.set_zoom(zoom)
                canvas.centerOn(700, 40)
                image = canvas.viewport().grab().toImage()
                seen.add(bytes(image.constBits()))
                assert image.pixelColor(2, 2) == QColor(theme.current().canvas)
    finally:
        theme.apply(qapp, before)
    assert len(seen) == 6


def test_a_thumbnail_is_painted_on_the_block_and_goes_again(canvas: Canvas) -> None:
    canvas.set_zoom(1.0)
    canvas.centerOn(336, 40)
    red = QImage(16, 16, QImage.Format.Format_RGB888)
    red.fill(QColor("#ff0000"))
    place = canvas.mapFromScene(QPointF(256 + 160 - 8 - 21, 80 - 5 - 21))
    canvas.set_thumbnail("b2", red)
    assert canvas.viewport().grab().toImage().pixelColor(place) == QColor("#ff0000")
    canvas.set_thumbnail("b2", None)
    assert canvas.viewport().grab().toImage().pixelColor(place) != QColor("#ff0000")
    canvas.set_thumbnail("gone", red)


def test_an_empty_canvas_says_how_to_begin(show: Callable[[Document], Canvas], qtbot: QtBot) -> None:
    document = Document(Project())
    canvas = show(document)
    assert canvas.hint.isVisible()
    document.add_block("image_input")
    assert not canvas.hint.isVisible()
    document.new()
    assert canvas.hint.isVisible()


def test_a_wire_with_a_fault_says_it_under_the_mouse(document: Document, canvas: Canvas) -> None:
    document.do(Connect(Wire(End("b3", "y"), End("b5", "x"))), "Connect")
    problem = next(p for p in document.report.problems if p.block == "b5")
    spot = canvas.mapFromScene(canvas.canvas.wires[End("b5", "x")].course.pointAtPercent(0.1))
    tip = QHelpEvent(QEvent.Type.ToolTip, spot, canvas.viewport().mapToGlobal(spot))
    QApplication.sendEvent(canvas.viewport(), tip)
    assert QToolTip.text() == problem.text
    QToolTip.hideText()


def test_another_project_replaces_everything(document: Document, canvas: Canvas) -> None:
    document.select(["b2"])
    document.open("preset:lenet5")
    assert set(canvas.canvas.nodes) == set(document.graph.nodes)
    assert set(canvas.canvas.wires) == set(document.graph.wires)
    assert canvas.seen().contains(canvas.canvas.content())


def test_a_skip_wire_passes_over_the_blocks_in_its_way(document: Document, canvas: Canvas) -> None:
    made = document.add_block("add", at=(2000.0, 0.0))
    assert made is not None
    document.do(Connect(Wire(End("b1", "y"), End(made, "x1"))), "Connect")
    path = canvas.canvas.wires[End(made, "x1")].path()
    assert path.boundingRect().top() < 0


def test_a_wire_back_to_the_left_leaves_and_enters_from_the_right_sides() -> None:
    path, middle = course(QPointF(500, 0), QPointF(0, 200))
    assert path.boundingRect().right() > 500
    assert path.boundingRect().left() < 0
    assert middle.y() == 100


def test_a_drawing_far_away_can_still_be_seen(document: Document, canvas: Canvas) -> None:
    made = document.add_block("relu", at=(90_000.0, -40_000.0))
    assert made is not None
    canvas.goto(made)
    assert canvas.seen().contains(QPointF(90_080, -39_960))


def test_counts_are_short() -> None:
    assert [short(n) for n in (0, 850, 2416, 48_120, 1_199_882, 138_357_544)] == [
        "0", "850", "2.4 K", "48.1 K", "1.2 M", "138 M",
    ]  # fmt: skip


def test_screen_readers_hear_what_is_selected(document: Document, canvas: Canvas) -> None:
    document.select(["b2"])
    assert canvas.accessibleDescription().startswith("Selected: conv1, Convolution 2d, 6 @ 5×5, output N×6×24×24")


def test_a_selected_wire_still_shows_its_fault(document: Document, canvas: Canvas) -> None:
    document.do(Connect(Wire(End("b3", "y"), End("b5", "x"))), "Past the flatten")
    wire = canvas.canvas.wires[End("b5", "x")]
    assert wire.bad
    before = wire.pen().widthF()
    canvas.choose_wire(End("b5", "x"))
    assert wire.pen().color() == QColor(theme.current().bad)
    assert wire.pen().widthF() > before
    document.stack.undo()
    canvas.choose_wire(End("b5", "x"))
    assert canvas.canvas.wires[End("b5", "x")].pen().color() == QColor(theme.current().accent)
