"""Repetitions of composites: as many as are drawn, worked out as seldom as they differ, and no more than a network can bear."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from engine.blocks.spec import Shape
from engine.errors import BlockError
from engine.graph import inside
from engine.graph.check import check
from engine.graph.inside import MOST_REPETITIONS
from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    End,
    Graph,
    Node,
    Parameter,
    Wire,
)


def definition(id_: str, inner: Node, settings: tuple[Parameter, ...] = ()) -> Definition:
    """in -> one block -> out."""
    blocks = (Node("p", "port_in", "x"), inner, Node("q", "port_out", "y"))
    wires = (Wire(End("p", "y"), End(inner.id, "x")), Wire(End(inner.id, "y"), End("q", "x")))
    return Definition(id_, id_, blocks=blocks, wires=wires, settings=settings)


def network(*instances: Node, definitions: tuple[Definition, ...]) -> Graph:
    """image -> the instances, one behind the other -> output."""
    graph = Graph()
    chain = (Node("image", "image_input", "image", {"channels": 4, "height": 64, "width": 64}), *instances,
             Node("out", "output", "out"))  # fmt: skip
    wires = [Connect(Wire(End(one.id, "y"), End(two.id, "x"))) for one, two in itertools.pairwise(chain)]
    graph.apply(Batch((*map(Define, definitions), *map(AddBlock, chain), *wires)))
    return graph


STEP = definition("step", Node("c", "conv2d", "c", {"out_channels": 4, "padding": "same"}))
HALF = definition("halve", Node("c", "conv2d", "c", {"out_channels": 4, "kernel_size": 2, "stride": 2}))
TURN = definition("turn", Node("c", "conv2d", "c", {"out_channels": "=4 + i % 2", "padding": "same"}))
NEST = definition(
    "nest", Node("s", "composite:step", "s", {"repeat": "=depth"}), (Parameter("depth", "integer", 2, lo=1),)
)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The composites of which a repetition was looked up or worked out, in that order."""
    ids: list[str] = []
    checked = inside._checked

    def counting(composite: Any, *given: Any) -> Any:
        ids.append(composite.id)
        return checked(composite, *given)

    monkeypatch.setattr(inside, "_checked", counting)
    return ids


def test_repetitions_that_nothing_changes_any_more_are_looked_at_three_times(worked: list[str]) -> None:
    report = check(network(Node("a", "composite:step", "a", {"repeat": 1000}), definitions=(STEP,)))
    assert report.ok
    assert len(report.inner["a"]) == 1000
    assert len(worked) == 3
    assert report.parameters == 1000 * (4 * 4 * 9 + 4)
    assert report.repetitions == 1000


def test_equal_instances_are_looked_at_once(worked: list[str]) -> None:
    two = [Node(id_, "composite:step", id_, {"repeat": 7}) for id_ in "ab"]
    report = check(network(*two, definitions=(STEP,)))
    assert len(worked) == 3
    assert report.inner["a"] is report.inner["b"]
    assert report.parameters == 14 * (4 * 4 * 9 + 4)


def test_repetitions_that_change_the_shape_are_all_worked_out(worked: list[str]) -> None:
    report = check(network(Node("a", "composite:halve", "a", {"repeat": 6}), definitions=(HALF,)))
    assert [str(one.exits[0]) for one in report.inner["a"]] == [f"N×4×{s}×{s}" for s in (32, 16, 8, 4, 2, 1)]
    assert len(worked) == 6


def test_repetitions_that_read_their_place_are_all_worked_out(worked: list[str]) -> None:
    report = check(network(Node("a", "composite:turn", "a", {"repeat": 6}), definitions=(TURN,)))
    assert [one.made["c"].out_channels for one in report.inner["a"]] == [4, 5, 4, 5, 4, 5]  # type: ignore[attr-defined]
    assert len(worked) == 6


def test_a_fault_that_comes_late_is_told_with_its_repetition() -> None:
    report = check(network(Node("a", "composite:halve", "a", {"repeat": 8}), definitions=(HALF,)))
    (problem,) = [problem for problem in report.problems if problem.path]
    assert "repetition 7" in problem.text
    assert len(report.inner["a"]) == 8


def test_more_repetitions_than_a_network_can_bear_are_a_problem_that_says_what_to_do() -> None:
    instance = Node("a", "composite:nest", "a", {"repeat": 500, "depth": 1000})
    graph = network(instance, definitions=(STEP, NEST))
    report = check(graph)
    (problem,) = [problem for problem in report.problems if problem.block == "a"]
    assert f"{500 + 500 * 1000:,} repetitions" in problem.text
    assert f"{MOST_REPETITIONS:,} are the most" in problem.text
    assert report.inner["a"] == ()
    graph.apply(Configure("a", {"depth": 1}))
    again = check(graph, before=report)
    assert again.ok
    assert again.repetitions == 1000 <= MOST_REPETITIONS
    assert again == check(graph)


def test_many_instances_are_too_many_together_though_each_is_not() -> None:
    times = MOST_REPETITIONS // 1000 + 1
    several = [Node(f"a{n}", "composite:step", f"a{n}", {"repeat": 1000}) for n in range(times)]
    report = check(network(*several, definitions=(STEP,)))
    assert [problem.block for problem in report.problems if "repetitions" in problem.text] == [f"a{times - 1}"]


def test_what_is_too_much_is_not_worked_out_to_its_end(worked: list[str]) -> None:
    varying = definition("many", Node("s", "composite:turn", "s", {"repeat": "=300 + 0 * i"}))
    several = [Node(f"a{n}", "composite:many", f"a{n}", {"repeat": 500}) for n in range(3)]
    report = check(network(*several, definitions=(TURN, varying)))
    problems = [problem for problem in report.problems if "repetitions" in problem.text]
    assert [problem.block for problem in problems] == ["a0", "a1", "a2"]
    assert all("at least" in problem.text for problem in problems)
    assert len(worked) < 1.5 * MOST_REPETITIONS


def test_figures_of_too_many_repetitions_are_refused_and_not_given_in_part() -> None:
    varying = definition("many", Node("s", "composite:turn", "s", {"repeat": "=500 + 0 * i"}))
    graph = network(Node("a", "composite:many", "a", {"repeat": 500}), definitions=(TURN, varying))
    with pytest.raises(BlockError, match=f"more than {MOST_REPETITIONS:,} repetitions"):
        graph.node("a").block().parameters(Shape((4, 8, 8)))
