"""The course of wires that are led through points."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF

from gui.canvas.geometry import HEIGHT, STUB, WIDTH, course, distance, samples

START, END = QPointF(700, 40), QPointF(0, 240)
SOURCE = QRectF(START.x() - WIDTH, START.y() - HEIGHT / 2, WIDTH, HEIGHT)
TARGET = QRectF(END.x(), END.y() - HEIGHT / 2, WIDTH, HEIGHT)
WAYS = (
    ((350.0, 140.0),),
    ((500.0, 120.0), (200.0, 160.0)),
    ((800.0, 140.0),),
    ((-100.0, 140.0),),
    ((800.0, 120.0), (-100.0, 160.0)),
)


@pytest.mark.parametrize("way", WAYS)
def test_a_wire_led_backwards_runs_through_its_points_and_behind_neither_of_its_blocks(
    way: tuple[tuple[float, float], ...],
) -> None:
    via = [QPointF(*point) for point in way]
    path, middle = course(START, END, None, via)
    steps = [path.pointAtPercent(index / 2000) for index in range(2001)]
    for point in via:
        assert distance(point, steps) < 1.0
    assert distance(middle, steps) < 1.0
    for block in (SOURCE, TARGET):
        inside = block.adjusted(1, 1, -1, -1)
        assert not any(inside.contains(step) for step in steps)
    assert abs(steps[20].y() - START.y()) < 8
    assert path.elementAt(1).x > START.x()
    before = path.elementAt(path.elementCount() - 2)
    assert before.y == END.y()
    assert END.x() - STUB - 1 <= before.x < END.x()


def test_a_wire_led_backwards_is_made_of_level_and_upright_stretches() -> None:
    path, middle = course(START, END, None, [QPointF(350, 140)])
    assert middle.y() == 140
    straight = [
        (path.elementAt(i), path.elementAt(i + 1))
        for i in range(path.elementCount() - 1)
        if path.elementAt(i + 1).isLineTo()
    ]
    assert straight
    assert all(abs(one.x - two.x) < 1e-6 or abs(one.y - two.y) < 1e-6 for one, two in straight)


def test_a_wire_led_forwards_is_smooth_and_never_turns_back() -> None:
    path, _ = course(QPointF(0, 0), QPointF(600, 0), None, [QPointF(300, -120)])
    line = samples(path)
    assert all(two.x() >= one.x() for one, two in pairwise(line))
    assert all(path.elementAt(i).isCurveTo() for i in range(1, path.elementCount(), 3))
