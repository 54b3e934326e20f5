"""`load` gives data that are ready to train on, and says what it did to them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from engine.data import DataChoice, DataSet, Normalisation, facts, load
from engine.data.registry import dataset, dataset_of, datasets
from engine.declare import from_json, to_json
from engine.errors import DataError, SettingError


@pytest.fixture(scope="module")
def digits() -> DataSet:
    return load(DataChoice())


def test_digits_are_the_default_and_need_no_file(digits):
    assert digits.facts.name == "Digits"
    assert digits.facts.samples == 1797
    assert digits.columns["image"].shape == (1797, 1, 8, 8)
    assert digits.columns["image"].dtype == np.uint8
    assert digits.columns["image"].max() == 255
    assert digits.columns["label"].dtype == np.int64
    assert digits.classes == tuple("0123456789")
    assert digits.facts.input is not None
    assert digits.facts.input.dims == (1, 8, 8)
    assert digits.notes == ()


def test_the_parts_hold_every_digit_in_proportion(digits):
    assert {name: len(rows) for name, rows in digits.splits.items()} == {"train": 1437, "val": 180, "test": 180}
    counts = digits.class_counts()
    assert counts["train"].sum() == 1437
    assert set(counts["val"]) <= {17, 18, 19}


def test_the_normalisation_is_that_of_the_training_part(digits):
    pixels = digits.columns["image"][digits.splits["train"]] / 255
    np.testing.assert_allclose(digits.normalisation.mean, [pixels.mean()], rtol=1e-9)
    assert isinstance(digits.normalisation, Normalisation)


def test_the_same_choice_gives_the_same_data(digits):
    again = load(DataChoice())
    assert again.digest == digits.digest
    assert all((again.splits[name] == digits.splits[name]).all() for name in digits.splits)


def test_another_seed_gives_another_split_of_the_same_data(digits):
    other = load(DataChoice(split_seed=1))
    assert other.digest == digits.digest
    assert other.splits["val"].tolist() != digits.splits["val"].tolist()


def test_pictures_are_brought_to_the_networks_input_and_it_is_said():
    data = load(DataChoice(limit=40), image=(3, 28, 28))
    assert data.columns["image"].shape == (40, 3, 28, 28)
    assert data.facts.samples == 40
    assert data.notes == (
        "40 of 1,797 samples are used, as the limit says.",
        "The 8×8 pictures are resized to 28×28 for this network's input.",
        "The grey pictures are made colour for this network's input.",
    )


def test_a_limit_draws_from_all_classes():
    data = load(DataChoice(limit=100))
    assert set(np.bincount(data.columns["label"])) <= {9, 10, 11}


def test_a_part_without_samples_is_said():
    data = load(DataChoice(limit=10))
    assert "There are too few samples for a validation part; it is empty." in data.notes
    assert len(data.splits["train"]) == 10


def test_input_sizes_that_no_memory_holds_are_refused_before_anything_is_allocated():
    with pytest.raises(DataError, match=r"GB of memory.*Choose a smaller input"):
        load(DataChoice(), image=(3, 500_000, 500_000))


def test_shares_that_leave_nothing_are_refused():
    with pytest.raises(DataError, match="leaves nothing to train on"):
        load(DataChoice(val_fraction=0.5, test_fraction=0.5))


def test_progress_is_told_and_may_break_it_off():
    heard = []
    load(DataChoice(), image=(1, 12, 12), progress=lambda what, done, total: heard.append((what, done, total)))
    assert {"Reading the digits", "Resizing the pictures", "Measuring the training part"} <= {
        what for what, _, _ in heard
    }

    def stop(what: str, done: int, total: int) -> None:
        raise InterruptedError(what)

    with pytest.raises(InterruptedError):
        load(DataChoice(), progress=stop)


def test_the_digest_notices_a_changed_pixel_and_a_changed_class_name(digits):
    from engine.data.dataset import digest

    columns = {name: column.copy() for name, column in digits.columns.items()}
    assert digest(columns, digits.classes) == digits.digest
    assert digest(columns, ("zero", *digits.classes[1:])) != digits.digest
    columns["image"][1796, 0, 7, 7] ^= 1
    assert digest(columns, digits.classes) != digits.digest


def test_facts_are_those_of_the_data(digits):
    assert facts(DataChoice()) == digits.facts


def test_every_declared_data_set_can_be_chosen_and_says_what_it_is():
    for name, declared in datasets().items():
        assert DataChoice(name=name).name == name
        assert dataset_of(name) is declared
        assert declared.title
        assert declared.help.endswith(".")
        assert declared.source


def test_what_is_declared_twice_or_not_at_all_is_refused():
    with pytest.raises(ValueError, match="two data sets"):
        dataset("digits", title="", help="", source="")(lambda request: None)
    with pytest.raises(DataError, match='there is no data set "mnits"'):
        dataset_of("mnits")
    with pytest.raises(SettingError, match="it takes one of digits"):
        DataChoice(name="imagenet")


@pytest.mark.parametrize(
    ("name", "said"),
    [("npz", "needs a file, but none is named"), ("folder", "none is named"), ("mnist", "or download them")],
)
def test_data_that_need_a_path_say_so(name, said):
    with pytest.raises(DataError, match=said):
        load(DataChoice(name=name))


def test_a_choice_survives_json():
    choice = DataChoice(name="folder", path="/pictures/é", val_fraction=0.25, limit=9, stratified=False)
    assert from_json(DataChoice, to_json(choice)) == choice


def test_the_choice_and_the_list_of_data_sets_load_neither_numpy_nor_torch_nor_opencv():
    script = (
        "import sys, engine.data.choice, engine.data\n"
        "assert engine.data.choice.DataChoice().name == 'digits'\n"
        "print([n for n in ('numpy', 'torch', 'cv2', 'sklearn') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_data_needs_no_torch():
    script = "import sys\nfrom engine.data import DataChoice, load\nload(DataChoice(limit=50))\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
