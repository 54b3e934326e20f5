from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.edits import End, Node, Wire
from engine.graph.topology import Topology

NODES = {id_: Node(id_, "add", id_) for id_ in "hcagbfde"}
BLOCKS = st.sampled_from(sorted(NODES))


def made(wires: dict[End, Wire]) -> Topology:
    topology = Topology()
    for wire in wires.values():
        topology.lay(wire)
    return topology


@given(st.data())
def test_what_is_kept_up_wire_by_wire_is_what_would_be_found_anew(data: st.DataObject) -> None:
    topology, wires = Topology(), dict[End, Wire]()
    ends = frozenset(data.draw(st.sets(BLOCKS, max_size=2)))
    for _ in range(data.draw(st.integers(1, 25))):
        source, target = data.draw(BLOCKS), End(data.draw(BLOCKS), data.draw(st.sampled_from("pq")))
        if wires and data.draw(st.booleans()):
            topology.take(wires.pop(data.draw(st.sampled_from(sorted(wires)))))
        elif not topology.reaches(target.block, source):
            wires[target] = Wire(End(source, "y"), target)
            topology.lay(wires[target])
        anew = made(wires)
        assert topology.order(NODES) == anew.order(NODES)
        assert topology.upstream(ends) == anew.upstream(ends)
        for goal in NODES:
            assert topology.reaches(source, goal) == (goal in anew.downstream(source))
            assert anew.order(NODES)  # so that it is known in the next turn
            assert anew.reaches(source, goal) == (goal in anew.downstream(source))


def test_most_wires_leave_the_order_as_it_is() -> None:
    wires = {End(b, "p"): Wire(End(a, "y"), End(b, "p")) for a, b in ("hc", "ca", "ag", "gb")}
    topology = made(wires)
    order = topology.order(NODES)
    topology.take(wires[End("a", "p")])
    assert topology.order(NODES) is order
    topology.lay(wires[End("a", "p")])
    assert topology.order(NODES) is order
