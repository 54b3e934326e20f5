"""Training settings: declared, checked, torch-free."""

import subprocess
import sys

import pytest

from engine.declare import from_json, settings_of, to_json
from engine.errors import SettingError
from engine.training.settings import TrainingSettings


def test_settings_that_are_written_and_read_again_are_equal():
    settings = TrainingSettings(epochs=3, optimizer="sgd", learning_rate=0.1, nesterov=True, schedule="one_cycle")
    assert from_json(TrainingSettings, to_json(settings)) == settings
    assert to_json(TrainingSettings()) == {}


@pytest.mark.parametrize(
    "values", [{"epochs": 0}, {"batch_size": 0}, {"optimizer": "lion"}, {"learning_rate": -1}, {"momentum": 1.5}]
)
def test_a_value_out_of_range_is_refused_with_its_name(values):
    with pytest.raises(SettingError) as caught:
        from_json(TrainingSettings, values)
    assert caught.value.setting == next(iter(values))


def test_every_setting_says_what_it_does():
    for setting in settings_of(TrainingSettings).values():
        assert setting.help.endswith("."), setting.name


def test_settings_messages_and_mailbox_load_no_torch():
    code = "import sys, engine.training.settings, engine.training.mailbox; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
