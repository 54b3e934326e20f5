"""Splits are disjoint, complete, in proportion, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.splits import draw, shares, shuffled, split
from engine.errors import DataError

# What seed 7 gave when this was written; runs of then are resumed with it.
FIXED = {"train": [2, 3, 4, 7, 9, 10], "val": [0, 1, 11], "test": [5, 6, 8]}
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=8)
FRACTIONS = st.tuples(st.floats(0, 0.6), st.floats(0, 0.35))


def labels_of(sizes: list[int], seed: int) -> np.ndarray:
    return shuffled(np.repeat(np.arange(len(sizes), dtype=np.int64), sizes), seed)


@given(SIZES, FRACTIONS, st.integers(0, 2**63 - 1))
def test_parts_are_disjoint_complete_ascending_and_leave_each_class_something_to_train_on(sizes, fractions, seed):
    labels = labels_of(sizes, seed)
    val, test = fractions
    parts = split(len(labels), labels, None, val=val, test=test, seed=seed, stratified=True)
    rows = np.concatenate(list(parts.values()))
    assert sorted(rows) == list(range(len(labels)))
    assert all((np.diff(part) > 0).all() and part.dtype == np.int64 for part in parts.values())
    assert set(labels[parts["train"]]) == set(labels)


@given(SIZES, FRACTIONS, st.integers(0, 2**63 - 1))
def test_every_class_is_in_every_part_within_one_of_its_share(sizes, fractions, seed):
    labels = labels_of(sizes, seed)
    parts = split(len(labels), labels, None, val=fractions[0], test=fractions[1], seed=seed, stratified=True)
    for name, fraction in zip(("val", "test"), fractions, strict=True):
        counts = np.bincount(labels[parts[name]], minlength=len(sizes))
        for count, size in zip(counts, sizes, strict=True):
            # A class of few samples keeps one to train on, whatever its shares are.
            assert count <= size * fraction + 1
            assert count >= min(size * fraction - 1, size - 1 - size * sum(fractions))


@given(SIZES, st.floats(0, 1))
def test_shares_are_within_one_each_and_add_up_to_the_whole(sizes, fraction):
    taken = shares(np.array(sizes), fraction)
    assert (abs(taken - np.array(sizes) * fraction) <= 1).all()
    assert int(taken.sum()) == round(sum(sizes) * fraction)


def test_small_classes_share_both_parts_between_them():
    labels = np.repeat(np.arange(10), 5)
    parts = split(50, labels, None, val=0.1, test=0.1, seed=0, stratified=True)
    assert {name: len(rows) for name, rows in parts.items()} == {"train": 40, "val": 5, "test": 5}
    assert (np.bincount(labels[parts["train"]]) == 4).all()


def test_a_seed_gives_the_same_split_for_ever():
    parts = split(12, np.arange(12) % 2, None, val=0.25, test=0.25, seed=7, stratified=True)
    assert {name: rows.tolist() for name, rows in parts.items()} == FIXED
    assert (
        parts["val"].tolist()
        != split(12, np.arange(12) % 2, None, val=0.25, test=0.25, seed=8, stratified=True)["val"].tolist()
    )


def test_without_classes_or_stratification_the_counts_are_the_nearest_whole():
    for labels in (None, np.zeros(101, np.int64)):
        parts = split(101, labels, None, val=0.2, test=0.1, seed=1, stratified=False)
        assert (len(parts["val"]), len(parts["test"])) == (20, 10)


def test_parts_that_the_data_come_with_are_kept_and_validation_is_drawn_from_training():
    given_parts = np.array([0] * 80 + [2] * 20)
    parts = split(100, np.arange(100) % 4, given_parts, val=0.25, test=0.5, seed=0, stratified=True)
    assert parts["test"].tolist() == list(range(80, 100))
    assert len(parts["val"]) == 20
    assert parts["val"].max() < 80


def test_a_validation_part_that_the_data_come_with_is_kept_and_a_test_part_is_drawn():
    given_parts = np.array([0] * 80 + [1] * 20)
    parts = split(100, None, given_parts, val=0.5, test=0.25, seed=0, stratified=True)
    assert parts["val"].tolist() == list(range(80, 100))
    assert len(parts["test"]) == 20


@pytest.mark.parametrize(("val", "test"), [(0.5, 0.5), (0.9, 0.9)])
def test_shares_that_leave_nothing_to_train_on_are_refused(val, test):
    with pytest.raises(DataError, match="leaves nothing to train on"):
        split(10, None, None, val=val, test=test, seed=0, stratified=False)


def test_data_without_a_training_part_are_refused():
    with pytest.raises(DataError, match="no sample to train on"):
        split(3, None, np.array([2, 2, 1]), val=0.1, test=0.1, seed=0, stratified=True)


@given(SIZES, st.integers(1, 100), st.integers(0, 1000))
def test_a_few_of_many_are_drawn_in_proportion(sizes, limit, seed):
    labels = labels_of(sizes, seed)
    rows = draw(labels, limit, seed)
    assert len(rows) == min(limit, len(labels))
    assert (np.diff(rows) > 0).all()
    counts = np.bincount(labels[rows], minlength=len(sizes))
    share = min(1.0, limit / len(labels))
    assert (abs(counts - np.array(sizes) * share) <= 1 + 1e-9).all()
