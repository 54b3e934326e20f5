"""First values found with a batch are what a training of the project begins with."""

import pytest
import torch

import engine
from engine.data.loading import load
from engine.errors import RunError
from engine.graph.model import SetSection
from engine.training.first_values import TOLERANCE, find
from engine.training.imported import fill


@pytest.fixture
def project(tmp_path):
    made = engine.open("preset:lenet5")
    made.save(tmp_path / "mine.loom")
    return made


@pytest.fixture
def data(project):
    return load(project.located_data, image=project.image_shape)


def found_for(project, data, **more):
    return find(project.graph, data, seed=project.training.seed, project=project.path, **more)


def test_every_layer_gives_a_variance_of_one_and_a_training_begins_so(project, data):
    found = found_for(project, data)
    assert [layer.name for layer in found.layers] == ["conv1", "conv2", "fc1", "fc2", "fc3"]
    assert all(abs(layer.after - 1) <= TOLERANCE for layer in found.layers)
    assert min(layer.before for layer in found.layers) < 0.1
    assert found.sentence.startswith("5 of 5 layers")
    project.graph.apply(SetSection("weights", dict(found.section)))
    network = project.build(seed=7)
    other = project.build(seed=8)
    assert all(torch.equal(one, two) for one, two in zip(network.parameters(), other.parameters(), strict=True))
    rows = network.state_dict()["fc2.weight"].flatten(1)
    product = rows @ rows.T
    torch.testing.assert_close(product / product[0, 0], torch.eye(len(rows)), rtol=1e-4, atol=1e-4)
    assert fill(network, project.weights).fresh == ()


def test_the_same_seed_finds_the_same_and_the_step_can_be_taken_back(project, data):
    one, two = found_for(project, data), found_for(project, data)
    assert one.layers == two.layers
    back = project.graph.apply(SetSection("weights", dict(one.section)))
    assert project.weights is not None
    project.graph.apply(back)
    assert project.weights is None


def test_a_network_without_a_layer_to_scale_says_so(project, data):
    for node in list(project.graph):
        if node.kind in ("conv2d", "linear"):
            project.graph.apply(engine.graph.model.SetFlags(node.id, {"frozen": True}))
    with pytest.raises(RunError, match="no linear layer and no convolution that learns"):
        found_for(project, data)
