"""The drawing comes along when something is dragged at the edge of the view."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from pytestqt.qtbot import QtBot

from gui.canvas import Canvas
from gui.canvas.edges import EDGE, MOST, speed
from gui.document import Document
from tests.gui.canvas.conftest import Mouse

ROOM = QRect(0, 0, 1000, 600)


def test_inside_nothing_moves_and_further_out_it_moves_faster() -> None:
    assert speed(QPoint(500, 300), ROOM).isNull()
    near, out = speed(QPoint(ROOM.right() - EDGE + 3, 300), ROOM), speed(QPoint(1040, 300), ROOM)
    assert out.x() < near.x() < 0
    assert speed(QPoint(9000, -9000), ROOM) == QPoint(-MOST, MOST)


def test_a_block_dragged_to_the_edge_takes_the_view_along_and_stays_under_the_mouse(
    document: Document, canvas: Canvas, mouse: Mouse
) -> None:
    canvas.set_zoom(1.0)
    canvas.centerOn(336, 40)
    start, edge = mouse.at(336, 40), QPoint(canvas.viewport().width() - 4, canvas.viewport().height() // 2)
    mouse.press(start)
    mouse.move(start + QPoint(40, 0))
    assert not canvas.edges.moving
    mouse.move(edge)
    assert canvas.edges.moving
    seen, place = canvas.seen().left(), canvas.canvas.nodes["b2"].x()
    for _ in range(5):
        canvas.edges.step()
    assert canvas.seen().left() > seen
    assert canvas.canvas.nodes["b2"].x() - place >= canvas.seen().left() - seen - 16
    mouse.release(edge)
    assert not canvas.edges.moving
    assert document.graph.node("b2").x == canvas.canvas.nodes["b2"].x()


def test_the_timer_moves_it_without_the_mouse(canvas: Canvas, mouse: Mouse, qtbot: QtBot) -> None:
    middle, corner = canvas.viewport().rect().center(), QPoint(3, 3)
    mouse.press(middle + QPoint(0, 200))
    mouse.move(middle + QPoint(0, 180))
    mouse.move(corner)
    seen = canvas.seen().topLeft()
    qtbot.waitUntil(lambda: canvas.seen().left() < seen.x() and canvas.seen().top() < seen.y())
    mouse.release(corner)
    now = canvas.seen()
    assert not canvas.edges.moving
    assert canvas.seen() == now


def test_a_rubber_band_reaches_blocks_that_were_out_of_sight(document: Document, canvas: Canvas, mouse: Mouse) -> None:
    canvas.set_zoom(1.0)
    canvas.centerOn(336, 40)
    assert not canvas.seen().contains(QPointF(5 * 256, 40))
    mouse.press(mouse.at(200, -100))
    mouse.move(mouse.at(300, 60))
    edge = QPoint(canvas.viewport().width() + 60, mouse.at(0, 60).y())
    mouse.move(edge)
    for _ in range(80):
        canvas.edges.step()
    mouse.release(edge)
    assert "b6" in document.selection


def test_panning_and_escape_leave_the_view_at_rest(canvas: Canvas, mouse: Mouse) -> None:
    middle, edge = canvas.viewport().rect().center(), QPoint(2, 300)
    mouse.press(middle, button=Qt.MouseButton.MiddleButton)
    mouse.move(middle - QPoint(20, 0), button=Qt.MouseButton.MiddleButton)
    mouse.move(edge, button=Qt.MouseButton.MiddleButton)
    assert not canvas.edges.moving
    mouse.release(edge, button=Qt.MouseButton.MiddleButton)
    start = mouse.at(700, 300)
    mouse.press(start)
    mouse.move(start + QPoint(30, 0))
    mouse.move(edge)
    assert canvas.edges.moving
    canvas.let_go()
    assert not canvas.edges.moving
