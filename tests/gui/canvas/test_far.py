"""What is painted, when, and by whom: level of detail, scrolling, edits that touch little, many blocks on the move."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPaintEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Batch, Configure, Connect, End, Move, Node, Wire
from engine.project import Project
from gui import theme
from gui.canvas import Canvas
from gui.canvas.convoy import SEVERAL
from gui.canvas.gestures import DragBlocks
from gui.canvas.guides import Guides
from gui.canvas.inks import FULL_FROM, NAME_FROM, level_at, mix
from gui.canvas.node import NodeItem
from gui.canvas.wire import WireItem
from gui.document import Document
from tests.gui.canvas.conftest import Mouse

ACROSS, DOWN = 12, 10


@pytest.fixture
def large() -> Document:
    """An image and a hundred and nineteen ReLUs in rows, each wired to the next; no wire is dashed."""
    project = Project()
    places = [(f"b{y * ACROSS + x}", x * 256.0, y * 160.0) for y in range(DOWN) for x in range(ACROSS)]
    blocks = [AddBlock(Node(id_, "relu", f"relu_{id_}", {}, x, y)) for id_, x, y in places]
    blocks[0] = AddBlock(Node("b0", "image_input", "image", {"channels": 3, "height": 8, "width": 8}))
    project.graph.apply(Batch(tuple(blocks)))
    wires = [Wire(End(one[0], "y"), End(two[0], "x")) for one, two in itertools.pairwise(places)]
    project.graph.apply(Batch(tuple(Connect(wire) for wire in wires)))
    return Document(project)


class Exposed(QObject):
    """Notes the regions that the viewport is asked to paint."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.areas: list[int] = []
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            rects: list[QRect] = list(event.region())  # type: ignore[call-overload]
            self.areas.append(sum(rect.width() * rect.height() for rect in rects))
        return False


@pytest.fixture
def both_themes(qapp: QApplication) -> Iterator[Callable[[], Iterator[str]]]:
    before = theme.current().name

    def names() -> Iterator[str]:
        for name in ("light", "dark"):
            theme.apply(qapp, name)
            yield name

    yield names
    theme.apply(qapp, before)


def shot(canvas: Canvas) -> QImage:
    QApplication.processEvents()
    return canvas.viewport().grab().toImage()


def test_names_go_first_then_everything_but_the_colour() -> None:
    assert [level_at(zoom) for zoom in (1.0, FULL_FROM, 0.5, NAME_FROM, 0.3, 0.05)] == [2, 2, 1, 1, 0, 0]


def test_far_blocks_have_the_colour_of_their_family_in_both_themes(
    document: Document, canvas: Canvas, both_themes: Callable[[], Iterator[str]]
) -> None:
    canvas.set_zoom(0.2)
    canvas.centerOn(700, 40)
    for _ in both_themes():
        image, t = shot(canvas), theme.current()
        for item in canvas.canvas.nodes.values():
            colour = image.pixelColor(canvas.mapFromScene(item.pos() + item.card().center()))
            assert colour == mix(t.family[item.family_name], t.raised, 0.42)


def test_far_blocks_paint_nothing_themselves_and_near_ones_only_where_they_are_seen(
    show: Callable[[Document], Canvas], large: Document, painted: Counter[str]
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.2)
    painted.clear()
    shot(canvas)
    assert not painted
    canvas.set_zoom(1.0)
    canvas.centerOn(300, 200)
    painted.clear()
    shot(canvas)
    seen = canvas.seen().adjusted(-2, -2, 2, 2)
    assert 4 <= len(painted) < 30
    assert all(canvas.canvas.nodes[id_].sceneBoundingRect().intersects(seen) for id_ in painted)


@pytest.mark.parametrize("zoom", [0.2, 1.0])
def test_a_scroll_paints_a_strip_and_what_floats_stays_in_its_place(
    show: Callable[[Document], Canvas], large: Document, zoom: float
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    canvas.centerOn(400, 300)
    shot(canvas)
    places = canvas.bar.geometry(), canvas.minimap.geometry()
    exposed = Exposed(canvas)
    whole = canvas.viewport().width() * canvas.viewport().height()
    for step in (QPoint(9, 5), QPoint(-30, 0), QPoint(0, 14)):
        exposed.areas.clear()
        canvas.scroll_by(step)
        QApplication.processEvents()
        assert sum(exposed.areas) < whole / 4
        assert (canvas.bar.geometry(), canvas.minimap.geometry()) == places
    canvas.centerOn(900, 700)
    canvas.horizontalScrollBar().setValue(canvas.horizontalScrollBar().value() + 25)
    assert (canvas.bar.geometry(), canvas.minimap.geometry()) == places


@pytest.mark.parametrize("zoom", [0.2, 0.5, 1.0])
def test_a_scrolled_view_looks_as_if_it_were_painted_anew(
    show: Callable[[Document], Canvas], large: Document, qtbot: QtBot, zoom: float
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    canvas.centerOn(500, 300)
    shot(canvas)
    for step in (QPoint(17, 11), QPoint(-5, 3)):
        canvas.scroll_by(step)
        QApplication.processEvents()
    screen = canvas.screen()
    assert screen is not None
    moved = screen.grabWindow(canvas.winId()).toImage()
    canvas.viewport().update()
    QApplication.processEvents()
    anew = screen.grabWindow(canvas.winId()).toImage()
    assert moved == anew


@pytest.mark.parametrize("zoom", [0.2, 1.0])
def test_a_block_that_moves_leaves_nothing_behind(
    show: Callable[[Document], Canvas], large: Document, zoom: float
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    canvas.centerOn(700, 40)
    shot(canvas)
    large.do(Move({"b1": (500.0, -200.0)}), "Move")
    QApplication.processEvents()
    screen = canvas.screen()
    assert screen is not None
    after = screen.grabWindow(canvas.winId()).toImage()
    canvas.viewport().update()
    QApplication.processEvents()
    assert after == screen.grabWindow(canvas.winId()).toImage()


def test_a_far_block_that_is_selected_is_painted_alone(show: Callable[[Document], Canvas], large: Document) -> None:
    canvas = show(large)
    canvas.set_zoom(0.2)
    canvas.centerOn(1400, 700)
    before = shot(canvas)
    exposed = Exposed(canvas)
    large.select(["b50"])
    QApplication.processEvents()
    assert 0 < sum(exposed.areas) < 40 * 40
    assert shot(canvas) != before


def test_a_far_rubber_band_is_seen_and_leaves_nothing_behind(
    show: Callable[[Document], Canvas], large: Document
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.2)
    canvas.centerOn(1400, 700)
    before = shot(canvas)
    mouse = Mouse(canvas)
    exposed = Exposed(canvas)
    mouse.press(mouse.at(-900, -300))
    mouse.move(mouse.at(-300, 900))
    QApplication.processEvents()
    assert sum(exposed.areas) >= 120 * 240
    exposed.areas.clear()
    mouse.release(mouse.at(-300, 900))
    QApplication.processEvents()
    assert sum(exposed.areas) >= 120 * 240
    assert shot(canvas) == before


def test_an_edit_refreshes_only_the_block_it_changes(
    show: Callable[[Document], Canvas], document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = show(document)
    fresh: Counter[str] = Counter()
    for name in ("set_node", "set_report"):
        real = getattr(NodeItem, name)

        def counting(self: NodeItem, *args: object, real: Callable[..., None] = real) -> None:
            fresh[self.node.id] += 1
            real(self, *args)

        monkeypatch.setattr(NodeItem, name, counting)
    laid: list[End] = []
    lay = canvas.canvas.lay

    def laying(wire: WireItem) -> None:
        laid.append(wire.wire.target)
        lay(wire)

    monkeypatch.setattr(canvas.canvas, "lay", laying)
    document.do(Configure("b5", {"bias": False}), "Set")
    assert set(fresh) == {"b5"}
    assert set(laid) <= {End("b5", "x"), End("b6", "x")}
    assert canvas.canvas.wires[End("b6", "x")].label.text == "N×10"


def test_an_edit_far_away_paints_only_its_block(show: Callable[[Document], Canvas], large: Document) -> None:
    canvas = show(large)
    canvas.set_zoom(1.0)
    canvas.centerOn(200, 100)
    shot(canvas)
    exposed = Exposed(canvas)
    large.do(Move({"b100": (3000.0, 2000.0)}), "Move")
    QApplication.processEvents()
    assert sum(exposed.areas) < canvas.viewport().width() * canvas.viewport().height() / 4  # the minimap at most


@pytest.mark.parametrize("zoom", [0.25, 0.5])
def test_many_blocks_travel_as_cards_and_are_put_down_at_the_end(
    show: Callable[[Document], Canvas], large: Document, zoom: float
) -> None:
    canvas = show(large)
    canvas.set_zoom(zoom)
    canvas.centerOn(600, 400)
    mouse = Mouse(canvas)
    large.select(list(large.graph.nodes)[:SEVERAL])
    start = mouse.at(256 + 80, 160 + 40)
    home = QPointF(canvas.canvas.nodes["b13"].pos())
    before = shot(canvas)
    mouse.press(start)
    mouse.move(start + QPoint(0, 8))
    mouse.move(start + QPoint(0, 60))
    assert canvas.canvas.convoy is not None
    assert canvas.canvas.nodes["b13"].pos() == home
    assert shot(canvas) != before
    mouse.release(start + QPoint(0, 60))
    assert canvas.canvas.convoy is None
    moved = large.graph.node("b13")
    assert moved.y > home.y() + 60
    assert canvas.canvas.nodes["b13"].pos() == QPointF(moved.x, moved.y)
    assert not any(item.dim for item in canvas.canvas.nodes.values())
    large.stack.undo()
    assert shot(canvas) == before


@pytest.mark.parametrize(("first", "then"), [(0.6, 0.25), (0.25, 0.6)])
@pytest.mark.parametrize("kept", [True, False])
def test_a_block_in_hand_stays_under_the_mouse_when_the_zoom_changes(
    show: Callable[[Document], Canvas], large: Document, monkeypatch: pytest.MonkeyPatch, first: float, then: float,
    kept: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("gui.canvas.scene.LARGE", 50)
    canvas, keys = show(large), Qt.KeyboardModifier.ControlModifier
    canvas.set_zoom(first)
    canvas.centerOn(600, 400)
    lead, scene = large.graph.node("b13"), canvas.canvas
    home = QPointF(lead.x, lead.y)
    large.select(["b13"])
    gesture = DragBlocks(canvas, canvas.mapFromScene(home + QPointF(80, 40)), scene.nodes["b13"])
    gesture.move(canvas.mapFromScene(home + QPointF(180, 140)), keys)
    canvas.set_zoom(then, canvas.mapFromScene(home))
    shot(canvas)
    goal = canvas.mapFromScene(home + QPointF(280, 240))
    gesture.move(goal, keys)
    shown = scene.nodes["b13"].pos() + (scene.convoy.offset if scene.convoy is not None else QPointF())
    assert (shown - home - QPointF(200, 200)).manhattanLength() < 8
    if kept:
        gesture.finish(goal, keys)
        assert (large.graph.node("b13").x, large.graph.node("b13").y) == (shown.x(), shown.y())
    else:
        gesture.cancel()
        assert large.graph.node("b13") is lead
    place = QPointF(large.graph.node("b13").x, large.graph.node("b13").y)
    assert scene.convoy is None
    assert scene.nodes["b13"].pos() == place
    assert scene.cells.rect("b13") == scene.nodes["b13"].place()
    assert not any(item.dim for item in scene.nodes.values())


def test_a_block_that_comes_back_but_for_a_rounding_stands_where_it_was(
    show: Callable[[Document], Canvas], large: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.7)
    large.select(["b13"])
    lead, scene = large.graph.node("b13"), canvas.canvas
    at = canvas.mapFromScene(QPointF(lead.x + 80, lead.y + 40))
    gesture = DragBlocks(canvas, at, scene.nodes["b13"])
    gesture.move(at + QPoint(50, 50), Qt.KeyboardModifier.ControlModifier)
    gesture._guides = Guides([])
    monkeypatch.setattr("gui.canvas.edits.snapped", lambda goal: 16 * round(goal / 16) + 1e-10)
    gesture.move(at, Qt.KeyboardModifier.NoModifier)
    gesture.finish(at, Qt.KeyboardModifier.NoModifier)
    assert large.graph.node("b13") is lead
    assert (scene.nodes["b13"].x(), scene.nodes["b13"].y()) == (lead.x, lead.y)


def test_escape_lets_many_blocks_stay_where_they_were(show: Callable[[Document], Canvas], large: Document) -> None:
    canvas = show(large)
    canvas.set_zoom(0.25)
    canvas.centerOn(600, 400)
    mouse = Mouse(canvas)
    large.select(list(large.graph.nodes))
    before = shot(canvas)
    start = mouse.at(256 + 80, 160 + 40)
    mouse.press(start)
    mouse.move(start + QPoint(0, 60))
    canvas.let_go()
    assert canvas.canvas.convoy is None
    assert not large.stack.canUndo()
    assert shot(canvas) == before


def test_a_rubber_band_shows_what_it_holds_and_selects_it_at_its_end(
    show: Callable[[Document], Canvas], large: Document
) -> None:
    canvas = show(large)
    canvas.set_zoom(0.2)
    canvas.centerOn(1400, 700)
    mouse = Mouse(canvas)
    heard: list[object] = []
    large.selected.connect(heard.append)
    mouse.press(mouse.at(-100, -100))
    mouse.move(mouse.at(600, 200))
    assert canvas.canvas.nodes["b0"].chosen
    assert not heard
    mouse.release(mouse.at(600, 200))
    assert set(large.selection) == {"b0", "b1", "b2", "b12", "b13", "b14"}
    assert len(heard) == 1
    mouse.press(mouse.at(-100, -100))
    mouse.move(mouse.at(3000, 1600))
    canvas.let_go()
    assert set(large.selection) == {id_ for id_, item in canvas.canvas.nodes.items() if item.chosen}


def test_a_far_fault_is_outlined_in_the_problem_colour(document: Document, canvas: Canvas) -> None:
    document.do(Connect(Wire(End("b3", "y"), End("b5", "x"))), "Connect")
    canvas.set_zoom(0.2)
    canvas.centerOn(700, 40)
    image = shot(canvas)
    item = canvas.canvas.nodes["b5"]
    left = canvas.mapFromScene(item.pos() + QPointF(0, 20))
    near = [image.pixelColor(left + QPoint(x, 0)) for x in range(-2, 3)]
    bad = QColor(theme.current().bad)
    assert any(abs(c.red() - bad.red()) + abs(c.green() - bad.green()) + abs(c.blue() - bad.blue()) < 90 for c in near)


def test_a_far_warning_is_outlined_and_told_from_an_error_without_its_colour(
    document: Document, canvas: Canvas
) -> None:
    canvas.set_zoom(0.2)
    assert canvas.canvas.nodes["b3"].far_stroke == ""
    document.do(Connect(Wire(End("b2", "y"), End("b4", "x"))), "Past the ReLU")
    shot(canvas)
    item = canvas.canvas.nodes["b3"]
    assert (item.severity, item.far_stroke) == ("warning", "warning")
    card = canvas.mapFromScene(item.place()).boundingRect()
    image, warn = shot(canvas), QColor(theme.current().warn)
    edge = [image.pixelColor(x, y) for x in range(card.left() - 1, card.right() + 2)
            for y in (card.top() - 1, card.top(), card.top() + 1)]  # fmt: skip
    assert any(abs(one.hue() - warn.hue()) < 12 and one.saturation() > 90 for one in edge)
    inks = canvas.canvas.inks
    assert inks.warn_far.style() != inks.bad_far.style()
