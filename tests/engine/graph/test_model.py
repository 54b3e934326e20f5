from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import GraphError
from engine.graph.model import (
    RESERVED,
    AddBlock,
    Batch,
    Configure,
    Connect,
    Edit,
    End,
    Graph,
    Move,
    Node,
    RemoveBlock,
    Rename,
    Wire,
)
from tests.engine.graph.strategies import draw_edit


def chain(*kinds: str) -> tuple[Graph, list[str]]:
    graph, ids = Graph(), []
    for kind in kinds:
        node = graph.new_node(kind)
        graph.apply(AddBlock(node))
        if ids:
            graph.apply(Connect(Wire(End(ids[-1], "y"), End(node.id, "x"))))
        ids.append(node.id)
    return graph, ids


@given(st.data())
def test_random_edits_rewind_through_every_state_and_play_again(data: st.DataObject) -> None:
    graph, states, back = Graph(), [], []
    for _ in range(data.draw(st.integers(1, 30))):
        before = graph.copy()
        try:
            inverse = graph.apply(draw_edit(graph, data.draw))
        except GraphError:
            assert graph.same_as(before), "a refused edit left a trace"
            continue
        states.append(before)
        back.append(inverse)
    last, forward = graph.copy(), []
    for state, inverse in zip(reversed(states), reversed(back), strict=True):
        forward.append(graph.apply(inverse))
        assert graph.same_as(state)
    for redo in reversed(forward):
        graph.apply(redo)
    assert graph.same_as(last)


def test_a_refused_batch_takes_back_what_its_first_parts_did() -> None:
    graph, ids = chain("image_input", "relu")
    before = graph.copy()
    with pytest.raises(GraphError, match="no block"):
        graph.apply(Batch((Rename(ids[1], "other"), RemoveBlock(ids[0]), RemoveBlock("nobody"))))
    assert graph.same_as(before)


def test_a_wire_into_a_taken_input_replaces_the_old_one_and_undo_brings_it_back() -> None:
    graph, ids = chain("image_input", "relu", "tanh")
    inverse = graph.apply(Connect(Wire(End(ids[0], "y"), End(ids[2], "x"))))
    assert graph.wires[End(ids[2], "x")].source.block == ids[0]
    graph.apply(inverse)
    assert graph.wires[End(ids[2], "x")].source.block == ids[1]


def test_a_wire_that_would_close_a_loop_is_refused_with_both_names() -> None:
    graph, ids = chain("relu", "tanh", "sigmoid")
    with pytest.raises(GraphError, match=r"sigmoid1 to relu1 would close a loop"):
        graph.apply(Connect(Wire(End(ids[2], "y"), End(ids[0], "x"))))
    with pytest.raises(GraphError, match="loop"):
        graph.apply(Connect(Wire(End(ids[0], "y"), End(ids[0], "x"))))


def test_ids_are_given_once_even_after_their_block_is_gone() -> None:
    graph, ids = chain("relu", "tanh")
    graph.apply(RemoveBlock(ids[1]))
    assert graph.new_node("relu").id not in ids


def test_removing_a_block_takes_its_wires_and_undo_brings_both_back_in_place() -> None:
    graph, ids = chain("image_input", "relu", "flatten")
    before = graph.copy()
    inverse = graph.apply(RemoveBlock(ids[1]))
    assert not graph.wires
    graph.apply(inverse)
    assert graph.same_as(before)
    assert list(graph.nodes) == ids


def test_fewer_inputs_drop_the_wires_that_have_no_port_left() -> None:
    graph = Graph()
    for kind in ("image_input", "add"):
        graph.apply(AddBlock(graph.new_node(kind)))
    graph.apply(Configure("b2", {"count": 3}))
    graph.apply(Connect(Wire(End("b1", "y"), End("b2", "x3"))))
    before = graph.copy()
    inverse = graph.apply(Configure("b2", {"count": 2}))
    assert not graph.wires
    graph.apply(inverse)
    assert graph.same_as(before)


@pytest.mark.parametrize("name", ["", "2conv", "a b", "class", "forward", "_hidden", "x" * 65, "a.b"])
def test_a_name_that_cannot_be_an_attribute_of_the_exported_network_is_refused(name: str) -> None:
    graph, ids = chain("relu")
    with pytest.raises(GraphError):
        graph.apply(Rename(ids[0], name))
    assert graph.node(ids[0]).name == "relu1"


def test_two_blocks_cannot_have_one_name() -> None:
    graph, ids = chain("relu", "tanh")
    with pytest.raises(GraphError, match="already a block called"):
        graph.apply(Rename(ids[1], "relu1"))


def test_reserved_names_cover_all_public_names_of_a_torch_module() -> None:
    torch = pytest.importorskip("torch")
    assert {name for name in dir(torch.nn.Module()) if not name.startswith("_")} <= RESERVED


def test_a_setting_out_of_range_is_refused_with_range_and_value() -> None:
    graph, ids = chain("conv2d")
    with pytest.raises(GraphError, match=r"out_channels is 0, but it takes a whole number from 1"):
        graph.apply(Configure(ids[0], {"out_channels": 0}))
    with pytest.raises(GraphError, match='Did you mean "kernel_size"'):
        graph.apply(Configure(ids[0], {"kernel_sise": 3}))


def test_a_setting_at_its_default_is_not_kept_so_files_stay_small() -> None:
    graph, ids = chain("conv2d")
    graph.apply(Configure(ids[0], {"out_channels": 6, "stride": 1}))
    assert graph.node(ids[0]).settings == {"out_channels": 6}


def test_listeners_hear_every_applied_edit_and_no_refused_one() -> None:
    graph, ids = chain("relu")
    heard: list[Edit] = []
    stop = graph.changed.connect(heard.append)
    edit = Rename(ids[0], "first")
    graph.apply(edit)
    with pytest.raises(GraphError):
        graph.apply(Rename(ids[0], "class"))
    stop()
    graph.apply(Rename(ids[0], "second"))
    assert heard == [edit]


def test_the_order_puts_every_block_behind_those_that_feed_it() -> None:
    graph = Graph()
    graph.apply(AddBlock(Node("b2", "relu", "late")))
    graph.apply(AddBlock(Node("b1", "image_input", "early")))
    graph.apply(Connect(Wire(End("b1", "y"), End("b2", "x"))))
    assert graph.order() == ["b1", "b2"]


def test_a_name_is_kept_in_the_form_in_which_python_reads_it() -> None:
    graph, ids = chain("relu", "tanh")
    graph.apply(
        Rename(ids[0], "gro\u0308\u00dfe")
    )  # an o and a combining diaeresis, as some keyboards and files have it
    assert graph.node(ids[0]).name == "gr\u00f6\u00dfe"
    with pytest.raises(GraphError, match="already a block called"):
        graph.apply(Rename(ids[1], "gr\u00f6\u00dfe"))
    graph.apply(Rename(ids[1], "\ufb01lter"))  # a ligature
    namespace: dict[str, int] = {}
    exec(f"{graph.node(ids[1]).name} = 1", namespace)
    assert graph.node(ids[1]).name in namespace


def test_reroute_points_go_along_when_both_ends_of_a_wire_go_the_same_way() -> None:
    graph, ids = chain("image_input", "relu", "flatten")
    end = End(ids[1], "x")
    graph.apply(Connect(Wire(End(ids[0], "y"), end, ((0.1, 7.0),))))
    before = graph.copy()
    inverse = graph.apply(Move({ids[0]: (0.2, 10), ids[1]: (0.2, 10)}))
    assert graph.wires[end].via == ((0.1 + 0.2, 17.0),)
    graph.apply(inverse)
    assert graph.same_as(before)
    graph.apply(Move({ids[0]: (5, 5), ids[1]: (6, 5)}))
    assert graph.wires[end].via == ((0.1, 7.0),)
