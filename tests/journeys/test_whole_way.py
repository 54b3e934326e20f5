"""One new user's way through the real window: draw, break, mend, train, look inside, try, take away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.reader import VERSION
from engine.project import open_project
from engine.training.runs import Run
from gui.app import build
from gui.dialogs.export import ExportDialog
from gui.window import Window

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 90_000  # ms; a busy machine


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    # Questions that a closing window asks are answered by "discard", so that a failed test ends.
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda box: box.StandardButton.Discard)
    monkeypatch.setattr("gui.window.QMessageBox.question", lambda *_: QMessageBox.StandardButton.Yes)
    made = build(open_project("preset:lenet5_relu_max"))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.session.dataset is not None, timeout=PATIENCE)
    yield made
    made.session.close()


def button(parent: QWidget, name: str) -> QPushButton:
    found = parent.findChild(QPushButton, name)
    assert found is not None, name
    return found


def go(window: Window, qtbot: QtBot, place: str) -> None:
    rect = next(rect for id_, _, rect in window.switch._rects() if id_ == place)
    qtbot.mouseClick(window.switch, LEFT, pos=rect.center().toPoint())
    assert window.stack.currentWidget() is window.parts.places[place]


def set_number(window: Window, qtbot: QtBot, name: str, text: str) -> None:
    """Type a number into a field of the properties form, as a person does."""
    from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit

    editor = window.parts.places["design"].properties.page.form.editor(name)  # type: ignore[attr-defined]
    field = next(iter(editor.findChildren(QAbstractSpinBox) or editor.findChildren(QLineEdit)), None) or editor
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_new_user_draws_breaks_mends_trains_looks_inside_and_takes_the_network_away(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    document, session = window.document, window.session
    design, train, inspect = (window.parts.places[place] for place in ("design", "train", "inspect"))
    assert document.report.ok
    assert document.report.parameters == 61_706

    # Change a setting, break a shape.
    document.select([document.graph.named("conv2").id])
    set_number(window, qtbot, "out_channels", "8")
    assert document.graph.named("conv2").settings["out_channels"] == 8
    assert document.report.ok
    set_number(window, qtbot, "kernel_size", "31")
    assert [problem.code for problem in document.report.problems] == ["kernel-too-large"]
    assert "1 error" in window.status.problems.text()

    # The button says why nothing is trained.
    with qtbot.waitSignal(session.refused):
        window.actions_.made["train.toggle"].trigger()
    assert session.state == "idle"

    # Mend it by the fix that is offered, then undo all.
    fix = design.problems.findChild(QPushButton, "fix-0")  # type: ignore[attr-defined]
    assert fix is not None
    qtbot.mouseClick(fix, LEFT)
    assert document.report.ok
    while document.stack.canUndo():
        window.actions_.made["edit.undo"].trigger()
    assert document.graph.same_as(open_project("preset:lenet5_relu_max").graph)

    # Train, pause, go on, stop.
    go(window, qtbot, "train")
    qtbot.mouseClick(button(train, "train_button"), LEFT)
    qtbot.waitUntil(lambda: session.state == "running", timeout=PATIENCE)
    qtbot.mouseClick(button(train, "train_button"), LEFT)
    qtbot.waitUntil(lambda: session.state == "paused", timeout=PATIENCE)
    qtbot.mouseClick(button(train, "train_button"), LEFT)
    qtbot.waitUntil(lambda: session.state == "running", timeout=PATIENCE)
    run = session.run
    assert run is not None
    qtbot.waitUntil(lambda: len(Run(run).epochs()) >= 1, timeout=PATIENCE)
    window.actions_.made["train.stop"].trigger()
    qtbot.waitUntil(lambda: session.state == "idle", timeout=PATIENCE)
    assert session.failure is None

    # See filters of the trained network.
    go(window, qtbot, "inspect")
    came: list[str] = []
    session.probed.connect(
        lambda results: came.extend(result.request.probe for _, result in results if not result.fault)
    )
    document.select([document.graph.named("conv1").id])
    inspect.maps.ask()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: {"filters", "activations"} <= set(came), timeout=PATIENCE)

    # Draw a digit.
    inspect.show_tab("try")  # type: ignore[attr-defined]
    pad = inspect.tryit.pad  # type: ignore[attr-defined]
    came.clear()
    middle = pad.width() // 2
    qtbot.mousePress(pad, LEFT, pos=QPoint(middle, pad.height() // 5))
    qtbot.mouseMove(pad, QPoint(middle, pad.height() * 4 // 5))
    qtbot.mouseRelease(pad, LEFT, pos=QPoint(middle, pad.height() * 4 // 5))
    assert not pad.blank
    qtbot.waitUntil(lambda: "answers" in came, timeout=PATIENCE)

    # Take it away through the dialog: code and weights, run in a process of their own.
    dialog = ExportDialog(document, session, window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "class " in dialog.code.toPlainText(), timeout=PATIENCE)
    out = tmp_path / "network.py"
    dialog.save_to(out)  # what the file dialog behind "Save..." calls with the name that was chosen
    qtbot.waitUntil(lambda: dialog.written is not None or bool(dialog.fault.text()), timeout=PATIENCE)
    assert dialog.fault.text() == ""
    assert "bit-equal" in dialog.outcome.text()
    command = [sys.executable, str(out), str(out.with_suffix(".safetensors"))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()

    # And the project, which opens again as it was.
    saved = document.save(tmp_path / "mine.loom")
    assert json.loads(saved.read_text())["loom"] == VERSION
    assert open_project(saved).graph.same_as(document.graph)
    QApplication.processEvents()


def test_every_place_can_be_reached_by_keyboard_alone(window: Window, qtbot: QtBot) -> None:
    qtbot.waitActive(window).__enter__()
    for number, place in enumerate(("design", "data", "train", "inspect"), start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.switch.value == place


def test_a_dirty_project_shows_it_in_the_title_and_asks_before_it_is_closed(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "•" not in window.windowTitle()
    window.document.add_block("relu", at=(0, 400))
    assert window.windowTitle().startswith("•")
    asked: list[int] = []
    monkeypatch.setattr("gui.filing.QMessageBox.exec", lambda box: asked.append(1) or box.StandardButton.Cancel)
    assert not window.close()
    assert asked == [1]
    assert window.isVisible()
