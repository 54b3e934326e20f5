"""Blocks that share a weight go on doing so when one of them is renamed."""

from engine.graph.model import AddBlock, Configure, Graph, Rename
from engine.graph.tying import partners, renamed


def drawn():
    graph, nodes = Graph(), {}
    for kind in ("token_input", "embedding", "linear", "linear"):
        node = graph.new_node(kind, {})
        graph.apply(AddBlock(node))
        nodes[node.name] = node.id
    return graph, nodes


def test_a_block_that_shares_a_weight_follows_the_new_name_and_comes_back():
    graph, nodes = drawn()
    graph.apply(Configure(nodes["fc1"], {"tied": "embed1"}))
    back = graph.apply(renamed(graph, nodes["embed1"], "words"))
    assert graph.node(nodes["embed1"]).name == "words"
    assert graph.node(nodes["fc1"]).settings["tied"] == "words"
    assert "tied" not in graph.node(nodes["fc2"]).settings
    graph.apply(back)
    assert graph.node(nodes["embed1"]).name == "embed1"
    assert graph.node(nodes["fc1"]).settings["tied"] == "embed1"


def test_a_name_that_nobody_shares_changes_alone():
    graph, nodes = drawn()
    assert renamed(graph, nodes["fc2"], "head") == Rename(nodes["fc2"], "head")


def test_only_blocks_with_a_weight_of_their_own_can_be_shared_with():
    graph, nodes = drawn()
    graph.apply(Configure(nodes["fc1"], {"tied": "embed1"}))
    assert partners(graph, nodes["fc2"]) == ("embed1",)
    assert partners(graph, nodes["embed1"]) == ("fc2",)
