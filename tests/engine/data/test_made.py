"""What is generated is the same every time, is what its name says, and has every part it promises."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.draws import Draws
from engine.data.registry import datasets
from engine.data.sequences import TAGS
from engine.data.tokens import PAD, joined
from tests.engine.data.own import loaded

POINTS = ("blobs", "and", "or", "xor", "rings", "moons", "spirals")
MADE = tuple(name for name, declared in datasets().items() if "generated" in declared.source)


def test_every_generated_set_says_so_and_needs_no_file():
    assert set(POINTS) | {
        "shapes", "figures", "portraits", "sines", "weather", "echo", "grammar", "tagging", "dates", "opinions",
    } == set(MADE)  # fmt: skip
    assert all(datasets()[name].needs == "nothing" for name in MADE)


@pytest.mark.parametrize("name", [name for name in MADE if "count" in datasets()[name].settings])
def test_the_same_choice_makes_the_same_samples_and_count_says_how_many(name):
    first, again = loaded(name, count=48), loaded(name, count=48)
    assert first.facts.samples == 48
    assert first.digest == again.digest
    assert loaded(name, count=40).digest != first.digest


@pytest.mark.parametrize("name", POINTS)
def test_points_are_two_numbers_and_every_class_has_some(name):
    data = loaded(name)
    assert data.columns["features"].shape == (600, 2)
    assert data.columns["features"].dtype == np.float32
    assert all(count > 0 for count in data.class_counts()["train"])


def test_xor_without_noise_is_the_sign_of_the_product():
    data = loaded("xor", noise=0.0)
    x, y = data.columns["features"].T
    np.testing.assert_array_equal(data.columns["label"], (x * y < 0).astype(np.int64))


def test_no_line_parts_xor_but_one_parts_and():
    def best(name):
        data = loaded(name, noise=0.05)
        x = np.column_stack([data.columns["features"], np.ones(len(data.columns["label"]))])
        weights, *_ = np.linalg.lstsq(x, 2.0 * data.columns["label"] - 1, rcond=None)
        return ((x @ weights > 0) == data.columns["label"]).mean()

    assert best("and") > 0.95
    assert best("xor") < 0.7


def test_shapes_have_a_mask_whose_largest_kind_is_the_label_and_its_share_the_size():
    data = loaded("shapes", count=40)
    assert data.facts.target.name == "mask"
    assert [column.name for column in data.facts.targets] == ["mask", "label", "size"]
    for mask, label, size in zip(*(data.columns[name] for name in ("mask", "label", "size")), strict=True):
        areas = np.bincount(mask.reshape(-1), minlength=4)[1:]
        assert areas[label] == areas.max()
        assert size[0] == pytest.approx(areas.max() / mask.size)


def test_shapes_are_drawn_in_the_size_the_network_asks_for_and_the_mask_lies_on_them():
    from engine.data import load
    from engine.data.choice import DataChoice

    data = load(DataChoice(name="shapes", count=30, noise=0.0), image=(3, 48, 64))
    assert data.columns["image"].shape == (30, 3, 48, 64)
    assert data.columns["mask"].shape == (30, 48, 64)
    assert data.notes == ()
    rims = []
    for picture, mask in zip(data.columns["image"].astype(int), data.columns["mask"], strict=True):
        edge = mask[:, 1:] != mask[:, :-1]
        step = np.abs(np.diff(picture, axis=2)).sum(axis=0)
        rims.append(step[edge].mean() > 4 * step[~edge].mean())
    assert np.mean(rims) > 0.9


def test_grey_masks_follow_when_pictures_are_resized():
    from engine.data.loading import resized_masks

    mask = np.arange(4, dtype=np.int64).reshape(1, 2, 2)
    np.testing.assert_array_equal(resized_masks(mask, (4, 4))[0], np.kron(mask[0], np.ones((2, 2), int)))
    np.testing.assert_array_equal(resized_masks(np.kron(mask, np.ones((1, 3, 3), int)), (2, 2)), mask)


def test_portraits_have_two_answers():
    data = loaded("portraits", count=32)
    assert data.facts.target.name == "gender"
    assert data.facts.column("age").target
    assert 6 <= data.columns["age"].min() < data.columns["age"].max() < 90


def test_a_sine_goes_on_in_its_target_at_the_end_and_at_every_step():
    last, every = loaded("sines", count=20, horizon=3), loaded("sines", count=20, horizon=3, answer="every")
    assert last.columns["features"].shape == (20, 32, 1)
    assert last.columns["target"].shape == (20, 1)
    assert every.columns["target"].shape == (20, 32, 1)
    np.testing.assert_array_equal(every.columns["features"][:, 3:], every.columns["target"][:, :-3])
    np.testing.assert_array_equal(every.columns["target"][:, -1], last.columns["target"])


def test_an_echo_comes_three_steps_later():
    data = loaded("echo", count=20)
    tokens, tags = data.columns["tokens"], data.columns["tags"]
    np.testing.assert_array_equal(tags[:, 3:], tokens[:, :-3])
    assert (tags[:, :3] == PAD).all()
    assert data.class_counts()["train"][PAD] == 0


def test_words_of_two_classes_are_told_apart_by_their_neighbours_only():
    data = loaded("grammar")
    known = data.facts.input.classes
    seen: dict[str, set[str]] = {}
    for row, tags in zip(data.columns["tokens"], data.columns["tags"], strict=True):
        for token, tag in zip(row, tags, strict=True):
            assert (token == PAD) == (tag == PAD)
            seen.setdefault(known[token], set()).add(TAGS[tag])
    assert seen["watch"] == {"noun", "verb"}
    assert seen["house"] == {"noun"}


def test_opinions_are_readable_and_deny_things():
    data = loaded("opinions", count=200)
    known = data.facts.input.classes
    texts = [joined(row, known) for row in data.columns["tokens"]]
    assert all(text.startswith("the ") for text in texts)
    both = {bool(label) for text, label in zip(texts, data.columns["label"], strict=True) if "not" in text.split()}
    assert both == {True, False}


def test_draws_are_uniform_normal_and_the_same_everywhere():
    assert Draws(7).uniform(2).tolist() == Draws(7).uniform(2).tolist()
    assert Draws(1).whole(3, below=10).tolist() == [5, 9, 1]
    for numbers in (Draws(3).normal(20_000), Draws(3).grain(20_000)):
        assert abs(numbers.mean()) < 0.03
        assert abs(numbers.std() - 1) < 0.03
