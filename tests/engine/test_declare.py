from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.blocks.spec import kinds
from engine.data.choice import DataChoice
from engine.declare import choice, declared, flag, from_json, integer, real, settings_of, size2, text, to_json
from engine.errors import SettingError
from engine.training.settings import TrainingSettings


@declared
class Sample:
    """Every kind of setting once."""

    count: int = integer(3, lo=1, hi=9, help="how many")
    share: float = real(0.5, lo=0.0, hi=1.0, help="how much")
    on: bool = flag(True, help="whether")
    word: str = choice("a", options=("a", "b"), help="which")
    name: str = text("", longest=5, help="what")
    size: Any = size2(2, lo=0, hi=99, words=("same",), help="how large")
    maybe: int | None = integer(None, help="perhaps")


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*settings_of(Sample), "other"]), ANYTHING))
def test_any_json_gives_a_value_or_one_error_that_names_the_setting(values: dict[str, Any]) -> None:
    try:
        made = from_json(Sample, values)
    except SettingError as error:
        assert error.setting in values
        assert error.setting in str(error) or error.setting == "other"
        return
    assert from_json(Sample, to_json(made)) == made
    assert from_json(Sample, to_json(made, all_of_them=True)) == made


@pytest.mark.parametrize("bad", [0, 10, 2.5, True, "3", math.nan, [3]])
def test_a_whole_number_out_of_range_or_of_another_kind_is_refused_with_the_range(bad: Any) -> None:
    with pytest.raises(SettingError, match=r"count is .*whole number from 1 to 9"):
        Sample(count=bad)


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.inf, math.nan, "x", False, 10**400])
def test_a_number_out_of_range_or_not_finite_is_refused(bad: Any) -> None:
    with pytest.raises(SettingError, match="share is"):
        Sample(share=bad)


def test_a_pair_of_equal_numbers_becomes_one_number_and_a_word_stays() -> None:
    assert Sample(size=[3, 3]).size == 3
    assert Sample(size=[3, 5]).size == (3, 5)
    assert Sample(size="same").size == "same"
    assert to_json(Sample(size=[3, 5])) == {"size": [3, 5]}
    for bad in ([1, 2, 3], "valid", -1, [True, 1], []):
        with pytest.raises(SettingError, match=r"pair \[height, width\]"):
            Sample(size=bad)


def test_only_optional_settings_may_be_empty() -> None:
    assert Sample(maybe=None).maybe is None
    with pytest.raises(SettingError, match="count is nothing"):
        Sample(count=None)  # type: ignore[arg-type]


def test_values_equal_to_the_default_are_left_out_of_files() -> None:
    assert to_json(Sample()) == {}
    assert to_json(Sample(count=4, on=True)) == {"count": 4}


def test_an_unknown_setting_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(SettingError, match='Did you mean "share"'):
        from_json(Sample, {"shrae": 1})


@pytest.mark.parametrize("cls", [*kinds().values(), DataChoice, TrainingSettings])
def test_every_declaration_starts_at_defaults_that_it_accepts_itself(cls: type[Any]) -> None:
    made = cls()
    assert from_json(cls, to_json(made, all_of_them=True)) == made
    for setting in settings_of(cls).values():
        assert setting.help.strip(), f"{cls.__name__}.{setting.name} has no help"
