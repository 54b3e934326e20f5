"""The grid of cells finds what a plain search finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from gui.canvas.cells import Cells

numbers = st.integers(-2000, 2000)
rects = st.builds(QRectF, numbers, numbers, st.integers(1, 900), st.integers(1, 900))


@given(st.lists(rects, max_size=30), st.lists(rects, max_size=8), rects)
def test_cells_find_what_a_plain_search_finds(first: list[QRectF], moved: list[QRectF], asked: QRectF) -> None:
    cells, held = Cells(), {}
    for index, rect in enumerate(first):
        cells.put(str(index), rect)
        held[str(index)] = rect
    for index, rect in enumerate(moved):
        cells.put(str(index), rect)
        held[str(index)] = rect
    if held:
        cells.drop("0")
        del held["0"]
    assert set(cells.touching(asked)) == {id_ for id_, rect in held.items() if rect.intersects(asked)}
    united = QRectF()
    for rect in held.values():
        united = united.united(rect)
    assert cells.around() == united
