"""The grid of cells finds what a plain search finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from gui.canvas.cells import Cells

numbers = st.integers(-2000, 2000)
sizes = st.integers(1, 900) | st.integers(1, 90_000)
rects = st.builds(QRectF, numbers, numbers, sizes, sizes)
wide = st.builds(QRectF, numbers, numbers, st.integers(1, 5000), st.integers(1, 5000))


@given(st.lists(rects, max_size=30), st.lists(rects, max_size=8), wide)
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


def test_a_large_rectangle_finds_what_touches_it_at_its_edges_and_within() -> None:
    cells, held = Cells(), {}
    for x in range(-2000, 2000, 90):
        for y in range(-2000, 2000, 90):
            held[x, y] = QRectF(x, y, 40, 40)
            cells.put((x, y), held[x, y])
    for asked in (QRectF(-1301, -1500, 2700, 2610), QRectF(-512, -512, 2048, 2048), QRectF(0, 0, 1023.5, 1700)):
        assert set(cells.touching(asked)) == {id_ for id_, rect in held.items() if rect.intersects(asked)}


def test_what_reaches_very_far_lies_in_one_cell_and_is_found_all_the_same() -> None:
    cells: Cells[str] = Cells()
    far = QRectF(-1e6, -1e6, 2e6, 2e6)
    cells.put("far", far)
    cells.put("near", QRectF(0, 0, 160, 80))
    assert sum(map(len, cells._cells.values())) == 2
    assert set(cells.touching(QRectF(10, 10, 20, 20))) == {"far", "near"}
    assert cells.touching(QRectF(900_000, 10, 20, 20)) == ["far"]
    cells.put("far", QRectF(5000, 0, 160, 80))
    assert cells.touching(QRectF(10, 10, 20, 20)) == ["near"]
    assert cells.touching(QRectF(5010, 10, 20, 20)) == ["far"]
