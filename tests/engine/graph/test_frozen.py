"""Frozen blocks in the document: the flag, the count, the edits."""

from __future__ import annotations

import pytest

import engine
from engine.errors import GraphError
from engine.graph import store
from engine.graph.check import check
from engine.graph.dissolving import dissolve
from engine.graph.frozen import any_frozen, freeze_up_to, frozen_parameters, learning
from engine.graph.model import Batch, Inside, SetFlags, SetSection


def test_a_frozen_block_is_undone_stored_and_read_back() -> None:
    graph = engine.open("preset:resnet18").graph
    before = graph.copy()
    inverse = graph.apply(SetFlags("layer1", {"frozen": True}))
    assert graph.node("layer1").frozen
    again = store.loads(store.dumps(graph))
    assert again.same_as(graph)
    assert again.node("layer1").frozen
    graph.apply(inverse)
    assert graph.same_as(before)
    assert "frozen" not in store.dumps(graph)


@pytest.mark.parametrize(("block", "value"), [("image", True), ("conv1", "yes"), ("conv1", 1)])
def test_what_has_no_weights_to_keep_or_is_no_yes_or_no_is_refused(block: str, value: object) -> None:
    graph = engine.open("preset:resnet18").graph
    with pytest.raises(GraphError, match="frozen"):
        graph.apply(SetFlags(block, {"frozen": value}))  # type: ignore[dict-item]
    assert not any_frozen(graph)


def test_frozen_numbers_are_counted_inside_composites_too() -> None:
    graph = engine.open("preset:resnet18").graph
    report = check(graph)
    assert frozen_parameters(graph, report) == 0
    graph.apply(SetFlags("layer1", {"frozen": True}))
    assert frozen_parameters(graph, report) == report.blocks["layer1"].parameters
    graph.apply(SetFlags("layer1", {"frozen": False}))
    graph.apply(Inside("basic", SetFlags("bn1", {"frozen": True})))
    assert frozen_parameters(graph, check(graph)) == 2 * 2 * (64 + 128 + 256 + 512)


def test_everything_up_to_a_block_is_frozen_and_what_follows_thawed() -> None:
    graph = engine.open("preset:resnet18").graph
    report = check(graph)
    order = learning(report)
    assert order == ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc")
    inverse = graph.apply(Batch(freeze_up_to(graph, report, "layer4")))
    assert [graph.node(id_).frozen for id_ in order] == [True] * 6 + [False]
    assert report.parameters - frozen_parameters(graph, report) == 513_000
    assert freeze_up_to(graph, report, "layer4") == ()
    graph.apply(Batch(freeze_up_to(graph, report, "bn1")))
    assert [graph.node(id_).frozen for id_ in order] == [True, True, False, False, False, False, False]
    graph.apply(Batch(freeze_up_to(graph, report, None)))
    assert not any_frozen(graph)
    assert inverse is not None


def test_what_comes_out_of_a_frozen_composite_stays_frozen() -> None:
    graph = engine.open("preset:resnet18").graph
    graph.apply(SetFlags("layer1", {"frozen": True}))
    edit, ids = dissolve(graph, "layer1")
    graph.apply(edit)
    assert all(graph.node(id_).frozen for id_ in ids if graph.node(id_).spec.role == "layer")


def test_the_section_of_weights_is_stored_only_where_there_is_something_in_it() -> None:
    graph = engine.open("preset:lenet5").graph
    assert '"weights"' not in store.dumps(graph)
    graph.apply(SetSection("weights", {"file": "imported/x.safetensors"}))
    again = store.loads(store.dumps(graph))
    assert again.sections["weights"] == {"file": "imported/x.safetensors"}
    assert again.same_as(graph)
