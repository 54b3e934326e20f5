"""What an answer is compared with: right and wrong only where classes are asked for, a distance everywhere else."""

from __future__ import annotations

import pytest

import presets
from engine.data import DataSet, load
from engine.data.choice import DataChoice
from engine.declare import from_json
from engine.graph import store
from engine.graph.model import Graph
from engine.graph.picture import image_shape
from gui.inspector.subject import target_words
from gui.inspector.task import Task, task_of


def opened(name: str) -> tuple[Graph, DataSet]:
    graph = store.loads(presets.read(name))
    choice: DataChoice = from_json(DataChoice, {**graph.sections["data"], "limit": 24, "count": 24})
    return graph, load(choice, image=image_shape(graph))


@pytest.mark.parametrize(
    ("name", "kind", "column"),
    [
        ("lenet5", "classes", "label"),
        ("perceptron", "single", "label"),
        ("lstm_sentiment", "single", "label"),
        ("ae_dense_32", "again", "image"),
        ("forecast_sine", "number", "target"),
        ("bilstm_tagger", "tags", "tags"),
        ("age_gender_small", "number", "age"),
    ],
)
def test_each_kind_of_network_has_its_question(name: str, kind: str, column: str) -> None:
    graph, data = opened(name)
    task = task_of(graph, data)
    assert task.kind == kind
    assert task.column is not None
    assert task.column.name == column
    classes = kind in ("classes", "single")
    assert (task.truth(data, 3) is not None) == classes
    probe, options = task.question(data, 3)
    assert probe == ("answers" if classes else "comparison")
    if not classes:
        assert (options["target"] == data.columns[column][3]).all()
        assert options["task"] == kind


def test_a_number_of_ones_own_picture_is_only_told(qapp: object) -> None:
    _, data = opened("forecast_sine")
    graph, _ = opened("forecast_sine")
    probe, options = task_of(graph, data).question(data, None)
    assert (probe, options["classes"]) == ("answers", ())
    again, digits = opened("ae_dense_32")
    picture = digits.columns["image"][0]
    probe, options = task_of(again, digits).question(digits, None, picture)
    assert probe == "comparison"
    assert options["target"] is picture


def test_the_line_of_a_sample_tells_the_column_that_is_answered() -> None:
    graph, data = opened("age_gender_small")
    task = task_of(graph, data)
    assert target_words(data, 0, task.column).startswith("Target: ")
    assert target_words(data, 0).startswith("True class: ")


def test_data_that_do_not_fit_have_no_question() -> None:
    graph, _ = opened("lenet5")
    _, words = opened("bilstm_tagger")
    assert task_of(graph, words) == Task()
    assert task_of(None, words) == Task()
