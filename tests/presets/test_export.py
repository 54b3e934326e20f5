"""Every preset as source code, which by itself gives equal bits with equal weights, and as a file, which comes back equal."""

import pytest
import torch

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.script import asked_inputs
from engine.compiler.source import source
from engine.graph import store
from engine.graph.check import check
from tests.blank import leave_weights_blank
from tests.presets.small import inputs_of, random_weights, small

each = pytest.mark.parametrize("name", presets.names())


def parts(answer):
    return answer if isinstance(answer, tuple) else (answer,)


def exported(graph):
    """The network's class of its exported source, run in a namespace of its own."""
    space = {"__name__": "exported"}
    exec(compile(source(graph, title="The preset"), "exported.py", "exec"), space)
    return space["ThePreset"]


@each
def test_its_source_stands_alone_and_gives_equal_bits(name, monkeypatch):
    leave_weights_blank(monkeypatch)  # both get other weights below
    graph = small(name)
    network = build(plan(graph), seed=1)
    random_weights(network)
    copy = exported(graph)()
    copy.load_state_dict(network.state_dict())
    assert list(copy.state_dict()) == list(network.state_dict())
    network.eval()
    copy.eval()
    samples = inputs_of(graph)
    asked = [
        samples[index] for index in asked_inputs(network.plan)
    ]  # a GAN's real pictures are there for its loss alone
    with torch.inference_mode():
        theirs, ours = parts(copy(*asked)), parts(network(*samples))
    assert len(theirs) == len(ours)
    for one, other in zip(theirs, ours, strict=True):
        assert bool(other.isfinite().all())
        assert float(other.float().std()) > 1e-6 or other.numel() == 2, "says the same to everything"
        assert torch.equal(one, other)


@each
def test_a_changed_preset_reopens_equal(name):
    graph = small(name)
    text = store.dumps(graph)
    again = store.loads(text)
    assert store.dumps(again) == text
    before, after = check(graph), check(again)
    assert (after.parameters, after.macs, after.problems) == (before.parameters, before.macs, before.problems)
    assert list(again) == list(graph)
    assert set(again.wires.values()) == set(graph.wires.values())
    assert [composite.definition() for composite in again.composites.values()] == [
        composite.definition() for composite in graph.composites.values()
    ]


def test_another_number_in_the_source_is_seen():
    graph = small("lenet5")
    network = build(plan(graph), seed=1).eval()
    space = {"__name__": "exported"}
    exec(compile(source(graph, title="The preset").replace("nn.Tanh()", "nn.Sigmoid()"), "e.py", "exec"), space)
    copy = space["ThePreset"]()
    copy.load_state_dict(network.state_dict())
    (sample,) = inputs_of(graph)
    assert not torch.equal(copy.eval()(sample), network(sample))
