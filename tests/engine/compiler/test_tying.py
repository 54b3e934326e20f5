"""Layers that share a weight: counted, stored, trained and printed as one."""

import copy

import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.source import source
from engine.graph.check import check

TOKENS = ("token_input", {"steps": 5, "vocabulary": 7})


def language_model(chained, **head):
    return chained(
        TOKENS, ("embedding", {"num_embeddings": 7, "embedding_dim": 4}), ("linear", {"out_features": 7, "tied": "embed1"} | head),
        "output",
    ).graph  # fmt: skip


def executed(text):
    space = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), space)
    return [each for each in space.values() if isinstance(each, type) and each.__module__ == "exported"][-1]


def names(graph):
    return {node.kind: node.name for node in graph}


def test_a_shared_weight_is_one_tensor_and_counts_once(chained):
    graph = language_model(chained)
    called = names(graph)
    graph = language_model(chained, tied=called["embedding"])
    report = check(graph)
    assert report.problems == ()
    assert report.parameters == 7 * 4 + 7
    network = build(plan(graph), seed=1)
    embed, head = network.get_submodule(called["embedding"]), network.get_submodule(called["linear"])
    assert head.weight is embed.weight
    assert sum(p.numel() for p in network.parameters()) == report.parameters
    twin = copy.deepcopy(network)
    assert twin.get_submodule(called["linear"]).weight is twin.get_submodule(called["embedding"]).weight


def test_exported_source_shares_it_too(chained):
    called = names(language_model(chained))
    graph = language_model(chained, tied=called["embedding"])
    text = source(graph)
    assert f"self.{called['linear']}.weight = self.{called['embedding']}.weight\n" in text
    network, twin = build(plan(graph), seed=1), executed(text)()
    twin.load_state_dict(network.state_dict())
    x = torch.tensor([[0, 1, 2, 3, 6]])
    assert torch.equal(network(x), twin(x))
    assert sum(p.numel() for p in twin.parameters()) == 7 * 4 + 7


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"tied": "nobody"}, 'there is no embedding or linear layer beside it called "nobody"'),
        ({"out_features": 8}, "a weight of 8×4"),
    ],
)
def test_what_cannot_be_shared_is_said(chained, head, said):
    called = names(language_model(chained))
    (problem,) = check(language_model(chained, **({"tied": called["embedding"]} | head))).problems
    assert (problem.code, problem.setting) == ("cannot-share", "tied")
    assert said in problem.text


def test_a_layer_cannot_share_with_itself(chained):
    called = names(language_model(chained))
    (problem,) = check(language_model(chained, tied=called["linear"])).problems
    assert "itself" in problem.text
