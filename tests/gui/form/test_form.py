"""Forms made from declarations, driven through their real fields."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from engine.blocks.spec import kinds
from engine.declare import choice, declared, flag, integer, real, settings_of, size2, text
from engine.training.settings import TrainingSettings
from gui.form import SettingsForm, editor
from gui.form.editors import ChoiceEditor, FlagEditor, NumberEditor, TextEditor
from gui.form.pair import PairEditor


@declared
class Sample:
    count: int = integer(4, lo=1, hi=9, help="How many.", unit="items")
    rate: float = real(0.01, lo=0.0, log=True, help="How fast.")
    on: bool = flag(True, help="Whether.")
    mode: str = choice("a", options=("a", "b"), labels=("Alpha", "Beta"), help="Which.")
    name: str = text("", help="Called what.", longest=5)
    size: Any = size2(3, lo=1, words=("same",), help="How big.")
    limit: int | None = integer(None, lo=1, help="At most.", advanced=True)


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    made = SettingsForm(Sample)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def heard(form: SettingsForm) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: out.append((name, value)))
    return out


def number(form: SettingsForm, name: str) -> Any:
    made = form.editor(name)
    assert isinstance(made, NumberEditor)
    return made.field


def test_every_setting_of_every_declaration_has_an_editor_that_shows_its_default(qtbot: QtBot) -> None:
    for declaration in (*kinds().values(), TrainingSettings):
        for setting in settings_of(declaration).values():
            made = editor(setting)
            qtbot.addWidget(made)
            assert made.value() == setting.default, (declaration, setting.name)


def test_typing_a_number_tells_each_value_that_the_setting_takes(
    form: SettingsForm, heard: list[Any], qtbot: QtBot
) -> None:
    field = number(form, "count")
    field.selectAll()
    qtbot.keyClicks(field, "7")
    assert heard == [("count", 7)]


def test_a_number_out_of_range_is_not_told_but_explained(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    field = number(form, "count")
    field.selectAll()
    qtbot.keyClicks(field, "12")
    assert heard == [("count", 1)]
    fault = form.rows["count"].fault
    assert fault.isVisible()
    assert "from 1 to 9" in fault.text()
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert not fault.isVisible()


def test_arrow_keys_step_and_stop_at_the_range(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    field = number(form, "count")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_PageUp)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert heard == [("count", 5), ("count", 9)]


def test_a_rate_steps_along_one_two_five(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    field = number(form, "rate")
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    for _ in range(4):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert [value for _, value in heard] == [0.02, 0.05, 0.1, 0.05, 0.02, 0.01, 0.005]


def test_a_rate_can_be_typed_with_an_exponent(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    field = number(form, "rate")
    field.selectAll()
    qtbot.keyClicks(field, "3e-4")
    assert heard[-1] == ("rate", 3e-4)


def test_the_wheel_leaves_a_field_without_focus_alone(form: SettingsForm, heard: list[Any]) -> None:
    field = number(form, "count")
    field.clearFocus()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), field.pos(), field.pos() * 0 + field.pos(), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    field.wheelEvent(wheel)
    assert heard == []


def test_an_empty_optional_number_is_none(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    form.set_values({"limit": 5})
    field = number(form, "limit")
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    assert heard == [("limit", None)]


def test_a_switch_is_turned_by_space_and_click(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    made = form.editor("on")
    assert isinstance(made, FlagEditor)
    qtbot.keyClick(made.field, Qt.Key.Key_Space)
    qtbot.mouseClick(made.field, Qt.MouseButton.LeftButton)
    assert heard == [("on", False), ("on", True)]


def test_a_choice_shows_labels_and_tells_words(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    made = form.editor("mode")
    assert isinstance(made, ChoiceEditor)
    assert made.field.currentText() == "Alpha"
    qtbot.keyClick(made.field, Qt.Key.Key_Down)
    assert heard == [("mode", "b")]


def test_a_text_that_is_too_long_is_explained(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    made = form.editor("name")
    assert isinstance(made, TextEditor)
    qtbot.keyClicks(made.field, "abcdef")
    assert heard[-1] == ("name", "abcde")
    assert form.rows["name"].fault.isVisible()


def test_linked_sizes_change_together_and_apart_when_unlinked(
    form: SettingsForm, heard: list[Any], qtbot: QtBot
) -> None:
    made = form.editor("size")
    assert isinstance(made, PairEditor)
    made.height_field.selectAll()
    qtbot.keyClicks(made.height_field, "5")
    assert heard == [("size", 5)]
    qtbot.mouseClick(made.link, Qt.MouseButton.LeftButton)
    made.width_field.selectAll()
    qtbot.keyClicks(made.width_field, "7")
    assert heard[-1] == ("size", (5, 7))
    qtbot.mouseClick(made.link, Qt.MouseButton.LeftButton)
    assert heard[-1] == ("size", 5)


def test_a_word_takes_the_place_of_numbers(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    made = form.editor("size")
    assert isinstance(made, PairEditor)
    qtbot.mouseClick(made.words[0], Qt.MouseButton.LeftButton)
    assert heard == [("size", "same")]
    assert made.value() == "same"
    qtbot.keyClicks(made.height_field, "2")
    assert heard[-1] == ("size", 2)
    qtbot.mouseClick(made.words[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(made.words[0], Qt.MouseButton.LeftButton)
    assert heard[-1] == ("size", 3)


def test_a_pair_that_differs_opens_the_link(form: SettingsForm) -> None:
    form.set_values({"size": [2, 4]})
    made = form.editor("size")
    assert isinstance(made, PairEditor)
    assert not made.link.isChecked()
    assert form.values()["size"] == (2, 4)


def test_values_come_back_as_they_were_set(form: SettingsForm, heard: list[Any]) -> None:
    values = {"count": 2, "rate": 0.5, "on": False, "mode": "b", "name": "abc", "size": "same", "limit": 7}
    form.set_values(values)
    assert form.values() == values
    assert heard == []


def test_a_mixed_field_gives_no_value_until_it_is_set(form: SettingsForm, heard: list[Any], qtbot: QtBot) -> None:
    form.set_mixed(["count", "size", "on", "mode", "name"])
    assert set(form.values()) == {"rate", "limit"}
    qtbot.keyClicks(number(form, "count"), "3")
    assert heard == [("count", 3)]
    assert form.values()["count"] == 3


def test_showing_the_value_that_is_typed_leaves_the_text_alone(form: SettingsForm, qtbot: QtBot) -> None:
    field = number(form, "rate")
    field.selectAll()
    qtbot.keyClicks(field, "1e-2")
    form.set_values({"rate": 0.01})
    assert field.text() == "1e-2"


def test_advanced_settings_are_folded_away_until_asked_for(form: SettingsForm, qtbot: QtBot) -> None:
    assert not form.rows["limit"].isVisible()
    qtbot.mouseClick(form.fold, Qt.MouseButton.LeftButton)
    assert form.rows["limit"].isVisible()


def test_a_fault_in_an_advanced_setting_opens_the_fold(form: SettingsForm) -> None:
    form.set_fault("limit", "limit is too large.")
    assert form.rows["limit"].fault.isVisible()
    assert form.rows["limit"].fault.text() == "Limit is too large."


def test_every_field_has_a_name_and_help_for_screen_readers(form: SettingsForm) -> None:
    for row in form.rows.values():
        field = row.editor.focusProxy()
        assert field.accessibleName()
        assert row.setting.help in field.accessibleDescription()
