import ast
import csv
from pathlib import Path

import pytest
import torch

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.data.choice import DataChoice
from engine.data.registry import datasets
from engine.declare import from_json
from engine.graph import store
from engine.graph.check import check
from engine.training.settings import TrainingSettings

# The published or recomputed figures of each model: parameters, multiply-adds, tensors of parameters.
FIGURES = {
    row["preset"]: row
    for row in csv.DictReader((Path(__file__).parent / "figures.csv").read_text("utf-8").splitlines())
}
WIDTH, HEIGHT = 168, 84  # of a block on the canvas, in canvas units

every_preset = pytest.mark.parametrize("name", presets.names())


def graph_of(name):
    return store.loads(presets.read(name))


def test_every_preset_has_figures_and_a_place_in_a_hall():
    halls = [name for names in presets.HALLS.values() for name in names]
    assert len(set(halls)) == len(halls)
    assert set(presets.names()) <= FIGURES.keys()
    assert set(presets.names()) <= set(halls)


@every_preset
def test_parameters_multiply_adds_and_tensors_are_those_of_the_model(name):
    figures = FIGURES[name]
    report = check(graph_of(name))
    assert report.problems == ()
    assert (report.parameters, report.macs) == (int(figures["parameters"]), int(figures["multiply_adds"]))
    with torch.device("meta"):  # counts without the arithmetic
        network = build(plan(graph_of(name)))
    weights = list(network.parameters())
    assert sum(value.numel() for value in weights) == report.parameters
    assert len(weights) == int(figures["parameter_tensors"])


@every_preset
def test_a_preset_is_written_as_the_store_writes_it(name):
    assert store.dumps(graph_of(name)) == presets.read(name)


@every_preset
def test_a_preset_says_what_it_is_and_where_it_comes_from(name):
    about = graph_of(name).sections["about"]
    assert set(about) == {"title", "text", "year", "paper"}
    assert 150 <= len(about["text"]) <= 600
    assert about["text"].endswith(".")
    assert 1943 <= about["year"] <= 2026
    assert about["paper"]


def test_titles_are_all_different():
    titles = [graph_of(name).sections["about"]["title"] for name in presets.names()]
    assert len(set(titles)) == len(titles)


@every_preset
def test_recipe_and_data_are_valid(name):
    graph = graph_of(name)
    from_json(TrainingSettings, dict(graph.sections["training"]))
    choice = from_json(DataChoice, dict(graph.sections["data"]))
    assert choice.name in datasets()


@every_preset
def test_blocks_stand_from_left_to_right_row_by_row_and_do_not_overlap(name):
    graph = graph_of(name)
    for wire in graph.wires.values():
        source, target = graph.node(wire.source.block), graph.node(wire.target.block)
        assert source.x + WIDTH < target.x or source.y + HEIGHT < target.y or source.y > target.y + HEIGHT
    places = [(node.x, node.y) for node in graph]
    for index, (x, y) in enumerate(places):
        for other_x, other_y in places[:index]:
            assert abs(x - other_x) > WIDTH or abs(y - other_y) > HEIGHT


def test_the_reader_imports_nothing_of_ours():
    tree = ast.parse(Path(presets.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"__future__", "collections.abc", "pathlib"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def test_an_unknown_preset_is_refused():
    with pytest.raises(KeyError):
        presets.read("../README")
