"""Random graphs and edits for property tests of the document."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.errors import GraphError
from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Disconnect,
    Edit,
    End,
    Graph,
    Move,
    RemoveBlock,
    Rename,
    SetSection,
    Wire,
)

KINDS = (
    "image_input",
    "conv2d",
    "relu",
    "maxpool2d",
    "flatten",
    "linear",
    "add",
    "concat",
    "output",
    "cross_entropy",
    "dropout",
)


def a_block(graph: Graph, draw: st.DrawFn) -> str:
    return draw(st.sampled_from(list(graph.nodes)))


def draw_edit(graph: Graph, draw: st.DrawFn) -> Edit:
    """Any edit, often one that has to be refused."""
    choices = ["add", "section", "batch"] + ["remove", "connect", "disconnect", "configure", "rename", "move"] * bool(
        len(graph)
    )
    match draw(st.sampled_from(choices)):
        case "add":
            x, y = draw(st.tuples(st.integers(-500, 500), st.integers(-500, 500)))
            return AddBlock(graph.new_node(draw(st.sampled_from(KINDS)), x=x, y=y))
        case "remove":
            return RemoveBlock(a_block(graph, draw))
        case "connect":
            source, target = a_block(graph, draw), a_block(graph, draw)
            port = draw(st.sampled_from(["x", "x1", "x2", "prediction", "nowhere"]))
            return Connect(Wire(End(source, "y"), End(target, port)))
        case "disconnect" if graph.wires:
            return Disconnect(draw(st.sampled_from(sorted(graph.wires))))
        case "configure":
            name = draw(st.sampled_from(["out_channels", "kernel_size", "count", "out_features", "p", "padding"]))
            return Configure(a_block(graph, draw), {name: draw(st.sampled_from([2, 3, 1, 0.25, "same", [3, 5], -1]))})
        case "rename":
            return Rename(a_block(graph, draw), draw(st.sampled_from(["a", "b", "conv1", "forward", "2x", "größe"])))
        case "move":
            return Move({a_block(graph, draw): (draw(st.integers(-9, 9)), 1.5)})
        case "batch":
            return Batch(tuple(draw_edit(graph, draw) for _ in range(draw(st.integers(0, 3)))))
        case _:
            return SetSection("about", {"title": draw(st.text(max_size=5))})


@st.composite
def graphs(draw: st.DrawFn, most: int = 25) -> Graph:
    """A graph that random edits have led to."""
    graph = Graph()
    for _ in range(draw(st.integers(0, most))):
        try:
            graph.apply(draw_edit(graph, draw))
        except GraphError:
            continue
    return graph
