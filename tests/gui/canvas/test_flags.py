"""Bypassed, pinned and frozen blocks."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.graph import store
from engine.graph.model import SetFlags
from gui import theme
from gui.canvas import Canvas
from gui.document import Document

CTRL = Qt.KeyboardModifier.ControlModifier


def flags(document: Document, name: str) -> list[str]:
    return [node.id for node in document.graph if getattr(node, name)]


def picture(canvas: Canvas, block: str) -> QImage:
    card = canvas.canvas.nodes[block].sceneBoundingRect()
    return canvas.viewport().grab(QRect(canvas.mapFromScene(card).boundingRect())).toImage()


@pytest.mark.parametrize(("which", "name"), [(Qt.Key.Key_M, "bypassed"), (Qt.Key.Key_P, "pinned")])
def test_one_key_sets_a_flag_on_several_blocks_and_takes_it_off_as_one_step(
    document: Document, canvas: Canvas, qtbot: QtBot, which: Qt.Key, name: str
) -> None:
    document.graph.apply(SetFlags("b3", {name: True}))
    document.select(["b2", "b3"])
    qtbot.keyClick(canvas, which)
    assert flags(document, name) == ["b2", "b3"]
    assert document.stack.count() == 1
    qtbot.keyClick(canvas, which)
    assert flags(document, name) == []
    document.stack.undo()
    document.stack.undo()
    assert flags(document, name) == ["b3"]


def test_a_bypassed_block_passes_the_shape_on_and_keeps_its_wires(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    wires = dict(document.graph.wires)
    document.select(["b2"])
    qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert dict(document.graph.wires) == wires
    assert str(document.report.blocks["b3"].output) == "N×1×28×28"
    assert document.report.blocks["b2"].parameters == 0


def test_what_has_no_input_or_no_output_is_refused_in_a_sentence(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    document.select(["b1", "b6"])
    qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert "image, output cannot be bypassed" in told[0]
    assert document.stack.count() == 0
    document.select(["b1", "b2"])
    qtbot.keyClick(canvas, Qt.Key.Key_M)
    assert flags(document, "bypassed") == ["b2"], "of several, those that can be left out are"


@pytest.mark.parametrize(("zoom", "name"), [(1.0, "bypassed"), (0.4, "bypassed"), (0.2, "bypassed"), (1.0, "pinned")])
def test_a_flag_is_seen_on_the_block_at_every_zoom_in_both_themes(
    document: Document, canvas: Canvas, qapp: Any, zoom: float, name: str
) -> None:
    canvas.set_zoom(zoom)
    canvas.centerOn(336, 40)
    for which in ("dark", "light"):
        theme.apply(qapp, which)  # type: ignore[arg-type]
        before = picture(canvas, "b2")
        document.graph.apply(SetFlags("b2", {name: True}))
        assert picture(canvas, "b2") != before
        document.graph.apply(SetFlags("b2", {name: False}))
        assert picture(canvas, "b2") == before


def test_flags_are_copied_with_the_block_but_a_copy_is_not_pinned(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    document.graph.apply(SetFlags("b2", {"bypassed": True, "pinned": True}))
    document.select(["b2"])
    qtbot.keyClick(canvas, Qt.Key.Key_C, CTRL)
    qtbot.keyClick(canvas, Qt.Key.Key_V, CTRL)
    (copy,) = document.selection
    assert document.graph.node(copy).bypassed is True
    assert document.graph.node(copy).pinned is False


def test_flags_are_saved(document: Document) -> None:
    document.graph.apply(SetFlags("b2", {"bypassed": True, "pinned": True}))
    again = store.loads(store.dumps(document.graph)).node("b2")
    assert (again.bypassed, again.pinned) == (True, True)


def test_one_key_freezes_blocks_with_weights_and_a_mark_and_a_word_say_so(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    learn = [id_ for id_, found in document.report.blocks.items() if found.parameters]
    before = picture(canvas, learn[0])
    document.select(list(document.graph.nodes))
    qtbot.keyClick(canvas, Qt.Key.Key_L)
    assert flags(document, "frozen") == learn
    assert document.stack.count() == 1
    document.select([])
    assert picture(canvas, learn[0]) != before
    qtbot.keyClick(canvas, Qt.Key.Key_L)
    assert flags(document, "frozen") == learn
    document.stack.undo()
    assert flags(document, "frozen") == []


def test_what_has_no_weights_is_not_frozen_and_a_sentence_says_why(
    document: Document, canvas: Canvas, qtbot: QtBot
) -> None:
    told: list[str] = []
    document.refused.connect(told.append)
    document.select(["b1"])
    qtbot.keyClick(canvas, Qt.Key.Key_L)
    assert flags(document, "frozen") == []
    assert "cannot be frozen" in told[0]
