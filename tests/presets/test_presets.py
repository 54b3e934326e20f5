import ast
from pathlib import Path

import pytest
import torch

import presets
from engine.blocks.spec import Shape
from engine.compiler.module import build
from engine.compiler.plan import objective, plan
from engine.data.choice import DataChoice
from engine.declare import from_json
from engine.graph import store
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.training.settings import TrainingSettings

# name -> parameters, multiply-adds, input, outputs: the published or recomputed figures of each model.
FIGURES = {
    "perceptron": (3, 2, (2,), 1),
    "mlp_xor_2_2_1": (9, 6, (2,), 1),
    "mlp_784_16_16_10_sigmoid": (13_002, 12_960, (1, 28, 28), 10),
    "mlp_784_30_10_sigmoid": (23_860, 23_820, (1, 28, 28), 10),
    "mlp_784_512_512_10": (669_706, 668_672, (1, 28, 28), 10),
    "lenet5": (61_706, 416_520, (1, 28, 28), 10),
    "lenet5_sigmoid_avg": (61_706, 416_520, (1, 28, 28), 10),
    "lenet5_relu_max": (61_706, 416_520, (1, 28, 28), 10),
    "keras_mnist_cnn": (1_199_882, 11_992_448, (1, 28, 28), 10),
    "tiny_vgg": (19_920, 5_608_780, (3, 64, 64), 10),
    "resnet18": (11_689_512, 1_814_073_344, (3, 224, 224), 1000),
    "resnet34": (21_797_672, 3_663_761_408, (3, 224, 224), 1000),
    "resnet50": (25_557_032, 4_089_184_256, (3, 224, 224), 1000),
    "resnet101": (44_549_160, 7_801_405_440, (3, 224, 224), 1000),
    "resnet152": (60_192_808, 11_513_626_624, (3, 224, 224), 1000),
}
LARGE = tuple(name for name in FIGURES if name.startswith("resnet"))  # seconds a step on a small machine
WIDTH, HEIGHT = 168, 84  # of a block on the canvas, in canvas units

every_preset = pytest.mark.parametrize("name", presets.names())


def graph_of(name):
    return store.loads(presets.read(name))


def pictures(classes):
    names = tuple(f"class {index}" for index in range(classes))
    return DataFacts("pictures", 4, (Column("image", "image", (3, 9, 7)), Column("label", "label", (), names)))


def test_every_preset_has_figures_and_its_place_in_the_list():
    assert presets.names() == tuple(FIGURES)


@every_preset
def test_parameters_and_multiply_adds_are_those_of_the_model(name):
    parameters, macs, dims, outputs = FIGURES[name]
    report = check(graph_of(name))
    assert report.problems == ()
    assert (report.parameters, report.macs) == (parameters, macs)
    made = plan(graph_of(name))
    assert [spec.shape for spec in made.inputs] == [Shape(dims)]
    assert [spec.shape for spec in made.outputs] == [Shape((outputs,))]
    with torch.device("meta" if name in LARGE else "cpu"):  # counts without the arithmetic
        network = build(made, seed=None if name in LARGE else 0).eval()
    assert sum(value.numel() for value in network.parameters()) == parameters
    if name not in LARGE:
        assert network(torch.zeros(1, *dims)).shape == (1, outputs)


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
    assert str(about["year"]) in about["paper"] or "after" in about["paper"].lower()


def test_titles_are_all_different():
    titles = [graph_of(name).sections["about"]["title"] for name in presets.names()]
    assert len(set(titles)) == len(titles)


@every_preset
def test_recipe_and_data_are_valid(name):
    graph = graph_of(name)
    from_json(TrainingSettings, dict(graph.sections["training"]))
    choice = from_json(DataChoice, dict(graph.sections["data"]))
    folders = dict.fromkeys(("tiny_vgg", *LARGE), "folder")
    wanted = {"perceptron": "npz", "mlp_xor_2_2_1": "npz", **folders}.get(name, "digits")
    assert choice.name == wanted


@every_preset
def test_blocks_stand_from_left_to_right_row_by_row_and_do_not_overlap(name):
    graph = graph_of(name)
    for wire in graph.wires.values():
        source, target = graph.node(wire.source.block), graph.node(wire.target.block)
        assert source.x + WIDTH < target.x or source.y + HEIGHT < target.y
    places = [(node.x, node.y) for node in graph]
    for index, (x, y) in enumerate(places):
        for other_x, other_y in places[:index]:
            assert abs(x - other_x) > WIDTH or abs(y - other_y) > HEIGHT


@every_preset
def test_a_preset_fits_data_of_its_kind(name):
    graph = graph_of(name)
    spec = plan(graph).inputs[0]
    if spec.column == "features":
        facts = DataFacts("points", 4, (Column("features", "number", (2,)), Column("target", "number", (1,))))
    else:
        facts = pictures(FIGURES[name][3])
    assert check(graph, facts).ok
    assert objective(graph, None, facts).terms


def test_one_step_makes_the_loss_of_every_small_preset_smaller():
    for name in presets.names():
        if name in LARGE:
            continue
        network = build(plan(graph_of(name)), seed=0).eval()
        dims = FIGURES[name][2]
        x = torch.rand(8, *dims, generator=torch.Generator().manual_seed(0))
        target = torch.linspace(0, 1, 8 * FIGURES[name][3]).reshape(8, -1)
        losses = []
        optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
        for _ in range(2):
            loss = (network(x) - target).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        assert losses[1] < losses[0], name


def test_the_reader_imports_nothing_of_ours():
    tree = ast.parse(Path(presets.__file__).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"__future__", "pathlib"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def test_an_unknown_preset_is_refused():
    with pytest.raises(KeyError):
        presets.read("../README")
