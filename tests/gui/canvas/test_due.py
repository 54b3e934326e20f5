"""What is due to be painted: a few parts by themselves, many as one."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from gui.canvas.due import MOST, Due


def test_a_few_parts_stay_apart_and_are_asked_for_once() -> None:
    due = Due()
    assert not due
    corner, other = QRectF(0, 0, 10, 10), QRectF(900, 900, 10, 10)
    assert [due.add(corner), due.add(other)] == [corner, other]
    assert due
    assert due.add(QRectF(2, 2, 3, 3)) is None
    due.clear()
    assert not due
    assert due.add(corner) == corner


def test_parts_side_by_side_are_asked_for_as_one() -> None:
    due = Due()
    row = [due.add(QRectF(250 * place, 0, 240, 90)) for place in range(2 * MOST)]
    assert row[-1] == QRectF(0, 0, 250 * (2 * MOST - 1) + 240, 90)
    assert due.add(QRectF(0, 900, 240, 90)) == QRectF(0, 900, 240, 90)


def test_many_parts_become_one_around_them_all() -> None:
    due = Due()
    for place in range(MOST):
        assert due.add(QRectF(100 * place, 0, 10, 10)) == QRectF(100 * place, 0, 10, 10)
    last = QRectF(0, 500, 10, 10)
    whole = due.add(last)
    assert whole == QRectF(0, 0, 100 * (MOST - 1) + 10, 510)
    assert due.add(QRectF(250, 100, 10, 10)) is None
