"""A block is found by what the field calls it."""

from __future__ import annotations

import pytest

from engine.blocks.spec import FAMILIES, kinds
from engine.blocks.words import COMMON, FREQUENT, WORDS
from engine.project import Project
from gui.document import Document
from gui.kinds import FOLLOWS, found, likely_first, offered

MEANT = (
    ("fc", "linear"), ("dense", "linear"), ("fully connected", "linear"), ("batch norm", "batchnorm2d"), ("bn", "batchnorm2d"),
    ("conv transpose", "conv_transpose2d"), ("deconv", "conv_transpose2d"), ("swish", "silu"), ("skip", "add"),
    ("self-attention", "multihead_attention"), ("residual", "add"), ("gap", "global_avgpool"), ("dwconv", "depthwise_conv2d"),
    ("relu", "relu"), ("conv", "conv2d"), ("1x1", "pointwise_conv"), ("droppath", "stochastic_depth"), ("cat", "concat"),
    ("ce", "cross_entropy"), ("l2", "mse"), ("lstm", "lstm"), ("pool", "maxpool2d"),
    ("drop", "dropout"), ("max", "maxpool2d"), ("im2col", "unfold"), ("2d conv", "conv2d"),
)  # fmt: skip


@pytest.mark.parametrize(("query", "kind"), MEANT)
def test_the_words_of_the_field_find_the_block_they_mean(query: str, kind: str) -> None:
    assert found(query, offered(Document(Project())))[0] == kind


def test_a_family_is_found_by_its_name_and_nothing_asked_keeps_the_order() -> None:
    among = offered(Document(Project()))
    assert {among[kind].family for kind in found("regularis", among)} >= {"Regularisation"}
    assert found("  ", among) == list(among)
    assert found("zzqx", among) == []


def test_letters_that_are_only_scattered_in_titles_do_not_crowd_a_clear_hit() -> None:
    assert found("dense", offered(Document(Project()))) == ["linear", "concat"]


def test_no_word_is_of_a_block_that_is_gone() -> None:
    assert set(WORDS) <= set(kinds())
    assert set(FREQUENT) | set(COMMON) <= set(kinds())


PLACED = {kind: spec for kind, spec in kinds().items() if spec.role not in ("entry", "exit")}


@pytest.mark.parametrize("kind", sorted(PLACED))
def test_a_block_is_found_first_by_its_title_and_by_its_kind(kind: str) -> None:
    assert PLACED[found(PLACED[kind].title, PLACED)[0]].title == PLACED[kind].title
    assert found(kind, PLACED)[0] == kind


def test_what_mostly_follows_a_family_stands_first_then_what_is_common_and_nothing_is_lost() -> None:
    some = ["image_input", "output", "maxout", "conv2d", "maxpool2d", "relu", "batchnorm2d", "celu"]
    assert likely_first(some, "Convolution") == [
        "relu", "batchnorm2d", "maxpool2d", "conv2d", "image_input", "output", "maxout", "celu"
    ]  # fmt: skip
    assert likely_first(some, "Activation")[:2] == ["conv2d", "maxpool2d"]
    assert likely_first(some, "of nobody")[0] == "image_input"
    assert FOLLOWS.keys() <= set(FAMILIES)
    assert {kind for kinds_ in FOLLOWS.values() for kind in kinds_} <= kinds().keys()
