"""The memory of a training on paper: what torch's own account says, and sums that a person can follow."""

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from engine.compiler.module import build
from engine.compiler.plan import objective, plan
from engine.declare import from_json
from engine.graph.check import check
from engine.graph.model import AddBlock, Connect, End, Graph, Wire
from engine.training.footprint import footprint
from engine.training.metrics import Criterion
from engine.training.settings import TrainingSettings

ADAM = from_json(TrainingSettings, {})


def chain(*blocks):
    graph, last = Graph(), None
    for kind, settings in blocks:
        node = graph.new_node(kind, settings)
        graph.apply(AddBlock(node))
        if last is not None:
            for port in node.block().inputs():
                graph.apply(Connect(Wire(End(last, "y"), End(node.id, port.name))))
        last = node.id
    return graph


def paper(graph, settings=ADAM, **more):
    report = check(graph)
    return footprint(plan(graph, report), objective(graph, report), settings, **more)


PICTURE = ("image_input", {"channels": 3, "height": 24, "width": 24})
END = (("flatten", {}), ("linear", {"out_features": 10}), ("output", {}))
NETWORKS = {
    "convolutions": (PICTURE, ("conv2d", {}), ("tanh", {}), ("avgpool2d", {}), ("conv2d", {}), ("relu", {}), *END),
    "pool before relu": (PICTURE, ("conv2d", {}), ("relu", {}), ("maxpool2d", {}), ("batchnorm2d", {}), *END),
    "dropout and gelu": (PICTURE, ("conv2d", {}), ("gelu", {}), ("dropout", {}), ("maxpool2d", {}), *END),
    "add": (PICTURE, ("conv2d", {}), ("batchnorm2d", {}), ("leaky_relu", {}), ("add", {}), ("sigmoid", {}), *END),
    "vectors": (("vector_input", {"features": 500}), ("linear", {"out_features": 700}), ("relu", {}), ("dropout", {}),
                ("linear", {"out_features": 600}), ("gelu", {}), ("linear", {"out_features": 10}), ("output", {})),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_kept_is_what_torch_says(name):
    batch = 64
    graph = chain(*NETWORKS[name])
    report = check(graph)
    planned, goal = plan(graph, report), objective(graph, report)
    network = build(planned, seed=0, fuse=True).train()
    x = torch.randn(batch, *planned.inputs[0].shape.dims)
    if x.dim() == 4:
        network, x = network.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    criterion, labels = Criterion(goal), torch.zeros(batch, dtype=torch.int64)

    def step():
        network.zero_grad()
        loss, _ = criterion(network.values([x], criterion.slots), dict.fromkeys(criterion.columns, labels))
        loss.backward()

    step()
    network.zero_grad()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as shown:
        step()
    live = peak = 0
    moments = [event for event in shown.profiler.kineto_results.events() if event.name() == "[memory]"]
    for event in sorted(moments, key=lambda event: event.start_ns()):
        live += event.nbytes()
        peak = max(peak, live)
    said = footprint(planned, goal, ADAM)
    assert peak >= 0.9 * said.kept * batch
    most = said.kept if name != "dropout and gelu" else said.kept + said.workspace  # its pooling copies on the way back
    assert peak - said.gradients <= 1.02 * most * batch  # gradients of weights come one by one


def test_a_perceptron_by_hand():
    graph = chain(("vector_input", {"features": 100}), ("linear", {"out_features": 10}), ("output", {}))
    adam, sgd, plain = (
        paper(graph, from_json(TrainingSettings, values))
        for values in ({}, {"optimizer": "sgd"}, {"optimizer": "sgd", "momentum": 0.0})
    )
    assert adam.weights == adam.gradients == 4 * 1010
    assert (adam.state, sgd.state, plain.state) == (2 * 4040, 4040, 0)
    assert adam.batch == 4 * 100 + 8
    assert adam.kept == 4 * 10 * 2  # the logarithm of the softmax, and the gradient of the output
    assert sum(size for _, size in adam.parts(32)) == adam.at(32)


def test_the_largest_batch_is_the_largest():
    graph = chain(*NETWORKS["convolutions"])
    said = paper(graph)
    for room in (said.fixed + said.checkpoint, 10**8, 10**9):
        most = said.largest_batch(room)
        assert most == 0 or said.at(most) <= room
        assert said.at(most + 1) > room or said.fixed + said.checkpoint > room
    assert said.largest_batch(said.fixed) == 0


def test_a_card_holds_no_checkpoint():
    graph = chain(*NETWORKS["vectors"])
    assert paper(graph, on_card=True).checkpoint == 0 < paper(graph).checkpoint
