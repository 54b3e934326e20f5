"""Align and distribute, as arithmetic and through the keyboard."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Connect, End, Node, Wire
from gui.canvas import Canvas
from gui.canvas.arrange import Box, aligned, distributed
from gui.document import Document

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
numbers = st.integers(-500, 500).map(float)
boxes = st.builds(Box, numbers, numbers, st.just(160.0), st.sampled_from([80.0, 100.0, 140.0]))
many = st.lists(boxes, min_size=1, max_size=8).map(lambda found: {f"b{i}": box for i, box in enumerate(found)})


def moved(before: dict[str, Box], places: dict[str, tuple[float, float]]) -> list[Box]:
    return [Box(*places.get(id_, (box.x, box.y)), box.width, box.height) for id_, box in before.items()]


@given(many)
def test_each_alignment_brings_one_level_together_and_leaves_the_other_axis(found: dict[str, Box]) -> None:
    levels = {
        "left": lambda box: box.x,
        "centre": lambda box: box.x + box.width / 2,
        "right": lambda box: box.right,
        "top": lambda box: box.y,
        "middle": lambda box: box.y + box.height / 2,
        "bottom": lambda box: box.bottom,
    }
    for side, level in levels.items():
        after = moved(found, aligned(found, side))  # type: ignore[arg-type]
        assert len({round(level(box), 6) for box in after}) == 1
        other = 1 if side in ("left", "centre", "right") else 0
        assert [box[other] for box in after] == [box[other] for box in found.values()]
        assert min(level(box) for box in found.values()) <= level(after[0]) <= max(level(b) for b in found.values())


@given(many)
def test_distributing_makes_gaps_equal_and_the_outermost_stay(found: dict[str, Box]) -> None:
    places = distributed(found, "x")
    if len(found) < 3:
        assert not places
        return
    after = sorted(moved(found, places))
    gaps = [b.x - a.right for a, b in itertools.pairwise(after)]
    assert max(gaps) - min(gaps) < 1e-6
    assert min(box.x for box in after) == min(box.x for box in found.values())
    assert max(box.x for box in after) == max(box.x for box in found.values())


@pytest.mark.parametrize(
    ("which", "keys", "places"),
    [
        (Qt.Key.Key_Left, CTRL_SHIFT, [(256, 0), (256, 96), (256, 208)]),
        (Qt.Key.Key_Right, CTRL_SHIFT, [(768, 0), (768, 96), (768, 208)]),
        (Qt.Key.Key_Up, CTRL_SHIFT, [(256, 0), (512, 0), (768, 0)]),
        (Qt.Key.Key_Down, CTRL_SHIFT, [(256, 208), (512, 208), (768, 208)]),
        (Qt.Key.Key_C, SHIFT, [(512, 0), (512, 96), (512, 208)]),
        (Qt.Key.Key_M, SHIFT, [(256, 104), (512, 104), (768, 104)]),
        (Qt.Key.Key_V, SHIFT, [(256, 0), (512, 104), (768, 208)]),
    ],
)
def test_keys_arrange_the_selected_blocks_as_one_step(
    document: Document,
    canvas: Canvas,
    qtbot: QtBot,
    which: Qt.Key,
    keys: Qt.KeyboardModifier,
    places: list[tuple[int, int]],
) -> None:
    document.select(["b3"])
    for _ in range(12):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    document.select(["b4"])
    for _ in range(26):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    document.select(["b2", "b3", "b4"])
    steps = document.stack.count()
    qtbot.keyClick(canvas, which, keys)
    assert [(document.graph.node(id_).x, document.graph.node(id_).y) for id_ in ("b2", "b3", "b4")] == places
    assert document.stack.count() == steps + 1
    document.stack.undo()
    assert document.graph.node("b4").y == 208


def test_what_is_in_line_already_makes_no_step(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    document.select(["b2", "b3", "b4"])
    qtbot.keyClick(canvas, Qt.Key.Key_Up, CTRL_SHIFT)
    qtbot.keyClick(canvas, Qt.Key.Key_H, SHIFT)
    assert document.stack.count() == 0


def test_z_zooms_to_the_selected_blocks(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    document.select(["b5"])
    qtbot.keyClick(canvas, Qt.Key.Key_Z)
    assert canvas.seen().contains(canvas.canvas.around(["b5"]))
    assert not canvas.seen().contains(canvas.canvas.around(["b1"]))
    assert canvas.zoom == 1.25
    document.select(["b1", "b6"])
    qtbot.keyClick(canvas, Qt.Key.Key_F, SHIFT)
    assert canvas.seen().contains(canvas.canvas.around(["b1", "b6"]))


def test_tidying_gives_a_tall_block_its_room(document: Document, canvas: Canvas, qtbot: QtBot) -> None:
    graph = document.graph
    for index, id_ in enumerate(("b7", "b8")):
        graph.apply(AddBlock(Node(id_, "add", f"sum{index}", {"count": 8})))
        graph.apply(Connect(Wire(End("b2", "y"), End(id_, "x1"))))
    qtbot.keyClick(canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    cards = [item.card().translated(item.pos()) for item in canvas.canvas.nodes.values()]
    assert max(card.height() for card in cards) > 150
    assert not any(one.intersects(other) for one, other in itertools.combinations(cards, 2))
