"""The Train place through its real widgets: what stands on the screen is what the messages said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.errors import EngineError
from engine.graph.model import RemoveBlock, SetSection
from engine.training.messages import Epoch, Failed, Finished, Note, Started, Steps
from engine.training.runs import Run, list_runs
from gui.background import open_jobs
from gui.training.offers import offers
from gui.training.place import TrainPlace
from gui.training.runs import Row
from gui.training.status import RunStatus
from gui.training.table import HEADS, cells
from gui.training.transport import TransportBar

RUN = "/runs/live"


def started(**changes: object) -> Started:
    values = {"run": RUN, "device": "cpu", "device_name": "A processor", "epochs": 4, "first_epoch": 1,
              "steps_per_epoch": 10, "step": 0, "samples": 320, "notes": ("3 files were left out.",), **changes}  # fmt: skip
    return Started(**values)  # type: ignore[arg-type]


def steps(first: int, count: int, epoch: int = 1) -> Steps:
    loss = np.linspace(2, 1, count).astype(np.float32)
    return Steps(first, loss, np.full(count, 0.5, np.float32), 0.00125, 1234.4, epoch)


def epoch(number: int, accuracy: float = 0.9375) -> Epoch:
    return Epoch(number, number * 10, 0.5, 0.75, 0.625, accuracy, 2.5, 1234.4, True)


def tell(place: TrainPlace, *messages: object) -> None:
    place.session.messages.emit(list(messages))


def text(place: TrainPlace, name: str) -> str:
    label = place.findChild(QLabel, name)
    assert isinstance(label, QLabel), name
    return label.text()


def row(
    path: str, name: str = "LeNet", created: str = "2026-01-01T10:00:00", accuracy: float = 0.9, **more: object
) -> Row:
    return Row(path=path, name=name, created=created, state="done", epochs=3, wanted=3, accuracy=accuracy, **more)  # type: ignore[arg-type]


def test_the_figures_are_those_of_the_messages(place: TrainPlace) -> None:
    tell(place, started(), steps(1, 10), epoch(1), steps(11, 3, epoch=2))
    assert text(place, "figure_epoch") == "2 of 4"
    assert text(place, "note_epoch") == "10 steps each"
    assert text(place, "figure_step") == "13 of 40"
    assert text(place, "note_step") == "learning rate 0.00125"
    assert text(place, "figure_speed") == "1,234"
    assert text(place, "figure_best") == "93.75 %"
    assert text(place, "note_best") == "validation, epoch 1"
    assert text(place, "device_text") == "A processor"
    assert place.strip.progress.value() == round(1000 * 13 / 40)


def test_the_curves_are_the_numbers_of_the_messages(place: TrainPlace) -> None:
    first, second = steps(1, 10), steps(11, 7, epoch=2)
    tell(place, started(), first, epoch(1), second)
    place.board.redraw()
    (shown,) = place.board.runs
    assert shown.path == RUN
    assert shown.loss.values.tolist() == [*first.loss.tolist(), *second.loss.tolist()]
    assert shown.epochs["val_accuracy"].values.tolist() == [0.9375]
    assert "93.75 %" in text(place, "latest_accuracy")


def test_notes_of_the_run_are_listed(place: TrainPlace) -> None:
    tell(place, started(), Note("The loss grows.", "warning"))
    place.runs.pages._choose("log")
    assert place.log.isVisible()
    listed = place.log.texts()
    assert any("3 files were left out." in line for line in listed)
    assert any("The loss grows." in line for line in listed)


def test_a_failure_names_step_and_block_and_leads_there(place: TrainPlace, qtbot: QtBot) -> None:
    node = next(node for node in place.document.graph if node.kind == "conv2d")
    tell(
        place, started(), Failed("The output became infinite. Lower the rate.", 17, node.name), Finished("failed", RUN)
    )
    assert place.failure.isVisible()
    assert text(place, "failure_title") == f"The training failed at step 17, in the block {node.name}"
    assert text(place, "failure_text") == "The output became infinite. Lower the rate."
    with qtbot.waitSignal(place.goto) as gone:
        qtbot.mouseClick(place.failure.button, Qt.MouseButton.LeftButton)
    assert gone.args == [node.id]
    tell(place, started(run="/runs/next"))
    assert not place.failure.isVisible()


def test_a_block_that_is_gone_is_told_of_instead(place: TrainPlace, qtbot: QtBot) -> None:
    tell(place, Failed("Why.", 1, "nowhere"))
    with qtbot.waitSignal(place.said) as told:
        place.failure.button.click()
    assert "nowhere" in told.args[0]


def test_a_discarded_run_leaves_the_plots(place: TrainPlace) -> None:
    tell(place, started(), steps(1, 5))
    assert place.board.runs
    tell(place, Finished("discarded", None))
    assert not place.board.runs
    assert RUN not in place.curves


def test_a_problem_in_the_drawing_is_said_where_training_would_start(place: TrainPlace, qtbot: QtBot) -> None:
    assert place.transport.main.isEnabled()
    assert not place.transport.card.isVisible()
    document = place.document
    node = next(node for node in document.graph if node.kind == "image_input")
    document.do(RemoveBlock(node.id), "Remove")
    problem = next(found for found in document.report.problems if found.severity == "error")
    assert not place.transport.main.isEnabled()
    assert place.transport.card.isVisible()
    assert problem.text in place.transport.reason.text()
    assert problem.text in place.transport.main.toolTip()
    with qtbot.waitSignal(place.problems_wanted):
        place.transport.show_problems.click()
    document.stack.undo()
    assert place.transport.main.isEnabled()
    assert not place.transport.card.isVisible()


@pytest.mark.parametrize(
    ("state", "enabled"),
    [("idle", "main step"), ("starting", "discard"), ("running", "main stop discard"),
     ("paused", "main step stop discard"), ("stopping", "")],
)  # fmt: skip
def test_buttons_are_enabled_by_the_state(place: TrainPlace, state: str, enabled: str) -> None:
    place.session.state = state  # type: ignore[assignment]
    place.session.state_changed.emit(state)
    transport = place.transport
    buttons = {"main": transport.main, "step": transport.step, "stop": transport.stop, "restore": transport.restore,
               "discard": transport.discard}  # fmt: skip
    assert {name for name, button in buttons.items() if button.isEnabled()} == set(enabled.split())
    place.session.state = "idle"


def test_data_that_cannot_be_read_are_said_where_training_would_start(place: TrainPlace, qtbot: QtBot) -> None:
    place.document.do(SetSection("data", {"name": "npz"}), "Choose arrays")
    qtbot.waitUntil(lambda: bool(place.session.data_error), timeout=30_000)
    assert not place.transport.main.isEnabled()
    assert place.session.data_error in place.transport.reason.text()
    with qtbot.waitSignal(place.data_wanted), qtbot.assertNotEmitted(place.problems_wanted):
        place.transport.show_problems.click()
    assert place.transport.show_problems.text() == "Show data"
    place.document.stack.undo()
    qtbot.waitUntil(place.transport.main.isEnabled, timeout=30_000)


def test_the_best_can_be_restored_once_there_is_one(place: TrainPlace) -> None:
    assert not offers("running").restore
    place.session.state = "running"
    tell(place, started(), epoch(1))
    assert place.transport.restore.isEnabled()
    place.session.state = "idle"


def test_a_setting_is_an_edit_that_can_be_undone(place: TrainPlace, qtbot: QtBot) -> None:
    document = place.document
    before = document.project.training
    field = place.form.form.editor("epochs").field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "37")
    assert document.project.training.epochs == 37
    document.stack.undo()
    assert document.project.training == before
    assert place.form.form.values()["epochs"] == before.epochs


def test_a_setting_changed_elsewhere_is_shown(place: TrainPlace) -> None:
    place.document.do(SetSection("training", {"optimizer": "sgd", "learning_rate": 0.5, "device": "cpu"}), "Set")
    assert place.form.form.values()["optimizer"] == "sgd"
    assert place.form.form.values()["learning_rate"] == 0.5
    assert place.form.device.box.currentData() == "cpu"
    assert not place.form.form.rows["momentum"].isHidden()
    place.document.do(SetSection("training", {}), "Set")
    assert place.form.form.rows["momentum"].isHidden()


def test_the_device_is_told_in_words(place: TrainPlace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(place.form.device._found), timeout=60_000)
    assert "cores" in place.form.device.about.text()
    box = place.form.device.box
    box.setCurrentIndex(box.findData("cpu"))
    box.activated.emit(box.currentIndex())
    assert place.document.project.training.device == "cpu"


def test_the_table_sorts_by_value_and_checks_lay_runs_over_the_plots(place: TrainPlace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=60_000)
    table = place.table
    table.runs.set_rows([row("/r/a", accuracy=0.5), row("/r/b", accuracy=0.125), row("/r/c", accuracy=math.nan)])
    table.sortByColumn(HEADS.index("Best accuracy"), Qt.SortOrder.DescendingOrder)
    shown = [table.sorted.data(table.sorted.index(place_, 4)) for place_ in range(3)]
    assert shown == ["50.00 %", "12.50 %", "–"]
    from gui.plots.series import RunCurves

    for path in ("/r/a", "/r/b"):
        place.curves[path] = RunCurves(path, path)
        place.curves[path].add_steps(1, [1.0, 0.5], [0.1, 0.2])
    tell(place, started(), steps(1, 4))
    index = table.runs.index(1, 0)
    table.runs.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    table.runs.check("/r/a", True)
    assert [curves.path for curves in place.board.runs] == [RUN, "/r/b", "/r/a"]
    assert place.runs.clear.isVisible()
    place.runs.clear.click()
    assert [curves.path for curves in place.board.runs] == [RUN]


def test_a_row_says_what_the_run_was() -> None:
    made = row("/r/a", seconds=75.0, loss=0.25, settings="Adam 0.001", device="A processor")
    assert dict(zip(HEADS, cells(made), strict=True)) | {"Started": ""} == {
        "Run": "LeNet", "Started": "", "State": "✓ Done", "Epochs": "3 of 3", "Best accuracy": "90.00 %",
        "Lowest loss": "0.2500", "Time": "1 min 15 s", "Settings": "Adam 0.001", "Device": "A processor",
    }  # fmt: skip


def test_discarding_is_asked_first(place: TrainPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(place.session, "discard", lambda: heard.append("discard"))
    for answer, expected in (("Keep it", []), ("Discard", ["discard"])):
        place.ask_discard()
        box = place.findChild(QMessageBox, "question")
        next(button for button in box.findChildren(QPushButton) if button.text() == answer).click()
        assert heard == expected
        box.deleteLater()
        box.setObjectName("")


def test_the_bar_and_the_status_follow_the_same_messages(place: TrainPlace, qtbot: QtBot) -> None:
    bar, status = TransportBar(place.session), RunStatus(place.session)
    qtbot.addWidget(bar)
    qtbot.addWidget(status)
    bar.show()
    place.session.state = "running"
    place.session.state_changed.emit("running")
    tell(place, started(), steps(1, 10), epoch(1))
    assert bar.text.text() == "Epoch 1 of 4"
    assert bar.toolTip() == status.text() == "Training · epoch 1 of 4 · 7.5 s left"
    assert bar.progress.value() == 250
    assert bar.main.accessibleName() == "Pause"
    place.session.state = "idle"


def test_a_real_training_is_followed_shown_again_and_deleted(place: TrainPlace, qtbot: QtBot) -> None:
    """The way of a person: train, see it end, find it in the table, bring its drawing back, delete it."""
    document, session = place.document, place.session
    document.do(SetSection("training", {"epochs": 2, "batch_size": 256, "device": "cpu", "threads": 1}), "Set")
    document.do(SetSection("data", {"limit": 400}), "Set")
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=60_000)
    qtbot.mouseClick(place.transport.main, Qt.MouseButton.LeftButton)
    assert session.state == "starting"
    with qtbot.waitSignal(session.state_changed, timeout=90_000, check_params_cb=lambda state: state == "idle"):
        pass
    (run,) = list_runs(place.runs.folder)
    qtbot.waitUntil(lambda: [row.state for row in place.table.runs.rows] == ["done"], timeout=20_000)
    told, shown = run.epochs(), place.board.runs[0]
    assert shown.epochs["val_loss"].values == pytest.approx([one["val_loss"] for one in told], rel=1e-6)
    assert shown.loss.values == pytest.approx(run.steps()[1], rel=1e-5)
    assert place.table.runs.rows[0].accuracy == pytest.approx(max(one["val_accuracy"] for one in told))
    assert text(place, "figure_epoch") == "2 of 2"
    live = {
        name: text(place, name) for name in ("figure_epoch", "figure_step", "figure_best", "note_best", "state_text")
    }
    session.show_run(None)
    assert text(place, "figure_epoch") == "–"
    place.curves.clear()
    place.table.picked.emit(str(run.path))
    qtbot.waitUntil(lambda: text(place, "figure_epoch") == "2 of 2", timeout=20_000)
    assert live == {name: text(place, name) for name in live}
    node = next(node for node in document.graph if node.kind == "conv2d")
    document.do(RemoveBlock(node.id), "Remove")
    with qtbot.waitSignal(place.said, timeout=20_000):
        place.table.asked.emit("restore", str(run.path))
    assert node.id in document.graph.nodes
    assert document.graph.same_as(Run(run.path).graph())
    document.stack.undo()
    assert node.id not in document.graph.nodes
    with qtbot.waitSignal(place.runs.said, timeout=20_000):
        place.runs.delete(str(run.path))
    assert not Path(run.path).exists()
    qtbot.waitUntil(lambda: not place.table.runs.rows and open_jobs() == 0, timeout=20_000)


def test_a_folder_that_is_no_run_is_never_deleted(tmp_path: Path) -> None:
    from gui.training.runs import remove

    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(EngineError, match="holds no run"):
        remove(str(tmp_path))
    assert (tmp_path / "precious.txt").exists()


def test_the_button_that_restores_says_why_there_is_nothing_to_restore(place: TrainPlace) -> None:
    button = place.transport.restore
    assert not button.isEnabled()
    assert "nothing has been trained yet" in button.toolTip()
    place.session.state = "running"
    place.session.state_changed.emit("running")
    assert not button.isEnabled()
    assert "none has been finished yet" in button.toolTip()
    tell(place, started(), epoch(3))
    assert button.isEnabled()
    assert "number 3" in button.toolTip()
    place.session.state = "idle"
    place.session.state_changed.emit("idle")
    place.session.looking_at = place.session._run_graph = place.document.graph.copy()  # as after a training
    place.session.network_changed.emit()
    assert not button.isEnabled()
    assert "its best weights are in use" in button.toolTip()
