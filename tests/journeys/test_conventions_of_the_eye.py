"""What people find, see and drag by habit, in one real window: palette, menus, minimap, colours, names, recovery.

All tests share the window, since building it costs more than any of them; each finds the same drawing, fitted. Keys and the
mouse of the other conventions: `tests/journeys/test_conventions.py`; `tests/rules/test_conventions.py` lists which show which.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.model import End
from engine.project import open_project
from gui import app, retheme, theme
from gui.canvas import Canvas
from gui.document import Document
from gui.window import Window
from tests.gui.canvas.conftest import Mouse
from tests.journeys import looking
from tests.journeys.looking import of_colour, palette_row, seen, stands_out, wheel

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
PRESET = "preset:lenet5_relu_max"
PATIENCE = 90_000  # ms; a busy machine
ASKED = QMessageBox.exec  # as it is without the answers of the tests


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's folder."""
    folder = tmp_path_factory.mktemp("eye")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_DATA", str(folder / "data"))
        yield folder


@pytest.fixture(scope="module")
def shared(qapp: QApplication, home: Path) -> Iterator[Window]:
    """The window; what it asks at its end is answered by "discard"."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gui.filing.QMessageBox.exec", lambda _box: QMessageBox.StandardButton.Discard)
        theme.apply(qapp, "light")
        made = app.build(open_project(PRESET))
        made.resize(1280, 800)
        made.show()
        yield made
        made.session.close()
        made.close()
        made.deleteLater()


@pytest.fixture
def window(shared: Window, qtbot: QtBot) -> Window:
    """The window as it is at its start."""
    if theme.current().name != "light":
        shared.set_theme("light")
        retheme.finish()
    shared.parts.places["design"].palette_panel.field.clear()  # type: ignore[attr-defined]
    shared.document.replace(open_project(PRESET))
    shared.show_place("design")
    shared.activateWindow()
    qtbot.waitActive(shared)
    return shared


@pytest.fixture
def canvas(window: Window, qtbot: QtBot) -> Canvas:
    found = window.parts.places["design"].findChild(Canvas)
    assert isinstance(found, Canvas)
    qtbot.waitUntil(lambda: not found._fit_pending)
    found.setFocus()
    return found


@pytest.fixture
def document(window: Window) -> Document:
    return window.document


@pytest.fixture
def press(window: Window, canvas: Canvas, qtbot: QtBot) -> Callable[..., None]:
    """Keys go to whatever has the focus, as a person's do."""

    def pressed(*keys: Qt.Key, with_: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            qtbot.keyClick(QApplication.focusWidget() or window, key, with_)

    return pressed


@pytest.fixture
def carry(window: Window, canvas: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Drag a row of the palette to a place of the drawing; the platform's part, between the two windows' ends, is played."""

    def carried(kind: str, x: float, y: float) -> None:
        went: list[str] = []

        def across(drag: QDrag, *_: object) -> Qt.DropAction:
            at, copy, viewport = canvas.mapFromScene(QPointF(x, y)), Qt.DropAction.CopyAction, canvas.viewport()
            for event in (QDragEnterEvent(at, copy, drag.mimeData(), LEFT, NONE),
                          QDragMoveEvent(at, copy, drag.mimeData(), LEFT, NONE)):  # fmt: skip
                QApplication.sendEvent(viewport, event)
                assert event.isAccepted()
            QApplication.sendEvent(viewport, QDropEvent(QPointF(at), copy, drag.mimeData(), LEFT, NONE))
            went.append(drag.mimeData().formats()[0])
            return copy

        monkeypatch.setattr("gui.palette.kind_list.QDrag.exec", across)
        row = palette_row(window, kind)
        under = window.parts.places["design"].palette_panel.list.viewport()  # type: ignore[attr-defined]
        qtbot.mousePress(under, LEFT, pos=row.center())
        for away in (8, 20, 40):
            qtbot.mouseMove(under, row.center() + QPoint(away, 0))
        qtbot.mouseRelease(under, LEFT, pos=row.center() + QPoint(40, 0))
        assert went, "pressing and moving begins a drag"

    return carried


# --- the palette


def test_a_search_in_the_palette_finds_blocks_that_keep_their_colour_on_the_canvas(
    window: Window, document: Document, canvas: Canvas, qtbot: QtBot, press: Callable[..., None]
) -> None:
    palette = window.parts.places["design"].palette_panel  # type: ignore[attr-defined]
    for typed, kind in (("drpt", "dropout"), ("batch norm 2", "batchnorm2d")):
        qtbot.mouseClick(palette.field, LEFT)
        press(Key.Key_A, with_=CTRL)
        qtbot.keyClicks(palette.field, typed)
        assert palette.list.kinds()[0] == kind
        press(Key.Key_Return)
        press(Key.Key_Escape)
        assert palette.field.text() == ""
        qtbot.keyClicks(palette.field, typed)
        made = list(document.graph)[-1]
        assert made.kind == kind
        colour = theme.current().family[made.spec.family]
        row = palette_row(window, kind)
        chip = seen(palette.list.viewport(), row.adjusted(0, 0, 32 - row.width(), 0))
        assert of_colour(chip, colour) > 20
        others = set(theme.current().family.values()) - {colour}
        assert all(of_colour(chip, other) == 0 for other in others)
        canvas.setFocus()
        press(Key.Key_0, with_=CTRL)
        canvas.goto(made.id)
        on_canvas = canvas.mapFromScene(canvas.canvas.nodes[made.id].place()).boundingRect()
        assert of_colour(seen(canvas.viewport(), on_canvas), colour) > 20


def test_a_row_of_the_palette_is_dragged_to_where_it_is_wanted(
    document: Document, canvas: Canvas, carry: Callable[..., None], press: Callable[..., None]
) -> None:
    before = document.graph.copy()
    carry("relu", 640, 590)
    made = list(document.graph)[-1]
    assert (made.kind, document.graph.wires_into(made.id)) == ("relu", [])
    assert abs(made.x + 80 - 640) <= 8
    assert document.selection == (made.id,)
    canvas.setFocus()
    press(Key.Key_Z, with_=CTRL)
    assert document.graph.same_as(before)


def test_a_row_of_the_palette_dropped_on_a_wire_goes_into_it(
    document: Document, canvas: Canvas, carry: Callable[..., None], press: Callable[..., None]
) -> None:
    conv, relu = document.graph.named("conv1"), document.graph.named("relu1")
    carry("relu", (conv.x + 160 + relu.x) / 2, conv.y + 40)
    made = list(document.graph)[-1]
    assert document.graph.wires[End(made.id, "x")].source.block == conv.id
    assert document.graph.wires[End(relu.id, "x")].source.block == made.id
    assert document.report.ok
    places = [canvas.canvas.nodes[node.id].place() for node in (conv, made, relu)]
    assert not places[0].intersects(places[1])
    assert not places[1].intersects(places[2]), "the rest makes room"


# --- the view


def test_the_minimap_comes_when_the_drawing_is_larger_than_the_view_and_leads_about(
    canvas: Canvas, qtbot: QtBot, press: Callable[..., None]
) -> None:
    press(Key.Key_F)
    assert not canvas.minimap.isVisible()
    wheel(canvas, 6)
    assert canvas.minimap.isVisible()

    def middle() -> QPointF:
        return canvas.mapToScene(canvas.viewport().rect().center())

    rim = canvas.minimap.rect().adjusted(20, 20, -20, -20)
    qtbot.mouseClick(canvas.minimap, LEFT, pos=rim.topLeft())
    corner = middle()
    qtbot.mousePress(canvas.minimap, LEFT, pos=rim.topLeft())
    qtbot.mouseMove(canvas.minimap, rim.center())
    inside = middle()
    assert inside.x() > corner.x() + 100
    assert inside.y() > corner.y() + 50
    qtbot.mouseRelease(canvas.minimap, LEFT, pos=rim.center())
    press(Key.Key_F)
    assert not canvas.minimap.isVisible()


def test_names_stay_as_long_as_they_can_be_read_and_then_leave_the_colour(
    document: Document, canvas: Canvas, press: Callable[..., None]
) -> None:
    press(Key.Key_0, with_=CTRL)
    node = document.graph.named("conv2")
    canvas.centerOn(node.x + 80, node.y + 40)
    colour = theme.current().family[node.spec.family]
    inks: list[float] = []
    for reached in (1.0, 0.5, 0.3):
        while canvas.zoom > reached:
            wheel(canvas, -1)
        image = seen(canvas.viewport(), looking.card(canvas, node))
        inks.append(looking.ink(image))
    assert inks[0] > 0.01, "name, kind and sizes"
    assert inks[1] > 0.01, "a larger name alone"
    assert inks[2] == 0, "nothing that cannot be read"
    whole = seen(canvas.viewport(), canvas.mapFromScene(canvas.canvas.nodes[node.id].place()).boundingRect())
    assert looking.of_hue(whole, colour) > 20


# --- menus


def test_a_menu_shows_the_key_that_does_the_same(
    window: Window, document: Document, canvas: Canvas, press: Callable[..., None]
) -> None:
    mouse, conv = Mouse(canvas), document.graph.named("conv1")
    at = mouse.at(conv.x + 80, conv.y + 14)
    QApplication.sendEvent(
        canvas.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.viewport().mapToGlobal(at)),
    )
    assert document.selection == (conv.id,)
    shown = dict(action.text().split("\t") for action in canvas.menu.actions() if "\t" in action.text())
    next(action for action in canvas.menu.actions() if action.text().startswith("Bypass")).trigger()
    canvas.menu.close()
    assert document.graph.node(conv.id).bypassed is True
    assert (shown["Bypass"], shown["Duplicate"], shown["Rename"], shown["Delete"]) == ("M", "Ctrl+D", "F2", "Del")
    press(Key.Key_M)
    assert document.graph.node(conv.id).bypassed is False
    press(Key.Key_Delete)
    assert conv.id not in document.graph.nodes
    bar = {action.text().replace("&", ""): action.menu() for action in window.menuBar().actions()}
    keys = {
        action.text().replace("&", ""): action.shortcut().toString()
        for menu in bar.values() for action in menu.actions()  # type: ignore[attr-defined]
    }  # fmt: skip
    assert (keys["Save"], keys["Undo"], keys["Commands…"], keys["Stop and keep"]) == (
        "Ctrl+S", "Ctrl+Z", "Ctrl+K", "Ctrl+.",
    )  # fmt: skip


# --- colours


def test_training_and_validation_have_their_colours_in_every_place_and_theme(
    window: Window, press: Callable[..., None], qtbot: QtBot, home: Path
) -> None:
    looking.trained_yesterday(window.document, home / "data" / "runs")
    qtbot.waitUntil(lambda: window.session.dataset is not None, timeout=PATIENCE)
    press(Key.Key_3, with_=CTRL)
    train, data = window.parts.places["train"], window.parts.places["data"]
    window.document.replace(open_project(PRESET))  # as a person who opens the project the day after
    press(Key.Key_3, with_=CTRL)
    table = train.table  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: table.model().rowCount() == 1, timeout=PATIENCE)
    row = table.visualRect(table.model().index(0, 1)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=row)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=row)
    board = train.board  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(board.runs) == 1, timeout=PATIENCE)
    for name in ("light", "dark"):
        window.set_theme(name)
        retheme.finish()
        t = theme.current()
        press(Key.Key_3, with_=CTRL)
        board.redraw()
        for widget in (board.legend, board.panels["loss"], board.panels["accuracy"]):
            image = seen(widget)
            assert of_colour(image, t.train) > 10, (name, widget)
            assert of_colour(image, t.val) > 10, (name, widget)
        press(Key.Key_2, with_=CTRL)
        bars = data.findChild(QWidget, "class_counts")
        assert bars is not None
        assert of_colour(seen(bars), t.train) > 100
        assert of_colour(seen(bars), t.val) > 10


def test_what_colour_tells_is_told_by_form_and_word_too(
    window: Window, document: Document, canvas: Canvas, press: Callable[..., None]
) -> None:
    fc = document.graph.named("fc1")
    rect = canvas.mapFromScene(canvas.canvas.nodes[fc.id].place().adjusted(-14, -14, 14, 14)).boundingRect()

    corner = QRect(rect.topRight() + QPoint(-36, 0), rect.topRight() + QPoint(0, 36))
    press(Key.Key_Escape)
    well, bare = seen(canvas.viewport(), rect), seen(canvas.viewport(), corner)
    document.select([fc.id])
    press(Key.Key_M)
    press(Key.Key_Escape)
    bypassed = seen(canvas.viewport(), rect)
    assert stands_out(bypassed, well) > 30
    press(Key.Key_Z, with_=CTRL)
    mouse, pool = Mouse(canvas), document.graph.named("pool2")
    mouse.drag((pool.x + 160, pool.y + 40), (fc.x, fc.y + 40))
    press(Key.Key_Escape)
    faulty = seen(canvas.viewport(), rect)
    assert stands_out(faulty, bypassed) > 30
    assert stands_out(seen(canvas.viewport(), corner), bare) > 110, "a badge, not only another rim"
    (problem,) = (problem for problem in document.report.problems if problem.severity == "error")
    assert "error" in window.status.problems.text()
    document.select([problem.block])
    assert canvas.accessibleDescription().endswith(problem.text)
    panel = window.parts.places["design"].problems  # type: ignore[attr-defined]
    told = [label.text().lower() for label in panel.findChildren(QLabel) if len(label.text()) > 40]
    assert any(text[1:] in problem.text.lower() for text in told), "in whole words"


# --- those who hear


def test_everything_that_can_be_entered_says_what_it_is(
    window: Window, document: Document, canvas: Canvas, press: Callable[..., None]
) -> None:
    conv = document.graph.named("conv1")
    document.select([conv.id])
    assert canvas.accessibleDescription().startswith("Selected: conv1, Convolution 2d")
    press(Key.Key_Right, with_=ALT)
    assert canvas.accessibleDescription().startswith("Selected: relu1, ReLU")
    for number in (Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4):
        press(number, with_=CTRL)
        QApplication.processEvents()
        entered = looking.to_enter(window)
        assert len(entered) > 10
        assert looking.nameless(entered) == []


# --- after a crash


def test_unsaved_work_is_offered_when_the_program_starts_after_a_crash(
    window: Window, document: Document, press: Callable[..., None], qtbot: QtBot, home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    document.select([document.graph.named("relu1").id])
    press(Key.Key_Delete)
    changed = document.graph.copy()
    qtbot.waitUntil(window.autosave.file.exists, timeout=PATIENCE)
    # What the disk holds after a power cut: everything but the locks of the processes that were there.
    shutil.copytree(home / "data", home / "after", ignore=shutil.ignore_patterns("*.lock"))
    monkeypatch.setenv("LAYERLOOM_DATA", str(home / "after"))
    monkeypatch.setattr("gui.filing.QMessageBox.exec", ASKED)
    found: list[object] = []

    def person() -> None:
        """Says yes to what is asked, looks, closes the window and gives the drawing up."""
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            found.append(box.text())
            wanted = "Recover" if "unexpectedly" in box.text() else "Discard"
            next(button for button in box.buttons() if wanted in button.text()).click()
            return
        others = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window) and w is not window]
        if len(found) == 1:
            found.extend((others[0].document.graph.copy(), others[0].windowTitle()))
            QTimer.singleShot(0, others[0].close)
        elif found and not any(other.isVisible() for other in others):
            QApplication.exit(0)

    clock = QTimer()
    clock.timeout.connect(person)
    clock.start(10)
    late = QTimer(singleShot=True)
    late.timeout.connect(lambda: QApplication.exit(1))
    late.start(PATIENCE)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert app.run("preset:perceptron") == 0
    finally:
        clock.stop()
        late.stop()
        signal.signal(signal.SIGINT, before)
    assert "unsaved changes in LeNet-5" in str(found[0])
    assert changed.same_as(found[1])  # type: ignore[arg-type]
    assert str(found[2]).startswith("• "), "and it is still unsaved"
