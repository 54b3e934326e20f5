"""The pictures that a network makes, and metrics other than accuracy, are shown while it trains."""

import math

import numpy as np

from engine.training.messages import Epoch, Pictures, Started, Steps
from gui.training.sheet import atlas


def started(**more) -> Started:
    return Started(**{"run": "/runs/a", "device": "cpu", "device_name": "CPU", "epochs": 2, "first_epoch": 1,
                      "steps_per_epoch": 2, "step": 0, "samples": 16, **more})  # fmt: skip


def told(first: int, mae: list[float]) -> Steps:
    count = len(mae)
    return Steps(
        first, np.ones(count, np.float32), np.full(count, np.nan, np.float32), 0.1, 100.0, 1, {"mae": np.array(mae)}
    )


def epoch(number: int, **metrics: float) -> Epoch:
    nan = math.nan
    return Epoch(number, 2 * number, 1.0, nan, 0.9, nan, 1.0, 16.0, True, {"mae": 0.5}, metrics)


def test_a_sheet_shows_each_picture_beside_its_original():
    made, originals = np.full((3, 2, 2, 1), 200, np.uint8), np.zeros((3, 2, 2, 1), np.uint8)
    sheet = atlas(made, originals)
    assert sheet[0, :4, 0].tolist() == [0, 0, 200, 200]
    assert (sheet == 200).sum() == 3 * 4
    assert atlas(made, None).shape == (6, 6, 1) or atlas(made, None).size >= 3 * 4


def test_pictures_stand_beside_the_plots_until_the_next_training(place):
    place.take([started()])
    assert place.sheet.isHidden()
    place.take([Pictures(7, np.zeros((4, 3, 3, 3), np.uint8), None, "Pictures made from noise")])
    assert not place.sheet.isHidden()
    assert place.sheet.title.text() == "Pictures made from noise"
    assert "step 7" in place.sheet.when.text()
    place.take([started(run="/runs/b")])
    assert place.sheet.isHidden()


def test_the_second_plot_shows_what_is_measured_where_there_is_no_accuracy(place):
    place.take([started(), told(1, [0.8, 0.6]), epoch(1, mae=0.4, mean_iou=0.25)])
    place.board.redraw()
    panel = place.board.panels["accuracy"]
    assert panel.plot.quantity == "mae"
    assert [panel.choice.itemText(place) for place in range(panel.choice.count())] == ["MAE", "Mean IoU"]
    assert "0.4000" in panel.latest.text()
    panel.choice.activated.emit(1)
    assert panel.plot.quantity == "mean_iou"
    assert "25.00 %" in panel.latest.text()
    place.take([told(3, [0.5]), epoch(2, mae=0.3, mean_iou=0.5)])
    place.board.redraw()
    assert panel.plot.quantity == "mean_iou"  # a person's choice stays
    assert "50.00 %" in panel.latest.text()


def test_where_nothing_but_the_loss_is_measured_its_plot_has_all_the_room(place):
    place.take([started(), Steps(1, np.ones(2, np.float32), np.full(2, np.nan, np.float32), 0.1, 100.0, 1)])
    place.board.redraw()
    assert place.board.panels["accuracy"].isHidden()
    place.take([Steps(3, np.ones(2, np.float32), np.full(2, 0.5, np.float32), 0.1, 100.0, 1)])
    place.board.redraw()
    assert not place.board.panels["accuracy"].isHidden()
