"""Every preset learns: two steps with its own losses and its own kind of optimiser make the loss of a batch smaller."""

import pytest

import presets
from engine.compiler.plan import objective
from engine.graph.check import check
from engine.graph.model import Configure
from engine.training.steps import learn
from tests.presets.small import RATE, data_for, loss_now, small, whole, work_of

SMALL_ENOUGH = (
    20_000_000  # numbers that a test holds at most; what it holds three times over stays under a quarter gigabyte
)


@pytest.mark.parametrize("name", presets.names())
def test_two_steps_on_a_few_samples_make_the_loss_smaller(name):
    graph = small(name)
    assert check(graph).parameters < SMALL_ENOUGH
    work = work_of(graph, data_for(graph), RATE.get(name))
    before = loss_now(work)
    learn(work)
    learn(work)
    assert loss_now(work) < before
    assert all(bool(weight.isfinite().all()) for weight in work.network.parameters())


def test_the_loss_of_a_batch_is_measured_alike_each_time_though_dropout_draws():
    graph = small("mlp_784_512_512_10")
    work = work_of(graph, data_for(graph))
    assert loss_now(work) == loss_now(work)
    graph.apply(Configure(next(node.id for node in graph if node.kind == "dropout"), {"p": 0.6}))
    assert loss_now(work_of(graph, data_for(graph))) != loss_now(work)


@pytest.mark.parametrize("name", presets.names())
def test_a_small_preset_is_the_same_drawing(name):
    drawn, less = whole(name), small(name)
    assert [(node.id, node.kind) for node in less] == [(node.id, node.kind) for node in drawn]
    assert set(less.wires.values()) == set(drawn.wires.values())
    for key, composite in drawn.composites.items():
        body = less.composite(key).body
        assert [(node.id, node.kind) for node in body] == [(node.id, node.kind) for node in composite.body]


@pytest.mark.parametrize(("name", "heads"), [("googlenet", 2), ("googlenet_paper", 2), ("inception_v3", 1)])
def test_auxiliary_heads_count_in_training_alone_and_by_their_weight(name, heads):
    graph = whole(name)
    terms = objective(graph, facts=data_for(graph, 2).facts).terms
    auxiliary = [term for term in terms if term.train_only]
    assert len(terms) - len(auxiliary) == 1
    assert len(auxiliary) == heads
    if name.startswith("googlenet"):
        assert {term.weight for term in auxiliary} == {0.3}
    # The total is the loss and the share of each head.
    graph = small(name)
    work = work_of(graph, data_for(graph))
    total = loss_now(work)
    for term in auxiliary:
        graph.apply(Configure(graph.named(term.name).id, {"weight": 0.0}))
    alone = work_of(graph, data_for(graph))
    assert alone.criterion.judging == tuple(term for term in alone.criterion._terms if not term.train_only)
    assert total > loss_now(alone) + 0.2 * sum(term.weight for term in auxiliary)
