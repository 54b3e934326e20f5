"""The editor for rows of numbers."""

import pytest
from pytestqt.qtbot import QtBot

from engine.declare import Row
from engine.errors import SettingError
from gui.form.numbers import RowEditor

SIZES = Row(name="sizes", default=(1, 2), help="sizes", lo=-1, least=1, most=3)


def test_commas_blanks_and_crosses_separate_numbers(qtbot: QtBot) -> None:
    made = RowEditor(SIZES)
    qtbot.addWidget(made)
    for text in ("1, 28, 28", "1 28 28", "1×28×28", "1;28;28"):
        made.field.setText(text)
        assert made.value() == (1, 28, 28)


def test_a_row_that_is_none_is_explained_and_not_told(qtbot: QtBot) -> None:
    made = RowEditor(SIZES)
    qtbot.addWidget(made)
    heard: list[object] = []
    said: list[str] = []
    made.changed.connect(heard.append)
    made.refused.connect(said.append)
    made.field.setFocus()
    for text in ("1, two", "1, 2, 3, 4", "-2", "1.5", ""):
        made.field.clear()
        said.clear()
        qtbot.keyClicks(made.field, text) if text else made.field.textEdited.emit("")
        assert "whole numbers of at least -1" in said[-1], text
    with pytest.raises(SettingError):
        SIZES.check([True])
    assert all(isinstance(value, tuple) for value in heard)


def test_what_is_typed_stays_as_it_is_when_the_value_comes_back(qtbot: QtBot) -> None:
    made = RowEditor(SIZES)
    qtbot.addWidget(made)
    made.field.setText("3 4")
    made.set_value((3, 4))
    assert made.field.text() == "3 4"
    made.set_value((5,))
    assert made.field.text() == "5"
