"""Everything that is declared can be shown: help, source, unit. A form or a manual reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.blocks.spec import FAMILIES, Block, kinds
from engine.data.choice import DataChoice
from engine.data.registry import datasets
from engine.declare import Choice, Integer, Real, Setting, declared, integer, settings_of
from engine.training.settings import TrainingSettings

# Numbers without a unit: shares, factors and plain counts that their help explains.
UNITLESS = {
    "alpha", "attention_dropout", "beta1", "beta2", "beta_end", "beta_start", "clip_norm", "clip_value", "dim", "dropout", "eps",
    "gamma", "groups", "ignore_index", "init_bias", "init_mean", "init_value", "inputs", "label_smoothing", "learning_rate",
    "momentum", "negative_slope", "noise", "p", "pos_weight", "rho", "rms_momentum", "seed", "split_seed", "test_fraction",
    "val_fraction", "weight", "weight_decay",
}  # fmt: skip


def faults(owner: str, settings: dict[str, Setting]) -> Iterator[str]:
    """What a form would have to leave blank."""
    for name, setting in settings.items():
        if len(setting.help.split()) < 3:
            yield f"{owner}.{name} has no help"
        if isinstance(setting, Integer | Real) and not setting.unit and name not in UNITLESS:
            yield f"{owner}.{name} counts something, but has no unit"
        if isinstance(setting, Choice) and len(setting.labels) not in (0, len(setting.options)):
            yield f"{owner}.{name} has labels for some of its options only"
        if not setting.label:
            yield f"{owner}.{name} has no label"


@pytest.mark.parametrize("kind", kinds())
def test_a_block_says_all_that_a_palette_and_a_form_show(kind: str) -> None:
    made = kinds()[kind]
    assert list(faults(kind, dict(settings_of(made)))) == []
    assert made.title
    assert made.source
    assert made.family in FAMILIES
    assert made.__doc__
    assert made.__doc__ != Block.__doc__
    assert len(made.__doc__.split()) >= 5


@pytest.mark.parametrize("owner", [TrainingSettings, DataChoice], ids=lambda owner: owner.__name__)
def test_settings_say_all_that_a_form_shows(owner: type) -> None:
    assert list(faults(owner.__name__, dict(settings_of(owner)))) == []


@pytest.mark.parametrize("name", datasets())
def test_a_data_set_says_what_it_holds_and_where_it_is_from(name: str) -> None:
    known = datasets()[name]
    assert known.title
    assert len(known.help.split()) >= 4
    assert known.source


def test_a_planted_setting_without_help_or_unit_is_found() -> None:
    @declared
    class Bare:
        width: int = integer(1, help="")

    assert len(list(faults("Bare", dict(settings_of(Bare))))) == 2
