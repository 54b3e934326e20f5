"""Moving a large drawing: strips that come into view are shown from tiles that lie ready, and look as if painted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from engine.graph.model import (
    Disconnect,
    End,
    Mark,
    Move,
    RemoveBlock,
    RemoveMark,
    Rename,
    SetMark,
)
from gui.canvas import Canvas
from gui.canvas.ahead import Ahead
from gui.canvas.node import NodeItem
from gui.document import Document

ROUNDED = 60  # of 255
FEW = 100  # pixels: a letter may stand otherwise when it is painted in two parts


def turns(qapp: QApplication, count: int = 3) -> None:
    for _ in range(count):
        qapp.processEvents()


def prepared(canvas: Canvas) -> Ahead:
    """Let all tiles be painted that are wanted now."""
    ahead = canvas.ahead
    ahead._go_on()
    while ahead._turn.isActive():
        ahead._go_on()
        if not ahead._missing():
            ahead._turn.stop()
    return ahead


def screen(canvas: Canvas) -> QImage:
    """What is on the screen, not what would be painted now."""
    return canvas.screen().grabWindow(canvas.winId()).toImage()


def pixels(image: QImage) -> np.ndarray:
    """Rows of red, green, blue and nothing."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def note(canvas: Canvas, block: str) -> Mark:
    """A note above a block."""
    corner = canvas.canvas.nodes[block].pos()
    return Mark("m1", "note", "Read this first", corner.x(), corner.y() - 60, 200, 50)


def off(qapp: QApplication, canvas: Canvas) -> int:
    """How many pixels of the screen differ from what painting it anew gives; smooth edges may be rounded otherwise."""
    canvas.canvas.late.finish()
    canvas.minimap._redraw()  # it follows an edit later than the drawing does
    turns(qapp)
    shown = screen(canvas)
    canvas.viewport().update()
    turns(qapp)
    one, two = (pixels(image).astype(np.int16) for image in (shown, screen(canvas)))
    return int((np.abs(one - two).max(axis=2) > ROUNDED).sum())


@pytest.mark.parametrize("zoom", [0.2, 0.45, 0.71, 1.0])
def test_after_a_pan_the_screen_shows_what_painting_anew_would(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, zoom: float
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    turns(qapp)
    for step in range(40):
        canvas.scroll_by(QPoint(-13 if step < 25 else 17, -5 if step % 20 < 10 else 7))
        turns(qapp, 1)
    assert canvas.ahead._tiles
    assert off(qapp, canvas) <= FEW


def test_a_step_of_a_pan_paints_no_block_where_tiles_lie_ready(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.5)
    turns(qapp)
    canvas.scroll_by(QPoint(-11, -7))
    turns(qapp)
    prepared(canvas)
    painted.clear()
    canvas.scroll_by(QPoint(-11, -7))
    canvas.ahead._turn.stop()
    turns(qapp)
    assert not painted


@pytest.mark.parametrize("change", ["thumbnail", "name", "selection", "note", "words", "chosen", "ring"])
def test_what_changes_is_not_shown_from_an_old_tile(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, change: str
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.6)
    canvas.show_blocks(["b40"])
    picture = QImage(8, 8, QImage.Format.Format_RGB888)
    picture.fill(QColor("#ff0000"))
    for id_ in large.graph.nodes:
        canvas.set_thumbnail(id_, picture)
    turns(qapp)
    seen = canvas.seen()
    level = (item for item in canvas.canvas.nodes.values() if seen.top() < item.y() < seen.center().y())
    beside = min((item for item in level if item.x() > seen.right()), key=NodeItem.x).node.id
    rects = [item.place() for item in canvas.canvas.nodes.values()]
    if change in ("words", "chosen"):
        large.do(SetMark(note(canvas, beside)), "Add note")
    elif change == "ring":
        canvas.rings.show_rings(rects, rects[0])
    canvas.scroll_by(QPoint(-6, -4))
    turns(qapp)
    prepared(canvas)
    match change:
        case "thumbnail":
            picture.fill(QColor("#0000ff"))
            canvas.set_thumbnail(beside, picture)
        case "name":
            large.do(Rename(beside, "other"), "Rename")
        case "selection":
            large.select([beside])
        case "note":
            large.do(SetMark(note(canvas, beside)), "Add note")
        case "chosen":
            canvas.marks.choose("m1")
        case "ring":
            canvas.rings.show_rings(rects, canvas.canvas.nodes[beside].place())
        case _:
            large.do(SetMark(replace(note(canvas, beside), text="Nothing to say")), "Write note")
    for _ in range(30):
        canvas.scroll_by(QPoint(-9, 0))
        turns(qapp, 1)
    assert off(qapp, canvas) <= FEW


@pytest.mark.parametrize(
    "change",
    ["block gone", "block moved", "block dragged", "wire gone", "note gone", "note moved", "note dragged", "note chosen",
     "frame gone", "ring"],
)  # fmt: skip
def test_what_has_come_into_view_from_a_tile_leaves_nothing_behind(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, change: str
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.6)
    canvas.show_blocks(["b40"])
    turns(qapp)
    seen, scene = canvas.seen(), canvas.canvas
    level = (item for item in scene.nodes.values() if seen.top() < item.y() < seen.center().y())
    beside = min((item for item in level if item.x() > seen.right()), key=NodeItem.x).node.id
    mark = note(canvas, beside)
    if "note" in change:
        large.do(SetMark(mark), "Add note")
    if "frame" in change:
        large.do(SetMark(replace(mark, kind="frame", y=mark.y - 40, height=200)), "Add frame")
    if change == "ring":
        rects = [scene.nodes[id_].place() for id_ in large.graph.nodes]
        canvas.rings.show_rings(rects, rects[0])
    turns(qapp)
    canvas.scroll_by(QPoint(-6, -4))
    turns(qapp)
    prepared(canvas)
    for _ in range(32):
        canvas.scroll_by(QPoint(-8, 0))
        turns(qapp, 1)
        prepared(canvas)
    assert canvas.seen().contains(scene.nodes[beside].place())
    turns(qapp)
    match change:
        case "block gone":
            large.do(RemoveBlock(beside), "Delete")
        case "block moved":
            large.do(Move({beside: (large.graph.node(beside).x - 60, large.graph.node(beside).y + 90)}), "Move")
        case "block dragged":
            scene.shift({beside: scene.nodes[beside].pos()}, QPointF(-60, 90))
        case "wire gone":
            large.do(Disconnect(End(beside, "x")), "Disconnect")
        case "note gone" | "frame gone":
            large.do(RemoveMark("m1"), "Delete")
        case "note moved":
            large.do(SetMark(replace(mark, x=mark.x - 150)), "Move note")
        case "note dragged":
            canvas.marks.items["m1"].move_to(mark.x - 150, mark.y)
        case "note chosen":
            canvas.marks.choose("m1")
        case _:
            canvas.rings.show_rings(rects, scene.nodes[beside].place())
    turns(qapp)
    assert off(qapp, canvas) == 0


def test_while_things_change_no_tiles_are_made_in_vain(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.6)
    turns(qapp)
    canvas.scroll_by(QPoint(-6, -4))
    large.select(["b3"])
    turns(qapp, 4)
    assert not canvas.ahead._tiles
    assert not canvas.ahead._turn.isActive()


def test_a_long_way_keeps_few_tiles(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.canvas.ahead.KEPT", 40)
    canvas = show(large)
    canvas.set_zoom(1.0)
    turns(qapp)
    for _ in range(60):
        canvas.scroll_by(QPoint(-90, 0))
        turns(qapp, 1)
        prepared(canvas)
    view = canvas.viewport().size()
    near = (view.width() // 128 + 12) * (view.height() // 128 + 12)
    assert len(canvas.ahead._tiles) <= near


def test_a_small_drawing_needs_no_tiles(
    qapp: QApplication, show: Callable[[Document], Canvas], document: Document
) -> None:
    canvas = show(document)
    canvas.scroll_by(QPoint(-6, -4))
    turns(qapp, 4)
    assert not canvas.ahead._tiles
