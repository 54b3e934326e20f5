"""The meter in the status bar: figures that follow the drawing, and a batch size at a click."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.facts import Column, DataFacts
from engine.graph.model import Configure, Move, SetSection
from engine.project import open_project
from engine.training.devices import Device
from engine.training.fitmeter import Pace, Survey
from engine.training.footprint import Footprint
from gui import fitmeter, theme
from gui.document import Document
from gui.fitmeter import FitMeter, FitSource, duration, time_text
from gui.session import Session

MB, GB = 2**20, 2**30


class Bench:
    """Stands for the engine's part, which its own tests try: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.free = 4 * GB
        self.surveys: list[int] = []
        self.measured: list[int] = []
        self.pace: Pace | None = Pace(0.5, 0.001, 128, 128)

    def survey(self, graph: Any, settings: Any, _data: Any) -> Survey:
        self.surveys.append(settings.batch_size)
        said = Footprint(
            weights=MB, gradients=MB, state=2 * MB, data=MB, checkpoint=0, kept=MB, workspace=0, batch=1000
        )
        key = (
            settings.batch_size,
            len(graph),
            tuple(tuple(node.settings.items()) for node in graph if node.kind == "conv2d"),
        )
        return Survey(
            Device("cpu", "a processor", 8 * GB), settings.batch_size, 1280, 100, said, 8 * GB, self.free, str(key)
        )  # type: ignore[arg-type]

    def measure(self, graph: Any, settings: Any, _data: Any, *, cancelled: Any) -> Pace | None:
        self.measured.append(settings.batch_size)
        return None if cancelled.is_set() else self.pace


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(fitmeter, "survey", made.survey)
    monkeypatch.setattr(fitmeter, "measure", made.measure)
    monkeypatch.setattr(fitmeter, "REST_MS", 1)
    monkeypatch.setattr(fitmeter, "CALM_MS", 1)
    return made


@pytest.fixture
def source(qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FitSource]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    document = Document(open_project("preset:lenet5"))
    session = Session(document)
    session.feed.close()
    made = FitSource(document, session)
    yield made
    made.close()
    session.close()


@pytest.fixture
def meter(source: FitSource, qtbot: QtBot) -> FitMeter:
    made = FitMeter(source)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: source.pace is not None)
    made.resize(made.sizeHint())
    made.show()
    return made


def test_it_tells_memory_device_and_time(meter: FitMeter, source: FitSource) -> None:
    assert meter.text == "69.1 MB of 8.0 GB  ·  5.1 s an epoch"
    assert "Largest batch that fits: 1,280" in meter.toolTip()
    assert "measured on random numbers" in meter.toolTip()
    assert meter.text in meter.accessibleName()


def test_an_edit_is_followed_and_a_known_network_is_not_timed_twice(
    meter: FitMeter, source: FitSource, bench: Bench, qtbot: QtBot
) -> None:
    conv1 = source.document.graph.named("conv1").id
    source.document.do(Configure(conv1, {"out_channels": 12}), "More")
    qtbot.waitUntil(lambda: len(bench.measured) == 2 and source.pace is not None)
    source.document.stack.undo()
    surveys = len(bench.surveys)
    qtbot.waitUntil(lambda: len(bench.surveys) > surveys and source.pace is not None and not source._busy)
    assert len(bench.measured) == 2


def test_a_network_that_does_not_fit_the_data_keeps_its_figures_but_is_not_timed(
    meter: FitMeter, source: FitSource, bench: Bench, qtbot: QtBot
) -> None:
    document = source.document
    column = Column("label", "label", (), classes=("a", "b", "c"))
    surveys = len(bench.surveys)
    document.set_facts(DataFacts("three", 9, (Column("image", "image", (1, 28, 28)), column)))
    assert not document.root_report.ok
    qtbot.waitUntil(lambda: len(bench.surveys) > surveys and not source._busy)
    assert not meter.isHidden()
    timed = len(bench.measured)
    source.document.do(Configure(document.graph.named("conv1").id, {"out_channels": 12}), "More")
    qtbot.waitUntil(lambda: len(bench.surveys) > surveys + 1 and not source._busy)
    assert source.survey is not None
    assert not source._soon.isActive()
    assert len(bench.measured) == timed


def test_a_moved_block_asks_nothing(meter: FitMeter, source: FitSource, bench: Bench) -> None:
    conv1 = source.document.graph.named("conv1").id
    source.document.do(Move({conv1: (900.0, 0.0)}), "Move")
    assert not source._later.isActive()


def test_nothing_is_timed_while_a_training_runs(source: FitSource, bench: Bench, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: source.pace is not None)
    timed = len(bench.measured)
    source.session._set_state("running")
    source.document.do(SetSection("training", {"batch_size": 32}), "Batch")
    qtbot.waitUntil(lambda: bench.surveys[-1:] == [32] and not source._busy)
    source.time_it()
    assert len(bench.measured) == timed
    source.session._set_state("idle")
    qtbot.waitUntil(lambda: len(bench.measured) == timed + 1)


def test_what_does_not_fit_is_said_in_words_and_not_timed(
    meter: FitMeter, source: FitSource, bench: Bench, qtbot: QtBot
) -> None:
    bench.free = 50 * MB
    source.document.do(SetSection("training", {"batch_size": 512}), "Batch")
    qtbot.waitUntil(lambda: source.survey is not None and source.survey.batch_size == 512)
    assert meter.text.startswith("Does not fit: 517.5 MB, room for 45.0 MB")
    assert 512 not in bench.measured


def test_the_parts_add_up_and_the_largest_batch_is_one_click_and_one_undo(
    meter: FitMeter, source: FitSource, bench: Bench, qtbot: QtBot
) -> None:
    bench.free = 60 * MB
    source.refresh()
    qtbot.waitUntil(lambda: source.survey is not None and source.survey.fits is False)
    qtbot.mouseClick(meter, Qt.MouseButton.LeftButton)
    popover = meter.popover
    assert popover is not None
    assert popover.facts["Values kept for the gradients"] == "64.0 MB"
    assert popover.facts["Together, about"] == "69.1 MB"
    assert popover.use is not None
    assert popover.use.text() == "Use a batch of 32"
    popover.use.click()
    assert source.document.project.training.batch_size == 32
    source.document.stack.undo()
    assert source.document.project.training.batch_size == 64


def test_the_keyboard_opens_and_closes_the_parts(meter: FitMeter, qtbot: QtBot) -> None:
    qtbot.keyClick(meter, Qt.Key.Key_Space)
    popover = meter.popover
    assert popover is not None
    assert popover.isVisible()
    with qtbot.waitSignal(popover.destroyed):
        qtbot.keyClick(popover, Qt.Key.Key_Escape)


def test_a_drawing_that_cannot_be_trained_has_no_meter(meter: FitMeter, source: FitSource, qtbot: QtBot) -> None:
    source.document.do(Configure(source.document.graph.named("conv2").id, {"kernel_size": 50}), "Break")
    qtbot.waitUntil(lambda: source.survey is None)
    assert not meter.isVisible()
    source.document.stack.undo()
    qtbot.waitUntil(lambda: source.survey is not None)
    assert meter.isVisible()


def test_both_themes_and_both_verdicts_paint_differently(
    meter: FitMeter, source: FitSource, bench: Bench, qtbot: QtBot
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    light = meter.grab().toImage()
    try:
        theme.apply(app, "dark")
        assert meter.grab().toImage() != light
    finally:
        theme.apply(app, "light")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.004, "0.01 s"), (0.31, "0.3 s"), (5.12, "5.1 s"), (42.0, "42 s"), (240.0, "4 min"), (9000.0, "2.5 h")],
)
def test_times_have_the_digits_of_an_estimate(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_without_data_no_epoch_is_promised(meter: FitMeter, source: FitSource) -> None:
    assert source.survey is not None
    source.survey = replace(source.survey, samples=0)
    assert time_text(source) == ""
    assert math.isclose(Pace(0.5, 0.0, 8, 8).epoch(16, 0), 1.0)
