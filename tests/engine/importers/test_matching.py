"""Which tensor belongs where."""

from __future__ import annotations

import torch

import engine
from engine.compiler.plan import plan
from engine.importers.matching import Place, by_name, by_order, places, ways
from engine.importers.reading import Checkpoint

OURS = (
    Place("conv.weight", (8, 3, 3, 3), "conv"),
    Place("bn.weight", (8,), "bn"),
    Place("bn.bias", (8,), "bn"),
    Place("bn.running_mean", (8,), "bn"),
    Place("bn.running_var", (8,), "bn"),
    Place("bn.num_batches_tracked", (), "bn"),
    Place("fc.weight", (10, 8), "fc"),
    Place("fc.bias", (10,), "fc"),
)
THEIRS = {
    "0.weight": (8, 3, 3, 3), "1.weight": (8,), "1.bias": (8,), "1.running_mean": (8,), "1.running_var": (8,),
    "1.num_batches_tracked": (), "4.weight": (10, 8), "4.bias": (10,),
}  # fmt: skip


def test_equal_names_match_through_what_wrappers_put_before_them() -> None:
    for prefix in ("", "module.", "_orig_mod.module.", "model."):
        match = by_name(OURS, {prefix + place.name: place.sizes for place in OURS})
        assert match.count("loaded") == len(OURS), prefix
        assert match.sentence == "8 of 8 tensors are loaded."
    assert by_name(OURS, {"other." + place.name: place.sizes for place in OURS}).count("loaded") == 0


def test_a_file_that_counts_no_batches_lacks_nothing() -> None:
    for find in (by_name, by_order):
        match = find(OURS, {p.name: p.sizes for p in OURS if "num_batches" not in p.name})
        assert match.count("loaded") == match.ours == 7, find


def test_order_and_shape_match_other_names() -> None:
    match = by_order(OURS, THEIRS)
    assert [pair.theirs for pair in match.pairs] == list(THEIRS)
    assert match.count("loaded") == 8
    assert not match.note


def test_tables_of_whole_numbers_are_passed_over() -> None:
    theirs = {"index": (49, 49), **THEIRS}
    match = by_order(OURS, theirs, whole={"index"})
    assert match.count("loaded") == 8
    assert [pair.theirs for pair in match.pairs if pair.state == "left over"] == ["index"]
    assert by_order(OURS, theirs).count("loaded") == 0


def test_another_head_is_the_only_difference_that_order_gets_over() -> None:
    match = by_order(OURS, {**THEIRS, "4.weight": (1000, 8), "4.bias": (1000,)})
    assert match.count("loaded") == 6
    assert [pair.ours for pair in match.pairs if pair.state == "differs"] == ["fc.weight", "fc.bias"]
    assert match.sentence == "6 of 8 tensors are loaded; 2 differ in shape."
    assert not match.note


def test_past_the_first_difference_order_says_nothing_and_the_difference_is_named() -> None:
    theirs = dict([*list(THEIRS.items())[:1], ("extra", (7,)), *list(THEIRS.items())[1:]])
    match = by_order(OURS, theirs)
    assert match.count("loaded") == 1
    assert match.note == (
        "The order agrees up to weight 1; then ours is bn.weight (8) and theirs extra (7), "
        "and what comes after cannot be told apart."
    )
    assert match.count("missing") == 7


def test_equally_many_tensors_that_differ_in_the_middle_are_not_paired_past_it() -> None:
    match = by_order(OURS, {**THEIRS, "1.weight": (9,)})
    assert match.count("loaded") == 1
    assert "1.weight (9)" in match.note


def test_a_1x1_convolution_holds_the_numbers_of_a_linear_layer() -> None:
    assert by_order(OURS, {**THEIRS, "4.weight": (10, 8, 1, 1)}).count("loaded") == 8
    assert by_order(OURS, {**THEIRS, "4.weight": (8, 10)}).count("loaded") < 8


def test_a_block_that_is_to_begin_fresh_is_left_out() -> None:
    match = by_order(OURS, THEIRS, fresh={"fc"})
    assert match.count("left out") == 2
    assert match.sentence == "6 of 8 tensors are loaded; 2 begin fresh."


def test_the_way_that_loads_most_comes_first_and_a_sorted_file_has_no_order() -> None:
    tensors = {name: torch.zeros(sizes) for name, sizes in THEIRS.items()}
    tensors["1.num_batches_tracked"] = torch.tensor(3)
    maps = {"mine": {"conv": "0", "bn": "1", "fc": "4"}}
    found = ways(OURS, Checkpoint("x.pth", tensors), maps)
    assert [match.way for match in found] == ["mine", "order", "names"]
    assert [match.way for match in ways(OURS, Checkpoint("x.safetensors", tensors, ordered=False), {})] == ["names"]


def test_places_are_those_of_the_state_dict_and_take_no_memory() -> None:
    project = engine.open("preset:resnet18")
    ours = places(plan(project.graph))
    state = project.build(seed=0).state_dict()
    assert {place.name: place.sizes for place in ours} == {name: tuple(value.shape) for name, value in state.items()}
    assert [place.name for place in ours] == list(state)
    assert {place.block for place in ours if place.name.startswith("layer1.0.")} == {
        "layer1.0.conv1", "layer1.0.bn1", "layer1.0.conv2", "layer1.0.bn2"
    }  # fmt: skip
