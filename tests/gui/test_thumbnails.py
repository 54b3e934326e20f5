"""Thumbnails: of the blocks that are seen, for the pinned sample, maps as mosaics and vectors as bars."""

from __future__ import annotations

import itertools
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Connect, Define, Definition, End, Node, RemoveBlock, SetFlags, Wire
from engine.probes.activations import shown
from engine.probes.data import Tiles
from engine.probes.render import render
from engine.probes.worker import Result
from engine.project import Project
from gui import theme
from gui.document import Document
from gui.session import Session
from gui.thumbnails import KEY, SIDE, Thumbnails, bars

BODY = Definition(
    "unit", "Unit", "", (),
    (Node("b1", "port_in", "x"), Node("b2", "conv2d", "conv", {"padding": 1}, 200), Node("b3", "port_out", "y", {}, 400)),
    (Wire(End("b1", "y"), End("b2", "x")), Wire(End("b2", "y"), End("b3", "x"))),
)  # fmt: skip


class Canvas:
    """A document with a composite, a session without threads, and the faces."""

    def __init__(self, looked_at: Any) -> None:
        project = Project()
        project.graph.apply(Define(BODY))
        settings = {"channels": 1, "height": 8, "width": 8}
        row = (("b1", "image_input", "image", settings), ("b2", "composite:unit", "stage", {"repeat": 2}),
               ("b3", "flatten", "flat", {}), ("b4", "linear", "fc", {}), ("b5", "output", "output", {}))  # fmt: skip
        for place, (id_, kind, name, values) in enumerate(row):
            project.graph.apply(AddBlock(Node(id_, kind, name, values, 256.0 * place, 0.0)))
        for (one, *_), (other, *_) in itertools.pairwise(row):
            project.graph.apply(Connect(Wire(End(one, "y"), End(other, "x"))))
        self.document = Document(project)
        images = np.random.default_rng(0).integers(0, 255, (6, 1, 8, 8)).astype(np.uint8)
        self.session = looked_at(self.document.root, {"image": images})
        self.images = images
        self.seen = ["b1", "b2", "b3", "b4", "b5"]
        self.faces: dict[str, QImage] = {}
        self.thumbnails = Thumbnails(self.document, cast(Session, self.session), self._show, lambda: self.seen)
        self.thumbnails.set_active(True)

    def _show(self, block: str, image: QImage | None) -> None:
        if image is None:
            self.faces.pop(block, None)
        else:
            self.faces[block] = image

    def asked(self) -> dict[str, str]:
        return {key.removeprefix(KEY): request.block for key, request in self.session.asked.items()}

    def answer(self, block: str, values: np.ndarray) -> None:
        request = self.session.asked[KEY + block]
        tiles = shown(request.block, np.asarray(values, np.float32))
        assert isinstance(tiles, Tiles)
        atlas = None if request.look is None else render(tiles, request.look)
        self.session.probed.emit([(KEY + block, Result(request, tiles, atlas))])


@pytest.fixture
def on(qtbot: QtBot, looked_at: Any) -> Canvas:
    return Canvas(looked_at)


def test_all_blocks_that_are_seen_are_asked_about_one_and_the_same_sample(on: Canvas) -> None:
    assert on.asked() == {"b1": "image", "b2": "stage", "b3": "flat", "b4": "fc", "b5": "output"}
    samples = {id(request.sample) for request in on.session.asked.values()}
    assert len(samples) == 1  # one forward pass answers requests about the same object
    assert np.array_equal(on.session.asked[KEY + "b1"].sample[0], on.images[2])  # the first for validation
    assert all(request.live for request in on.session.asked.values())


def test_what_goes_out_of_sight_is_asked_no_more_and_keeps_its_picture(on: Canvas, qtbot: QtBot) -> None:
    on.answer("b4", np.arange(10))
    on.seen = ["b1"]
    on.thumbnails.look_again()
    qtbot.waitUntil(lambda: set(on.asked()) == {"b1"})
    assert set(on.faces) == {"b4"}
    before = on.session.asked[KEY + "b1"]
    on.seen = ["b1", "b2"]
    on.thumbnails.refresh()
    assert set(on.asked()) == {"b1", "b2"}
    assert on.session.asked[KEY + "b1"] is before  # not asked twice


def test_they_follow_the_sample_that_is_picked_in_the_inspect_place(on: Canvas) -> None:
    on.thumbnails.pin(5)
    assert all(np.array_equal(request.sample[0], on.images[5]) for request in on.session.asked.values())
    on.session.dataset_ready.emit(on.session.dataset)  # other data: the place means nothing there
    assert all(np.array_equal(request.sample[0], on.images[2]) for request in on.session.asked.values())


def test_maps_become_a_mosaic_and_vectors_become_bars(on: Canvas) -> None:
    on.answer("b2", np.random.default_rng(0).normal(size=(64, 28, 28)))
    on.answer("b4", np.array([0, 3, -1, 0, 0, 0, 0, 0, 0, 0]))
    assert on.faces["b2"].width() <= SIDE + 8
    assert on.faces["b4"].width() == SIDE


def test_a_bypassed_block_shows_what_passes_it(on: Canvas) -> None:
    on.document.do(SetFlags("b3", {"bypassed": True}), "Bypass")
    on.session.looking_at = on.document.root.copy()
    on.session.network_changed.emit()
    assert on.asked()["b3"] == "flat"


def test_inside_a_composite_its_blocks_are_asked_about_by_the_way_to_them(on: Canvas) -> None:
    on.answer("b2", np.zeros((3, 4, 4)))
    on.document.enter("b2")
    on.seen = ["b1", "b2", "b3"]
    on.thumbnails.refresh()
    assert on.asked()["b2"] == "stage.0.conv"
    on.document.leave()
    on.seen = ["b4"]
    on.thumbnails.refresh()
    assert on.asked() == {"b4": "fc"}


def test_an_untrained_drawing_has_none_and_a_training_that_is_forgotten_takes_them_away(on: Canvas) -> None:
    on.answer("b4", np.arange(10))
    on.session.trained = False
    on.session.network_changed.emit()
    assert on.asked() == {}
    assert on.faces == {}


def test_while_another_place_is_shown_nothing_is_asked(on: Canvas) -> None:
    on.answer("b4", np.arange(10))
    on.thumbnails.set_active(False)
    assert on.asked() == {}
    assert set(on.faces) == {"b4"}
    on.thumbnails.set_active(True)
    assert set(on.asked()) == set(on.seen)


def test_an_answer_to_an_older_question_is_not_shown(on: Canvas) -> None:
    old = on.session.asked[KEY + "b4"]
    on.thumbnails.pin(5)
    tiles = shown("fc", np.ones(3, np.float32))
    assert isinstance(tiles, Tiles)
    on.session.probed.emit([(KEY + "b4", Result(old, tiles, None))])
    assert on.faces == {}


def test_a_block_that_was_taken_away_is_asked_no_more(on: Canvas) -> None:
    on.document.do(RemoveBlock("b5"), "Delete")
    on.thumbnails.refresh()
    assert set(on.asked()) == {"b1", "b2", "b3", "b4"}


def test_bars_rise_from_zero_and_fall_below_it() -> None:
    image = bars(np.array([1.0, -1.0, 0.0, 0.5], np.float32))
    t = theme.current()
    middle = [SIDE // 4 * place + 6 for place in range(4)]
    assert image.pixelColor(middle[0], 10) == QColor(t.accent)
    assert image.pixelColor(middle[0], SIDE - 10) == QColor(t.sunken)
    assert image.pixelColor(middle[1], SIDE - 10) == QColor(t.val)
    assert image.pixelColor(middle[3], 10) == QColor(t.sunken)
    assert image.pixelColor(middle[3], SIDE // 2 - 6) == QColor(t.accent)


def test_the_largest_number_of_a_long_vector_is_not_lost() -> None:
    values = np.zeros(1000, np.float32)
    values[777] = -4.0
    image = bars(values)
    assert any(image.pixelColor(x, SIDE - 6) == QColor(theme.current().val) for x in range(SIDE))


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [np.inf, 1.0], [0.0]])
def test_bars_of_odd_vectors_are_drawn_without_a_fault(values: list[float]) -> None:
    assert bars(np.array(values, np.float32)).width() == SIDE
