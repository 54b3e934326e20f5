"""Tags, dates, weather and figures: what is to be learned of them is in them, and as many classes come as are asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from engine.data import load
from engine.data.choice import DataChoice
from engine.data.dates import BEGIN, END, WRITTEN
from engine.data.figures import MOST, SHAPES, kinds
from engine.data.tagging import TAGS
from engine.data.weather import FIELDS
from engine.graph.facts import Column
from tests.engine.data.own import loaded


def read(row, column: Column) -> list[str]:
    return [column.classes[index] for index in row if index != column.pad]


def test_all_seventeen_tags_come_up_and_no_step_is_filled_up():
    data = loaded("tagging", length=20)
    assert len(TAGS) == 17
    assert set(np.unique(data.columns["tags"])) == set(range(17))
    assert (data.columns["tokens"] > 1).all()
    assert data.columns["tokens"].shape == data.columns["tags"].shape == (2000, 20)


def test_the_same_word_has_several_tags():
    data = loaded("tagging")
    words = data.facts.column("tokens").classes
    seen: dict[str, set[str]] = {}
    for row, tags in zip(data.columns["tokens"], data.columns["tags"], strict=True):
        for token, tag in zip(row, tags, strict=True):
            seen.setdefault(words[token], set()).add(TAGS[tag])
    assert seen["will"] == {"AUX", "NOUN", "PROPN"}
    assert seen["that"] >= {"DET", "PRON", "SCONJ"}
    assert seen["to"] == {"ADP", "PART"}
    assert seen["garden"] == {"NOUN"}


def test_a_date_is_the_same_day_in_all_three_columns():
    data = loaded("dates", count=300)
    source, written, tags = (data.facts.column(name) for name in ("source", "written", "tags"))
    assert source.classes == written.classes == tags.classes
    for row in range(300):
        iso = read(data.columns["tags"][row], tags)
        assert len(iso) == WRITTEN
        assert iso[-1] == END
        assert read(data.columns["written"][row], written) == [BEGIN, *iso[:-1]]
        date = dt.date.fromisoformat("".join(iso[:-1]))
        said = read(data.columns["source"][row], source)
        assert str(date.day) in said
        assert "".join(said).endswith(str(date.year))
        if said[0].endswith("day"):
            assert said[0] == date.strftime("%A").lower()


def test_a_vocabulary_that_is_asked_for_is_as_large_as_that_though_the_text_has_fewer_words():
    words = loaded("pydoc", tokens="words", vocabulary=20_000, length=20).facts.input.classes
    assert len(words) == len(set(words)) == 20_000
    assert len(loaded("pydoc", tokens="words", vocabulary=500, length=20).facts.input.classes) == 500
    data = loaded("dates", count=20, vocabulary=1000)
    assert len(set(data.facts.column("tags").classes)) == 1000
    assert data.columns["tags"].max() < 100


def test_the_pressure_says_more_of_the_warmth_to_come_than_the_warmth_before_it():
    data = loaded("weather", horizon=12)
    past, coming = data.columns["features"], data.columns["target"][:, 0]
    assert past.shape[1:] == (120, len(FIELDS))
    assert data.facts.target.fields == ("temperature, °C",)

    def error(of: np.ndarray) -> float:
        read = np.column_stack([of.reshape(len(of), -1), np.ones(len(of))]).astype(np.float64)
        weights, *_ = np.linalg.lstsq(read, coming, rcond=None)
        return float(np.abs(read @ weights - coming).mean())

    same_hour_yesterday = float(np.abs(past[:, -13, 1] - coming).mean())
    assert error(past[:, -24:, :2]) < 0.6 * same_hour_yesterday
    assert error(past[:, -24:, :2]) < 0.9 * error(past[:, -24:, 1:2])


def test_no_window_of_the_weather_sees_into_another_part():
    data = loaded("weather", horizon=5, length=24, step=24)
    warmth = data.columns["features"][:, :, 1]
    every = loaded("weather", horizon=5, length=24, step=24, answer="every")
    np.testing.assert_array_equal(every.columns["target"][:, :-5, 0], warmth[:, 5:])
    assert all(len(data.splits[part]) for part in ("train", "val", "test"))
    assert data.splits["train"].max() < data.splits["val"].min()


@pytest.mark.parametrize("classes", [2, 4, 11, 21])
def test_masks_have_as_many_classes_as_are_asked_for_and_each_comes_up(classes):
    data = load(DataChoice(name="shapes", classes=classes, count=400), image=(3, 24, 24))
    mask = data.facts.column("mask")
    assert len(mask.classes) == classes
    assert mask.classes[0] == "ground"
    assert len(np.unique(data.columns["mask"])) == classes
    assert (data.facts.column("label") is None) == (classes == 2)


def test_beyond_ten_kinds_the_tone_is_part_of_the_kind():
    assert kinds(10) == tuple(SHAPES)
    assert kinds(21)[20] == "green circle"
    assert len(set(kinds(MOST))) == MOST
    data = load(DataChoice(name="figures", classes=21, count=210, noise=0.0), image=(3, 32, 32))
    pictures, labels = data.columns["image"], data.columns["label"]
    names = data.facts.target.classes
    for name, strongest in (("red circle", 0), ("blue circle", 2), ("green circle", 1)):
        middle = pictures[labels == names.index(name)].astype(int)[:, :, 10:22, 10:22].mean(axis=(0, 2, 3))
        assert middle.argmax() == strongest


def test_of_ten_shapes_each_is_the_largest_somewhere_and_large_ones_more_often():
    data = load(DataChoice(name="shapes", classes=11, count=600, noise=0.0), image=(3, 48, 48))
    assert data.facts.column("label").classes == tuple(SHAPES)
    counts = np.bincount(data.columns["label"], minlength=10)
    assert counts[list(SHAPES).index("square")] > counts[list(SHAPES).index("bar")]
    assert counts.min() > 0


def test_numbers_that_are_scaled_no_longer_carry_their_unit_alone():
    data = loaded("weather", target_scale="standard", length=24)
    assert data.facts.target.fields == ("temperature, °C, scaled",)
    assert data.facts.input.fields == FIELDS
