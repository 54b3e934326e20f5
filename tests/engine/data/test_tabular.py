"""A table gives features, and one target or several, as classes or as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import DataError
from tests.engine.data.own import loaded, written

PEOPLE = "age,sex,height,smoker\n" + "".join(
    f"{20 + i % 50},{'fm'[i % 2]},{150 + i % 40}.5,{'no yes'.split()[i % 3 == 0]}\n" for i in range(90)
)


def test_the_last_column_is_predicted_unless_one_has_a_name_for_it(tmp_path):
    assert loaded("csv", written(tmp_path, PEOPLE)).classes == ("no", "yes")
    named = loaded("csv", written(tmp_path, "Label,a\n" + "x,1\ny,2\n" * 9))
    assert named.classes == ("x", "y")
    assert named.facts.input.fields == ("a",)


def test_text_of_few_kinds_becomes_one_number_a_kind(tmp_path):
    data = loaded("csv", written(tmp_path, PEOPLE))
    assert data.facts.input.fields == ("age", "sex = f", "sex = m", "height")
    np.testing.assert_array_equal(data.columns["features"][:2, 1:3], [[1, 0], [0, 1]])
    assert "Of text, read as one number for each kind: sex." in data.notes


def test_text_of_many_kinds_is_left_out_and_it_is_said(tmp_path):
    data = loaded("csv", written(tmp_path, "id,x,y\n" + "".join(f"p{i},{i},{'ab'[i % 2]}\n" for i in range(50))))
    assert data.facts.input.fields == ("x",)
    assert any("too many different texts: id" in note for note in data.notes)


def test_a_person_chooses_inputs_and_target(tmp_path):
    data = loaded("csv", written(tmp_path, PEOPLE), inputs="age, 3", targets="sex")
    assert data.facts.input.fields == ("age", "height")
    assert data.classes == ("f", "m")
    assert [column.name for column in data.facts.columns] == ["features", "label"]


def test_fractions_and_many_whole_numbers_are_predicted_as_numbers(tmp_path):
    data = loaded("csv", written(tmp_path, PEOPLE), targets="height")
    assert data.facts.target.kind == "number"
    assert data.columns["target"].shape == (90, 1)
    assert loaded("csv", written(tmp_path, PEOPLE), targets="age", predict_as="classes").facts.target.kind == "label"
    few = written(tmp_path, "x,stars\n" + "".join(f"{i},{i % 5}\n" for i in range(40)))
    assert loaded("csv", few).classes == ("0", "1", "2", "3", "4")
    assert loaded("csv", few, predict_as="numbers").facts.target.kind == "number"


def test_several_numbers_are_one_target_and_several_kinds_have_their_names(tmp_path):
    both = loaded("csv", written(tmp_path, PEOPLE), targets="age,height")
    assert both.facts.target.fields == ("age", "height")
    assert both.columns["target"].shape == (90, 2)
    mixed = loaded("csv", written(tmp_path, PEOPLE), targets="smoker,age")
    assert [(c.name, c.kind) for c in mixed.facts.targets] == [("smoker", "label"), ("age", "number")]
    assert mixed.columns["age"].shape == (90, 1)
    assert all(column.target for column in mixed.facts.targets)


def test_the_parts_hold_every_class_in_proportion_by_the_first_label(tmp_path):
    data = loaded("csv", written(tmp_path, PEOPLE), targets="smoker,age", val_fraction=0.2, test_fraction=0.2)
    counts = data.class_counts("smoker")
    assert counts["val"].tolist() == [12, 6]
    assert counts["test"].tolist() == [12, 6]


def test_numbers_are_scaled_column_by_column_on_the_training_part(tmp_path):
    data = loaded("csv", written(tmp_path, PEOPLE))
    train = data.normalisation.apply(data.columns["features"])[data.splits["train"]]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(train.std(axis=0), 1, rtol=1e-3)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"targets": "sex", "inputs": "sex,age"}, "to be read and to be predicted"),
        ({"targets": "sex", "predict_as": "numbers"}, "holds texts such as"),
        ({"targets": "weight"}, "There is no target column"),
    ],
)
def test_choices_that_cannot_be_are_refused(tmp_path, more, said):
    with pytest.raises(DataError, match=said):
        loaded("csv", written(tmp_path, PEOPLE), **more)
