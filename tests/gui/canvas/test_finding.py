"""Ctrl+F: a bar that finds blocks by what they are and what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Disconnect, End, Move
from gui.canvas import Canvas
from gui.canvas.finding import FindBar, entries, find
from gui.document import Document

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bar(canvas: Canvas, qtbot: QtBot) -> FindBar:
    qtbot.keyClick(canvas, Qt.Key.Key_F, CTRL)
    assert canvas.finding.isVisible()
    assert canvas.finding.field.hasFocus()
    return canvas.finding


@pytest.fixture
def typed(bar: FindBar, qtbot: QtBot) -> Callable[[str], list[str]]:
    def type_(text: str) -> list[str]:
        bar.field.clear()
        qtbot.keyClicks(bar.field, text)
        return bar.found

    return type_


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("conv1", ["b2"]),
        ("LINEAR", ["b5"]),
        ("activation", ["b3"]),
        ("out channels 6", ["b2"]),
        ("5x5", ["b2"]),
        ("24x24", ["b2", "b3", "b4"]),
        ("6 * 24", ["b2", "b3", "b4"]),
        ("flt", ["b4"]),
        ("no such thing", []),
    ],
)
def test_blocks_are_found_by_name_kind_family_setting_shape_and_fuzzily(
    typed: Callable[[str], list[str]], text: str, ids: list[str]
) -> None:
    assert typed(text) == ids


def test_a_block_is_found_by_its_problem(document: Document, typed: Callable[[str], list[str]]) -> None:
    document.graph.apply(Disconnect(End("b5", "x")))
    assert "b5" in typed("no wire") or "b5" in typed("nothing")


def test_enter_goes_on_and_shift_enter_back_round_and_round(
    bar: FindBar, typed: Callable[[str], list[str]], qtbot: QtBot
) -> None:
    typed("24x24")
    assert bar.said.text().startswith("1 of 3")
    seen = []
    for keys in (Qt.KeyboardModifier.NoModifier,) * 3 + (SHIFT, SHIFT):
        qtbot.keyClick(bar.field, Qt.Key.Key_Return, keys)
        seen.append(bar.current)
    assert seen == ["b3", "b4", "b2", "b4", "b3"]
    assert bar.said.text().startswith("2 of 3")
    assert "relu1" in bar.field.accessibleDescription()


def test_what_is_found_is_ringed_and_brought_into_view(
    document: Document, canvas: Canvas, typed: Callable[[str], list[str]]
) -> None:
    document.graph.apply(Move({"b6": (9000.0, 3000.0)}))
    typed("output")
    assert "b6" in canvas.finding.found
    typed("24x24")
    assert len(canvas.rings.rects) == 3
    assert canvas.rings.current is not None
    typed("outp")
    assert canvas.finding.current == "b6"
    assert canvas.seen().contains(canvas.canvas.around(["b6"]))


def test_escape_takes_the_rings_away_and_selects_what_was_found(
    document: Document, canvas: Canvas, bar: FindBar, typed: Callable[[str], list[str]], qtbot: QtBot
) -> None:
    typed("fc1")
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert canvas.rings.rects == ()
    assert document.selection == ("b5",)
    assert canvas.hasFocus()


def test_nothing_found_is_said_and_enter_does_nothing(
    canvas: Canvas, bar: FindBar, typed: Callable[[str], list[str]], qtbot: QtBot
) -> None:
    typed("qqqq")
    assert bar.said.text() == "No block matches"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert canvas.document.selection == ()


def test_the_bar_follows_the_drawing(
    document: Document, canvas: Canvas, bar: FindBar, typed: Callable[[str], list[str]]
) -> None:
    typed("6×24×24")
    assert len(bar.found) == 3
    document.do(Configure("b2", {"out_channels": 7}), "Set")
    assert bar.found == []
    document.stack.undo()
    assert len(bar.found) == 3
    document.new()
    assert not bar.isVisible()
    assert canvas.rings.rects == ()


def test_an_exact_word_is_not_buried_under_fuzzy_ones(document: Document) -> None:
    among = entries(document.graph, document.report)
    assert find("relu", among) == ["b3"]
    assert find("", among) == []
