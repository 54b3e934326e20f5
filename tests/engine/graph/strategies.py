"""Random graphs and edits for property tests of the document."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.errors import GraphError
from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Define,
    Definition,
    Disconnect,
    Edit,
    End,
    Graph,
    Inside,
    Mark,
    Move,
    Node,
    Parameter,
    RemoveBlock,
    RemoveMark,
    Rename,
    SetFlags,
    SetMark,
    SetSection,
    Undefine,
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
    choices = ["add", "section", "batch", "mark", "unmark"]
    if graph.owner is None:
        choices += ["define", "inside", "inside", "instance", "undefine"]
    if len(graph):
        choices += ["remove", "connect", "connect", "disconnect", "configure", "rename", "move", "flags"]
    match draw(st.sampled_from(choices)):
        case "add":
            x, y = draw(st.tuples(st.integers(-500, 500), st.integers(-500, 500)))
            return AddBlock(graph.new_node(draw(st.sampled_from(KINDS)), x=x, y=y))
        case "remove":
            return RemoveBlock(a_block(graph, draw))
        case "connect":
            source, target = a_block(graph, draw), a_block(graph, draw)
            port = draw(st.sampled_from(["x", "x1", "x2", "prediction", "nowhere"]))
            via = draw(st.sampled_from([(), (), ((1.0, 2.5),)]))
            return Connect(Wire(End(source, "y"), End(target, port), via))
        case "disconnect" if graph.wires:
            return Disconnect(draw(st.sampled_from(sorted(graph.wires))))
        case "configure":
            name = draw(st.sampled_from(["out_channels", "kernel_size", "count", "out_features", "p", "padding"]))
            return Configure(a_block(graph, draw), {name: draw(st.sampled_from([2, 3, 1, 0.25, "same", [3, 5], -1]))})
        case "rename":
            return Rename(a_block(graph, draw), draw(st.sampled_from(["a", "b", "conv1", "forward", "2x", "größe"])))
        case "move":
            return Move({a_block(graph, draw): (draw(st.integers(-9, 9)), 1.5)})
        case "flags":
            flag = draw(st.sampled_from(["bypassed", "pinned", "other"]))
            return SetFlags(a_block(graph, draw), {flag: draw(st.sampled_from([True, False, "=wide > 3", "=1 +"]))})
        case "mark":
            kind, text = draw(st.sampled_from(["frame", "note", "line"])), draw(st.text(max_size=3))
            return SetMark(Mark(draw(st.sampled_from("mno")), kind, text, 1, 2, draw(st.sampled_from([-1, 5])), 7))  # type: ignore[arg-type]
        case "unmark":
            return RemoveMark(draw(st.sampled_from("mno")))
        case "define":
            return Define(draw_definition(draw))
        case "undefine":
            return Undefine(draw(st.sampled_from("pq")))
        case "instance":
            values = draw(st.sampled_from([{}, {"wide": 5}, {"repeat": 2}, {"first_wide": "=i + 7"}, {"wide": "=k"}]))
            node = Node(
                graph.fresh_id(), f"composite:{draw(st.sampled_from('pq'))}", draw(st.sampled_from("stuv")), values
            )
            return AddBlock(node)
        case "inside" if graph.composites:
            id_ = draw(st.sampled_from(sorted(graph.composites)))
            return Inside(id_, draw_inner(graph.composites[id_].body, draw))
        case "batch":
            return Batch(tuple(draw_edit(graph, draw) for _ in range(draw(st.integers(0, 3)))))
        case _:
            return SetSection("about", {"title": draw(st.text(max_size=5))})


def draw_inner(body: Graph, draw: st.DrawFn) -> Edit:
    """An edit of a composite's drawing: a port called otherwise or gone, a setting, an instance of the other, or any."""
    ports = [node.id for node in body if node.kind in ("port_in", "port_out")]
    match draw(st.sampled_from(["port", "rename", "drop", "nest", "any", "set"])):
        case "port":
            return AddBlock(body.new_node(draw(st.sampled_from(["port_in", "port_out"]))))
        case "rename" if ports:
            return Rename(draw(st.sampled_from(ports)), draw(st.sampled_from(["x", "z", "y"])))
        case "drop" if ports:
            return RemoveBlock(draw(st.sampled_from(ports)))
        case "nest":
            return AddBlock(Node(body.fresh_id(), f"composite:{draw(st.sampled_from('pq'))}", "inner"))
        case "set" if len(body):
            return Configure(
                a_block(body, draw), {"out_channels": draw(st.sampled_from([4, "=wide", "=wide *", "=none"]))}
            )
        case _:
            return draw_edit(body, draw)


def draw_definition(draw: st.DrawFn) -> Definition:
    """One of two composites, with a setting that its convolution reads, or none."""
    id_, wide = draw(st.sampled_from("pq")), draw(st.sampled_from([3, 8]))
    settings = draw(st.sampled_from([(Parameter("wide", "integer", wide, lo=1),), ()]))
    blocks = (Node("i", "port_in", "x"), Node("c", "conv2d", "conv", {"out_channels": "=wide" if settings else 4}),
              Node("o", "port_out", "y"))  # fmt: skip
    wires = (Wire(End("i", "y"), End("c", "x")), Wire(End("c", "y"), End("o", "x")))
    return Definition(id_, draw(st.sampled_from(["P", "Q", "2x"])), "", settings, blocks, wires)


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
