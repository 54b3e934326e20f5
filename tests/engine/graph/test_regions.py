"""Tidy-up with frames and notes: frames keep their blocks and no other, frames keep apart, notes can be read."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph import layout
from engine.graph.model import AddBlock, Connect, End, Graph, Mark, Move, Node, RemoveBlock, SetFlags, SetMark, Wire
from engine.graph.regions import BAND, SIDE, Rect, tidy

WIDTH, HEIGHT = 160.0, 80.0


def chain(count: int) -> Graph:
    """Blocks b0, b1... one behind the other, 256 units apart."""
    graph = Graph()
    for index in range(count):
        graph.apply(AddBlock(Node(f"b{index}", "relu", f"n{index}", x=256.0 * index)))
        if index:
            graph.apply(Connect(Wire(End(f"b{index - 1}", "y"), End(f"b{index}", "x"))))
    return graph


def framed(graph: Graph, *groups: list[int]) -> Graph:
    """Put each group in a line of its own, with a frame around."""
    for number, group in enumerate(groups):
        y = 1000.0 + 400.0 * number
        graph.apply(Move({f"b{index}": (200.0 * at, y) for at, index in enumerate(group)}))
        graph.apply(SetMark(Mark(f"m{number}", "frame", "F", -10, y - 44, 200.0 * len(group) + 20, 140)))
    return graph


@st.composite
def drawings(draw: st.DrawFn) -> tuple[Graph, list[list[int]]]:
    """Any network, some of its blocks in disjoint frames, a note somewhere."""
    count = draw(st.integers(2, 16))
    graph = Graph()
    for index in range(count):
        kind = draw(st.sampled_from(["relu", "add"]))
        graph.apply(AddBlock(Node(f"b{index}", kind, f"n{index}", x=256.0 * index, y=draw(st.integers(-2, 2)) * 112.0)))
        for port in ("x",) if kind == "relu" else ("x1", "x2"):
            if index and draw(st.integers(0, 4)):
                graph.apply(Connect(Wire(End(f"b{draw(st.integers(0, index - 1))}", "y"), End(f"b{index}", port))))
    of = [draw(st.integers(-2, 2)) for _ in range(count)]
    groups = [[index for index in range(count) if of[index] == frame] for frame in range(3)]
    groups = [group for group in groups if group]
    framed(graph, *groups)
    spot = st.integers(-300, 2000).map(float)
    graph.apply(SetMark(Mark("note", "note", "Read me", draw(spot), draw(spot), 260, 120)))
    return graph, groups


def after(graph: Graph) -> tuple[dict[str, Rect], dict[str, Rect]]:
    """Where blocks and marks lie once it is tidied."""
    tidied = tidy(graph)
    graph.apply(Move(tidied.places))
    for mark in tidied.marks:
        graph.apply(SetMark(mark))
    blocks = {node.id: Rect(node.x, node.y, WIDTH, HEIGHT) for node in graph}
    return blocks, {mark.id: Rect(mark.x, mark.y, mark.width, mark.height) for mark in graph.marks.values()}


def fits(frame: Rect, held: list[Rect]) -> bool:
    """Whether a frame lies around exactly these, its title above."""
    left, top = min(rect.x for rect in held), min(rect.y for rect in held)
    right, bottom = max(rect.right for rect in held), max(rect.bottom for rect in held)
    return (frame.x, frame.y, frame.right, frame.bottom) == (
        left - SIDE,
        top - SIDE - BAND,
        right + SIDE,
        bottom + SIDE,
    )


@given(drawings())
def test_each_frame_lies_around_its_own_blocks_and_no_other_and_all_keep_apart(
    drawn: tuple[Graph, list[list[int]]],
) -> None:
    graph, groups = drawn
    blocks, marks = after(graph)
    assert not any(one.meets(other) for one, other in combinations(blocks.values(), 2))
    frames = [marks[f"m{number}"] for number in range(len(groups))]
    assert not any(one.meets(other) for one, other in combinations(frames, 2))
    for frame, group in zip(frames, groups, strict=True):
        own = {f"b{index}" for index in group}
        assert fits(frame, [blocks[id_] for id_ in own])
        assert not any(frame.meets(rect) for id_, rect in blocks.items() if id_ not in own)
    assert not any(marks["note"].meets(rect) for rect in (*blocks.values(), *frames))


@given(drawings())
def test_tidying_twice_is_tidying_once(drawn: tuple[Graph, list[list[int]]]) -> None:
    graph, _ = drawn
    after(graph)
    again = tidy(graph)
    assert again.marks == ()
    assert again.places == {node.id: (node.x, node.y) for node in graph}


@given(drawings(), st.sets(st.integers(0, 15), min_size=1, max_size=3))
def test_pinned_blocks_stay_and_frames_fit_their_blocks(drawn: tuple[Graph, list[list[int]]], pins: set[int]) -> None:
    graph, groups = drawn
    pinned = {id_ for id_ in (f"b{index}" for index in pins) if id_ in graph.nodes}
    for id_ in pinned:
        graph.apply(SetFlags(id_, {"pinned": True}))
    stood = {id_: (graph.node(id_).x, graph.node(id_).y) for id_ in pinned}
    blocks, marks = after(graph)
    assert {id_: (blocks[id_].x, blocks[id_].y) for id_ in pinned} == stood
    for number, group in enumerate(groups):
        own = {f"b{index}" for index in group}
        assert fits(marks[f"m{number}"], [blocks[id_] for id_ in own])
        if not own & pinned:
            assert not any(marks[f"m{number}"].meets(rect) for id_, rect in blocks.items() if id_ not in own)


def test_without_frames_and_notes_it_is_the_layout_of_the_blocks() -> None:
    graph = chain(20)
    assert tidy(graph).places == layout.tidy(graph)
    assert tidy(graph).marks == ()


def test_frames_of_a_chain_stand_in_rows_with_their_blocks_in_line() -> None:
    graph = framed(chain(12), [0, 1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11])
    blocks, _ = after(graph)
    rows = [{blocks[f"b{index}"].y for index in group} for group in (range(5), range(5, 9), range(9, 12))]
    assert [len(row) for row in rows] == [1, 1, 1]
    assert len(set.union(*rows)) == 3
    assert blocks["b0"].x == blocks["b5"].x == blocks["b9"].x


def test_a_frame_in_a_frame_stays_in_it_and_both_titles_can_be_read() -> None:
    graph = framed(chain(6), [1, 2, 3, 4])
    graph.apply(SetMark(Mark("inner", "frame", "I", 195, 990, 370, 100)))  # around b2 and b3
    blocks, marks = after(graph)
    assert fits(marks["inner"], [blocks["b2"], blocks["b3"]])
    assert fits(marks["m0"], [blocks["b1"], marks["inner"], blocks["b4"]])


def test_a_circle_between_frames_is_laid_out_all_the_same() -> None:
    graph = framed(chain(4), [0, 2], [1, 3])
    _, marks = after(graph)
    assert not marks["m0"].meets(marks["m1"])


def test_a_note_goes_along_with_the_block_it_stands_by_and_stays_far_from_all() -> None:
    graph = chain(3)
    graph.apply(Move({f"b{index}": (256.0 * index, 5000.0) for index in range(3)}))
    graph.apply(SetMark(Mark("by", "note", "", 256, 5100, 200, 60)))
    graph.apply(SetMark(Mark("far", "note", "", -3000, -3000, 200, 60)))
    _, marks = after(graph)
    assert (marks["by"].x, marks["by"].y) == (256, 100)
    assert (marks["far"].x, marks["far"].y) == (-3000, -3000)


def test_only_frames_of_which_all_blocks_are_laid_out_keep_together() -> None:
    graph = framed(chain(6), [1, 2], [3, 4])
    part = graph.copy()
    for id_ in ("b0", "b4", "b5"):
        part.apply(RemoveBlock(id_))
    tidied = tidy(graph, part, corner=(0.0, 4000.0))
    assert set(tidied.places) == {"b1", "b2", "b3"}
    assert min(y for _, y in tidied.places.values()) == 4000.0
    frames = {mark.id: Rect(mark.x, mark.y, mark.width, mark.height) for mark in tidied.marks}
    assert not frames["m0"].meets(Rect(*tidied.places["b3"], WIDTH, HEIGHT))
    b4 = graph.node("b4")
    assert fits(frames["m1"], [Rect(*tidied.places["b3"], WIDTH, HEIGHT), Rect(b4.x, b4.y, WIDTH, HEIGHT)])
