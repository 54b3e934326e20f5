"""The wheel on a large drawing: a scaled picture while it turns, and the drawing as it is once it rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from engine.graph.model import Rename
from gui import theme
from gui.canvas import Canvas, glide, tiles
from gui.canvas.far import Far
from gui.document import Document

NOTCH = 120


def turn(canvas: Canvas, delta: int = NOTCH) -> None:
    """The wheel, and the frame that follows."""
    viewport = canvas.viewport()
    at = QPointF(viewport.rect().center())
    QApplication.sendEvent(
        viewport,
        QWheelEvent(at, viewport.mapToGlobal(at), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip
    frame(canvas)


def frame(canvas: Canvas) -> None:
    canvas.viewport().repaint()


def rest(canvas: Canvas) -> None:
    canvas._calm.stop()
    canvas._calmed()
    frame(canvas)


def finish(canvas: Canvas) -> None:
    """All turns of the event loop that the next picture needs."""
    glide_ = canvas.glide
    while glide_._next is not None or (glide_._all is not None and glide_._all.tiles):
        glide_._go_on()


def ready(canvas: Canvas) -> None:
    """The wheel rests, and the picture for its next turn is there."""
    rest(canvas)
    canvas.glide._reserve()
    finish(canvas)


def image(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage()


@pytest.mark.parametrize(("zoom", "turns"), [(0.4, 4), (0.7, -4), (0.3, 3), (0.4, -3)])
def test_once_the_wheel_rests_the_view_looks_as_if_it_had_been_zoomed_at_once(
    show: Callable[[Document], Canvas], large: Document, zoom: float, turns: int
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    frame(canvas)
    for _ in range(abs(turns)):
        turn(canvas, NOTCH if turns > 0 else -NOTCH)
    rest(canvas)
    shown, at, place = image(canvas), canvas.zoom, canvas.seen()
    other = show(large)
    other.set_zoom(at)
    other.scroll_by(other.mapFromScene(place.center()) * -1 + canvas.viewport().rect().center())
    other.horizontalScrollBar().setValue(canvas.horizontalScrollBar().value())
    other.verticalScrollBar().setValue(canvas.verticalScrollBar().value())
    rest(other)
    assert not canvas.glide.on
    assert shown == image(other)


def test_while_the_wheel_turns_no_block_paints_itself_but_in_slices(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glide, "SLICE_S", 0.0)
    canvas = show(large)
    canvas.set_zoom(0.45)
    frame(canvas)
    turn(canvas, 38)
    painted.clear()
    for _ in range(3):
        turn(canvas, 38)
    assert not painted
    assert canvas.glide._next is not None
    before = len(canvas.glide._next.tiles)
    canvas.glide._go_on()
    assert len(canvas.glide._next.tiles) == before or len(canvas.glide._next.tiles) == before - 1
    monkeypatch.setattr(glide, "SLICE_S", 1.0)
    finish(canvas)
    assert painted


def test_coming_from_far_away_colours_stay_until_a_picture_is_ready(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.33)
    frame(canvas)
    canvas.set_zoom(0.33)
    painted.clear()
    turn(canvas)
    assert canvas.canvas.inks.level == 1
    assert not painted
    finish(canvas)
    assert painted
    assert canvas.glide._kept is not None


@pytest.mark.parametrize("change", ["thumbnail", "name", "selection", "theme"])
def test_a_picture_of_what_has_changed_is_thrown_away(
    qapp: QApplication, show: Callable[[Document], Canvas], large: Document, painted: Counter[str], change: str
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.7)
    frame(canvas)
    turn(canvas, 38)
    finish(canvas)
    turn(canvas, 38)
    kept = canvas.glide._kept
    painted.clear()
    try:
        match change:
            case "thumbnail":
                picture = QImage(8, 8, QImage.Format.Format_RGB888)
                picture.fill(QColor("#ff0000"))
                canvas.set_thumbnail(canvas.readable()[0], picture)
            case "name":
                large.do(Rename(canvas.readable()[0], "other"), "Rename")
            case "selection":
                large.select([canvas.readable()[0]])
            case _:
                theme.apply(qapp, "dark")
        turn(canvas, 38)
        assert canvas.glide._kept is not kept
        assert painted.keys() >= set(canvas.readable())
    finally:
        theme.apply(qapp, "light")


def test_a_picture_on_a_face_that_changes_while_the_wheel_turns_is_shown_once_it_rests(
    show: Callable[[Document], Canvas], large: Document
) -> None:
    canvas, picture = show(large), QImage(8, 8, QImage.Format.Format_RGB888)
    picture.fill(QColor("#ff0000"))
    canvas.set_zoom(0.7)
    frame(canvas)
    block = canvas.readable()[0]
    canvas.set_thumbnail(block, picture)
    turn(canvas, 38)
    kept = canvas.glide._kept
    canvas.set_thumbnail(block, picture)
    turn(canvas, 38)
    assert canvas.glide._kept is kept
    ready(canvas)
    reserved = canvas.glide._kept
    assert reserved is not None
    canvas.set_thumbnail(block, picture)
    turn(canvas, 38)
    assert canvas.glide._kept is not reserved


def test_what_lies_around_comes_from_a_picture_of_everything_until_that_is_old(
    show: Callable[[Document], Canvas], large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    paint = Far.paint
    monkeypatch.setattr(Far, "paint", lambda self, *given, **more: (calls.append(1), paint(self, *given, **more)))
    canvas = show(large)
    canvas.set_zoom(0.9)
    ready(canvas)
    assert len(calls) >= tiles.BANDS
    calls.clear()
    turn(canvas, -NOTCH)
    assert not calls
    large.select(list(large.graph.nodes))
    turn(canvas, -38)
    finish(canvas)
    assert len(calls) >= tiles.BANDS


def test_a_picture_lies_ready_for_the_next_turn_once_the_view_rests(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.5)
    ready(canvas)
    painted.clear()
    turn(canvas, 38)
    assert canvas.glide.on
    assert not painted


def test_a_picture_of_another_part_is_not_shown(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(1.0)
    ready(canvas)
    canvas.scroll_by(QPoint(-600, 0))
    frame(canvas)
    painted.clear()
    turn(canvas, 38)
    assert painted


def test_a_small_drawing_is_painted_as_ever(show: Callable[[Document], Canvas], document: Document) -> None:
    canvas = show(document)
    turn(canvas)
    assert not canvas.glide.on


def test_what_floats_stays_in_its_place_while_the_wheel_turns(
    show: Callable[[Document], Canvas], large: Document
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.5)
    frame(canvas)
    before = canvas.bar.pos(), canvas.minimap.pos()
    for delta in (NOTCH, NOTCH, -NOTCH):
        turn(canvas, delta)
    canvas.scroll_by(QPoint(13, 7))
    assert (canvas.bar.pos(), canvas.minimap.pos()) == before


def test_from_far_away_no_patch_of_near_blocks_is_left(show: Callable[[Document], Canvas], large: Document) -> None:
    canvas = show(large)
    canvas.set_zoom(0.4)
    ready(canvas)
    turn(canvas, -38)
    assert canvas.glide._kept is not None
    while canvas.canvas.inks.level:
        turn(canvas, -38)
    assert canvas.glide.on
    assert canvas.glide._kept is None


def test_out_and_in_again_colours_stay_until_a_picture_is_ready(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.4)
    ready(canvas)
    while canvas.canvas.inks.level < 2:
        turn(canvas)
        finish(canvas)
    while canvas.canvas.inks.level:
        turn(canvas, -NOTCH)
    painted.clear()
    while canvas.canvas.inks.level < 2:
        turn(canvas)
    assert canvas.glide._kept is None
    assert not painted
    finish(canvas)
    assert painted
    assert canvas.glide._kept is not None
