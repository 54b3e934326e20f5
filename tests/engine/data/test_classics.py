"""The small tables of scikit-learn are read without importing it, and agree with it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from engine.data import classics
from engine.data.registry import Request
from tests.engine.data.own import loaded


@pytest.mark.parametrize(
    ("name", "count", "width", "classes"),
    [("iris", 150, 4, 3), ("wine", 178, 13, 3), ("breast_cancer", 569, 30, 2), ("diabetes", 442, 10, 0)],
)
def test_each_table_has_the_published_size_and_names_for_its_numbers(name, count, width, classes):
    data = loaded(name)
    features = data.facts.input
    assert data.columns["features"].shape == (count, width)
    assert features is not None
    assert len(features.fields) == width
    assert len(data.classes) == classes
    assert len(data.splits["train"]) >= 0.79 * count


def test_the_values_are_those_that_scikit_learn_gives():
    datasets = pytest.importorskip("sklearn.datasets")
    for name in ("iris", "wine", "breast_cancer"):
        bunch, data = getattr(datasets, f"load_{name}")(), loaded(name)
        np.testing.assert_array_equal(data.columns["features"], bunch.data.astype(np.float32))
        np.testing.assert_array_equal(data.columns["label"], bunch.target)
    bunch, data = datasets.load_diabetes(scaled=False), loaded("diabetes")
    np.testing.assert_array_equal(data.columns["features"], bunch.data.astype(np.float32))
    np.testing.assert_array_equal(data.columns["target"][:, 0], bunch.target.astype(np.float32))


def test_a_file_that_is_not_as_expected_is_read_through_the_package(monkeypatch):
    wanted = classics.iris(Request())
    monkeypatch.setattr(classics, "_lines", lambda *args, **more: None)
    found = classics.iris(Request())
    np.testing.assert_array_equal(found.columns["features"], wanted.columns["features"])
    np.testing.assert_array_equal(found.columns["label"], wanted.columns["label"])
    assert classics.diabetes(Request()).columns["features"].shape == (442, 10)


def test_reading_them_imports_no_scikit_learn():
    script = "import sys\nfrom engine.data import DataChoice, load\n" + "".join(
        f"load(DataChoice(name={name!r}))\n" for name in ("iris", "wine", "breast_cancer", "diabetes")
    )
    done = subprocess.run(
        [sys.executable, "-c", script + "print('sklearn' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_targets_are_scaled_where_that_is_chosen_and_it_is_said():
    raw, scaled = loaded("diabetes"), loaded("diabetes", target_scale="standard")
    train = scaled.columns["target"][scaled.splits["train"]]
    assert abs(float(train.mean())) < 1e-5
    assert abs(float(train.std()) - 1) < 1e-5
    assert raw.columns["target"].max() > 300
    assert any("an error of 1 stands for" in note for note in scaled.notes)
