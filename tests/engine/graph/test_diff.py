"""Two drawings are compared by what they mean, whatever their ids and places are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

import engine
from engine.graph.diff import Difference, diff, lines, worded
from engine.graph.linked import copy_definitions
from engine.graph.matching import match, related
from engine.graph.model import (
    AddBlock,
    Configure,
    Connect,
    Disconnect,
    End,
    Graph,
    Move,
    RemoveBlock,
    Rename,
    SetSection,
    Wire,
)
from tests.engine.graph.strategies import graphs


def preset(name: str) -> Graph:
    return engine.open(f"preset:{name}").graph


def chain(*kinds: str, start: int = 1) -> Graph:
    """Blocks in a row, ids counted from `start`."""
    graph = Graph()
    before = None
    for number, kind in enumerate(kinds, start):
        node = replace(graph.new_node(kind), id=f"b{number}")
        graph.apply(AddBlock(node))
        if before is not None:
            graph.apply(Connect(Wire(End(before, "y"), End(node.id, "x"))))
        before = node.id
    return graph


def renumbered(graph: Graph, by: int) -> Graph:
    """The same drawing as another hand would have made it: other ids, other places."""
    other = Graph()
    copy_definitions(graph, other)
    ids = {id_: f"b{number + by}" for number, id_ in enumerate(graph.nodes)}
    for node in graph:
        other.apply(AddBlock(replace(node, id=ids[node.id], x=node.y, y=-node.x)))
    for wire in graph.wires.values():
        source, target = (End(ids[end.block], end.port) for end in (wire.source, wire.target))
        other.apply(Connect(Wire(source, target)))
    for name, values in graph.sections.items():
        other.apply(SetSection(name, values))
    return other


def told(found: Difference) -> set[str]:
    return {f"+{n.name}" for n in found.added} | {f"-{n.name}" for n in found.removed} | {
        f"~{entry.after.name}" for entry in found.changed
    }  # fmt: skip


@given(graphs())
def test_a_drawing_is_the_same_as_its_copy_and_as_its_twin_with_other_ids(graph: Graph) -> None:
    assert diff(graph, graph.copy()).same
    assert diff(graph, renumbered(graph, 100)).same
    assert lines(diff(graph, graph)) == ["no differences"]


@given(graphs(), graphs())
def test_any_two_drawings_can_be_compared_and_the_way_back_is_the_mirror(one: Graph, other: Graph) -> None:
    there, back = diff(one, other), diff(other, one)
    assert len(there.pairs) + len(there.removed) == len(one)
    assert len(there.pairs) + len(there.added) == len(other)
    assert len(set(there.pairs.values())) == len(there.pairs)
    assert lines(there)
    assert there.before == back.after


def test_every_kind_of_change_is_found_and_nothing_else() -> None:
    before = preset("lenet5")
    after = before.copy()
    conv, act, pool = (after.named(name).id for name in ("conv1", "tanh1", "pool1"))
    after.apply(Configure(conv, {"out_channels": 8}))
    after.apply(Rename(act, "first"))
    after.apply(RemoveBlock(after.named("tanh4").id))
    after.apply(Connect(Wire(End(after.named("fc2").id, "y"), End(after.named("fc3").id, "x"))))
    dropout = after.new_node("dropout")
    after.apply(AddBlock(dropout))
    after.apply(Connect(Wire(End(after.named("fc1").id, "y"), End(dropout.id, "x"))))
    after.apply(Move({pool: (5.0, 900.0)}))
    after.apply(SetSection("training", {**after.sections["training"], "epochs": 3}))
    found = diff(before, after)
    assert told(found) == {"~conv1", "~first", "-tanh4", f"+{dropout.name}"}
    assert {entry.after.name: [str(change) for change in entry.changes] for entry in found.changed} == {
        "conv1": ["out_channels 6 → 8"],
        "first": ["name tanh1 → first"],
    }
    assert {found.told(wire, before=False) for wire in found.wires_added} == {"fc2 → fc3", f"fc1 → {dropout.name}"}
    assert {found.told(wire, before=True) for wire in found.wires_removed} == {"fc2 → tanh4", "tanh4 → fc3"}
    assert [str(change) for change in found.sections["training"]] == ["epochs 15 → 3"]
    assert found.sections["data"] == ()
    assert found.before.parameters == 61_706
    assert found.after.parameters != found.before.parameters
    before_marks, after_marks = found.marks()
    assert before_marks[conv] == after_marks[conv] == "changed"
    assert after_marks[dropout.id] == "added"
    assert pool not in after_marks


def test_a_block_inserted_in_a_file_of_other_ids_is_one_added_block() -> None:
    before = chain("image_input", "conv2d", "relu", "conv2d", "relu", "flatten", "linear", "output")
    after = chain("image_input", "conv2d", "batchnorm2d", "relu", "conv2d", "relu", "flatten", "linear", "output")
    found = diff(before, after)
    assert [node.kind for node in found.added] == ["batchnorm2d"]
    assert found.removed == ()
    assert found.changed == ()
    assert len(found.wires_added) == 2
    assert len(found.wires_removed) == 1


def test_two_published_variants_match_block_by_block() -> None:
    found = diff(preset("lenet5"), preset("lenet5_relu_max"))
    assert found.added == found.removed == ()
    assert found.wires_added == found.wires_removed == ()
    kinds = {entry.after.name: [c.before for c in entry.changes if c.name == "kind"] for entry in found.changed}
    assert kinds == {
        "relu1": ["Tanh"], "relu2": ["Tanh"], "relu3": ["Tanh"], "relu4": ["Tanh"],
        "pool1": ["Average pooling"], "pool2": ["Average pooling"],
    }  # fmt: skip


def test_ids_are_trusted_only_between_drawings_of_one_history() -> None:
    one = chain("image_input", "conv2d", "relu", "maxpool2d")
    assert related(one, one.copy())
    other = chain("image_input", "flatten", "linear", "relu")
    assert not related(one, other)
    # b3 is a ReLU there and a linear layer here; the ReLUs belong together, not the threes.
    assert match(one, other)["b3"] == "b4"
    # Here both threes are ReLUs by chance; the names know better.
    pairs = match(chain("relu", "conv2d", "relu", "linear"), chain("dropout", "tanh", "relu", "maxpool2d"))
    assert pairs["b1"] == "b3"


def test_a_renamed_block_of_the_same_history_keeps_its_partner() -> None:
    before = chain("image_input", "conv2d", "conv2d", "conv2d")
    after = before.copy()
    after.apply(Rename("b3", "middle"))
    after.apply(RemoveBlock("b2"))
    found = diff(before, after)
    assert told(found) == {"-conv1", "~middle"}


def test_a_wire_laid_elsewhere_is_one_removed_and_one_added() -> None:
    before = chain("image_input", "conv2d", "conv2d")
    after = before.copy()
    after.apply(Disconnect(End("b3", "x")))
    after.apply(Connect(Wire(End("b1", "y"), End("b3", "x"))))
    found = diff(before, after)
    assert [found.told(wire, before=False) for wire in found.wires_added] == ["image → conv2"]
    assert [found.told(wire, before=True) for wire in found.wires_removed] == ["conv1 → conv2"]
    assert found.wire_marks() == ({End("b3", "x"): "removed"}, {End("b3", "x"): "added"})


@pytest.mark.parametrize("place", [0, 7, 20])
def test_drawings_too_long_for_one_table_are_matched_in_pieces(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    monkeypatch.setattr("engine.graph.matching.LARGEST_TABLE", 100)
    monkeypatch.setattr("engine.graph.matching.PIECE", 8)
    kinds = ["conv2d", "relu", "maxpool2d", "dropout"] * 5
    before, after = chain(*kinds), chain(*kinds[:place], "batchnorm2d", *kinds[place:], start=2)
    for node in list(after):
        after.apply(Rename(node.id, f"other_{node.name}"))
    found = diff(before, after)
    assert [node.kind for node in found.added] == ["batchnorm2d"]
    assert found.removed == ()


def test_pieces_of_other_lengths_are_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.graph.matching.LARGEST_TABLE", 100)
    monkeypatch.setattr("engine.graph.matching.PIECE", 8)
    before = chain("image_input", *["conv2d", "relu"] * 10, "output")
    after = chain("vector_input", *["linear", "relu"] * 30, "flatten", start=2)
    for node in list(after):
        after.apply(Rename(node.id, f"other_{node.name}"))
    found = diff(before, after)
    assert len(found.pairs) >= 10
    assert all(before.nodes[here].kind == after.nodes[there].kind == "relu" for here, there in found.pairs.items()
               if before.nodes[here].kind == "relu")  # fmt: skip


@pytest.mark.parametrize(
    ("value", "word"), [([3, 3], "3×3"), (True, "on"), (None, "none"), ("max", "max"), ("two words", '"two words"')]
)
def test_values_are_written_as_a_person_reads_them(value: object, word: str) -> None:
    assert worded(value) == word
