from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.declare import Integer, Text
from engine.errors import SettingError
from engine.graph.expression import evaluate, is_expression, parse

NAMES = {"width": 64, "i": 0, "rate": 0.5, "project": True, "size": (3, 5)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=width * 4", 256), ("=2 if i == 0 else 1", 2), ("=not project", False), ("=min(width, 32) // 3", 10),
        ("=max(1, width % 5, 2)", 4), ("=-width ** 2", -4096), ("=0 < width <= 64", True), ("=0 < i < 9", False),
        ("=i or width", 64), ("=i and width", 0), ("=size", (3, 5)), ("=rate / 2 - 1", -0.75), ("=1 + (i == 0)", 2),
    ],
)  # fmt: skip
def test_an_expression_is_arithmetic_over_its_names(text: str, value: object) -> None:
    assert evaluate(text, NAMES) == value


@pytest.mark.parametrize(
    "text",
    ["=__import__('os')", "=width.real", "=[1, 2]", "=(lambda: 1)()", "=size[0]", "=open('x')", "=max(1, key=2)", "=f'{width}'",
     "=width := 3", "=1 +", "=", "=a;b", "=" + "(" * 150 + ")" * 150, "=" + "1+" * 150 + "1", "={}", "=max(*size)", "=1 in size",
     "=width is 64", "=~width", "=width << 9", "=9j", "=None", "=..."],
)  # fmt: skip
def test_whatever_is_not_arithmetic_is_refused_before_it_is_worked_out(text: str) -> None:
    with pytest.raises(SettingError):
        evaluate(text, NAMES)


@pytest.mark.parametrize(
    "text", ["=1 / i", "=10 ** 65", "=(10 ** 14) ** 9", "=width + size", "=min(1)", "='a' * 9", "=min()"]
)
def test_what_cannot_be_worked_out_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match="cannot be worked out"):
        evaluate(text, NAMES)


def test_a_name_that_is_not_there_is_told_with_the_nearest_one() -> None:
    with pytest.raises(SettingError, match='Did you mean "width"'):
        evaluate("=widht * 4", NAMES)


def test_the_names_that_an_expression_reads_are_known_without_working_it_out() -> None:
    assert parse("=min(width, 2) if i else rate").names == {"width", "i", "rate"}


def test_a_text_setting_keeps_a_text_that_starts_with_an_equals_sign() -> None:
    assert not is_expression("=x", Text(name="column"))
    assert is_expression("=x", Integer(name="count"))


@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_one_sentence(text: str) -> None:
    try:
        evaluate("=" + text, NAMES)
    except SettingError as error:
        assert str(error)
