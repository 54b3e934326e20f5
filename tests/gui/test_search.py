"""Fuzzy search finds what a person means."""

from __future__ import annotations

import pytest

from gui.search import best, score

TITLES = ("Convolution 2d", "Max pooling", "Adaptive max pooling", "Global average pooling", "Leaky ReLU", "ReLU",
          "GELU", "Batch norm 2d", "Cross entropy", "Linear", "Softmax")  # fmt: skip


@pytest.mark.parametrize(
    ("query", "first"),
    [("conv", "Convolution 2d"), ("max", "Max pooling"), ("mxp", "Max pooling"), ("gap", "Global average pooling"),
     ("relu", "ReLU"), ("bn", "Batch norm 2d"), ("ce", "Cross entropy"), ("lin", "Linear"), ("amp", "Adaptive max pooling"),
     ("SOFT", "Softmax"), ("cross e", "Cross entropy")],
)  # fmt: skip
def test_the_likeliest_comes_first(query: str, first: str) -> None:
    assert best(query, [(title, (title,)) for title in TITLES])[0] == first


def test_what_does_not_fit_is_left_out_and_nothing_asked_keeps_the_order() -> None:
    items = [(title, (title,)) for title in TITLES]
    assert best("zq", items) == []
    assert best("", items) == list(TITLES)
    assert score("xyz", "Linear") is None
