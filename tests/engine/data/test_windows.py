"""Text and series are parted by position: no part sees what another is judged by."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.choice import DataChoice
from engine.data.loading import _prepare
from engine.data.registry import Request
from engine.data.table import Table
from engine.data.tokens import PAD, UNKNOWN, joined
from engine.errors import DataError
from engine.graph.facts import Column
from tests.engine.data.own import loaded, written

LINES = "day,price,sold\n" + "".join(f"2024-{i:03},{i}.5,{i * 10}\n" for i in range(200))


def spans(data, name="features"):
    """For each part the least and the greatest value that its windows and answers hold."""
    out = {}
    for part, rows in data.splits.items():
        values = np.concatenate([data.columns[name][rows].reshape(-1), data.columns["target"][rows].reshape(-1)])
        out[part] = (values.min(), values.max())
    return out


@pytest.mark.parametrize("answer", ["last", "every"])
@pytest.mark.parametrize("horizon", [1, 4])
def test_no_line_is_in_two_parts(tmp_path, answer, horizon):
    data = loaded(
        "series", written(tmp_path, LINES), inputs="sold", targets="sold", length=8, answer=answer, horizon=horizon
    )
    found = spans(data)
    assert found["train"][1] < found["val"][0] <= found["val"][1] < found["test"][0]
    assert found["train"] == (0.0, 1590.0)
    assert found["test"] == (1800.0, 1990.0)


def test_a_window_is_followed_by_its_answer(tmp_path):
    data = loaded("series", written(tmp_path, LINES), length=8, horizon=2)
    assert data.facts.input.fields == ("price", "sold")
    assert data.columns["features"].shape[1:] == (8, 2)
    np.testing.assert_array_equal(data.columns["features"][0, :, 0], np.arange(8) + 0.5)
    np.testing.assert_array_equal(data.columns["target"][0], [90.0])
    every = loaded("series", written(tmp_path, LINES), length=8, answer="every", targets="price,sold")
    np.testing.assert_array_equal(every.columns["target"][0, :, 0], np.arange(1, 9) + 0.5)


def test_a_series_is_scaled_by_column_as_the_training_part_is(tmp_path):
    data = loaded("series", written(tmp_path, LINES), length=8)
    assert len(data.normalisation.mean) == 2
    scaled = data.normalisation.apply(data.columns["features"])
    assert scaled.shape == data.columns["features"].shape
    np.testing.assert_allclose(scaled[data.splits["train"]].mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_array_equal(data.normalisation.apply(data.columns["features"][3]), scaled[3])
    unit = loaded("series", written(tmp_path, LINES), length=8, normalise="unit")
    assert unit.normalisation.apply(unit.columns["features"])[unit.splits["train"]].max() == pytest.approx(1)


def test_holes_of_a_series_are_filled_from_before_and_it_is_said(tmp_path):
    data = loaded(
        "series", written(tmp_path, "v\n\n1\nNA\n3\n" + "4\n" * 40), length=2, header="yes", delimiter="comma"
    )
    assert data.columns["features"][0, :, 0].tolist() == [1.0, 1.0]
    assert "1 values of v are missing; each is taken from the line before it." in data.notes


@pytest.mark.parametrize(
    ("more", "said"),
    [({"length": 100}, "validation part has 20 of the 200 lines"), ({"targets": "day"}, "holds texts"),
     ({"val_fraction": 0.6, "test_fraction": 0.5}, "leaves nothing to train on")],
)  # fmt: skip
def test_series_that_cannot_be_are_refused(tmp_path, more, said):
    with pytest.raises(DataError, match=said):
        loaded("series", written(tmp_path, LINES), **more)


def test_the_documentation_is_modelled_by_characters_of_a_fixed_alphabet():
    data = loaded("pydoc")
    known = data.facts.input.classes
    assert len(known) == 98
    assert data.columns["tokens"].shape[1] == 64
    np.testing.assert_array_equal(data.columns["tokens"][:, 1:], data.columns["tags"][:, :-1])
    assert data.facts.input.pad == PAD
    assert "assert" in joined(data.columns["tokens"][0], known)
    assert data.normalisation.scale == 1.0
    assert data.normalisation.mean == (0.0,)


def test_one_answer_behind_the_window_is_the_next_character():
    data = loaded("pydoc", answer="last", length=16, step=16)
    tokens, label = data.columns["tokens"], data.columns["label"]
    here = data.splits["train"]
    np.testing.assert_array_equal(label[here[:-1]], tokens[here[1:], 0])
    assert data.facts.target.kind == "label"


def test_validation_text_lies_behind_what_is_trained_on_and_the_vocabulary_does_not_know_it(tmp_path):
    text = "abcdefgh" * 100 + "xyz" * 80
    data = loaded("text", written(tmp_path, text, "a.txt"), length=10, val_fraction=0.2, test_fraction=0.0)
    assert set(data.facts.input.classes[2:]) == set("abcdefgh") | set("xyz")
    strict = loaded("text", written(tmp_path, text, "a.txt"), length=10, val_fraction=0.24, test_fraction=0.0)
    assert set(strict.facts.input.classes[2:]) == set("abcdefgh")
    assert (strict.columns["tokens"][strict.splits["val"]][-1] == UNKNOWN).all()
    assert len(strict.splits["test"]) == 0


def test_words_and_a_limit_to_the_vocabulary(tmp_path):
    text = "the cat sat on the mat. " * 60
    data = loaded("text", written(tmp_path, text, "a.txt"), tokens="words", vocabulary=4, length=6)
    assert data.facts.input.classes == ("·pad·", "·unknown·", "the", ".")
    assert any("count as unknown" in note for note in data.notes)
    assert joined(data.columns["tokens"][0], data.facts.input.classes) == "the ▯ ▯ ▯ the ▯"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "has 0 of the 0 characters"), (b"short", "a window takes 64"), (b"a\0b" * 99, "no text file")],
)
def test_text_that_cannot_be_modelled_is_refused(tmp_path, content, said):
    with pytest.raises(DataError, match=said):
        loaded("text", written(tmp_path, content, "a.txt"))


def test_a_limit_of_samples_never_draws_validation_from_the_training_text():
    data = loaded("pydoc", limit=50)
    assert data.facts.samples == 50
    again = loaded("pydoc")
    seen = {row.tobytes() for row in again.columns["tokens"][again.splits["train"]]}
    assert not any(row.tobytes() in seen for row in data.columns["tokens"][data.splits["val"]])


def test_a_part_that_is_empty_is_not_filled_from_what_is_trained_on():
    tokens = np.zeros((10, 4), np.int64)
    described = {"tokens": Column("tokens", "tokens", (), ("a",))}
    table = Table("text", {"tokens": tokens}, parts=np.zeros(10, np.int8), parted=True, described=described)
    data = _prepare(table, DataChoice(val_fraction=0.5), Request())
    assert {part: len(rows) for part, rows in data.splits.items()} == {"train": 10, "val": 0, "test": 0}
    assert "There are too few samples for a validation part; it is empty." in data.notes
