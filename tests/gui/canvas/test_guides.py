"""A dragged block lines up with its neighbours and says so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.graph.model import Move
from gui.canvas import Canvas
from gui.canvas.arrange import Box
from gui.canvas.guides import Guides, Thing
from gui.document import Document

CTRL = Qt.KeyboardModifier.ControlModifier


def thing(x: float, y: float, height: float = 80.0, ports: tuple[float, ...] = (40.0,)) -> Thing:
    return Thing(Box(x, y, 160, height), tuple(y + port for port in ports))


def test_an_edge_that_is_near_goes_level_and_a_line_runs_through_both() -> None:
    snap = Guides([thing(0, 0)]).snap(thing(4, 300), 6)
    assert snap.dx == -4
    assert snap.dy is None
    (line,) = snap.lines
    assert (line.x1, line.x2) == (80, 80), "the middles are level"
    assert (line.y1, line.y2) == (0, 380)


def test_what_is_far_is_no_guide() -> None:
    assert Guides([thing(0, 0)]).snap(thing(40, 300), 6).dx is None
    assert Guides([]).snap(thing(0, 0), 6).lines == ()


def test_ports_line_up_so_that_the_wire_is_straight() -> None:
    tall = thing(0, 0, 140, (40.0, 60.0, 80.0, 100.0))
    snap = Guides([tall]).snap(thing(400, 57, ports=(40.0,)), 6)
    assert snap.dy == 3, "port 97 goes to port 100"


@pytest.mark.parametrize(
    ("others", "at", "dx"),
    [
        ((0, 600), 297, 3),  # between two: gaps of 140
        ((0, 210), 423, -3),  # behind two that are 50 apart
        ((500, 710), 287, 3),  # in front of two that are 50 apart
    ],
)
def test_gaps_become_equal_and_are_measured(others: tuple[float, float], at: float, dx: float) -> None:
    snap = Guides([thing(x, 0) for x in others]).snap(thing(at, 20), 6)
    assert snap.dx == dx
    gaps = [line for line in snap.lines if line.gap]
    assert len(gaps) == 2
    assert gaps[0].x2 - gaps[0].x1 == gaps[1].x2 - gaps[1].x1


places = st.tuples(st.integers(-600, 600), st.integers(-600, 600))


@given(st.lists(places, max_size=12), places)
def test_a_guide_is_never_further_than_its_reach_and_the_lines_are_level_there(
    others: list[tuple[int, int]], at: tuple[int, int]
) -> None:
    guides = Guides([thing(*place) for place in others])
    snap = guides.snap(thing(*at), 6)
    assert all(delta is None or abs(delta) <= 6 for delta in (snap.dx, snap.dy))
    there = thing(at[0] + (snap.dx or 0), at[1] + (snap.dy or 0))
    again = guides.snap(there, 0.001)
    for before, after in ((snap.dx, again.dx), (snap.dy, again.dy)):
        assert before is None or abs(after if after is not None else 1.0) < 0.001, "a block on a guide stays there"


def test_a_drag_lines_up_with_a_neighbour_shows_the_line_and_lets_it_go(
    document: Document, canvas: Canvas, mouse: Any
) -> None:
    document.graph.apply(Move({"b3": (515.0, 3.0)}))
    mouse.press(mouse.at(256 + 80, 14))
    mouse.move(mouse.at(256 + 80, 100))
    mouse.move(mouse.at(515 + 80 + 2, 314))
    item = canvas.canvas.nodes["b2"]
    assert item.x() == 515, "level with relu1, which is not on the grid"
    assert item.y() % 8 == 0, "no guide there: the grid"
    assert canvas.guide_lines.lines
    mouse.release(mouse.at(515 + 80 + 2, 314))
    assert canvas.guide_lines.lines == ()
    assert document.graph.node("b2").x == 515


def test_ctrl_drags_freely(document: Document, canvas: Canvas, mouse: Any) -> None:
    canvas.set_zoom(1.0)
    canvas.centerOn(500, 100)
    mouse.press(mouse.at(336, 14))
    mouse.move(mouse.at(336, 100))
    mouse.move(mouse.at(336 + 259, 14 + 301), CTRL)
    assert canvas.guide_lines.lines == ()
    mouse.release(mouse.at(336 + 259, 14 + 301), CTRL)
    assert (document.graph.node("b2").x, document.graph.node("b2").y) == (256 + 259, 301)


def test_escape_takes_the_guides_away(document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot) -> None:
    mouse.press(mouse.at(336, 14))
    mouse.move(mouse.at(336, 100))
    mouse.move(mouse.at(512 + 80 + 2, 300))
    assert canvas.guide_lines.lines
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.guide_lines.lines == ()
    mouse.release(mouse.at(512, 300))


def test_a_block_out_of_sight_is_no_guide(document: Document, canvas: Canvas, mouse: Any) -> None:
    document.graph.apply(
        Move({"b6": (259.0, 9000.0), "b3": (2000.0, 900.0), "b4": (2300.0, 900.0), "b5": (2600.0, 900.0)})
    )
    mouse.press(mouse.at(336, 14))
    mouse.move(mouse.at(336, 100))
    mouse.move(mouse.at(336 + 4, 14 + 160))
    assert canvas.canvas.nodes["b2"].x() % 8 == 0
    mouse.release(mouse.at(336 + 4, 14 + 160))


def test_beside_a_crowd_gaps_are_not_looked_at_but_edges_are() -> None:
    others, crowd = [thing(0, 0), thing(300, 0)], thing(603, 2)
    assert Guides(others).snap(crowd, 6).dx == -3
    alone = Guides(others, gaps=False).snap(crowd, 6)
    assert (alone.dx, alone.dy) == (None, -2)
