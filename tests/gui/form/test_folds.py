"""A block with fifteen settings stays readable: what is rare is folded away, and the headings tell what is changed there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.blocks.initial import FIRST_VALUES
from engine.blocks.spec import kinds, spec_of
from engine.declare import to_json
from gui.form.fold import Fold
from gui.form.panel import SettingsForm

MOST = 6  # settings of a block that are seen at once


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    made = SettingsForm(spec_of("conv2d"))
    qtbot.addWidget(made)
    made.show()
    made.set_values({})
    return made


def seen(form: SettingsForm) -> list[str]:
    return [name for name, row in form.rows.items() if row.isVisible()]


def test_first_values_stand_under_a_heading_of_their_own(form: SettingsForm, qtbot: QtBot) -> None:
    assert not set(seen(form)) & set(FIRST_VALUES)
    qtbot.mouseClick(form.fold, Qt.MouseButton.LeftButton)
    assert not set(seen(form)) & set(FIRST_VALUES), "they are no part of the advanced settings"
    qtbot.mouseClick(form.first.button, Qt.MouseButton.LeftButton)
    assert [name for name in seen(form) if name in FIRST_VALUES] == ["init", "init_bias"]
    qtbot.keyClick(form.first.button, Qt.Key.Key_Space)
    assert not set(seen(form)) & set(FIRST_VALUES)


def test_only_first_values_that_mean_something_with_the_scheme_are_asked_for(form: SettingsForm) -> None:
    form.first.set_open(True)
    form.set_values({"init": "kaiming_normal"})
    assert {"init_value", "init_fan"} <= set(seen(form))
    assert "init_mean" not in seen(form)
    form.set_values({"init": "trunc_normal"})
    assert "init_mean" in seen(form)
    assert "init_fan" not in seen(form)
    form.set_values({"init": "default", "init_mean": 0.5})
    assert "init_mean" in seen(form), "what was set is never out of sight"


def test_headings_tell_what_is_changed_below_them(form: SettingsForm) -> None:
    assert form.fold.text() == "Advanced"
    assert form.first.button.text() == "First values: PyTorch's own"
    form.set_values({"dilation": 2, "groups": 4, "init": "orthogonal"})
    assert form.fold.text() == "Advanced: 2 changed"
    assert form.first.button.text() == "First values: Orthogonal"
    assert "2 changed" in form.fold.accessibleDescription()


def test_a_fault_in_a_first_value_unfolds_them(form: SettingsForm) -> None:
    form.set_fault("init_bias", "init_bias is too large.")
    assert form.rows["init_bias"].fault.isVisible()


@pytest.mark.parametrize("kind", kinds())
def test_no_block_shows_more_settings_at_once_than_can_be_taken_in(kind: str) -> None:
    plain = [name for name, setting in spec_of(kind).settings.items() if not setting.advanced]
    assert len(plain) <= MOST, f"{kind} shows {plain}; make the rare ones advanced"


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_form_of_every_block_shows_the_values_that_it_has(kind: str, qtbot: QtBot) -> None:
    form = SettingsForm(spec_of(kind))
    qtbot.addWidget(form)
    usual = to_json(spec_of(kind)(), all_of_them=True)
    form.set_values(usual)
    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in form.values().items()}
    assert shown == usual


def test_what_is_folded_away_is_made_when_it_is_seen_first_and_shows_what_holds_by_then(form: SettingsForm) -> None:
    folded = [row for row in form.rows.values() if row.setting.advanced]
    assert folded
    assert not any(row.there for row in folded)
    form.set_values({"dilation": 3, "groups": 2})
    assert form.values()["dilation"] == 3
    assert not any(row.there for row in folded)
    made: list[str] = []
    form.made.connect(made.append)
    form.set_open(True)
    assert "dilation" in made
    assert form.editor("dilation").value() == 3
    assert form.editor("groups").value() == 2
    heard: list[tuple[str, object]] = []
    form.changed.connect(lambda name, value: heard.append((name, value)))
    form.editor("groups").changed.emit(4)
    assert heard == [("groups", 4)]


class Listener(QObject):
    """Counts how often what it is set on is asked to lay itself out."""

    laid = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.laid += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_heading_with_another_text_does_not_lay_out_the_form_anew(form: SettingsForm, qapp: QApplication) -> None:
    qapp.processEvents()
    listener, width = Listener(), form.fold.width()
    fold = form.fold.parentWidget()
    while not isinstance(fold, Fold):
        fold = fold.parentWidget()
    fold.installEventFilter(listener)
    form.set_values({"dilation": 2, "groups": 4})
    qapp.processEvents()
    assert form.fold.text() == "Advanced: 2 changed"
    assert form.fold.width() > width, "all of it is seen"
    assert not listener.laid
