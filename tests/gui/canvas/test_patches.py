"""Patches of the drawing from far away: what changes is made anew, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from engine.graph.model import AddBlock, Batch, Configure, Connect, End, Move, Node, RemoveBlock, Wire
from engine.project import Project
from gui import theme
from gui.canvas import Canvas
from gui.canvas.far import BlockPatch, Far, WirePatch
from gui.canvas.patches import SIDE, Patches
from gui.document import Document

FAR = 0.2


@pytest.fixture
def wide() -> Document:
    """Six ReLUs, each in a patch of its own, each wired to the next."""
    project = Project()
    ids = [f"b{index}" for index in range(6)]
    project.graph.apply(
        Batch(tuple(AddBlock(Node(id_, "relu", f"relu{i}", {}, i * SIDE, 0.0)) for i, id_ in enumerate(ids)))
    )
    project.graph.apply(
        Batch(tuple(Connect(Wire(End(one, "y"), End(two, "x"))) for one, two in itertools.pairwise(ids)))
    )
    return Document(project)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Blocks and wires (by the block they end in) of the patches that have been made."""
    names: list[str] = []
    monkeypatch.setattr(Far, "_block_patch", lambda self, ids: (names.extend(ids), _blocks(self, ids))[1])
    strokes = WirePatch.strokes

    def noting(self: WirePatch, *, straight: bool) -> object:
        if straight not in self._strokes:
            names.extend("to " + item.wire.target.block for item in self._items)
        return strokes(self, straight=straight)

    monkeypatch.setattr(WirePatch, "strokes", noting)
    return names


def _blocks(far: Far, ids: list[str]) -> BlockPatch:
    return BlockPatch([far.scene.nodes[id_] for id_ in ids], far.scene.cells)


def far_away(canvas: Canvas, made: list[str]) -> None:
    canvas.set_zoom(0.05)
    canvas.fit()
    canvas.viewport().repaint()
    made.clear()


def test_a_key_is_found_where_it_is_and_not_where_it_was() -> None:
    patches: Patches[str, list[str]] = Patches(sorted)
    patches.put("a", QRectF(0, 0, 10, 10))
    patches.put("b", QRectF(20, 0, 10, 10))
    assert patches.touching([QRectF(22, 2, 1, 1)]) == [["a", "b"]]
    patches.put("b", QRectF(3 * SIDE, 0, 10, 10))
    assert patches.touching([QRectF(22, 2, 1, 1)]) == []
    assert patches.touching([QRectF(3 * SIDE, 2, 1, 1)]) == [["b"]]
    patches.drop("b")
    assert patches.touching(None) == [["a"]]


def test_one_key_that_looks_different_costs_its_own_patch() -> None:
    calls: list[list[str]] = []
    patches: Patches[str, None] = Patches(calls.append)
    for number in range(5):
        patches.put(str(number), QRectF(number * SIDE, 0, 10, 10))
    patches.touching(None)
    calls.clear()
    patches.touch("3")
    patches.touching(None)
    assert calls == [["3"]]


def test_a_zoom_from_near_to_far_and_back_makes_nothing_anew(
    show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    for zoom in (1.0, 0.4, FAR, 0.4, 0.05):
        canvas.set_zoom(zoom)
        canvas.viewport().repaint()
    assert made == []


def test_a_block_that_changes_while_it_is_seen_from_near_has_changed_from_far(
    show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    canvas.set_zoom(1.0)
    wide.select(["b4"])
    canvas.fit()
    canvas.viewport().repaint()
    assert made == ["b4"]
    assert [stroke for patch in canvas.canvas.far.blocks.touching(None) for (stroke, _, _), _ in patch.looks].count(
        "chosen"
    ) == 1


def test_a_block_that_moves_takes_its_wires_along_and_leaves_the_rest(
    show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    wide.do(Move({"b2": (2 * SIDE + 64, 64.0)}), "Move block")
    canvas.viewport().repaint()
    assert sorted(made) == ["b2", "to b2", "to b3"]


def test_a_block_and_its_wires_that_go_are_not_painted(
    show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    wide.do(RemoveBlock("b5"), "Delete")
    far = canvas.canvas.far
    assert sum(len(rects) for patch in far.blocks.touching(None) for _, rects in patch.looks) == 5
    assert sum(len(patch._items) for patch in far.wires.touching(None)) == 4


def test_a_wire_in_hand_is_gone_from_far_away_until_it_is_let_go(
    show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    item = canvas.canvas.wires[End("b3", "x")]

    def lines() -> int:
        return sum(
            path.elementCount() > 0
            for patch in canvas.canvas.far.wires.touching(None)
            for _, path in patch.strokes(straight=False)
        )

    assert lines() == 5
    item.setVisible(False)
    assert lines() == 4
    item.setVisible(True)
    assert lines() == 5


def test_another_theme_paints_every_patch_anew(
    qapp: QApplication, show: Callable[[Document], Canvas], wide: Document, made: list[str]
) -> None:
    canvas = show(wide)
    far_away(canvas, made)
    theme.apply(qapp, "dark")
    try:
        canvas.viewport().repaint()
        pens = {
            pen.color().name() for patch in canvas.canvas.far.wires.touching(None)
            for pen, _ in patch.strokes(straight=False)
        }  # fmt: skip
        assert sorted(made)[:6] == [f"b{index}" for index in range(6)]
        assert pens == {canvas.canvas.inks.wire_unknown.color().name()}
    finally:
        theme.apply(qapp, "light")


def test_an_edit_that_changes_nothing_to_be_seen_from_far_makes_nothing(
    show: Callable[[Document], Canvas], made: list[str], document: Document
) -> None:
    canvas = show(document)
    far_away(canvas, made)
    canvas.set_zoom(FAR)
    canvas.viewport().repaint()
    made.clear()
    wires = canvas.canvas.far.wires.touching(None)
    document.do(Configure("b2", {"out_channels": 7}), "Set")
    assert all(one is two for one, two in zip(wires, canvas.canvas.far.wires.touching(None), strict=True))
