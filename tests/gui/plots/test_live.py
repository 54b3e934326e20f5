"""The plots, driven through their real widgets: what they draw is what the run told."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui import theme
from gui.background import open_jobs
from gui.plots.axes import marks, nice_spacing, short_number
from gui.plots.board import PlotBoard
from gui.plots.series import RunCurves
from gui.plots.strokes import DASHES, SYMBOLS, tone


def run_of(name: str, steps: int = 120, each: int = 30, start: float = 2.0) -> RunCurves:
    curves = RunCurves(f"/runs/{name}", name, each)
    numbers = np.arange(1, steps + 1)
    loss = start * np.exp(-numbers / 40) + 0.05 * np.sin(numbers)
    curves.add_steps(1, loss, 1 - loss / 3)
    for epoch in range(1, steps // each + 1):
        mean = float(loss[(epoch - 1) * each : epoch * each].mean())
        curves.add_epoch(
            {"epoch": epoch, "step": epoch * each, "train_loss": mean, "train_accuracy": 1 - mean / 3,
             "val_loss": mean + 0.1, "val_accuracy": 1 - mean / 2.5, "best": epoch < 4}
        )  # fmt: skip
    return curves


@pytest.fixture
def board(qtbot: QtBot) -> PlotBoard:
    made = PlotBoard()
    qtbot.addWidget(made)
    made.resize(900, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def drawn(board: PlotBoard, quantity: str, item: str, run: int = 0) -> tuple[np.ndarray, np.ndarray]:
    plot = board.panels[quantity].plot  # type: ignore[index]
    held = plot._drawn[run].items[item]
    x, y = held.getOriginalDataset()
    return x, y


def test_without_a_run_the_board_says_so(board: PlotBoard) -> None:
    assert board.empty.isVisible()
    board.show_runs([run_of("a")])
    assert not board.empty.isVisible()


def test_curves_are_the_numbers_of_the_run(board: PlotBoard) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    x, y = drawn(board, "loss", "raw")
    assert x.tolist() == curves.step.values.tolist()
    assert y.tolist() == curves.loss.values.tolist()
    for part in ("train", "val"):
        x, y = drawn(board, "accuracy", part)
        assert x.tolist() == [30, 60, 90, 120]
        assert y.tolist() == curves.epochs[f"{part}_accuracy"].values.tolist()
    assert drawn(board, "loss", "best")[0].tolist() == [90]


def test_new_numbers_appear_at_the_next_redraw(board: PlotBoard) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    curves.add_steps(121, [0.5, 0.4], [0.8, 0.9])
    board.redraw()
    assert drawn(board, "loss", "raw")[0][-1] == 122
    assert board.panels["loss"].plot.x_span()[1] >= 122


def test_many_messages_in_a_frame_are_one_redraw(board: PlotBoard, qtbot: QtBot) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    qtbot.waitUntil(lambda: not board._timer.isActive())
    before = board.drawn
    for step in range(121, 221):
        curves.add_steps(step, [0.5], [0.5])
        board.touch()
    qtbot.waitUntil(lambda: board.drawn > before)
    assert board.drawn == before + 1


def test_a_hidden_board_does_not_draw_and_catches_up_when_shown(board: PlotBoard, qtbot: QtBot) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    board.hide()
    curves.add_steps(121, [0.5], [0.5])
    before = board.drawn
    board.redraw()
    assert board.drawn == before
    board.show()
    qtbot.waitUntil(lambda: drawn(board, "loss", "raw")[0][-1] == 121)


def test_smoothing_zero_shows_the_raw_curve_alone(board: PlotBoard) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    board.smoothing.setValue(0)
    assert drawn(board, "loss", "smooth")[1].tolist() == curves.loss.values.tolist()
    assert not board.panels["loss"].plot._drawn[0].items["raw"].isVisible()


def test_the_logarithmic_scale_draws_powers_of_ten(board: PlotBoard) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    board.log.setChecked(True)
    assert drawn(board, "loss", "val")[1] == pytest.approx(np.log10(curves.epochs["val_loss"].values))
    assert drawn(board, "accuracy", "val")[1].tolist() == curves.epochs["val_accuracy"].values.tolist()
    axis = board.panels["loss"].plot.value_axis
    assert axis.tickStrings([-1.0, 0.0], 1.0, 1.0) == ["0.1", "1"]


def test_the_readout_tells_every_curve_at_the_step_under_the_cursor(board: PlotBoard) -> None:
    curves, other = run_of("first"), run_of("second", start=3.0)
    board.show_runs([curves, other])
    plot = board.panels["loss"].plot
    plot._mouse_moved(plot.view.mapViewToScene(QPointF(47.3, 1.0)))
    text = plot.readout.text()
    assert plot.readout.isVisible()
    assert "Step 47 · epoch 2" in text
    for run in (curves, other):
        assert run.name in text
        assert f"{run.loss.values[46]:.4f}" in text
        assert f"{run.epochs['val_loss'].values[1]:.4f}" in text
    linked = board.panels["accuracy"].plot
    assert linked.line.isVisible()
    assert linked.line.value() == 47
    plot.leave()
    assert not plot.readout.isVisible()
    assert not linked.line.isVisible()


def test_a_zoom_along_x_moves_both_plots_and_fit_undoes_it(board: PlotBoard) -> None:
    board.show_runs([run_of("a")])
    loss, accuracy = board.panels["loss"].plot, board.panels["accuracy"].plot
    loss.view.setXRange(20, 60, padding=0)
    loss.view.zoomed.emit(True, False)
    assert accuracy.x_span() == pytest.approx((20, 60))
    board.fit.click()
    assert not loss.zoomed
    assert not accuracy.zoomed
    assert accuracy.x_span()[1] >= 120


def test_a_zoom_stays_while_numbers_arrive(board: PlotBoard) -> None:
    curves = run_of("a")
    board.show_runs([curves])
    plot = board.panels["loss"].plot
    plot.view.setXRange(20, 60, padding=0)
    plot.view.zoomed.emit(True, False)
    curves.add_steps(121, np.ones(500), np.ones(500))
    board.redraw()
    assert plot.x_span() == pytest.approx((20, 60))


def test_overlaid_runs_differ_by_line_and_keep_the_colour_of_their_part(board: PlotBoard) -> None:
    runs = [run_of(name) for name in ("a", "b", "c")]
    board.show_runs(runs)
    plot = board.panels["loss"].plot
    assert board.legend.names == ("a", "b", "c")
    assert "raw" in plot._drawn[0].items
    assert "raw" not in plot._drawn[1].items
    looks = {
        (tuple(one.items["val"].opts["pen"].dashPattern()), one.items["val"].opts["symbol"]) for one in plot._drawn
    }
    assert len(looks) == 3
    for index in range(3):
        assert plot._drawn[index].items["val"].opts["pen"].color().name() == tone(theme.current(), "val", index)


def test_the_legend_leaves_out_a_title_that_all_runs_share(board: PlotBoard) -> None:
    board.legend.set_names(["LeNet · 14:02", "LeNet · 15:10"])
    assert board.legend.labels == ("14:02", "15:10")
    board.legend.set_names(["LeNet · 14:02", "Tiny VGG · 15:10"])
    assert board.legend.labels == board.legend.names
    board.legend.set_names(["LeNet · 14:02", "LeNet · 14:02"])
    assert board.legend.labels == board.legend.names


def test_every_kind_of_line_is_its_own() -> None:
    assert len({tuple(dash) for dash in DASHES}) == len(DASHES) == len(SYMBOLS) == len(set(SYMBOLS))


def test_a_steep_first_step_does_not_squash_the_rest(board: PlotBoard) -> None:
    curves = RunCurves("/runs/a", "a", 100)
    loss = np.full(1000, 0.5)
    loss[0] = 1e6
    curves.add_steps(1, loss, np.full(1000, np.nan))
    board.smoothing.setValue(0)
    board.show_runs([curves])
    assert board.panels["accuracy"].plot.view.viewRange()[1] == [0.0, 1.0]
    board.smoothing.setValue(90)
    plot = board.panels["loss"].plot
    assert plot.view.viewRange()[1][0] <= 0.5


def test_numbers_are_saved_with_all_their_digits(board: PlotBoard, qtbot: QtBot, tmp_path: Path) -> None:
    curves = run_of("a, with a comma")
    board.show_runs([curves, run_of("b")])
    path = tmp_path / "numbers.csv"
    with qtbot.waitSignal(board.said) as told:
        board.save_numbers(path)
    assert told.args == ["Saved numbers.csv."]
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["run"] == "a, with a comma"]
    assert [float(row["train_loss"]) for row in rows if row["kind"] == "step"] == curves.loss.values.tolist()
    assert [float(row["val_loss"]) for row in rows if row["kind"] == "epoch"] == curves.epochs[
        "val_loss"
    ].values.tolist()


def test_the_picture_is_saved_twice_as_fine_as_the_screen(board: PlotBoard, qtbot: QtBot, tmp_path: Path) -> None:
    board.show_runs([run_of("a")])
    with qtbot.waitSignal(board.said):
        board.save_picture(tmp_path / "plots.png")
    image = QImage(str(tmp_path / "plots.png"))
    assert (image.width(), image.height()) == (2 * board.width(), 2 * board.height())


def test_a_folder_that_is_not_there_is_told_in_a_sentence(board: PlotBoard, qtbot: QtBot, tmp_path: Path) -> None:
    board.show_runs([run_of("a")])
    with qtbot.waitSignal(board.said) as told:
        board.save_numbers(tmp_path / "nowhere" / "x.csv")
    assert told.args[0].endswith(".")
    qtbot.waitUntil(lambda: open_jobs() == 0)


def test_colours_follow_the_theme(board: PlotBoard, qapp: object) -> None:
    board.show_runs([run_of("a")])
    try:
        theme.apply(qapp, "dark")  # type: ignore[arg-type]
        plot = board.panels["loss"].plot
        assert plot.canvas.backgroundBrush().color().name() == theme.current().raised
        assert plot._drawn[0].items["smooth"].opts["pen"].color().name() == theme.tokens_of("dark").train
    finally:
        theme.apply(qapp, "light")  # type: ignore[arg-type]


def test_axes_choose_round_numbers() -> None:
    assert [nice_spacing(rough) for rough in (0.013, 0.2, 3.1, 60, 0)] == pytest.approx([0.02, 0.2, 5, 100, 1])
    assert [short_number(value) for value in (950, 12_000, 1_500_000)] == ["950", "12 k", "1.5 M"]
    assert marks(100, 36) < marks(300, 36) <= marks(5000, 36) == 10


def test_values_of_a_loss_that_explodes_are_written_short(board: PlotBoard) -> None:
    axis = board.panels["loss"].plot.value_axis
    assert axis.tickStrings([0.0, 5e31], 1.0, 5e31) == ["0", "5e+31"]
    assert axis.tickStrings([0.0, 0.5], 1.0, 0.5) == ["0.0", "0.5"]
    assert board.panels["accuracy"].plot.value_axis.tickStrings([0.5, 1.0], 1.0, 0.5) == ["50 %", "100 %"]


def test_epoch_marks_are_whole_epochs_and_have_room(board: PlotBoard) -> None:
    axis = board.panels["loss"].plot.epoch_axis
    axis.steps_per_epoch = 30
    for last in (40.0, 300.0, 90_000.0):
        levels = axis.tickValues(0.0, last, 400.0)
        ticks = levels[0][1] if levels else []
        assert all(tick % 30 == 0 and 0 < tick <= last for tick in ticks)
        assert 1 <= len(ticks) <= 8
    assert axis.tickStrings([30, 60], 1.0, 30.0) == ["epoch 1", "2"]


def test_the_wheel_zooms_at_the_cursor(board: PlotBoard, qtbot: QtBot) -> None:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    board.show_runs([run_of("a")])
    plot = board.panels["loss"].plot
    centre = plot.canvas.viewport().rect().center()
    event = QWheelEvent(
        QPointF(centre), QPointF(plot.canvas.viewport().mapToGlobal(centre)), QPoint(0, 0), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = plot.x_span()
    QApplication.sendEvent(plot.canvas.viewport(), event)
    after = plot.x_span()
    assert after[1] - after[0] < before[1] - before[0]
    assert plot.own_x


def test_what_was_not_measured_is_left_out_without_a_warning(board: PlotBoard) -> None:
    curves = RunCurves("/runs/a", "a", 10)
    curves.add_steps(1, np.linspace(1, 0.5, 40), np.full(40, np.nan))
    for epoch in (1, 2, 3):
        loss = np.nan if epoch == 2 else 0.5
        curves.add_epoch({"epoch": epoch, "step": epoch * 10, "train_loss": 0.6, "val_loss": loss, "best": True})
    board.show_runs([curves])
    board.redraw()
    board.grab()
    assert drawn(board, "loss", "val")[0].tolist() == [10, 30]
    x, _ = drawn(board, "accuracy", "smooth")
    assert x is None or not len(x)


def test_a_single_step_is_a_dot_and_a_second_one_makes_it_a_line(board: PlotBoard) -> None:
    curves = RunCurves("/runs/one", "one", 30)
    curves.add_steps(1, np.array([2.0]), np.array([0.1]))
    board.show_runs([curves])
    held = board.panels["loss"].plot._drawn[0].items["smooth"]
    assert held.opts["symbol"] == "o"
    curves.add_steps(2, np.array([1.5]), np.array([0.2]))
    board.show_runs([curves])
    held = board.panels["loss"].plot._drawn[0].items["smooth"]
    assert held.opts["symbol"] is None
