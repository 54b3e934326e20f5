"""Pictures on the screen are the numbers behind them, and a click finds its tile."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from engine.probes.data import Tiles
from engine.probes.render import Look, neutral, render, table
from gui.atlas import AtlasView
from gui.pictures import Legend, PictureView, number, sample_image, to_qimage


def tiles(count: int = 6, shape: tuple[int, ...] = (5, 5), *, signed: bool = True) -> Tiles:
    values = np.random.default_rng(0).normal(size=(count, *shape)).astype(np.float32)
    return Tiles(values if signed else np.abs(values), signed, tuple(f"filter {k}" for k in range(count)), "note")


@pytest.fixture
def view(qtbot: QtBot) -> AtlasView:
    made = AtlasView(name="Filters")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    made.set_atlas(render(tiles()))
    return made


def test_a_picture_keeps_every_pixel_when_its_array_is_gone() -> None:
    source = np.random.default_rng(1).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    image = to_qimage(source.copy())
    gc.collect()
    for row in range(7):
        for column in range(5):
            colour = image.pixelColor(column, row)
            assert (colour.red(), colour.green(), colour.blue()) == tuple(source[row, column])


def test_a_sample_is_shown_upright_in_grey_and_in_colours() -> None:
    grey = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    assert sample_image(grey).pixelColor(2, 0).red() == 2
    assert sample_image(grey).pixelColor(0, 1).red() == 3
    colours = np.zeros((3, 2, 2), np.uint8)
    colours[2, 1, 0] = 200
    assert sample_image(colours).pixelColor(0, 1).blue() == 200


def test_a_click_on_any_tile_names_that_tile(view: AtlasView, qtbot: QtBot) -> None:
    for index in range(6):
        with qtbot.waitSignal(view.picked) as told:
            qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=view.canvas.box(index).center())
        assert told.args == [index]


def test_a_click_between_tiles_names_none(view: AtlasView, qtbot: QtBot) -> None:
    gutter = view.canvas.box(0).topRight() + QPoint(view.zoom // 2 + 1, 3)
    with qtbot.assertNotEmitted(view.picked):
        qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=gutter)


def test_the_screen_shows_a_kernel_as_printed(qtbot: QtBot) -> None:
    kernel = np.array([[1, 0, -1], [2, 0, -2], [3, 0, -3]], np.float32)
    made = AtlasView()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    made.set_atlas(render(Tiles(kernel[None], True, ("filter 0",)), Look()))
    screen = made.canvas.grab().toImage()
    box = made.canvas.box(0)
    step = box.width() // 3
    wanted = table(True, False)[np.rint(kernel / 3 * 127).astype(int) + 127]
    for row in range(3):
        for column in range(3):
            colour = screen.pixelColor(box.left() + column * step + step // 2, box.top() + row * step + step // 2)
            assert (colour.red(), colour.green(), colour.blue()) == tuple(wanted[row, column])
    middle = screen.pixelColor(box.center())
    assert (middle.red(), middle.green(), middle.blue()) == neutral(False)


def test_hovering_tells_the_tile_its_place_and_its_value(view: AtlasView, qtbot: QtBot) -> None:
    told: list[str] = []
    view.hovered.connect(told.append)
    view.canvas.hovered.emit((2, 1, 3))
    assert view.atlas is not None
    value = number(float(view.atlas.tiles.values[2, 1, 3]))
    assert told == [f"filter 2   row 1, column 3   {value}"]


def test_the_keyboard_walks_over_the_tiles_and_picks_one(view: AtlasView, qtbot: QtBot) -> None:
    assert view.atlas is not None
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.picked) as told:
        qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert told.args == [1 + view.atlas.columns]


def test_the_zoom_is_whole_and_stays_while_new_values_come(view: AtlasView, qtbot: QtBot) -> None:
    fitted = view.zoom
    view.zoom_by(2)
    wanted = view.zoom
    assert wanted > fitted
    view.set_atlas(render(tiles()))
    assert view.zoom == wanted
    view.fit()
    assert view.zoom == fitted
    view.set_atlas(render(tiles(count=40, shape=(28, 28))))
    assert view.zoom == 1


def test_the_legend_prints_the_ends_and_zero(qtbot: QtBot) -> None:
    made = Legend()
    qtbot.addWidget(made)
    atlas = render(tiles())
    made.set_atlas(atlas)
    assert made.labels == (number(-atlas.hi), "0", number(atlas.hi))
    made.set_atlas(render(tiles(signed=False)))
    assert made.labels[0] == "0"
    assert len(made.labels) == 2
    made.set_atlas(atlas, each=True)
    assert made.labels == ("−max", "0", "max")


def test_a_picture_is_enlarged_by_whole_pixels(qtbot: QtBot) -> None:
    made = PictureView()
    qtbot.addWidget(made)
    made.resize(150, 130)
    made.set_image(to_qimage(np.zeros((28, 28, 3), np.uint8)))
    assert made.target().width() == 4 * 28


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.0, "0"),
        (0.12345, "0.123"),
        (-1.2, "−1.20"),
        (123.4, "123"),
        (1e-5, "1.0e−05"),
        (float("nan"), "not a number"),
    ],
)
def test_values_are_printed_with_three_figures(value: float, wanted: str) -> None:
    assert number(value) == wanted
