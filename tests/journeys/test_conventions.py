"""What people bring along from other programs works in the real window: keys, mouse, clipboard, files and the way out.

Each test is one of the conventions that users expect; `tests/rules/test_conventions.py` lists which tests show which.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.model import End, RemoveBlock
from engine.project import open_project
from gui import theme
from gui.app import build
from gui.canvas import Canvas
from gui.design import DesignPlace
from gui.dialogs.finder import Finder
from gui.document import Document
from gui.window import Window
from tests.gui.canvas.conftest import Mouse

Key, CTRL, SHIFT, ALT = (
    Qt.Key,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE, BUTTONS = Qt.KeyboardModifier.NoModifier, QMessageBox.StandardButton
PROJECT = "preset:lenet5_relu_max"
PATIENCE = 90_000  # ms; a busy machine
Press = Callable[..., None]


class Answers:
    """What the window asked, and the answer it gets."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = BUTTONS.Discard


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers()

    def answer(box: QMessageBox) -> QMessageBox.StandardButton:
        made.asked.append(box.text())
        return made.answer

    monkeypatch.setattr("gui.filing.QMessageBox.exec", answer)
    return made


@pytest.fixture(scope="module")
def lasting(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """One window for all conventions that leave it open: making one takes longer than most of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_DATA", str(tmp_path_factory.mktemp("data")))
        made = build(open_project(PROJECT))
        made.resize(1280, 800)
        yield made
        made.session.close()
        made.document.stack.setClean()
        made.close()
        made.deleteLater()


@pytest.fixture
def window(lasting: Window, qtbot: QtBot, answers: Answers) -> Iterator[Window]:
    """The window with the project as it comes, at the place where drawings are made."""
    assert lasting.filing.open(PROJECT)
    design = lasting.parts.places["design"]
    assert isinstance(design, DesignPlace)
    lasting.show_place("design")
    design.palette_panel.field.clear()
    for dock in design.docks.values():
        dock.show()
    with qtbot.waitExposed(lasting):
        lasting.show()
    lasting.activateWindow()
    design.canvas.fit()
    yield lasting
    answers.answer = BUTTONS.Discard
    QGuiApplication.clipboard().clear()


@pytest.fixture
def closing(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: Answers) -> Iterator[Window]:
    """A window that may be closed."""
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    made = build(open_project(PROJECT))
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    yield made
    answers.answer = BUTTONS.Discard
    made.session.close()


@pytest.fixture
def canvas(window: Window, qtbot: QtBot) -> Canvas:
    found = window.parts.places["design"].findChild(Canvas)
    assert isinstance(found, Canvas)
    qtbot.waitUntil(lambda: not found._fit_pending)
    found.setFocus()
    return found


@pytest.fixture
def mouse(canvas: Canvas) -> Mouse:
    return Mouse(canvas)


@pytest.fixture
def document(window: Window) -> Document:
    return window.document


@pytest.fixture
def press(window: Window, canvas: Canvas, qtbot: QtBot) -> Press:
    """Keys go to whatever has the focus, as a person's do."""

    def pressed(*keys: Qt.Key, with_: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            qtbot.keyClick(QApplication.focusWidget() or window, key, with_)

    return pressed


def names(document: Document) -> list[str]:
    return [node.name for node in document.graph]


def centre(document: Document, name: str) -> tuple[float, float]:
    """A place on a block's title."""
    node = document.graph.named(name)
    return node.x + 80, node.y + 14


def id_of(document: Document, name: str) -> str:
    return document.graph.named(name).id


# --- adding


@pytest.mark.parametrize("way", ["Space", "Tab", "double-click"])
def test_quick_add_has_the_focus_and_finds_by_a_few_letters(
    window: Window, document: Document, canvas: Canvas, mouse: Mouse, press: Press, qtbot: QtBot, way: str
) -> None:
    document.select([id_of(document, "conv1")])
    if way == "double-click":
        document.select([])
        node = document.graph.named("output")
        mouse.double(node.x + 400, node.y + 40)
    else:
        press(Key.Key_Space if way == "Space" else Key.Key_Tab)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "drpt")
    press(Key.Key_Return)
    (made,) = (node for node in document.graph if node.kind == "dropout")
    source = document.graph.wires.get(End(made.id, "x"))
    assert (source is not None and source.source.block == id_of(document, "conv1")) == (way != "double-click")
    assert QApplication.focusWidget() is canvas


def test_a_palette_row_is_entered_behind_the_selected_block(
    window: Window, document: Document, press: Press, qtbot: QtBot
) -> None:
    document.select([id_of(document, "relu1")])
    palette = window.parts.places["design"].palette_panel  # type: ignore[attr-defined]
    qtbot.keyClicks(palette.field, "dropout")
    qtbot.keyClick(palette.field, Key.Key_Return)
    (made,) = (node for node in document.graph if node.kind == "dropout")
    assert document.graph.wires[End(made.id, "x")].source.block == id_of(document, "relu1")
    assert document.graph.wires[End(id_of(document, "pool1"), "x")].source.block == made.id


# --- wires


def test_a_wire_into_space_offers_what_fits_and_a_new_one_replaces(
    document: Document, canvas: Canvas, mouse: Mouse, press: Press, qtbot: QtBot
) -> None:
    pool, flat = document.graph.named("pool1"), document.graph.named("flatten1")
    mouse.drag((pool.x + 160, pool.y + 40), (pool.x + 260, pool.y + 90))
    assert canvas.box.isVisible()
    titles = [canvas.box.list.item(row).text() for row in range(3)]
    assert titles == ["Convolution 2d", "Flatten", "ReLU"], "what fits and mostly follows a pooling"
    qtbot.keyClicks(canvas.box.field, "dropout")
    press(Key.Key_Return)
    (made,) = (node for node in document.graph if node.kind == "dropout")
    assert document.graph.wires[End(made.id, "x")].source.block == pool.id
    mouse.drag((pool.x + 160, pool.y + 40), (flat.x, flat.y + 40))
    assert document.graph.wires[End(flat.id, "x")].source.block == pool.id, "the old one is replaced"


def test_the_end_of_a_wire_is_dragged_off(document: Document, canvas: Canvas, mouse: Mouse, press: Press) -> None:
    conv = document.graph.named("conv2")
    mouse.drag((conv.x, conv.y + 40), (conv.x - 20, conv.y + 130))
    press(Key.Key_Escape)
    assert End(conv.id, "x") not in document.graph.wires


@pytest.mark.parametrize("key", [Key.Key_Delete, Key.Key_Backspace])
def test_a_deleted_block_lets_the_chain_heal(document: Document, press: Press, key: Qt.Key) -> None:
    document.select([id_of(document, "relu1")])
    press(key)
    assert "relu1" not in names(document)
    wire = document.graph.wires[End(id_of(document, "pool1"), "x")]
    assert wire.source.block == id_of(document, "conv1")


# --- selecting and moving


def test_a_rubber_band_and_shift_clicks_select(document: Document, canvas: Canvas, mouse: Mouse) -> None:
    first, second = document.graph.named("image"), document.graph.named("conv1")
    mouse.drag((first.x - 30, first.y - 40), (second.x + 40, second.y + 100))
    assert set(document.selection) == {first.id, second.id}
    mouse.click(*centre(document, "relu1"), SHIFT)
    assert len(document.selection) == 3
    mouse.click(*centre(document, "image"), SHIFT)
    assert set(document.selection) == {second.id, id_of(document, "relu1")}


def test_alt_drag_copies_and_arrows_nudge(document: Document, canvas: Canvas, mouse: Mouse, press: Press) -> None:
    x, y = centre(document, "output")
    before = document.graph.named("output")
    mouse.drag((x, y), (x + 300, y), ALT)
    assert names(document).count("output") == 1
    assert len(document.graph) == 15
    assert (document.graph.named("output").x, document.graph.named("output").y) == (before.x, before.y)
    (copy,) = document.selection
    place = document.graph.node(copy).x
    press(Key.Key_Right)
    press(Key.Key_Right, with_=SHIFT)
    one = (document.graph.node(copy).x - place) / 6
    assert one > 0
    press(Key.Key_Left)
    assert document.graph.node(copy).x == place + 5 * one


def test_copied_blocks_are_json_that_pastes_into_a_chat_and_back(document: Document, press: Press) -> None:
    document.select([id_of(document, "conv1"), id_of(document, "relu1")])
    press(Key.Key_C, with_=CTRL)
    text = QGuiApplication.clipboard().text()
    assert len(json.loads(text)["blocks"]) == 2
    QGuiApplication.clipboard().setText(f"\n{text}\n")
    press(Key.Key_V, with_=CTRL)
    assert len(document.graph) == 16
    press(Key.Key_X, with_=CTRL)
    assert len(document.graph) == 14
    press(Key.Key_A, with_=CTRL)
    assert len(document.selection) == 14
    press(Key.Key_D, with_=CTRL)
    assert len(document.graph) == 28
    press(Key.Key_Escape)
    assert document.selection == ()


def test_undo_and_redo_have_both_their_keys(document: Document, press: Press) -> None:
    before = len(document.graph)
    document.select([id_of(document, "relu1")])
    press(Key.Key_Delete)
    press(Key.Key_Z, with_=CTRL)
    assert len(document.graph) == before
    press(Key.Key_Y, with_=CTRL)
    assert len(document.graph) == before - 1
    press(Key.Key_Z, with_=CTRL)
    press(Key.Key_Z, with_=CTRL | SHIFT)
    assert len(document.graph) == before - 1


# --- a block


def test_f1_tells_what_the_block_does(window: Window, document: Document, press: Press) -> None:
    document.select([id_of(document, "conv1")])
    properties = window.parts.places["design"].docks["properties"]  # type: ignore[attr-defined]
    properties.hide()
    press(Key.Key_F1)
    shown = [label.text() for label in properties.findChildren(QWidget) if hasattr(label, "text") and label.isVisible()]
    assert any("Slide learned filters over a map" in str(text) for text in shown)


def test_f2_renames_in_place(document: Document, press: Press, qtbot: QtBot) -> None:
    document.select([id_of(document, "conv1")])
    press(Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "first")
    press(Key.Key_Return)
    assert "first" in names(document)


def test_a_double_click_leads_into_the_settings(document: Document, mouse: Mouse, window: Window) -> None:
    mouse.double(*centre(document, "conv1"))
    properties = window.parts.places["design"].docks["properties"]  # type: ignore[attr-defined]
    assert properties.isAncestorOf(QApplication.focusWidget())


def test_m_bypasses_a_block(document: Document, press: Press) -> None:
    document.select([id_of(document, "relu1")])
    press(Key.Key_M)
    assert document.graph.named("relu1").bypassed is True
    press(Key.Key_Z, with_=CTRL)
    assert document.graph.named("relu1").bypassed is False


# --- the view


def test_the_view_is_moved_and_zoomed(
    canvas: Canvas, mouse: Mouse, press: Press, qtbot: QtBot, document: Document
) -> None:
    at = canvas.viewport().rect().center()
    turn = QWheelEvent(
        QPointF(at), QPointF(canvas.viewport().mapToGlobal(at)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    zoom, under = canvas.zoom, canvas.mapToScene(at)
    QApplication.sendEvent(canvas.viewport(), turn)
    assert canvas.zoom > zoom
    assert (canvas.mapToScene(at) - under).manhattanLength() < 4, "at the mouse"
    press(Key.Key_0, with_=CTRL)
    assert canvas.zoom == 1.0
    free = document.graph.named("output").x + 300, document.graph.named("output").y + 40
    for button, held in ((Qt.MouseButton.MiddleButton, False), (Qt.MouseButton.LeftButton, True)):
        before = canvas.mapToScene(QPoint(0, 0))
        if held:
            qtbot.keyPress(canvas.viewport(), Key.Key_Space)
        mouse.drag(free, (free[0] - 40, free[1] - 30), button=button)
        if held:
            qtbot.keyRelease(canvas.viewport(), Key.Key_Space)
        moved = canvas.mapToScene(QPoint(0, 0)) - before
        assert abs(moved.x() - 40) < 3
        assert abs(moved.y() - 30) < 3
    assert not canvas.box.isVisible()
    assert not document.dirty
    press(Key.Key_F)
    seen = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert all(seen.contains(QPointF(node.x, node.y)) for node in document.graph)


def test_ctrl_f_finds_a_block_and_ctrl_k_any_command(
    window: Window, document: Document, canvas: Canvas, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(Key.Key_F, with_=CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), "fc2")
    press(Key.Key_Escape)
    assert document.selection == (id_of(document, "fc2"),)
    asked: list[Finder] = []

    def answer(finder: Finder) -> None:
        asked.append(finder)
        finder.show()
        qtbot.keyClicks(finder.field, "dark theme")
        qtbot.keyClick(finder.field, Key.Key_Return)

    monkeypatch.setattr("gui.window.Finder.exec", answer)
    press(Key.Key_K, with_=CTRL)
    assert asked
    assert theme.current().name == "dark"
    window.set_theme("light")


# --- text fields


def test_keys_belong_to_the_text_field_that_has_the_focus(
    window: Window, document: Document, press: Press, qtbot: QtBot
) -> None:
    document.select([id_of(document, "conv1")])
    whole, count = names(document), document.stack.count()
    palette = window.parts.places["design"].palette_panel  # type: ignore[attr-defined]
    field = palette.field
    field.setFocus()
    qtbot.keyClicks(field, "mfcnrpz")
    assert field.text() == "mfcnrpz"
    for key, with_ in (
        (Key.Key_Left, NONE), (Key.Key_Backspace, NONE), (Key.Key_Delete, NONE), (Key.Key_A, CTRL), (Key.Key_C, CTRL),
        (Key.Key_X, CTRL), (Key.Key_V, CTRL), (Key.Key_D, CTRL), (Key.Key_G, CTRL), (Key.Key_Z, CTRL), (Key.Key_Space, NONE),
    ):  # fmt: skip
        press(key, with_=with_)
        assert QApplication.focusWidget() is field, key
    assert names(document) == whole
    assert document.stack.count() == count
    assert document.selection == (id_of(document, "conv1"),)


# --- training


def test_ctrl_return_trains_and_ctrl_dot_stops_and_keeps(window: Window, press: Press, qtbot: QtBot) -> None:
    session = window.session
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=PATIENCE)
    press(Key.Key_Return, with_=CTRL)
    qtbot.waitUntil(lambda: session.state == "running", timeout=PATIENCE)
    press(Key.Key_Period, with_=CTRL)
    qtbot.waitUntil(lambda: session.state == "idle", timeout=PATIENCE)
    assert session.run is not None


# --- files


def test_files_are_made_opened_and_saved_by_their_keys(
    window: Window, document: Document, press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: Answers
) -> None:
    first, second = tmp_path / "one.loom", tmp_path / "two.loom"
    wanted = [first, second]
    monkeypatch.setattr("gui.filing.QFileDialog.getSaveFileName", lambda *_: (str(wanted.pop(0)), ""))
    monkeypatch.setattr("gui.filing.QFileDialog.getOpenFileName", lambda *_: (str(first), ""))
    document.select([id_of(document, "relu1")])
    press(Key.Key_Delete)
    assert window.windowTitle().startswith("• ")
    assert window.name.text().endswith("•")
    press(Key.Key_S, with_=CTRL)
    assert (document.path, window.windowTitle().startswith("• ")) == (first, False)
    press(Key.Key_S, with_=CTRL | SHIFT)
    assert document.path == second
    press(Key.Key_N, with_=CTRL)
    assert len(document.graph) == 0
    press(Key.Key_O, with_=CTRL)
    assert document.path == first
    assert answers.asked == []


def test_closing_asks_for_unsaved_work_and_can_be_called_off(closing: Window, qtbot: QtBot, answers: Answers) -> None:
    closing.document.do(RemoveBlock(id_of(closing.document, "relu1")), "Delete")
    answers.answer = BUTTONS.Cancel
    qtbot.keyClick(closing, Key.Key_Q, CTRL)
    assert closing.isVisible()
    assert len(answers.asked) == 1
    answers.answer = BUTTONS.Discard
    qtbot.keyClick(closing, Key.Key_Q, CTRL)
    assert not closing.isVisible()


@pytest.mark.parametrize("on", ["canvas", "palette"])
def test_a_project_dropped_anywhere_on_the_window_opens(
    window: Window, canvas: Canvas, document: Document, tmp_path: Path, on: str
) -> None:
    file = open_project("preset:perceptron").save(tmp_path / "other.loom")
    palette = window.parts.places["design"].palette_panel  # type: ignore[attr-defined]
    target = canvas.viewport() if on == "canvas" else palette
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(60, 60), copy, data, left, NONE)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(QPointF(60, 60), copy, data, left, NONE, QEvent.Type.Drop))
    assert document.path == file


# --- the look


def test_the_theme_follows_the_system(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dark", "light"):
        monkeypatch.setattr("gui.theme.system_theme", lambda _app, name=name: name)
        window.set_theme("system")
        assert theme.current().name == name
    assert window.actions_.made["view.theme_system"].isChecked()
