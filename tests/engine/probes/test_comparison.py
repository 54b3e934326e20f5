"""How far one answer is off is what a hand can work out from the output."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.probes.answers import sides
from engine.probes.data import Bars, Questions
from engine.probes.spec import ProbeError, ask


@pytest.fixture
def same(chain):
    """A network that gives what it is given."""

    def make(kind: str, **settings):
        return build(plan(chain((kind, settings), "identity", "output")), seed=0)

    return make


def test_a_number_is_shown_with_what_was_wanted_and_how_far_it_is_off(same):
    network = same("vector_input", features=2)
    sample = (np.array([3.0, -1.0], np.float32),)
    answer = ask(
        network, "comparison", sample=sample, target=np.array([2.5, 1.0], np.float32), classes=("age", "height")
    )
    assert isinstance(answer, Bars)
    assert answer.labels == ("age", "height")
    assert answer.values == (3.0, -1.0)
    assert answer.note == "2.5 was wanted, 0.5 off; 1 was wanted, 2 off."
    assert not answer.probabilities


def test_many_numbers_are_told_by_their_mean_error(same):
    network = same("vector_input", features=8)
    answer = ask(network, "comparison", sample=(np.arange(8, dtype=np.float32),), target=np.zeros(8, np.float32))
    assert answer.values == (3.5,)
    assert "largest is 7" in answer.note


def test_a_picture_made_again_is_compared_in_the_scale_that_it_is_trained_in(same):
    network = same("image_input", channels=1, height=2, width=2)
    target = np.array([[[0, 255], [255, 0]]], np.uint8)
    sample = (np.full((1, 2, 2), 0.5, np.float32),)
    for scale, error in (("network", 0.0), ("unit", 0.25), ("signed", 1.25)):
        answer = ask(network, "comparison", sample=sample, task="again", target=target, scale=scale)
        assert answer.values[0] == pytest.approx(error)


def test_of_a_mask_the_share_of_right_pixels_and_the_overlap_of_its_classes(same):
    network = same("image_input", channels=2, height=2, width=2)
    said = np.array([[0, 1], [1, 1]])
    sample = (np.stack([said == 0, said == 1]).astype(np.float32),)
    answer = ask(network, "comparison", sample=sample, task="mask", target=np.array([[0, 0], [1, 1]]))
    assert answer.values == (0.75, pytest.approx((1 / 2 + 2 / 3) / 2))
    judged = ask(network, "comparison", sample=sample, task="mask", target=np.array([[0, 7], [1, 1]]), pad=7)
    assert judged.values == (1.0, 1.0)
    rim = ask(network, "comparison", sample=sample, task="mask", target=np.pad(said, 3, constant_values=1))
    assert rim.values == (1.0, 1.0)
    with pytest.raises(ProbeError, match="does not fit"):
        ask(network, "comparison", sample=sample, task="mask", target=np.zeros((1, 1)))


def test_of_tags_the_share_of_right_steps_those_that_are_filled_up_left_out(same):
    network = same("sequence_input", steps=3, features=4)
    sample = (np.eye(4, dtype=np.float32)[[1, 2, 3]],)
    options = {"sample": sample, "task": "tags", "classes": ("·", "noun", "verb", "mark")}
    assert ask(network, "comparison", target=np.array([1, 2, 1]), **options).values[0] == pytest.approx(2 / 3)
    padded = ask(network, "comparison", target=np.array([1, 2, 0]), pad=0, **options)
    assert padded.values == (1.0,)
    assert padded.note == "Says: noun verb"


def test_a_single_number_is_told_as_two_shares_and_can_be_confused(same):
    from engine.probes.confusion import confusion

    network = same("vector_input", features=1)
    options = {"classes": ("no", "yes"), "single": "logit"}
    answer = ask(network, "answers", sample=(np.array([2.0], np.float32),), **options)
    assert answer.labels == ("yes", "no")
    assert answer.values[0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert sides(torch.tensor([1.7, 0.25]), "share").tolist() == [[0.0, 1.0], [0.75, 0.25]]
    features, labels = np.array([[-1.0], [2.0], [3.0]], np.float32), np.array([0, 1, 0])
    found = confusion(network, Questions((features,), labels, np.arange(3), ("no", "yes"), None, "logit"))
    assert found.matrix.tolist() == [[1, 1], [0, 1]]
