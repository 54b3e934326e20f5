"""Frames, notes and reroute points, by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QStyleOptionGraphicsItem
from pytestqt.qtbot import QtBot

from engine.graph.model import End, Graph, Mark, Move, SetMark
from gui.canvas import Canvas, menus
from gui.canvas.frames import MarkItem
from gui.document import Document
from tests.gui.canvas.conftest import Mouse

KEY = Qt.Key


def frame_of(document: Document) -> Mark:
    return next(mark for mark in document.graph.marks.values() if mark.kind == "frame")


def framed(canvas: Canvas, qtbot: QtBot) -> Mark:
    """conv1 and relu1 in a frame called "Stem"."""
    canvas.document.select(["b2", "b3"])
    qtbot.keyClick(canvas, KEY.Key_C)
    qtbot.keyClicks(canvas.text_field, "Stem")
    qtbot.keyClick(canvas.text_field, KEY.Key_Return)
    return frame_of(canvas.document)


def test_c_frames_the_selected_blocks_and_takes_a_title(canvas: Canvas, qtbot: QtBot) -> None:
    mark = framed(canvas, qtbot)
    around = canvas.canvas.around(["b2", "b3"])
    assert canvas.marks.items[mark.id].place().contains(around)
    assert mark.text == "Stem"
    canvas.document.stack.undo()
    canvas.document.stack.undo()
    assert not canvas.document.graph.marks
    assert not canvas.marks.items


def test_a_frame_takes_along_what_stands_on_it_and_nothing_else(canvas: Canvas, qtbot: QtBot, mouse: Mouse) -> None:
    mark = framed(canvas, qtbot)
    before = canvas.document.graph.copy()
    mouse.drag((mark.x + 60, mark.y + 12), (mark.x + 60 + 64, mark.y + 12 + 128))
    graph = canvas.document.graph
    moved = {n.name for n in graph if (n.x, n.y) != (before.node(n.id).x, before.node(n.id).y)}
    assert moved == {"conv1", "relu1"}
    assert (graph.node("b2").x - before.node("b2").x, graph.node("b2").y - before.node("b2").y) == (64, 128)
    assert (frame_of(canvas.document).x - mark.x, frame_of(canvas.document).y - mark.y) == (64, 128)
    canvas.document.stack.undo()
    assert canvas.document.graph.same_as(before)


def test_a_rubber_band_begun_in_a_frame_selects_blocks(canvas: Canvas, qtbot: QtBot, mouse: Mouse) -> None:
    mark = framed(canvas, qtbot)
    mouse.drag((mark.x + 12, mark.y + mark.height - 24), (mark.x + mark.width - 24, mark.y + 40))
    assert set(canvas.document.selection) == {"b2", "b3"}
    assert frame_of(canvas.document) == mark


def test_the_corner_makes_a_frame_larger_and_never_smaller_than_can_be_held(
    canvas: Canvas, qtbot: QtBot, mouse: Mouse
) -> None:
    mark = framed(canvas, qtbot)
    corner = (mark.x + mark.width - 4, mark.y + mark.height - 4)
    mouse.drag(corner, (corner[0] + 80, corner[1] + 48))
    larger = frame_of(canvas.document)
    assert larger.width > mark.width + 60
    assert larger.height > mark.height + 30
    corner = (larger.x + larger.width - 4, larger.y + larger.height - 4)
    mouse.drag(corner, (larger.x, larger.y))
    assert (frame_of(canvas.document).width, frame_of(canvas.document).height) == (120, 60)


def test_delete_takes_a_frame_and_leaves_its_blocks(canvas: Canvas, qtbot: QtBot, mouse: Mouse) -> None:
    mark = framed(canvas, qtbot)
    blocks = len(canvas.document.graph)
    mouse.click(mark.x + 60, mark.y + 12)
    qtbot.keyClick(canvas, KEY.Key_Delete)
    assert not canvas.document.graph.marks
    assert len(canvas.document.graph) == blocks


def test_a_note_is_written_in_markdown_and_a_double_click_writes_again(
    canvas: Canvas, qtbot: QtBot, mouse: Mouse
) -> None:
    qtbot.keyClick(canvas, KEY.Key_N)
    qtbot.keyClicks(canvas.text_field, "# Why")
    qtbot.keyClick(canvas.text_field, KEY.Key_Return)
    qtbot.keyClicks(canvas.text_field, "it *learns*")
    qtbot.keyClick(canvas.text_field, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    note = next(iter(canvas.document.graph.marks.values()))
    assert (note.kind, note.text) == ("note", "# Why\nit *learns*")
    canvas.centerOn(note.x, note.y)
    mouse.double(note.x + 40, note.y + 20)
    assert canvas.text_field.isVisible()
    assert canvas.text_field.toPlainText() == note.text
    qtbot.keyClick(canvas.text_field, KEY.Key_Escape)
    assert canvas.document.graph.marks[note.id] == note


def test_markdown_is_drawn_as_such_and_html_is_not() -> None:
    def painted(text: str) -> QImage:
        image = QImage(300, 120, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        MarkItem(Mark("m", "note", text, 0, 0, 300, 120)).paint(painter, QStyleOptionGraphicsItem())
        painter.end()
        return image

    assert painted("**bold** word") != painted("bold word")
    assert painted("<b>bold</b> word") != painted("**bold** word")
    assert painted("![](/etc/hostname)") == painted("![](/nowhere)")


def test_ctrl_enter_ends_a_note_though_the_window_knows_it_too(canvas: Canvas, qtbot: QtBot) -> None:
    trained: list[bool] = []
    QShortcut(QKeySequence("Ctrl+Return"), canvas.window(), lambda: trained.append(True))
    qtbot.keyClick(canvas, KEY.Key_N)
    qtbot.keyClicks(canvas.text_field, "Why")
    qtbot.keyClick(canvas.text_field, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [mark.text for mark in canvas.document.graph.marks.values()] == ["Why"]
    assert not trained


def test_frames_and_notes_are_reached_moved_and_written_by_keyboard(canvas: Canvas, qtbot: QtBot) -> None:
    mark = framed(canvas, qtbot)
    canvas.marks.choose(None)
    qtbot.keyClick(canvas, KEY.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.marks.chosen == mark.id
    assert "frame, Stem" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, KEY.Key_Right)
    qtbot.keyClick(canvas, KEY.Key_Right)
    assert frame_of(canvas.document).x > mark.x
    canvas.document.stack.undo()
    assert frame_of(canvas.document) == mark
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert canvas.text_field.isVisible()


def test_a_menu_colours_a_frame(canvas: Canvas, qtbot: QtBot) -> None:
    mark = framed(canvas, qtbot)
    canvas.marks.choose(mark.id)
    made = menus.menu(canvas, canvas.rect().center())
    colours = next(action.menu() for action in made.actions() if action.text() == "Colour")
    next(action for action in colours.actions() if action.text() == "Pooling").trigger()
    assert frame_of(canvas.document).colour == "Pooling"


def test_frames_belong_to_the_drawing_that_is_open(canvas: Canvas, qtbot: QtBot) -> None:
    framed(canvas, qtbot)
    assert len(canvas.marks.items) == 1
    canvas.document.new()
    assert not canvas.marks.items
    canvas.document.do(SetMark(Mark("m9", "note", "hello")), "Add note")
    assert list(canvas.marks.items) == ["m9"]


def points(graph: Graph) -> tuple[tuple[float, float], ...]:
    return graph.wires[End("b3", "x")].via


def test_a_double_click_leads_a_wire_through_a_point_and_one_on_the_point_takes_it_away(
    canvas: Canvas, mouse: Mouse
) -> None:
    middle = canvas.canvas.wires[End("b3", "x")].course.pointAtPercent(0.3)
    mouse.double(middle.x(), middle.y())
    assert len(points(canvas.document.graph)) == 1
    x, y = points(canvas.document.graph)[0]
    mouse.drag((x, y), (x, y + 96))
    assert points(canvas.document.graph) == ((x, y + 96),)
    assert canvas.canvas.wires[End("b3", "x")].boundingRect().bottom() >= y + 96
    mouse.double(x, y + 96)
    assert points(canvas.document.graph) == ()
    for _ in range(3):
        canvas.document.stack.undo()
    assert not canvas.document.stack.canUndo()


def test_points_are_set_between_those_they_lie_between_and_straightened_by_key(
    canvas: Canvas, qtbot: QtBot, mouse: Mouse
) -> None:
    wire = canvas.canvas.wires[End("b3", "x")]
    for share in (0.8, 0.2, 0.5):
        place = wire.course.pointAtPercent(share)
        mouse.double(place.x(), place.y())
    xs = [x for x, _ in points(canvas.document.graph)]
    assert xs == sorted(xs)
    assert len(xs) == 3
    qtbot.keyClick(canvas, KEY.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert points(canvas.document.graph) == ()


def test_points_go_along_while_both_ends_are_dragged(canvas: Canvas, mouse: Mouse) -> None:
    place = canvas.canvas.wires[End("b3", "x")].course.pointAtPercent(0.5)
    mouse.double(place.x(), place.y())
    before = points(canvas.document.graph)[0]
    canvas.document.select(["b2", "b3"])
    start, goal = mouse.at(2 * 256 + 60, 14), mouse.at(2 * 256 + 60, 14 + 160)
    mouse.press(start)
    mouse.move(goal)
    assert canvas.canvas.wires[End("b3", "x")].boundingRect().center().y() > before[1] + 100
    mouse.release(goal)
    assert points(canvas.document.graph)[0][1] > before[1] + 100


def test_tidying_straightens_wires_whose_ends_it_moves(canvas: Canvas, qtbot: QtBot, mouse: Mouse) -> None:
    place = canvas.canvas.wires[End("b3", "x")].course.pointAtPercent(0.5)
    mouse.double(place.x(), place.y())
    mouse.drag((2 * 256 + 60, 14), (2 * 256 + 60, 300))
    canvas.document.select(())
    qtbot.keyClick(canvas, KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert points(canvas.document.graph) == ()


def test_from_far_away_the_name_of_a_frame_stands_over_its_blocks(canvas: Canvas, qtbot: QtBot) -> None:
    framed(canvas, qtbot)
    canvas.marks.choose(None)
    canvas.set_zoom(0.2)
    canvas.centerOn(canvas.canvas.around(["b2", "b3"]).center())
    card = canvas.mapFromScene(canvas.canvas.nodes["b2"].place()).boundingRect().adjusted(1, 1, -1, -1)
    named = canvas.viewport().grab(card).toImage()
    canvas.document.do(SetMark(replace(frame_of(canvas.document), text="")), "Rename")
    assert canvas.viewport().grab(card).toImage() != named


def test_a_frame_goes_along_with_the_blocks_that_a_tidying_moves(canvas: Canvas, qtbot: QtBot) -> None:
    framed(canvas, qtbot)
    before = frame_of(canvas.document)
    canvas.document.do(Move({"b3": (900.0, 1500.0)}), "Away")  # off the frame: no part of it any more
    canvas.document.do(Move({"b2": (before.x + 40.0, before.y + 60.0)}), "Askew")
    canvas.document.select(())
    qtbot.keyClick(canvas, KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
    after = frame_of(canvas.document)
    ground = QRectF(after.x, after.y, after.width, after.height)
    assert ground.contains(canvas.canvas.nodes["b2"].place())
    assert not ground.intersects(canvas.canvas.nodes["b3"].place())
    canvas.document.stack.undo()
    assert frame_of(canvas.document) == before
