"""Tidy-up: no two blocks on one another, wires to the right, long networks in rows."""

from __future__ import annotations

import itertools
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.layout import Spacing, room, tidy
from engine.graph.model import AddBlock, Connect, End, Graph, Move, Node, SetFlags, Wire

ONE_ROW = Spacing(aspect=0)


def drawn(kinds: list[str], wires: list[tuple[int, int, str]]) -> Graph:
    graph = Graph()
    for index, kind in enumerate(kinds):
        graph.apply(AddBlock(Node(f"b{index}", kind, f"n{index}")))
    for source, target, port in wires:
        graph.apply(Connect(Wire(End(f"b{source}", "y"), End(f"b{target}", port))))
    return graph


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 24))
    kinds = [draw(st.sampled_from(["relu", "add"])) for _ in range(count)]
    wires = []
    for target in range(1, count):
        for port in ("x",) if kinds[target] == "relu" else ("x1", "x2"):
            if draw(st.booleans()):
                wires.append((draw(st.integers(0, target - 1)), target, port))
    return drawn(kinds, wires)


@given(graphs())
def test_every_block_gets_a_place_and_none_lies_on_another(graph: Graph) -> None:
    places, spacing = tidy(graph), Spacing()
    assert set(places) == set(graph.nodes)
    for (ax, ay), (bx, by) in combinations(places.values(), 2):
        assert abs(ax - bx) >= spacing.width or abs(ay - by) >= spacing.height


@given(graphs())
def test_in_one_row_every_wire_runs_to_the_right(graph: Graph) -> None:
    places = tidy(graph, ONE_ROW)
    for wire in graph.wires.values():
        assert places[wire.source.block][0] < places[wire.target.block][0]


def test_a_chain_in_one_row_is_straight() -> None:
    graph = drawn(["relu"] * 9, [(i, i + 1, "x") for i in range(8)])
    assert {y for _, y in tidy(graph, ONE_ROW).values()} == {0}


def test_a_long_chain_is_broken_into_rows_of_about_the_wanted_aspect() -> None:
    graph = drawn(["relu"] * 60, [(i, i + 1, "x") for i in range(59)])
    places = tidy(graph)
    width = max(x for x, _ in places.values()) + 160
    height = max(y for _, y in places.values()) + 80
    assert 1.0 < width / height < 2.6


def test_rows_break_only_where_a_single_wire_crosses() -> None:
    kinds = ["relu"] * 6 + ["add"] + ["relu"] * 8
    wires = [(i, i + 1, "x" if i != 5 else "x1") for i in range(14)] + [(1, 6, "x2")]
    places = tidy(drawn(kinds, wires))
    inside = [places[f"b{i}"] for i in range(1, 7)]
    assert [x for x, _ in inside] == sorted(x for x, _ in inside), "the skip and what it skips share a row"


def test_the_drawing_is_the_same_every_time() -> None:
    graph = drawn(["relu", "relu", "relu", "add"], [(0, 1, "x"), (0, 2, "x"), (1, 3, "x1"), (2, 3, "x2")])
    assert tidy(graph) == tidy(graph.copy())
    assert tidy(graph)["b1"][1] != tidy(graph)["b2"][1]


def test_an_empty_drawing_is_tidy() -> None:
    assert tidy(Graph()) == {}


def test_room_is_made_by_moving_the_rest_of_the_row_one_column_on() -> None:
    graph = drawn(["relu"] * 4, [(0, 1, "x"), (1, 2, "x"), (2, 3, "x")])
    for index, place in enumerate([(0, 0), (256, 0), (512, 0), (256, 176)]):
        graph.apply(Move({f"b{index}": place}))
    assert room(graph, (256, 0)) == {"b1": (512, 0), "b2": (768, 0)}
    assert room(graph, (1000, 0)) == {}


# --- pins and heights ---------------------------------------------------------------------------------------------------


def apart(one: tuple[float, float], other: tuple[float, float], heights: tuple[float, float]) -> bool:
    upper, lower, height = (one, other, heights[0]) if one[1] <= other[1] else (other, one, heights[1])
    return abs(one[0] - other[0]) >= Spacing().width or lower[1] - upper[1] >= height


spots = st.tuples(st.integers(-800, 800).map(float), st.integers(-600, 600).map(float))


@given(graphs(), st.lists(spots, max_size=5), st.lists(st.sampled_from([80.0, 120.0, 180.0]), min_size=24, max_size=24))
def test_pinned_blocks_stay_and_nothing_is_laid_on_them_or_on_another(
    graph: Graph, wanted: list[tuple[float, float]], tall: list[float]
) -> None:
    heights = dict(zip(graph.nodes, tall, strict=False))
    pinned: dict[str, tuple[float, float]] = {}
    for id_, place in zip(graph.nodes, wanted, strict=False):
        if all(apart(place, other, (180.0, 180.0)) for other in pinned.values()):  # a person may pin overlapping ones
            pinned[id_] = place
            graph.apply(Move({id_: place}))
            graph.apply(SetFlags(id_, {"pinned": True}))
    places = tidy(graph, heights=heights)
    assert set(places) == set(graph.nodes)
    assert {id_: places[id_] for id_ in pinned} == pinned
    for one, other in combinations(places, 2):
        assert apart(places[one], places[other], (heights[one], heights[other]))


def test_the_rest_goes_along_with_what_is_pinned() -> None:
    graph = drawn(["relu"] * 5, [(i, i + 1, "x") for i in range(4)])
    graph.apply(Move({"b2": (5000.0, 3000.0)}))
    graph.apply(SetFlags("b2", {"pinned": True}))
    assert tidy(graph, ONE_ROW) == {f"b{i}": (5000.0 + (i - 2) * 256, 3000.0) for i in range(5)}


def test_a_block_that_would_lie_on_a_pinned_one_goes_to_the_nearest_free_level() -> None:
    graph = drawn(["relu"] * 3, [(0, 1, "x"), (1, 2, "x")])
    graph.apply(Move({"b0": (0.0, 0.0), "b2": (256.0, 30.0)}))
    for id_ in ("b0", "b2"):
        graph.apply(SetFlags(id_, {"pinned": True}))
    places = tidy(graph, ONE_ROW)
    assert places["b0"] == (0.0, 0.0)
    assert places["b2"] == (256.0, 30.0)
    assert apart(places["b1"], places["b2"], (80.0, 80.0))
    assert apart(places["b1"], places["b0"], (80.0, 80.0))
    assert abs(places["b1"][1]) < 200


def test_a_tall_block_gets_the_room_it_needs() -> None:
    graph = drawn(["relu", "relu", "relu", "relu"], [(0, 1, "x"), (0, 2, "x"), (0, 3, "x")])
    places = tidy(graph, ONE_ROW, {"b2": 300.0})
    column = sorted((places[id_][1], id_) for id_ in ("b1", "b2", "b3"))
    for (y, id_), (below, _) in itertools.pairwise(column):
        assert below - y >= (300.0 if id_ == "b2" else 80.0)
