"""A network for photographs that nobody has named: one click draws figures for it, and one undo takes them back."""

from __future__ import annotations

import pytest

import presets
from engine.data import load
from engine.data.choice import DataChoice
from engine.declare import from_json
from engine.graph import store
from engine.graph.check import check
from engine.graph.model import Batch, SetSection
from engine.graph.picture import image_shape
from engine.project import open_project
from engine.training.standin import stand_in
from gui.document import Document
from gui.standin import has_stand_in, use_stand_in


@pytest.mark.parametrize("name", ["squeezenet1_1", "googlenet"])
def test_the_figures_fit_the_drawing_afterwards_its_helping_heads_too(name: str) -> None:
    graph = store.loads(presets.read(name))
    fix = stand_in(graph)
    assert fix is not None
    graph.apply(Batch(fix.edits))
    choice: DataChoice = from_json(DataChoice, {**graph.sections["data"], "count": 20})
    assert choice.name == "figures"
    assert check(graph, load(choice, image=image_shape(graph)).facts).problems == ()
    assert graph.sections["training"]["batch_size"] == 16


def test_a_network_of_few_classes_keeps_them_and_its_last_layer() -> None:
    document = Document(open_project("preset:lenet5"))
    document.do(SetSection("data", {"name": "folder"}), "Own")
    assert has_stand_in(document)
    layers = {node.id: node for node in document.root}
    assert use_stand_in(document)
    assert {node.id: node for node in document.root} == layers
    assert document.project.data.classes == 10
    assert not has_stand_in(document)


def test_one_undo_takes_everything_back() -> None:
    document = Document(open_project("preset:resnet18"))
    before = store.dumps(document.root)
    assert use_stand_in(document)
    assert document.project.data.name == "figures"
    document.stack.undo()
    assert store.dumps(document.root) == before


def test_masks_are_drawn_with_as_many_classes_as_the_network_gives() -> None:
    graph = store.loads(presets.read("fcn_resnet50"))
    graph.apply(SetSection("data", {"name": "masks", "path": "/nowhere"}))
    fix = stand_in(graph)
    assert fix is not None
    graph.apply(Batch(fix.edits))
    assert {key: graph.sections["data"][key] for key in ("name", "classes")} == {"name": "shapes", "classes": 21}
    assert "path" not in graph.sections["data"]


def test_data_that_come_along_need_no_stand_in() -> None:
    document = Document(open_project("preset:lenet5"))
    assert not has_stand_in(document)
    assert not use_stand_in(document)
