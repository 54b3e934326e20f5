"""Opened from the gallery, a preset finds data that come along and fit it; where none can, it is known which and why.

In the second test widths, pictures and samples are fewer; the task, the data and the losses are the preset's own.
"""

from dataclasses import replace
from functools import cache

import pytest

import presets
from engine.data import load
from engine.data.choice import DataChoice
from engine.data.registry import datasets
from engine.declare import from_json
from engine.graph.check import check
from engine.graph.facts import DataFacts
from engine.graph.model import Graph
from engine.graph.picture import image_shape
from engine.training.steps import learn
from tests.presets.small import RATE, loss_now, small, whole, work_of

PHOTOGRAPHS = 1000  # from so many classes on, photographs are wanted that cannot come along
HALVES = ("dcgan_g",)  # what has nothing to learn from by itself
FEW = 8  # samples; no data set of drawn things has fewer
TASKS = ("bilstm_tagger", "seq2seq_gru", "word_lm", "forecast_lstm", "unet_bn32", "fcn8s", "tiny_vgg")


def choice_of(graph: Graph, **fewer: int) -> DataChoice:
    """The data that a preset names, as few of them as it takes."""
    named: DataChoice = from_json(DataChoice, dict(graph.sections["data"]))
    known = datasets()[named.name].settings
    return replace(named, **{name: value for name, value in fewer.items() if name in (*known, "limit")})


@cache
def facts_of(choice: DataChoice, image: tuple[int, int, int] | None) -> DataFacts:
    return load(choice, image=image).facts


def answers(graph: Graph) -> int:
    """How many numbers the first output gives."""
    report = check(graph)
    first = next(node for node in graph if node.kind == "output")
    return report.blocks[first.id].inputs[0].dims[0]


@pytest.mark.parametrize("name", presets.names())
def test_the_data_that_come_along_fit_the_drawing(name):
    graph = whole(name)
    choice = choice_of(graph, count=FEW)
    if datasets()[choice.name].needs != "nothing":
        assert choice.name == "folder"
        assert answers(graph) >= PHOTOGRAPHS
        return
    problems = check(graph, facts_of(choice, image_shape(graph))).problems
    assert [problem.code for problem in problems] == (["from-noise"] if name in HALVES else [])


@pytest.mark.parametrize("name", TASKS)
def test_the_loss_falls_on_the_data_that_come_along(name):
    graph = small(name)
    choice = choice_of(graph, count=FEW, limit=FEW)
    if choice.vocabulary is not None:  # of a narrower network
        choice = replace(choice, vocabulary=check(graph).blocks[graph.named("output").id].inputs[0].dims[-1])
    data = load(choice, image=image_shape(graph))
    assert check(graph, data.facts).problems == ()
    work = work_of(graph, data, RATE.get(name))
    before = loss_now(work)
    for _ in range(2):
        learn(work)
    assert loss_now(work) < before
