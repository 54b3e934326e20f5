"""Texts with a label are cut into tokens, filled up, and judged by what the training part knows."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.tokens import PAD, UNKNOWN, encode, filled, joined, places, vocabulary, words
from engine.errors import DataError
from tests.engine.data.own import loaded, written

REVIEWS = "id\tsentiment\treview\n" + "".join(
    f"{i}\t{'good' if i % 2 else 'bad'}\t{'What a lovely film' if i % 2 else 'Dull, and far too long to be sat through'}\n"
    for i in range(60)
)


def test_the_longest_text_is_read_and_the_column_of_a_known_name_predicted(tmp_path):
    data = loaded("sentences", written(tmp_path, REVIEWS, "reviews.tsv"))
    assert data.classes == ("bad", "good")
    assert data.columns["tokens"].shape == (60, 10)
    known = data.facts.input.classes
    assert joined(data.columns["tokens"][1], known) == "what a lovely film"
    assert data.columns["tokens"][1].tolist()[4:] == [PAD] * 6


def test_a_window_cuts_and_a_small_vocabulary_leaves_words_unknown(tmp_path):
    data = loaded("sentences", written(tmp_path, REVIEWS), length=3, vocabulary=5)
    assert data.columns["tokens"].shape == (60, 3)
    assert len(data.facts.input.classes) == 5
    assert UNKNOWN in data.columns["tokens"]
    assert "60 of 60 texts are cut at 3 words." in data.notes


def test_the_vocabulary_is_that_of_the_training_part(tmp_path):
    text = "text,label\n" + "".join(f"word{i} same,{'ab'[i % 2]}\n" for i in range(40))
    data = loaded("sentences", written(tmp_path, text))
    known = data.facts.input.classes
    seen = {known[token] for token in np.unique(data.columns["tokens"][data.splits["train"]])}
    assert set(known) == seen | {"·pad·", "·unknown·"}
    assert (data.columns["tokens"][data.splits["val"]] == UNKNOWN).any(axis=1).all()


def test_the_parts_are_those_that_the_same_seed_gives_every_other_table(tmp_path):
    data = loaded("sentences", written(tmp_path, REVIEWS), split_seed=3)
    assert {part: len(rows) for part, rows in data.splits.items()} == {"train": 48, "val": 6, "test": 6}
    assert data.class_counts()["val"].tolist() == [3, 3]


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("a,b\n1,2\n3,4\n", {}, "There is no column of texts"),
        ("text\nhello there\nhow are you\nfine thanks\n", {"header": "yes"}, "one column only"),
        (REVIEWS, {"inputs": "review", "targets": "review"}, "cannot be the text and its label"),
        (REVIEWS, {"inputs": "review,id"}, "one column of texts and one of labels"),
        ("text,label\nhello,\nyou,\n", {"header": "yes"}, "No line has both"),
    ],
)
def test_what_has_no_text_or_no_label_is_refused(tmp_path, text, more, said):
    with pytest.raises(DataError, match=said):
        loaded("sentences", written(tmp_path, text), **more)


def test_words_become_the_numbers_of_a_vocabulary():
    assert words("Don't go, now!") == ["Don't", "go", ",", "now", "!"]
    known = vocabulary([["b", "a", "b"], ["c", "a", "b"]], 4)
    assert known == ("·pad·", "·unknown·", "b", "a")
    assert encode(["a", "c"], places(known)).tolist() == [3, UNKNOWN]
    assert filled([np.array([5, 6, 7]), np.array([8])], 2).tolist() == [[5, 6], [8, PAD]]
